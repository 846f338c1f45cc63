from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_applications
from tests.validation.rules.build import (
    SERVER,
    URL,
    application,
    applicationset,
    findings_in,
    make_model,
    places,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

ROOT = application("root", "path: apps", namespace="argocd")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[Finding]:
    model, files = make_model(tmp_path, tree)
    return findings_in(model, files, [argo_applications])


def in_namespace(name: str, namespace: str) -> str:
    text = application(name, f"path: {name}")
    return text.replace("namespace: argocd}", f"namespace: {namespace}}}")


def project(namespaces: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
        "metadata: {name: default, namespace: argocd}\n"
        f"spec: {{sourceNamespaces: {namespaces}}}\n"
    )


def parameters(namespaces: str) -> str:
    return (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm, "
        f"namespace: argocd}}\ndata: {{application.namespaces: '{namespaces}'}}\n"
    )


def test_an_application_where_argo_cd_does_not_look(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": in_namespace("web", "web"),
        "web/a.yaml": CONFIG,
    }
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-application-namespace apps/web.yaml:3:34"]
    assert "in the namespace web" in finding.message
    assert "argocd" in finding.hint


def test_an_application_that_lands_elsewhere_for_want_of_a_namespace(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps", namespace="default"),
        "apps/web.yaml": application("web", "path: web").replace(", namespace: argocd}", "}"),
        "web/a.yaml": CONFIG,
    }
    assert places(found(tmp_path, tree)) == ["argo-application-namespace apps/web.yaml:3:11"]


@pytest.mark.parametrize(
    ("watched", "allowed", "hint"),
    [
        ("team-*", "[web]", "argocd"),
        ("web", "[other]", "sourceNamespaces"),
    ],
)
def test_settings_and_project_both_have_to_allow_a_namespace(
    tmp_path: Path, watched: str, allowed: str, hint: str
) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/project.yaml": project(allowed),
        "apps/settings.yaml": parameters(watched),
        "apps/web.yaml": in_namespace("web", "web"),
        "web/a.yaml": CONFIG,
    }
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-application-namespace apps/web.yaml:3:34"]
    assert hint in finding.hint


CHART = (
    "repoURL: https://argoproj.github.io/argo-helm, chart: argo-cd, targetRevision: 10.1.1, "
    "helm: {valuesObject: {configs: {params: {application.namespaces: 'shop, web'}}}}"
)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            {"apps/p.yaml": project("['w*']"), "apps/s.yaml": parameters("shop,web")}, id="both"
        ),
        pytest.param({"apps/p.yaml": project("['/^we.$/']")}, id="the project alone is known"),
        pytest.param({"apps/s.yaml": parameters("*")}, id="the settings alone are known"),
        pytest.param(
            {"apps/argocd.yaml": application("argocd", CHART, namespace="argocd")}, id="c"
        ),
    ],
)
def test_an_application_that_may_be_elsewhere(tmp_path: Path, more: Mapping[str, str]) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": in_namespace("web", "web"),
        "web/a.yaml": CONFIG,
        **more,
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize("name", ["openshift-gitops", "gitops"])
def test_an_argo_cd_that_lives_elsewhere(tmp_path: Path, name: str) -> None:
    tree = {
        "root.yaml": application("root", "path: apps", namespace=name).replace(
            "namespace: argocd}", f"namespace: {name}}}"
        ),
        "apps/web.yaml": in_namespace("web", name),
        "apps/shop.yaml": in_namespace("shop", name),
        "web/a.yaml": CONFIG,
        "shop/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


def test_two_of_argo_cd_in_one_repository(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": in_namespace("web", "openshift-gitops"),
        "apps/shop.yaml": in_namespace("shop", "openshift-gitops"),
        "web/a.yaml": CONFIG,
        "shop/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


def test_all_land_elsewhere_for_want_of_a_namespace(tmp_path: Path) -> None:
    lost = {
        f"apps/{name}.yaml": application(name, "path: web").replace(", namespace: argocd}", "}")
        for name in ("a", "b", "c")
    }
    root = application("root", "path: apps", namespace="default")
    tree = {"root.yaml": root, "web/a.yaml": CONFIG, **lost}
    assert [finding.file for finding in found(tmp_path, tree)] == sorted(lost)


def test_an_application_for_the_argo_cd_of_another_cluster(tmp_path: Path) -> None:
    root = application("remote", "path: remote", namespace="gitops")
    tree = {
        "root.yaml": ROOT,
        "apps/remote.yaml": root.replace(SERVER, "https://10.0.0.1"),
        "remote/web.yaml": in_namespace("web", "gitops"),
        "web/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


def in_set_of(namespace: str) -> dict[str, str]:
    text = applicationset("[{name: web}, {name: shop}, {name: blog}]", "'{{name}}'", "web")
    return {
        "root.yaml": ROOT,
        "apps/set.yaml": text.replace("namespace: argocd}", f"namespace: {namespace}}}", 1),
        "web/a.yaml": CONFIG,
    }


def test_a_set_where_argo_cd_does_not_look_is_one_finding(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, in_set_of("web"))
    assert places([finding]) == ["argo-application-namespace apps/set.yaml:3:34"]
    assert "ApplicationSets in the namespace web" in finding.message


@pytest.mark.parametrize("also_sets", [True, False])
def test_a_set_in_a_namespace_that_may_be_watched(tmp_path: Path, also_sets: bool) -> None:
    settings = parameters("web")
    if also_sets:
        named = "data: {applicationsetcontroller.namespaces: web, "
        settings = settings.replace("data: {", named)
    tree = {**in_set_of("web"), "apps/params.yaml": settings, "apps/p.yaml": project("[web]")}
    assert found(tmp_path, tree) == []


def test_two_applications_of_one_name_below_a_root(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT.replace("path: apps", "path: apps, directory: {recurse: true}"),
        "apps/a/web.yaml": application("web", "path: web"),
        "apps/b/web.yaml": application("web", "path: shop"),
        "web/a.yaml": CONFIG,
        "shop/a.yaml": CONFIG,
    }
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-duplicate-application apps/b/web.yaml:3:18"]
    assert "apps/a/web.yaml" in finding.message


def test_two_applications_of_one_name_side_by_side(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("web", "path: web"),
        "b.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
    }
    assert places(found(tmp_path, tree)) == ["argo-duplicate-application b.yaml:3:18"]


def test_a_set_that_generates_one_name_twice(tmp_path: Path) -> None:
    elements = "[{name: web, path: web}, {name: web, path: shop}]"
    tree = {
        "set.yaml": applicationset(elements, "'{{name}}'", "'{{path}}'"),
        "web/a.yaml": CONFIG,
        "shop/a.yaml": CONFIG,
    }
    assert places(found(tmp_path, tree)) == ["argo-duplicate-application set.yaml:7:22"]


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(
            {
                "clusters/dev/root.yaml": application("root", "path: clusters/dev/apps"),
                "clusters/dev/apps/web.yaml": application("web", "path: web"),
                "clusters/prod/root.yaml": application("root", "path: clusters/prod/apps"),
                "clusters/prod/apps/web.yaml": application("web", "path: web"),
            },
            id="a root for each cluster",
        ),
        pytest.param(
            {
                "dev/web.yaml": application("web", "path: web"),
                "prod/web.yaml": application("web", "path: web"),
            },
            id="a folder for each cluster, and no root",
        ),
        pytest.param(
            {
                "root.yaml": ROOT,
                "apps/web.yaml": application("web", "path: web"),
                "apps/far.yaml": application("far", "path: far").replace(
                    SERVER, "https://10.0.0.1"
                ),
                "far/web.yaml": application("web", "path: web"),
            },
            id="one lands in another cluster",
        ),
        pytest.param(
            {
                "root.yaml": ROOT.replace("path: apps", "path: ., directory: {include: '*.yaml'}"),
                "web.yaml": application("web", "path: web"),
            },
            id="a root that holds itself",
        ),
        pytest.param(
            {"set.yaml": applicationset("[{name: a}, {name: b}]", "'{{name}}'", "web")},
            id="a set",
        ),
    ],
)
def test_names_that_do_not_meet(tmp_path: Path, tree: Mapping[str, str]) -> None:
    assert found(tmp_path, {**tree, "web/a.yaml": CONFIG}) == []


@pytest.mark.parametrize(
    ("destination", "place"),
    [
        (f"{{server: {SERVER}, name: in-cluster, namespace: web}}", "6:57"),
        ("{namespace: web}", "6:3"),
        ("{server: '', namespace: web}", "6:3"),
        ("{}", "6:3"),
    ],
)
def test_a_destination_of_no_or_two_clusters(tmp_path: Path, destination: str, place: str) -> None:
    text = application("web", "path: web")
    given = f"{{server: {SERVER}, namespace: web}}"
    tree = {"app.yaml": text.replace(given, destination), "web/a.yaml": CONFIG}
    assert places(found(tmp_path, tree)) == [f"argo-destination app.yaml:{place}"]


@pytest.mark.parametrize(
    "destination",
    [
        f"{{sever: {SERVER}}}",
        "{name: in-cluster, namespace: web}",
        "{name: '', server: https://10.0.0.1, namespace: web}",
        "{server: https://10.0.0.1}",
        "{server: 5, namespace: web}",
        "[]",
    ],
)
def test_destinations_that_are_fine_or_a_matter_of_schemas(
    tmp_path: Path, destination: str
) -> None:
    given = f"{{server: {SERVER}, namespace: web}}"
    text = application("web", "path: web").replace(given, destination)
    assert found(tmp_path, {"app.yaml": text, "web/a.yaml": CONFIG}) == []


def test_what_no_root_reaches(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "other/shop.yaml": application("shop", "path: shop"),
        "lost/a.yaml": f"{CONFIG}---\n{CONFIG.replace('name: a', 'name: b')}",
    }
    assert places(found(tmp_path, tree)) == [
        "argo-unreachable lost/a.yaml:3:18",
        "argo-unreachable other/shop.yaml:3:18",
    ]


def test_what_nobody_has_to_be_told_of(tmp_path: Path) -> None:
    without = f"{{repoURL: {URL}, path: web, directory: {{exclude: 'old-*'}}}}"
    directories = "[{path: teams/*}, {path: teams/old, exclude: true}]"
    teams = applicationset("[]", "'{{path.basename}}'", "'{{path}}'").replace(
        "list: {elements: []}", f"git: {{repoURL: {URL}, directories: {directories}}}"
    )
    source = f"{{repoURL: {URL}, path: web}}"
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web").replace(source, without),
        "apps/teams.yaml": teams,
        "web/a.yaml": CONFIG,
        "web/old-a.yaml": CONFIG,
        "teams/new/a.yaml": CONFIG,
        "teams/old/a.yaml": CONFIG,
        "attic/a.yaml": CONFIG,
        "docs/a.yaml": CONFIG,
        "other/shop.yaml": application("shop", "path: shop"),
        "shop/a.yaml": CONFIG,
    }
    assert without in tree["apps/web.yaml"]
    assert places(found(tmp_path, tree)) == ["argo-unreachable other/shop.yaml:3:18"]


def test_a_chart_that_takes_values_from_here_hides_nothing_that_no_root_reaches(
    tmp_path: Path,
) -> None:
    several = (
        "sources:\n    - {repoURL: https://c.example.test, chart: web, targetRevision: 1.0.0}\n"
        f"    - {{repoURL: {URL}, ref: values}}\n"
    )
    source = f"source: {{repoURL: {URL}, path: web}}\n"
    text = application("web", "path: web")
    assert source in text
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": text.replace(source, several),
        "lost/a.yaml": CONFIG,
    }
    assert places(found(tmp_path, tree)) == ["argo-unreachable lost/a.yaml:3:18"]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            {
                "apps/more.yaml": application("more", "path: more"),
                "more/Chart.yaml": "name: more\n",
            },
            id="a chart that nobody rendered",
        ),
        pytest.param(
            {"apps/more.yaml": application("more", "path: more, x: *nothing")},
            id="an Application that does not parse",
        ),
        pytest.param(
            {"apps/more.yaml": application("more", "path: more").replace(": App", ": Ap")},
            id="an Application whose kind is misspelt",
        ),
        pytest.param(
            {
                "apps/more.yaml": application(
                    "more", "repoURL: https://github.com/other/x, path: a", namespace="argocd"
                )
            },
            id="Applications of another repository",
        ),
    ],
)
def test_what_may_be_reached_unseen(tmp_path: Path, more: Mapping[str, str]) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "other/shop.yaml": application("shop", "path: shop"),
        **more,
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("path: shop", "shop/base/a.yaml"),
        ("path: shop, directory: {include: '*.json'}", "shop/a.yaml"),
        ("repoURL: https://github.com/somebody/repo, path: shop", "shop/a.yaml"),
        ("targetRevision: HEAD", "shop/a.yaml"),
        ("path: ''", "shop/a.yaml"),
        ("repoUrl: https://github.com/owner/repo, path: shop", "shop/a.yaml"),
    ],
)
def test_what_nothing_reaches_for_another_rules_reason(
    tmp_path: Path, source: str, file: str
) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "apps/shop.yaml": application("shop", source),
        file: CONFIG,
    }
    assert found(tmp_path, tree) == []


def test_a_folder_below_one_that_has_more_is_not_reached(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "web/more/b.yaml": CONFIG,
    }
    assert places(found(tmp_path, tree)) == ["argo-unreachable web/more/b.yaml:3:18"]


def test_applications_without_a_root_are_all_roots(tmp_path: Path) -> None:
    tree = {
        "web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "other/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: []\nspec: 5\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: [a]}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: 5}\nspec: [a]\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec: {template: 5}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm}\ndata: [1]\n",
    ],
)
def test_data_of_any_shape(tmp_path: Path, text: str) -> None:
    tree = {"root.yaml": ROOT, "apps/junk.yaml": text, "apps/web.yaml": in_namespace("web", "web")}
    assert "argo-application-namespace apps/web.yaml:3:34" in places(found(tmp_path, tree))


PROJECT = (
    "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
    "metadata: {name: apps, namespace: argocd}\nspec: {}\n"
)
STAGE = "apiVersion: kargo.akuity.io/v1alpha1\nkind: Stage\nmetadata: {name: dev}\n"


@pytest.mark.parametrize(
    "tree",
    [
        {"bootstrap/project.yaml": PROJECT},
        {"bootstrap/ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: argocd}\n"},
        {"lb/pool.example.yaml": CONFIG},
        {"examples/app.yaml": application("shown", "path: web")},
        {"disabled/a.yaml": CONFIG},
        {"kargo/a.yaml": CONFIG, "kargo/stage.yaml": STAGE},
        {"later/root.tmpl.yaml": application("later", "path: web")},
    ],
)
def test_what_nobody_forgot(tmp_path: Path, tree: Mapping[str, str]) -> None:
    world = {
        "bootstrap/root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
    }
    assert places(found(tmp_path, {**world, **tree})) == []


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({}, []),
        (
            {"argo/root.yaml": ROOT, "apps/x.yaml": application("x", "path: shop")},
            ["argo-unreachable argo/web.yaml:3:18"],
        ),
    ],
    ids=["without an app-of-apps", "with one"],
)
def test_applications_beside_a_set(
    tmp_path: Path, tree: Mapping[str, str], expected: list[str]
) -> None:
    world = {
        "argo/set.yaml": applicationset("[{name: shop}]", "'{{name}}'", "shop"),
        "argo/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "shop/a.yaml": CONFIG.replace("name: a", "name: b"),
    }
    assert places(found(tmp_path, {**world, **tree})) == expected


def test_what_is_beside_a_root_and_needed_by_none(tmp_path: Path) -> None:
    tree = {
        "bootstrap/root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "bootstrap/lost.yaml": CONFIG,
        "elsewhere/project.yaml": PROJECT,
    }
    assert places(found(tmp_path, tree)) == [
        "argo-unreachable bootstrap/lost.yaml:3:18",
        "argo-unreachable elsewhere/project.yaml:3:18",
    ]


def test_what_a_script_applies(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
        "lb/pool.yaml": CONFIG,
        "up.sh": "kubectl apply -f lb/pool.yaml\n",
    }
    assert places(found(tmp_path, tree)) == []

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.manifests import Rendering
from gitopsgen.repository.rendering import RenderedObject, RenderedSource
from gitopsgen.validation.rules import argo_duplicates
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from gitopsgen.repository.rendering import RenderRequest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
ROOT = application("root", "path: apps", namespace="argocd")
CHART = "repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0"


class Charts:
    """Renders every chart to the same objects."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self._objects = objects

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        return [
            RenderedSource(
                Rendering("chart web 1.0.0"),
                tuple(RenderedObject(str(index), data) for index, data in enumerate(self._objects)),
            )
            for _ in requests
        ]


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[str]:
    model, files = make_model(tmp_path, tree)
    return places(findings_in(model, files, [argo_duplicates]))


def two(first: str, second: str, *, namespace: str = "web") -> dict[str, str]:
    """Two Applications below a root, each with one file."""
    return {
        "root.yaml": ROOT,
        "apps/a.yaml": application("a", "path: a"),
        "apps/b.yaml": application("b", "path: b", namespace=namespace),
        "a/a.yaml": first,
        "b/b.yaml": second,
    }


def test_two_applications_bring_one_resource(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, two(CONFIG, CONFIG))
    (finding,) = findings_in(model, files, [argo_duplicates])
    assert places([finding]) == ["argo-duplicate-resource b/b.yaml:4:9"]
    assert finding.message == (
        "ConfigMap web/settings is applied already: from a/a.yaml, by Application a"
    )
    assert finding.application == "b"


def test_two_files_of_one_application(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": f"{CONFIG}---\n{CONFIG}"}
    model, files = make_model(tmp_path, tree)
    (finding,) = findings_in(model, files, [argo_duplicates])
    assert places([finding]) == ["argo-duplicate-resource web/a.yaml:9:9"]
    assert finding.hint == "The last one wins: keep one of them."


def test_two_versions_of_one_group(tmp_path: Path) -> None:
    old = "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    tree = two(old, old.replace("/v1", "/v2"))
    assert found(tmp_path, tree) == ["argo-duplicate-resource b/b.yaml:3:18"]


def test_namespaces_of_two_applications(tmp_path: Path) -> None:
    manifest = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
    tree = two(manifest, manifest.replace("}", ", namespace: other}"), namespace="other")
    assert found(tmp_path, tree) == ["argo-duplicate-resource b/b.yaml:3:18"]


def test_an_application_held_by_two_roots(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "other.yaml": application("other", "path: apps", namespace="argocd"),
        "apps/web.yaml": application("web", "path: web"),
        "web/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == ["argo-duplicate-resource apps/web.yaml:3:18"]


def test_a_ring_that_a_root_reaches(tmp_path: Path) -> None:
    tree = {
        "root.yaml": ROOT,
        "apps/a.yaml": application("a", "path: below", namespace="argocd"),
        "below/b.yaml": application("b", "path: apps", namespace="argocd"),
    }
    assert found(tmp_path, tree) == ["argo-duplicate-resource apps/a.yaml:3:18"]


def test_three_places_are_two_findings_that_name_the_first(tmp_path: Path) -> None:
    tree = two(CONFIG, CONFIG)
    tree["apps/c.yaml"] = application("c", "path: c")
    tree["c/c.yaml"] = CONFIG
    model, files = make_model(tmp_path, tree)
    findings = findings_in(model, files, [argo_duplicates])
    assert [finding.file for finding in findings] == ["b/b.yaml", "c/c.yaml"]
    assert all("a/a.yaml" in finding.message for finding in findings)


def test_a_chart_brings_what_a_file_brings(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("a", "path: web"),
        "b.yaml": application("b", CHART),
        "web/a.yaml": CONFIG,
    }
    charts = Charts({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})
    model, files = make_model(tmp_path, tree, renderer=charts)
    (finding,) = findings_in(model, files, [argo_duplicates])
    assert places([finding]) == ["argo-duplicate-resource web/a.yaml:4:9"]
    assert "from chart web 1.0.0, by Application b" in finding.message


def test_a_chart_may_repeat_itself_but_not_differ(tmp_path: Path) -> None:
    tree = {"b.yaml": application("b", CHART)}
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    model, files = make_model(tmp_path, tree, renderer=Charts(one, dict(one)))
    assert findings_in(model, files, [argo_duplicates]) == []
    model, files = make_model(tmp_path, tree, renderer=Charts(one, {**one, "data": {"a": "b"}}))
    findings = findings_in(model, files, [argo_duplicates])
    assert [finding.file for finding in findings] == ["b.yaml"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(CONFIG, CONFIG.replace("settings", "other"), id="other name"),
        pytest.param(CONFIG, CONFIG.replace("ConfigMap", "Secret"), id="other kind"),
        pytest.param(CONFIG, f"{CONFIG}  namespace: other\n", id="other namespace"),
        pytest.param(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n",
            "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}\n",
            id="other group",
        ),
        pytest.param(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n",
            "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n",
            id="generated names",
        ),
        pytest.param(
            f"{CONFIG}  annotations: {{argocd.argoproj.io/hook: PreSync}}\n",
            f"{CONFIG}  annotations: {{argocd.argoproj.io/hook: PostSync}}\n",
            id="hooks",
        ),
        pytest.param(
            f"{CONFIG}  annotations: {{helm.sh/hook: test}}\n",
            f"{CONFIG}  annotations: {{helm.sh/hook: test}}\n",
            id="tests",
        ),
    ],
)
def test_different_resources(tmp_path: Path, first: str, second: str) -> None:
    assert found(tmp_path, two(first, second)) == []


@pytest.mark.parametrize("namespace", ["web", "other"])
def test_another_destination_is_another_resource(tmp_path: Path, namespace: str) -> None:
    tree = two(CONFIG, CONFIG, namespace=namespace)
    if namespace == "web":
        tree["apps/b.yaml"] = tree["apps/b.yaml"].replace(
            "server: https://kubernetes.default.svc", "name: edge"
        )
    assert found(tmp_path, tree) == []


def test_one_cluster_by_address_and_by_name(tmp_path: Path) -> None:
    tree = two(CONFIG, CONFIG)
    tree["apps/b.yaml"] = tree["apps/b.yaml"].replace(
        "server: https://kubernetes.default.svc", "name: in-cluster"
    )
    assert found(tmp_path, tree) == ["argo-duplicate-resource b/b.yaml:4:9"]


def test_two_applications_of_one_name_are_another_rule(tmp_path: Path) -> None:
    tree = two(CONFIG, CONFIG.replace("settings", "other"))
    tree["apps/b.yaml"] = application("a", "path: b")
    assert found(tmp_path, tree) == []


def test_so_is_what_two_applications_of_one_name_bring(tmp_path: Path) -> None:
    tree = two(CONFIG, CONFIG)
    tree["apps/b.yaml"] = application("a", "path: b")
    assert found(tmp_path, tree) == []


def test_a_root_may_hold_itself(tmp_path: Path) -> None:
    tree = {"apps/root.yaml": ROOT, "apps/web.yaml": application("web", "path: web")}
    assert found(tmp_path, {**tree, "web/a.yaml": CONFIG}) == []


def test_without_applications_a_folder_is_applied_at_once(tmp_path: Path) -> None:
    tree = {"test/a.yaml": CONFIG, "live/a.yaml": CONFIG}
    assert found(tmp_path, tree) == []
    tree["live/b.yaml"] = CONFIG
    assert found(tmp_path, tree) == ["argo-duplicate-resource live/b.yaml:4:9"]


def test_without_applications_tools_leave_it_open_what_is_applied(tmp_path: Path) -> None:
    tree = {"live/a.yaml": CONFIG, "live/b.yaml": CONFIG, "base/kustomization.yaml": "{}\n"}
    assert found(tmp_path, tree) == []


def test_without_applications_unknown_kinds_may_be_another_programs(tmp_path: Path) -> None:
    gadget = "apiVersion: lab.example.com/v1\nkind: Gadget\nmetadata: {name: a}\n"
    assert found(tmp_path, {"a/one.yaml": gadget, "a/two.yaml": gadget}) == []


def test_what_was_put_away_is_no_root(tmp_path: Path) -> None:
    tree = {
        "live.yaml": application("live", "path: live", namespace="argocd"),
        "live/web.yaml": application("web", "path: web", namespace="argocd"),
        "web/b.yaml": application("b", "path: b"),
        "archive/old.yaml": application("old", "path: web", namespace="argocd"),
    }
    assert found(tmp_path, tree) == []
    tree["other/old.yaml"] = tree.pop("archive/old.yaml")
    (tmp_path / "archive/old.yaml").unlink()
    assert found(tmp_path, tree) == ["argo-duplicate-resource web/b.yaml:3:18"]

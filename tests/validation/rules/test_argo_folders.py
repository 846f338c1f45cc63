from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_folders
from tests.validation.rules.build import URL, application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
ELSEWHERE = "https://github.com/other/thing"


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[Finding]:
    model, files = make_model(tmp_path, tree)
    return findings_in(model, files, [argo_folders])


@pytest.mark.parametrize(
    ("source", "place", "hint"),
    [
        ("path: app/web", "7:58", "Did you mean apps/web?"),
        ("path: apps/web/a.yaml", "7:58", "include: a.yaml"),
        ("path: /apps/web", "7:58", "Write apps/web."),
        ("path: ../repo/apps/web", "7:58", "root of the repository"),
        ("path: apps/web/missing/deep/down", "7:58", "empty folders"),
        ("targetRevision: main, path: app/web", "7:80", "Did you mean apps/web?"),
        (f"repoURL: {ELSEWHERE}, path: /apps", "7:59", "Write apps."),
        ("path: app/web, helm: {releaseName: a}", "7:58", "Did you mean apps/web?"),
    ],
)
def test_paths_that_are_no_folders(tmp_path: Path, source: str, place: str, hint: str) -> None:
    tree = {"app.yaml": application("web", source), "apps/web/a.yaml": CONFIG}
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == [f"argo-source-path app.yaml:{place}"]
    assert hint in finding.hint


@pytest.mark.parametrize(
    "source",
    [
        "path: apps/web",
        "path: ./apps/web/",
        "path: apps/../apps/web",
        "path: ., directory: {recurse: true}",
        "targetRevision: v1.2.3, path: gone",
        "targetRevision: 0123456789abcdef0123456789abcdef01234567, path: gone",
        f"repoURL: {ELSEWHERE}, path: gone",
        "repoURL: oci://registry.example.com/web, path: gone",
        "repoURL: https://charts.example.com, chart: web, path: gone",
        "path: linked/web",
        "path: module/web",
    ],
)
def test_paths_that_are_there_or_that_nobody_can_judge(tmp_path: Path, source: str) -> None:
    (tmp_path / "apps/web").mkdir(parents=True)
    (tmp_path / "linked").symlink_to("apps")
    tree = {
        "app.yaml": application("web", source),
        "apps/web/a.yaml": CONFIG,
        ".gitmodules": '[submodule "module"]\n\tpath = module\n\turl = ../module\n',
    }
    assert found(tmp_path, tree) == []


def test_a_branch_that_others_are_not_of(tmp_path: Path) -> None:
    tree = {
        "app.yaml": application("web", "path: apps/web, targetRevision: main"),
        "preview.yaml": application("preview", "path: gone, targetRevision: preview"),
        "apps/web/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


def test_a_branch_that_all_are_of(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "targetRevision: live, path: gone"), "a.yaml": CONFIG}
    assert places(found(tmp_path, tree)) == ["argo-source-path app.yaml:7:80"]


def test_the_template_of_a_set(tmp_path: Path) -> None:
    tree = {
        "set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: all, namespace: argocd}\nspec:\n"
        "  generators: [{list: {elements: [{name: web}, {name: shop}]}}]\n"
        "  template:\n    metadata: {name: '{{name}}'}\n    spec:\n"
        f"      source: {{repoURL: {URL}, path: 'apps/{{{{name}}}}'}}\n"
        "      destination: {name: in-cluster, namespace: web}\n",
        "apps/web/a.yaml": CONFIG,
    }
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-source-path set.yaml:9:62"]
    assert "apps/shop" in finding.message


@pytest.mark.parametrize(
    ("source", "more", "hint"),
    [
        ("path: web", {"web/base/a.yaml": CONFIG}, "directory.recurse: true"),
        ("path: web", {"web/README.md": "# Web\n"}, "Add its manifests"),
        ("path: web", {"web/values.yaml": "replicas: 2\n"}, "Add its manifests"),
        ("path: web, directory: {include: '*.yml'}", {"web/a.yaml": CONFIG}, "directory.include"),
        ("path: web, directory: {exclude: '*'}", {"web/a.yaml": CONFIG}, "directory.exclude"),
    ],
)
def test_folders_that_have_nothing_to_apply(
    tmp_path: Path, source: str, more: Mapping[str, str], hint: str
) -> None:
    (finding,) = found(tmp_path, {"app.yaml": application("web", source), **more})
    assert places([finding]) == ["argo-source-empty app.yaml:7:58"]
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("path: web, directory: {recurse: true}", {"web/base/a.yaml": CONFIG}),
        ("path: web", {"web/main.jsonnet": "{}\n"}),
        ("path: web", {"web/a.yaml": "a: [\n"}),
        ("path: web", {"web/Chart.yaml": "name: web\nversion: 1.0.0\n"}),
        ("path: web", {"web/kustomization.yaml": "resources: []\n"}),
        ("path: web, plugin: {name: a}", {"web/a.txt": "a\n"}),
        ("path: web, directory: {disableExtensionFilter: true}", {"web/a.txt": CONFIG}),
        ("path: web, targetRevision: v1", {"web/README.md": "# Web\n"}),
    ],
)
def test_folders_that_have_something_or_that_nobody_can_judge(
    tmp_path: Path, source: str, more: Mapping[str, str]
) -> None:
    assert found(tmp_path, {"app.yaml": application("web", source), **more}) == []


def test_a_folder_of_links(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/a.yaml").symlink_to("../shared/a.yaml")
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/README.md": "# Web\n",
        "shared/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize("source", ["path: 5", "path: [a]", "path: '\\0'", "path: web, ref: [a]"])
def test_data_of_any_shape(tmp_path: Path, source: str) -> None:
    found(tmp_path, {"app.yaml": application("web", source)})
    tree = {"app.yaml": application("web", "path: gone"), "b.yaml": application("b", source)}
    assert "argo-source-path app.yaml:7:58" in places(found(tmp_path, tree))


SOURCES = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  sources:
"""
VALUES = f"    - {{repoURL: {URL}, targetRevision: main, ref: values}}\n"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (VALUES, ["argo-source-empty app.yaml:8:7"]),
        (VALUES + VALUES.replace("values", "others"), ["argo-source-empty app.yaml:8:7"]),
        (VALUES + "    - {repoURL: https://charts.example.test, chart: web}\n", []),
        (VALUES.replace("ref:", "path: web, ref:"), []),
    ],
)
def test_sources_that_only_lend_their_files(
    tmp_path: Path, sources: str, expected: list[str]
) -> None:
    tree = {"app.yaml": SOURCES + sources, "web/a.yaml": CONFIG}
    assert places(found(tmp_path, tree)) == expected


def test_branches_of_which_nobody_knows_which_one_is_at_hand(tmp_path: Path) -> None:
    tree = {
        "dev.yaml": application("dev", "path: ., targetRevision: env/dev"),
        "prod.yaml": application("prod", "path: web, targetRevision: env/prod"),
        "deep/er/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(("folder", "count"), [("web", 0), ("shop", 1)])
def test_a_folder_that_only_some_applications_of_a_set_have(
    tmp_path: Path, folder: str, count: int
) -> None:
    template = application("'{{name}}'", "path: '{{name}}', directory: {include: 'a.yaml'}")
    _, _, rest = template.partition("metadata:")
    tree = {
        "set.yaml": (
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set}\n"
            "spec:\n  generators: [{list: {elements: [{name: web}, {name: mail}]}}]\n"
            "  template:\n    metadata:" + rest.replace("\n", "\n    ")
        ),
        f"{folder}/a.yaml": CONFIG,
        "web/values.yaml": "a: b\n",
        "mail/values.yaml": "a: b\n",
    }
    assert len(found(tmp_path, tree)) == count

"""Links within the repository, as Argo CD, helm and kustomize each take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import APPLICATION, CHART, CONFIG_MAP, one_application, validate, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

WRONG = CONFIG_MAP.replace("name: a", "name: B")
EDITED = APPLICATION.replace("path: web,", "path: web, kustomize: {commonLabels: {a: b}},")
ROOT = APPLICATION.replace("web", "apps").replace("namespace: default", "namespace: argocd")
BASE = {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": WRONG}


def repository(root: Path, tree: Mapping[str, str | bytes], links: Mapping[str, str]) -> Path:
    """A repository with links."""
    write(root, tree)
    for path, text in links.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(text)
    return root


def rules(root: Path) -> list[str]:
    """The findings as `rule file:line`."""
    return [" ".join(found.split(" ")[:2]) for found in validate(root).findings]


def test_two_applications_that_apply_one_file(tmp_path: Path) -> None:
    other = APPLICATION.replace("web", "other")
    tree = one_application({"app2.yaml": other, "web/ok.yaml": CONFIG_MAP})
    root = repository(tmp_path, tree, {"other/a.yaml": "../web/ok.yaml"})
    [found] = validate(root).findings
    assert found.startswith("argo-duplicate-resource web/ok.yaml:3 ConfigMap default/a is applied")
    assert "from other/a.yaml, by Application other" in found


def test_a_file_that_is_applied_through_a_link_is_reached(tmp_path: Path) -> None:
    tree = {"root.yaml": ROOT, "defs/web.yaml": APPLICATION, "web/a.yaml": WRONG}
    root = repository(tmp_path, tree, {"apps/web.yaml": "../defs/web.yaml"})
    assert rules(root) == ["k8s-name web/a.yaml:3"]


def test_an_application_and_a_link_to_it_are_one(tmp_path: Path) -> None:
    root = repository(tmp_path, one_application({}), {"again.yaml": "app.yaml"})
    assert rules(root) == []


@pytest.mark.parametrize("application", [APPLICATION, EDITED])
@pytest.mark.parametrize("named", ["../link", "../link/a.yaml", "inner"])
def test_a_kustomization_that_takes_in_a_linked_folder(
    tmp_path: Path, application: str, named: str
) -> None:
    tree = {
        **one_application({"web/kustomization.yaml": f"resources: [{named}]\n"}),
        **BASE,
        "app.yaml": application,
    }
    root = repository(tmp_path, tree, {"link": "base", "web/inner": "../link"})
    if named.endswith(".yaml"):
        # A file has to be below the folder of its kustomization.
        [found] = validate(root).findings
        assert found.startswith("kustomize-build web/kustomization.yaml:1 ")
        assert "is not in or below" in found
        return
    assert rules(root) == ["k8s-name base/a.yaml:3"]
    write(root, {"base/a.yaml": CONFIG_MAP})
    assert rules(root) == []


@pytest.mark.parametrize("application", [APPLICATION, EDITED])
def test_a_kustomization_that_takes_in_linked_files(tmp_path: Path, application: str) -> None:
    tree = {
        **one_application({"web/kustomization.yaml": "resources: [a.yaml]\n"}),
        "web/b.yaml": WRONG,
        "elsewhere.yaml": CONFIG_MAP,
        "app.yaml": application,
    }
    root = repository(tmp_path, tree, {"web/a.yaml": "b.yaml"})
    assert rules(root) == ["k8s-name web/b.yaml:3"]
    (root / "web/a.yaml").unlink()
    (root / "web/a.yaml").symlink_to("../elsewhere.yaml")
    assert rules(root) == ["kustomize-build web/kustomization.yaml:1"]


@pytest.mark.parametrize("tree", [CHART, BASE], ids=["chart", "kustomization"])
def test_a_source_that_is_a_link_to_a_folder(tmp_path: Path, tree: Mapping[str, str]) -> None:
    real = {f"real/{path.partition('/')[2]}": text for path, text in tree.items()}
    real = {path: text.replace("name: a", "name: B") for path, text in real.items()}
    values = APPLICATION.replace("path: web", "path: web, helm: {valueFiles: [../v.yaml, w.yaml]}")
    application = values if tree is CHART else APPLICATION
    tree = {"app.yaml": application, "v.yaml": "a: 1\n", "real/w.yaml": "b: 1\n", **real}
    run = validate(repository(tmp_path, tree, {"web": "real"}))
    assert run.unchecked == []
    assert [found.partition(" ")[0] for found in run.findings] == ["k8s-name"]


def test_a_source_of_manifests_that_is_a_link(tmp_path: Path) -> None:
    tree = {"app.yaml": APPLICATION, "real/a.yaml": WRONG}
    run = validate(repository(tmp_path, tree, {"web": "real"}))
    assert (run.status, run.findings) == (0, [])
    assert run.unchecked == [
        "source web: it is a symbolic link, which Argo CD follows to no folder of manifests"
    ]
    below = APPLICATION.replace("path: web", "path: link/real")
    write(tmp_path, {"app.yaml": below})
    (tmp_path / "link").symlink_to(".")
    assert rules(tmp_path) == ["k8s-name real/a.yaml:3"]


def test_a_link_that_is_changed_is_noticed(tmp_path: Path) -> None:
    tree = {**one_application({"web/kustomization.yaml": "resources: [link]\n"}), **BASE}
    tree |= {path.replace("base", "good"): text for path, text in BASE.items()}
    tree["good/a.yaml"] = CONFIG_MAP
    root = repository(tmp_path, tree, {"web/link": "../good"})
    assert rules(root) == []
    (root / "web/link").unlink()
    (root / "web/link").symlink_to("../base")
    assert rules(root) == ["k8s-name base/a.yaml:3"]

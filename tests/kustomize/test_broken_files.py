"""Files that only kustomize reads, and that are no YAML: one finding, at their own line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path

TREE = {
    "app.yaml": application("web", "path: over", namespace="default"),
    "shop.yaml": application("shop", "path: other", namespace="default"),
    "base/kustomization.yaml": "resources:\n  - a.yaml\n",
    "base/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: {a: b}\n",
    "over/kustomization.yaml": "resources: [../base]\npatches:\n  - path: patch.yaml\n",
    "over/patch.yaml": "kind: ConfigMap\nmetadata:\n  name: a\ndata: {a: c}\napiVersion: v1\n",
    "other/kustomization.yaml": "namePrefix: b-\nresources: [../base]\n",
}


def found(root: Path, changes: dict[str, str]) -> list[tuple[str, str, int]]:
    write(root, TREE | changes)
    options = Options(charts="require", repository_urls=(URL,), lint=False, jobs=1)
    report = validate(root, options)
    return sorted((item.rule, item.file, item.line) for item in report.findings)


pytestmark = pytest.mark.usefixtures("kubeconform")


def test_whole_files(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("base/a.yaml", TREE["base/a.yaml"] + "data: {}\n", ("yaml-duplicate-key", 6)),
        ("base/a.yaml", TREE["base/a.yaml"] + 'more: "\n', ("yaml-syntax", 6)),
        ("over/patch.yaml", TREE["over/patch.yaml"] + "data: {}\n", ("yaml-duplicate-key", 6)),
        ("over/patch.yaml", TREE["over/patch.yaml"] + "x: [\n", ("yaml-syntax", 6)),
        (
            "base/kustomization.yaml",
            "resources:\n  - a.yaml\nresources: []\n",
            ("yaml-duplicate-key", 3),
        ),
        ("over/kustomization.yaml", "resources: [../base\n", ("yaml-syntax", 1)),
    ],
)
def test_broken_ones(tmp_path: Path, path: str, text: str, expected: tuple[str, int]) -> None:
    rule, line = expected
    assert found(tmp_path, {path: text}) == [(rule, path, line)]


def test_what_is_missing_in_a_base_is_said_once_and_there(tmp_path: Path) -> None:
    changes = {"base/kustomization.yaml": "resources:\n  - a.yaml\n  - gone.yaml\n"}
    assert found(tmp_path, changes) == [("kustomize-build", "base/kustomization.yaml", 3)]

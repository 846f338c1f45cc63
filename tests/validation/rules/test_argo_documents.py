"""Documents of a folder of manifests that lack an apiVersion or a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_documents
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def found(tmp_path: Path, text: str, file: str = "web/a.yaml") -> list[Finding]:
    tree = {"app.yaml": application("web", "path: web"), "web/good.yaml": GOOD, file: text}
    model, files = make_model(tmp_path, tree)
    return findings_in(model, files, [argo_documents])


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (GOOD.replace("kind", "kidn"), "2:1", "kind is missing", 'Did you mean kind by "kidn"?'),
        (GOOD.replace("kind: ConfigMap\n", ""), "1:1", "kind is missing", "Add kind"),
        (GOOD.replace("apiV", "aipV"), "1:1", "apiVersion is missing", "Did you mean apiVersion"),
        (GOOD.replace("ConfigMap", "[ConfigMap]"), "2:1", "kind is not a text", ""),
        (GOOD.replace("v1", "1"), "1:1", "apiVersion is not a text", ""),
        (f"{GOOD}---\n{GOOD.replace('kind', 'Kind')}", "6:1", "kind is missing", "Did you mean"),
    ],
)
def test_an_object_without_a_kind_or_a_version(
    tmp_path: Path, text: str, place: str, message: str, hint: str
) -> None:
    (finding,) = found(tmp_path, text)
    assert places([finding]) == [f"schema-invalid web/a.yaml:{place}"]
    assert finding.message.startswith(message)
    assert finding.hint.startswith(hint)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "",
        "- a\n- b\n",
        "replicas: 2\nmetadata: {}\n",
        "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        "kind: a\nmetadata: text\n",
        "metadata: {name: a}\n",
    ],
)
def test_other_yaml_is_nobodys(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("other/a.yaml", "apiVersion: v1\nmetadata: {name: a}\n"),
        ("web/a.yaml", "# +argocd:skip-file-rendering\napiVersion: v1\nmetadata: {name: a}\n"),
    ],
)
def test_files_that_argo_cd_does_not_read(tmp_path: Path, file: str, text: str) -> None:
    assert found(tmp_path, text, file) == []


def test_a_file_that_two_applications_read_is_said_once(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("a", "path: web"),
        "b.yaml": application("b", "path: web"),
        "web/a.yaml": "apiVersion: v1\nmetadata: {name: a}\n",
    }
    model, files = make_model(tmp_path, tree)
    assert len(findings_in(model, files, [argo_documents])) == 1

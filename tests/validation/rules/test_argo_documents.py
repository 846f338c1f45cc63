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


ROOT = application("root", "path: apps", namespace="argocd")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: Application", "kind: Aplication", "schema-unknown-kind root.yaml:2:7"),
        ("kind: Application", "kind: application", "schema-unknown-kind root.yaml:2:7"),
        ("kind: Application", "kidn: Application", "schema-invalid root.yaml:2:1"),
        ("kind: Application\n", "", "schema-invalid root.yaml:1:1"),
        ("argoproj.io/v1alpha1", "v1alpha1", "schema-unknown-kind root.yaml:1:13"),
        ("apiVersion: argoproj.io/v1alpha1\n", "", "schema-invalid root.yaml:1:1"),
    ],
)
def test_a_root_that_is_not_recognised(tmp_path: Path, old: str, new: str, expected: str) -> None:
    # The name of an annotation says that the file is about Argo CD.
    text = ROOT.replace(old, new) + "# argocd.argoproj.io/sync-wave\n"
    tree = {"root.yaml": text, "apps/web.yaml": application("web", "path: web"), "web/a.yaml": GOOD}
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [argo_documents])) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        ROOT,
        "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: a}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSetTemplateThing\nmetadata: {}\n",
        "apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: argoproj.io/a}\n"
        "spec: {selector: {}}\n",
        "metadata: {name: argoproj.io/a}\nspec: {destination: {}, source: {}}\n",
        "kind: Deployment\nmetadata: {name: argoproj.io/a}\n",
    ],
)
def test_what_nothing_reads_may_be_anything_else(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text, "other/a.yaml") == []

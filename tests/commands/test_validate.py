from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.invoke import Result, invoke
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: default}
  source: {repoURL: https://github.com/o/r, path: web, targetRevision: main}
"""
ALL_IS_WELL = json.dumps(
    {"resources": [], "summary": {"valid": 3, "invalid": 0, "errors": 0, "skipped": 0}}
)
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def validate(root: Path, web: str, *arguments: str) -> Result:
    """Validate a repository with one Application whose folder holds web/a.yaml."""
    (root / "web").mkdir(exist_ok=True)
    (root / "web.yaml").write_text(APPLICATION)
    (root / "web/a.yaml").write_text(web)
    return invoke("validate", root, *arguments)


def findings(root: Path, web: str) -> list[tuple[str, int, int]]:
    """Rule, line and column of what is found in web/a.yaml."""
    stages = ("--only", "yaml,yamllint,schema")
    result = validate(root, web, "--output", "json", *stages)
    found: list[dict[str, Any]] = json.loads(result.out)["findings"]
    assert result.status == int(any(f["severity"] == "error" for f in found))
    assert {f["file"] for f in found} <= {"web/a.yaml"}
    return [(f["rule"], f["line"], f["column"]) for f in found]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample repository."""
    return shutil.copytree(SAMPLE, tmp_path / "home")


def test_the_sample_has_no_errors_and_three_warnings(sample: Path) -> None:
    result = invoke("validate", sample, "--charts", "skip", "--output", "json")
    assert result.status == 0
    document = json.loads(result.out)
    assert {f["rule"] for f in document["findings"]} == {
        "plan-component-retired",
        "plan-nfs-on-client",
    }
    assert document["summary"] == {
        "errors": 0,
        "warnings": 3,
        "unchecked": 6,
        "files": 26,
        "documents": 17,
        "applications": 7,
        "charts": 6,
    }
    assert all(item["what"].startswith("chart ") for item in document["unchecked"])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--charts", "skip"], 0),
        (["--charts", "auto"], 0),
        (["--charts", "require"], 3),
        ([], 3),
        (["--charts", "skip", "--strict"], 1),
    ],
)
def test_charts_and_strict_make_the_status(sample: Path, arguments: list[str], status: int) -> None:
    assert invoke("validate", sample, *arguments).status == status


def test_findings_win_over_what_was_left_unchecked(sample: Path) -> None:
    (sample / "apps/root.yaml").write_text("a: [")
    assert invoke("validate", sample).status == 1


def test_a_wrong_cluster_yaml_is_a_finding_here(sample: Path) -> None:
    path = sample / "cluster.yaml"
    path.write_text(path.read_text().replace("192.168.1.20 ", "192.168.1.40 "))
    result = invoke("validate", sample, "--charts", "skip", "--output", "json")
    assert result.status == 1
    errors = [f for f in json.loads(result.out)["findings"] if f["severity"] == "error"]
    assert [(f["rule"], f["file"], f["line"], f["column"]) for f in errors] == [
        ("plan-pool-overlap", "cluster.yaml", 23, 23)
    ]


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        ("{}", 1, 1, "not a schema of cluster.yaml that gitopsgen wrote"),
        ('{\n  "title": "gito', 2, 12, "Unterminated string starting at"),
        ("[" * 100_000, 1, 1, "maximum recursion depth exceeded"),
        ('{"type": "strnig"}', 1, 1, '"strnig" is not valid'),
        (
            '{"$ref": "file:///dev/zero"}',
            1,
            1,
            "retrieving it failed: ValueError: file:///dev/zero",
        ),
    ],
)
def test_a_damaged_schema_is_a_finding(
    sample: Path, content: str, line: int, column: int, message: str
) -> None:
    (sample / ".gitopsgen/cluster.schema.json").write_text(content)
    result = invoke("validate", sample, "--charts", "skip", "--output", "json")
    assert result.status == 1
    [error] = [f for f in json.loads(result.out)["findings"] if f["severity"] == "error"]
    assert (error["rule"], error["file"]) == ("plan-schema", ".gitopsgen/cluster.schema.json")
    assert (error["line"], error["column"]) == (line, column)
    assert message in error["message"]


def test_a_schema_whose_components_say_nothing_of_use_is_damaged(sample: Path) -> None:
    path = sample / ".gitopsgen/cluster.schema.json"
    schema = json.loads(path.read_text())
    of_one = schema["properties"]["components"]["properties"]["kube-vip"]
    of_one["x-gitopsgen-component"]["kubernetes"] = [["1.30"], "1.36"]
    path.write_text(json.dumps(schema))
    result = invoke("validate", sample, "--charts", "skip")
    assert result.status == 1
    assert "damaged: not a schema of cluster.yaml that gitopsgen wrote" in result.out


def test_without_its_schema_the_shipped_components_are_known(sample: Path) -> None:
    (sample / ".gitopsgen/cluster.schema.json").unlink()
    assert invoke("validate", sample, "--charts", "skip").status == 0


def test_a_version_without_schemas_is_said(sample: Path) -> None:
    path = sample / "cluster.yaml"
    path.write_text(path.read_text().replace("v1.35.7+k3s1", "v1.99.0+k3s1"))
    result = invoke("validate", sample, "--charts", "skip")
    assert result.status == 0
    assert "Kubernetes 1.99: this gitopsgen has schemas of 1.25 to 1.37" in result.out


def test_somebody_elses_cluster_yaml_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text("clusters: [a, b]\n")
    assert findings(tmp_path, CONFIG_MAP) == []


@pytest.mark.parametrize(
    ("web", "expected"),
    [
        (CONFIG_MAP, []),
        (CONFIG_MAP + "dta: {}\n", [("schema-invalid", 4, 1)]),
        (CONFIG_MAP + "data: {a: 1}\n", [("schema-invalid", 4, 11)]),
        (
            CONFIG_MAP + "---\n" + CONFIG_MAP + "dta: {}\n",
            [("schema-invalid", 8, 1)],
        ),
        (CONFIG_MAP + "data: {}\ndata: {}\n", [("yaml-duplicate-key", 5, 1)]),
        (CONFIG_MAP + "data: {a: [}\n", [("yaml-syntax", 4, 12)]),
        (CONFIG_MAP.replace("name: a", "name: [a]"), [("schema-invalid", 3, 18)]),
        (CONFIG_MAP.replace("name: a", "namespace: {}"), [("schema-invalid", 3, 23)]),
        (CONFIG_MAP.replace("name: a", "name: 12"), [("schema-invalid", 3, 18)]),
        (CONFIG_MAP.replace("name: a", "name: 1.20"), [("schema-invalid", 3, 18)]),
        (CONFIG_MAP.replace("name: a", "name: false"), [("schema-invalid", 3, 18)]),
        (CONFIG_MAP.replace("ConfigMap", "ConfigMop"), [("schema-unknown-kind", 2, 7)]),
        (CONFIG_MAP.replace("ConfigMap", "configmap"), [("schema-unknown-kind", 2, 7)]),
        (CONFIG_MAP.replace("ConfigMap", "Deployment"), [("schema-unknown-kind", 1, 13)]),
        (CONFIG_MAP.replace("apiVersion: v1", "apiVersion: v2"), [("schema-unknown-kind", 1, 13)]),
        (
            "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n",
            [("schema-api-removed", 1, 13)],
        ),
        (
            "apiVersion: v1\nkind: List\nitems:\n"
            "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dta: 1}\n",
            [("schema-invalid", 4, 60)],
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
            "  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n"
            "    spec:\n      containers:\n        - {name: a, image: b, prots: []}\n",
            [("schema-invalid", 10, 31)],
        ),
        (
            "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\n"
            "spec: {secretName: a, issuerRef: {nam: a}}\n",
            [("schema-invalid", 4, 35)],
        ),
        (
            "x: &x {name: a}\n" + CONFIG_MAP.replace("{name: a}", "{<<: *x, name: b}"),
            [("schema-invalid", 1, 1)],
        ),
        ("just: notes\n", []),
    ],
)  # fmt: skip
def test_each_fault_is_found_at_its_place(
    tmp_path: Path, web: str, expected: list[tuple[str, int, int]]
) -> None:
    assert findings(tmp_path, web) == expected


def test_the_hint_names_the_version_that_is_left(tmp_path: Path) -> None:
    web = "apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata: {name: a}\n"
    assert "Use apiVersion: networking.k8s.io/v1." in validate(tmp_path, web).out


@pytest.mark.parametrize("content", [None, "notes: only\n"])
def test_a_folder_with_nothing_to_validate_is_wrong_usage(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "notes.yaml").write_text(content)
    result = invoke("validate", tmp_path)
    assert result.status == 2
    assert "nothing to validate" in result.err


def test_a_missing_folder_is_wrong_usage(tmp_path: Path) -> None:
    assert invoke("validate", tmp_path / "nowhere").status == 2


def test_the_repository_is_known_by_its_remotes_or_by_an_option(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(
        APPLICATION.replace("name: web", "name: other").replace("o/r, path: web", "x/x, path: a/b")
    )
    wrong = CONFIG_MAP + "dta: {}\n"
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    remote = ["git", "remote", "add", "origin", "git@github.com:x/x.git"]
    subprocess.run(remote, cwd=tmp_path, check=True)
    schemas = ("--only", "schema")
    assert validate(tmp_path, wrong, *schemas).status == 0
    url = ("--repo-url", "ssh://git@github.com/o/r")
    assert validate(tmp_path, wrong, *schemas, *url).status == 1


def test_the_repositorys_own_yamllint_settings_count(tmp_path: Path) -> None:
    (tmp_path / ".yamllint").write_text("rules: {trailing-spaces: enable}\n")
    assert findings(tmp_path, CONFIG_MAP + "data: {} \n") == [("yamllint/trailing-spaces", 4, 9)]


def test_a_name_that_is_not_utf_8_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web").joinpath("b\udcff.yaml").write_text(CONFIG_MAP + "dta: {}\n")
    for output in ("text", "json"):
        result = validate(tmp_path, CONFIG_MAP, "--output", output)
        assert result.status == 1
        assert "schema-invalid" in result.out


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("exit 0", "it printed no report"),
        (f"echo '{ALL_IS_WELL}'", "it did not find the fault in a document made to be wrong"),
        ("echo broken >&2; exit 1", "broken"),
    ],
)
def test_a_kubeconform_that_proves_nothing_voids_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, message: str
) -> None:
    fake = tmp_path / "fake"
    fake.write_text(f"#!/bin/sh\n{program}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("GITOPSGEN_KUBECONFORM", str(fake))
    result = validate(tmp_path, CONFIG_MAP)
    assert result.status == 3
    assert "cannot be trusted" in result.err
    assert message in result.err

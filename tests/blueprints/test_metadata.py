from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gitopsgen.blueprints.metadata import (
    Chart,
    GroupKind,
    NeededSecret,
    ProjectNeeds,
    load_component,
)
from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SMALLEST = """\
name: blog
version: 1
summary: A blog
wave: 5
namespace: blog
options: {type: object}
"""
LARGEST = """\
name: blog
version: 7
summary: A blog
role: writing
wave: -1
namespace: blog
kubernetes: {minimum: "1.30", maximum: "1.35"}
chart: {name: ghost, repository: oci://example.net/charts, version: "1.20"}
requires: [storage]
keep: true
project:
  namespaces: [media]
  sources: [https://example.net/blog]
  cluster_kinds: [{group: "", kind: Namespace}]
  namespaced_kinds: [{group: apps, kind: Deployment}]
options: {type: object, properties: {title: {type: string}}}
lifecycle: {state: retired, message: nobody writes, instead: diary}
secrets: [{name: login, namespace: blog, keys: [user, password], purpose: logging in}]
"""


def folder_with(tmp_path: Path, content: str | bytes, name: str = "blog") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    data = content.encode() if isinstance(content, str) else content
    (folder / "blueprint.yaml").write_bytes(data)
    return folder


def error_of(folder: Path) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load_component(folder)
    return caught.value


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    component = load_component(folder_with(tmp_path, SMALLEST))
    assert (component.name, component.version, component.wave) == ("blog", 1, 5)
    assert component.namespace == "blog"
    assert component.keep is False
    assert component.chart is None
    assert component.needs == ProjectNeeds()
    assert component.secrets == ()
    assert component.spec.role is None
    assert component.spec.requires == ()
    assert component.spec.lifecycle_state == "active"
    assert component.spec.kubernetes_minimum is None


def test_everything_is_read(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, LARGEST)
    component = load_component(folder)
    assert component.folder == folder
    assert (component.version, component.wave, component.keep) == (7, -1, True)
    assert component.chart == Chart("ghost", "oci://example.net/charts", "1.20")
    assert component.needs == ProjectNeeds(
        namespaces=("media",),
        sources=("https://example.net/blog",),
        cluster_kinds=(GroupKind("", "Namespace"),),
        namespaced_kinds=(GroupKind("apps", "Deployment"),),
    )
    assert component.secrets == (NeededSecret("login", "blog", ("user", "password"), "logging in"),)
    spec = component.spec
    assert (spec.role, spec.requires) == ("writing", ("storage",))
    assert (spec.lifecycle_state, spec.lifecycle_message, spec.lifecycle_instead) == (
        "retired",
        "nobody writes",
        "diary",
    )
    assert (spec.kubernetes_minimum, spec.kubernetes_maximum) == ("1.30", "1.35")
    assert spec.options["properties"] == {"title": {"type": "string"}}


def test_all_that_is_wrong_is_said_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """\
name: blog
version: one
summary: ""
wave: 5
namespace: Blog
chart: {name: ghost, repository: oci://example.net, version: 1.20}
options: {type: object}
colour: blue
"""
    folder = folder_with(tmp_path, text)
    error = error_of(folder)
    file = re.escape(str(folder / "blueprint.yaml"))
    lines = error.message.splitlines()
    assert all(re.match(rf"{file}:\d+:\d+: .", line) for line in lines)
    places = {int(line.removeprefix(f"{folder}/blueprint.yaml:").split(":")[0]) for line in lines}
    assert {2, 3, 5, 6} <= places
    assert "colour" in error.message
    assert error.hint == "Mend the blueprint, or leave its folder out."


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "null is not of type"),
        ("[]", "is not of type"),
        ("just words", "is not of type"),
        ("{}", '"name" is a required property'),
        ("name: [", ":1:"),
        ("a: &a [*a]\n", ":1:"),
        (SMALLEST + "name: blog\n", ":7:1: "),
        (SMALLEST.replace("version: 1", "version: 0"), ":2:"),
        (SMALLEST.replace("version: 1", "version: true"), ":2:"),
        (SMALLEST.replace("name: blog", "name: ../blog"), ":1:"),
        (SMALLEST + "kubernetes: {minimum: 1.30, maximum: '1.35'}\n", ":7:"),
        (SMALLEST + "lifecycle: {state: asleep}\n", ":7:"),
        (SMALLEST + "secrets: [{name: a, namespace: b, keys: [], purpose: c}]\n", ":7:"),
        ("[" * 2000, ":1:"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, part: str) -> None:
    folder = folder_with(tmp_path, text)
    message = error_of(folder).message
    assert message.startswith(f"{folder}/blueprint.yaml:")
    assert part in message


def test_the_name_is_the_name_of_the_folder(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SMALLEST, "diary")
    assert "name is 'blog', but the folder is 'diary'" in error_of(folder).message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "blueprint.yaml: cannot be read: " in error_of(tmp_path).message
    binary = folder_with(tmp_path, b"\xff\x00\xfe", "binary")
    assert "blueprint.yaml: cannot be read: " in error_of(binary).message
    (tmp_path / "folder" / "blueprint.yaml").mkdir(parents=True)
    assert "blueprint.yaml: cannot be read: " in error_of(tmp_path / "folder").message

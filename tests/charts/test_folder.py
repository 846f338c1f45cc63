from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen.charts.folder import (
    Dependency,
    Metadata,
    missing_dependencies,
    read_metadata,
    without_dependencies,
)
from gitopsgen.tools.programs import run
from tests.charts.servers import chart_files, pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path

PARENT = """\
apiVersion: v2
name: gadget
version: 1.2.3
dependencies:
  - name: here
    version: 1.0.0
    repository: https://charts.example.net
  - name: packed-one
    version: 1.0.0
    repository: https://charts.example.net
  - name: absent
    version: ~2.0
    repository: oci://registry.example.net/charts
    alias: other
    condition: absent.enabled,global.absent
    tags: [extras]
"""
ABSENT = Dependency(
    "absent",
    "~2.0",
    "oci://registry.example.net/charts",
    "other",
    "absent.enabled,global.absent",
    ("extras",),
)


def parent(folder: Path) -> Path:
    """A chart with three dependencies: a folder, an archive, and one that is not there."""
    write_chart(folder, chart_files(files={"Chart.yaml": PARENT, "Chart.lock": "digest: x\n"}))
    write_chart(folder / "charts/renamed", chart_files("here", "1.0.0"))
    packed = pack(chart_files("packed-one", "1.0.0"), "packed-one")
    (folder / "charts/packed-one-1.0.0.tgz").write_bytes(packed)
    return folder


def test_the_dependencies_that_are_not_there_are_found(tmp_path: Path) -> None:
    assert missing_dependencies(parent(tmp_path / "gadget")) == (ABSENT,)


def test_requirements_of_old_charts_count(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": "apiVersion: v1\nname: gadget\nversion: 1.0.0\n",
        "requirements.yaml": "dependencies: [{name: absent, version: 2}]\n",
    }
    folder = write_chart(tmp_path / "gadget", files)
    assert [item.version for item in missing_dependencies(folder)] == ["2"]
    without = without_dependencies(folder, {"absent"}, tmp_path / "without")
    assert missing_dependencies(without) == ()


def test_a_chart_renders_without_what_was_left_out(tmp_path: Path, helm: Path) -> None:
    folder = parent(tmp_path / "gadget")
    refused = run([helm, "template", folder], check=False)
    assert b"missing in charts/ directory: absent" in refused.stderr
    without = without_dependencies(folder, {"absent"}, tmp_path / "without")
    assert run([helm, "template", "x", without]).stdout.count(b"kind: ConfigMap") == 3
    assert not (without / "Chart.lock").exists()
    assert (folder / "Chart.yaml").read_text() == PARENT


def test_the_copy_is_written_through_no_link(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(PARENT)
    folder = tmp_path / "gadget"
    folder.mkdir()
    (folder / "Chart.yaml").symlink_to(mine)
    without = without_dependencies(folder, {"absent"}, tmp_path / "without")
    assert mine.read_text() == PARENT
    dependencies = yaml.safe_load((without / "Chart.yaml").read_text())["dependencies"]
    assert [item["name"] for item in dependencies] == ["here", "packed-one"]


@pytest.mark.parametrize(
    ("values", "enabled"),
    [
        ({}, True),
        ({"absent": {"enabled": False}}, False),
        ({"absent": {"enabled": True}, "global": {"absent": False}}, True),
        ({"absent": {}, "global": {"absent": False}}, False),
        ({"absent": {"enabled": "no"}}, True),
        ({"absent": 3}, True),
        ({"tags": {"extras": False}}, False),
        ({"tags": {"extras": False}, "absent": {"enabled": True}}, True),
        ({"tags": {"others": False}}, True),
        ({"tags": [False]}, True),
    ],
)
def test_conditions_and_tags_decide_as_in_helm(
    tmp_path: Path, helm: Path, values: dict[str, Any], enabled: bool
) -> None:
    assert ABSENT.is_enabled(values) is enabled
    folder = tmp_path / "gadget"
    only = yaml.safe_load(PARENT)
    only["dependencies"] = [{**only["dependencies"][2], "version": "2.0.1"}]
    write_chart(
        folder, chart_files(files={"Chart.yaml": yaml.safe_dump(only), "values.yaml": "{}\n"})
    )
    write_chart(folder / "charts/absent", chart_files("absent", "2.0.1"))
    given = tmp_path / "values.yaml"
    given.write_text(yaml.safe_dump(values))
    done = run([helm, "template", "x", folder, "--values", given])
    assert (done.stdout.count(b"kind: ConfigMap") == 2) is enabled


def test_several_tags_need_one_that_is_on() -> None:
    item = Dependency("a", "1", "", "", "", ("x", "y"))
    assert item.is_enabled({"tags": {"x": False, "y": True}})
    assert not item.is_enabled({"tags": {"x": False, "y": False}})


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("name: a\nversion: 1.2.3\n", Metadata("a", "1.2.3", ())),
        ("name: [a]\nversion: true\ndependencies: [1, {}, {name: 3}]\n", None),
        ("dependencies: {a: b}\n", Metadata("", "", ())),
        ("- a\n", None),
        ("a: [\n", None),
        ("", None),
        ("\0", None),
    ],
)
def test_metadata_is_read_tolerantly(tmp_path: Path, text: str, metadata: Metadata | None) -> None:
    (tmp_path / "Chart.yaml").write_text(text)
    found = read_metadata(tmp_path)
    if text.startswith("name: ["):
        assert found is not None
        assert (found.name, found.version) == ("", "")
        assert [item.name for item in found.dependencies] == ["3"]
    else:
        assert found == metadata


def test_what_is_no_file_is_no_chart(tmp_path: Path) -> None:
    assert read_metadata(tmp_path / "nothing") is None
    os.mkfifo(tmp_path / "Chart.yaml")
    assert read_metadata(tmp_path) is None
    assert missing_dependencies(tmp_path) == ()

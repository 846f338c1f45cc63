"""What is read of unpacked charts, whatever they hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.facts import UNREADABLE, read_chart
from gitopsgen.charts.known_values import KnownValues
from tests.charts.servers import chart_files, pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path

METADATA = """\
apiVersion: v2
name: web
version: 1.2
kubeVersion: ">=1.25.0-0"
dependencies:
  - {name: db, alias: store}
  - {name: db, alias: archive}
  - {name: absent}
  - nothing
"""


def test_everything_that_a_chart_says(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": METADATA,
        "values.yaml": "# about\nport: 80\n",
        "values.schema.json": '{"type": "object"}',
        "templates/a.yaml": "a: {{ .Values.port }}\n",
        "templates/deep/_b.tpl": "b",
        "README.md": "no template",
        "charts/db/Chart.yaml": "name: db\n",
        "charts/db/values.yaml": "size: 1\n",
        "charts/db/charts/inner/Chart.yaml": "name: inner\n",
        "charts/loose/Chart.yaml": "name: other\n",
        "charts/_hidden/Chart.yaml": "name: hidden\n",
        "charts/file.txt": "no chart",
    }
    facts = read_chart(write_chart(tmp_path, files))
    assert (facts.name, facts.version, facts.kube_version) == ("web", "1.2", ">=1.25.0-0")
    assert facts.values == {"port": 80}
    assert facts.values_text == "# about\nport: 80\n"
    assert facts.schema == {"type": "object"}
    assert facts.templates == {"a.yaml": "a: {{ .Values.port }}\n", "deep/_b.tpl": "b"}
    assert [item["name"] for item in facts.dependencies] == ["db", "db", "absent"]
    assert sorted(facts.subcharts) == ["archive", "other", "store"]
    assert facts.subcharts["store"].values == {"size": 1}
    assert sorted(facts.subcharts["store"].subcharts) == ["inner"]


def test_files_that_a_chart_evaluates(tmp_path: Path) -> None:
    files = {
        **chart_files(),
        "conf/app.conf": "port = {{ .Values.port }}\n",
        "conf/plain.conf": "no template",
        "README.md": "{{ what helm-docs writes }}",
    }
    folder = write_chart(tmp_path, files)
    assert read_chart(folder).files == {}
    (folder / "templates/a.yaml").write_text('{{ tpl (.Files.Get "conf/app.conf") . }}')
    facts = read_chart(folder)
    assert facts.files == {"conf/app.conf": "port = {{ .Values.port }}\n"}
    assert KnownValues(facts).knows(("port",))
    assert not KnownValues(facts).knows(("prot",))


def test_charts_of_the_first_api_list_their_dependencies_elsewhere(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": "apiVersion: v1\nname: web\n",
        "requirements.yaml": "dependencies:\n  - {name: db, alias: store}\n",
        "charts/db/Chart.yaml": "name: db\n",
    }
    assert sorted(read_chart(write_chart(tmp_path, files)).subcharts) == ["store"]


def test_subcharts_may_be_archives(tmp_path: Path) -> None:
    inner = pack(chart_files("inner"), "inner")
    folder = write_chart(tmp_path / "web", chart_files("web"))
    (folder / "charts").mkdir()
    (folder / "charts/db-1.2.3.tgz").write_bytes(pack(chart_files("db"), "db"))
    write_chart(folder / "charts/around", chart_files("around"))
    (folder / "charts/around/charts").mkdir()
    (folder / "charts/around/charts/inner-1.2.3.tgz").write_bytes(inner)
    facts = read_chart(folder)
    assert facts.subcharts["db"].values == {"colour": "blue"}
    assert facts.subcharts["around"].subcharts["inner"].name == "inner"
    known = KnownValues(facts)
    assert known.knows(("db", "colour"))
    assert not known.knows(("db", "color"))


def test_a_folder_without_a_chart_says_nothing(tmp_path: Path) -> None:
    facts = read_chart(tmp_path / "absent")
    assert (facts.name, facts.values, facts.schema, facts.templates) == ("", {}, None, {})


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("values.yaml", b"\0binary"),
        ("values.yaml", b"a: [\n"),
        ("values.yaml", b"- a\n"),
        ("values.yaml", b"a: &a [*a]\n"),
        ("values.yaml", b"#" * (5 << 20)),
        ("values.schema.json", b"{"),
        ("values.schema.json", b"[" * 100_000),
        ("values.schema.json", b"[]"),
        ("templates/a.yaml", b"\xff\xfe"),
        ("templates/a.yaml", b"x" * (5 << 20)),
        ("charts/db-1.0.0.tgz", b"no archive"),
        ("charts/db-1.0.0.tgz", pack({"nothing": "here"})),
    ],
)
def test_nothing_is_unknown_to_a_chart_that_was_not_read_in_full(
    tmp_path: Path, file: str, content: bytes
) -> None:
    folder = write_chart(tmp_path, chart_files())
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_bytes(content)
    facts = read_chart(folder)
    assert facts.name == "gadget"
    assert UNREADABLE in facts.templates.values()
    assert KnownValues(facts).knows(("anything",))


@pytest.mark.parametrize(
    "content", [b"\0", b"[", b"- a", b"{name: [], version: {}, dependencies: 3}"]
)
def test_broken_metadata_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "Chart.yaml").write_bytes(content)
    facts = read_chart(tmp_path)
    assert (facts.name, facts.version, facts.dependencies) == ("", "", ())


def test_links_are_followed_within_the_chart_only(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{{ .Values.secret }}")
    folder = write_chart(tmp_path / "web", chart_files())
    (folder / "templates/inside.yaml").symlink_to("configmap.yaml")
    (folder / "templates/outside.yaml").symlink_to(tmp_path / "secret")
    (folder / "templates/circle.yaml").symlink_to("circle.yaml")
    (folder / "templates/folder").symlink_to(folder)
    os.mkfifo(folder / "templates/pipe.yaml")
    (folder / "charts").mkdir()
    (folder / "charts/again").symlink_to(folder)
    (folder / "charts/elsewhere").symlink_to(write_chart(tmp_path / "other", chart_files("other")))
    facts = read_chart(folder)
    assert facts.templates["inside.yaml"] == facts.templates["configmap.yaml"]
    for name in ("outside.yaml", "circle.yaml", "pipe.yaml"):
        assert facts.templates[name] == UNREADABLE
    assert "other" not in facts.subcharts


def test_a_chart_of_very_many_files_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitopsgen.charts.facts._MOST_FILES", 20)
    files = {f"templates/{number}.yaml": "a: 1" for number in range(100)}
    facts = read_chart(write_chart(tmp_path, chart_files(files=files)))
    assert len(facts.templates) < 30
    assert UNREADABLE in facts.templates.values()

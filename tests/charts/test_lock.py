from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.charts.lock import lock_charts, locked_digests, new_lock
from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.splice import SpliceError, Splicer
from gitopsgen.charts.store import Chart

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
URL = "https://charts.example.net"
LOCK = f"""\
# Written by gitopsgen.
generator: 0.1.0
charts:
  gadget:
    repository: {URL}   # ours
    version: 1.2.3
  "widget":
    repository: oci://registry.example.net/charts
    version: '1.2'
    digest: {A}
  gizmo: {{repository: {URL}, version: v2.0.0}}

# Folders of one's own.
folders:
  - ../mine
"""


def chart(
    name: str = "gadget", version: str = "1.2.3", digest: str = B, repository: str = URL
) -> Chart:
    return Chart(ChartReference(repository, name, version), Path("/x"), version, digest)


USED = [
    ChartReference(URL, "gadget", "1.2.3"),
    ChartReference("oci://registry.example.net/charts", "widget", "1.2"),
    ChartReference(URL, "gizmo", "v2.0.0"),
]


def test_digests_are_read_by_chart_and_version() -> None:
    assert locked_digests(LOCK) == {
        (URL, "gadget", "1.2.3"): "",
        ("oci://registry.example.net/charts", "widget", "1.2"): A,
        (URL, "gizmo", "v2.0.0"): "",
    }


@given(st.text())
def test_any_text_has_digests_or_none(text: str) -> None:
    assert isinstance(locked_digests(text), dict)


@pytest.mark.parametrize(
    "text",
    [
        "charts: 3",
        "charts: [a]",
        "charts: {a: b, c: {repository: [], version: 1}}",
        "charts: {a: {repository: r, version: 1.2}}",
        "- charts",
        "charts: [",
    ],
)
def test_junk_has_no_digests(text: str) -> None:
    assert locked_digests(text) == {}


def test_a_digest_that_is_junk_is_none() -> None:
    assert locked_digests("charts: {a: {repository: r, version: v, digest: [1]}}") == {
        ("r", "a", "v"): ""
    }


def test_a_digest_is_one_more_line() -> None:
    edit = lock_charts(LOCK, [chart()], USED)
    assert edit.text == LOCK.replace(
        "    version: 1.2.3\n", f"    version: 1.2.3\n    digest: {B}\n"
    )
    assert (edit.written, edit.differing) == ((chart(),), ())
    again = lock_charts(edit.text, [chart()], USED)
    assert (again.text, again.written) == (edit.text, ())


def test_a_new_version_takes_the_place_of_one_that_nothing_uses() -> None:
    bumped = chart("widget", "1.3.0", B, "oci://registry.example.net/charts")
    edit = lock_charts(LOCK, [bumped], [USED[0], USED[2], bumped.reference])
    assert edit.text == LOCK.replace("'1.2'", "'1.3.0'").replace(A, B)
    moved = chart("widget", "1.2", B, "ghcr.io/owner")
    edit = lock_charts(LOCK, [moved], [USED[0], USED[2]])
    assert edit.text == LOCK.replace("oci://registry.example.net/charts", "ghcr.io/owner").replace(
        A, B
    )


def test_a_second_version_has_an_entry_of_its_own() -> None:
    charts = [chart(version="3.0.0"), chart("other", "1.0")]
    edit = lock_charts(LOCK, charts, USED)
    added = f"""\
  gadget@3.0.0:
    name: gadget
    repository: {URL}
    version: 3.0.0
    digest: {B}
  other:
    repository: {URL}
    version: "1.0"
    digest: {B}
"""
    before, after = LOCK.split("\n\n# Folders")
    assert edit.text == f"{before}\n{added}\n# Folders{after}"
    assert locked_digests(edit.text)[(URL, "gadget", "3.0.0")] == B
    assert lock_charts(edit.text, charts, USED).text == edit.text


def test_an_archive_that_changed_is_said_and_its_digest_stays() -> None:
    changed = chart("widget", "1.2", B, "oci://registry.example.net/charts")
    edit = lock_charts(LOCK, [changed, chart()], USED)
    assert edit.differing == (changed,)
    assert A in edit.text
    assert edit.written == (chart(),)


@pytest.mark.parametrize(
    "text", ["", new_lock(), "generator: 1\n", "generator: 1", "charts: {}\n", "charts: {}  # c\n"]
)
def test_a_lock_without_charts_gets_them(text: str) -> None:
    edit = lock_charts(text, [chart()])
    assert locked_digests(edit.text) == {(URL, "gadget", "1.2.3"): B}
    assert edit.text.startswith(text.removesuffix("\n").split(" {}")[0])
    assert edit.text.endswith("\n") or text.endswith("# c\n")


def test_lines_end_as_they_did() -> None:
    edit = lock_charts(LOCK.replace("\n", "\r\n"), [chart(), chart("other")], USED)
    assert edit.text.count("\n") == edit.text.count("\r\n") == LOCK.count("\n") + 5


@pytest.mark.parametrize(
    "text",
    [
        "charts: {gadget: {repository: r, version: v}}\n",
        "charts: 3\n",
        "charts:\n",
        "charts: [",
        "- a\n",
        "3\n",
    ],
)
def test_what_cannot_be_edited_is_refused(text: str) -> None:
    with pytest.raises(SpliceError):
        lock_charts(text, [chart("other")], [ChartReference("r", "gadget", "v")])


def test_an_edit_that_would_change_more_is_refused() -> None:
    text = "charts:\n  a: &x {repository: r, version: v}\n  b: *x\n"
    splicer = Splicer(text)
    splicer.replace(0, ("charts", "b", "version"), "w")
    with pytest.raises(SpliceError, match="something else in it depends"):
        splicer.text()


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)


@given(
    st.dictionaries(_TEXTS, st.fixed_dictionaries({"repository": _TEXTS, "version": _TEXTS})),
    _TEXTS,
    _TEXTS,
)
def test_locking_adds_what_it_says_and_no_more(
    known: dict[str, Any], name: str, version: str
) -> None:
    text = yaml.safe_dump({"generator": "1", "charts": known}, allow_unicode=True)
    before = locked_digests(text)
    try:
        edit = lock_charts(text, [chart(name, version)], [ChartReference(*key) for key in before])
    except SpliceError:
        return
    assert locked_digests(edit.text) == {**before, (URL, name, version): B}

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.cluster.edit import set_values
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError
from tests.sample import SAMPLE

TEXT = """\
# a comment
name: home   # another
nodes:
  - {name: a, address: 1.1.1.1}   # the first

  - name: b
    address: 2.2.2.2
network:
    gateway: 'quoted'

    dns: [x, y]
empty:
components: {}
"""


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("name", "lab", "name: home   #", "name: lab   #"),
        ("nodes.0.name", "c", "{name: a,", "{name: c,"),
        ("nodes[1].address", "3.3.3.3", "2.2.2.2", "3.3.3.3"),
        ("nodes.0.role", "server", "1.1.1.1}", "1.1.1.1, role: server}"),
        ("nodes.1.role", "server", "2.2.2.2\n", "2.2.2.2\n    role: server\n"),
        ("network.gateway", "1.1.1.1", "'quoted'", "1.1.1.1"),
        ("network.dns", "[z]", "[x, y]", "[z]"),
        ("network.dns.1", "z", "[x, y]", "[x, z]"),
        ("network.new", "1", "dns: [x, y]\n", "dns: [x, y]\n    new: 1\n"),
        ("empty", "1", "empty:\n", "empty: 1\n"),
        ("empty.a.b", "1", "empty:\n", "empty: {a: {b: 1}}\n"),
        ("components.x", "{}", "components: {}", "components: {x: {}}"),
        ("components.x.y", "true", "components: {}", 'components: {x: {"y": true}}'),
        ("top", "a: b", "components: {}\n", 'components: {}\ntop: {"a": "b"}\n'),
        ("name", "", "name: home   #", "name: null   #"),
        ("name", "'yes'", "name: home   #", 'name: "yes"   #'),
        ("name", "a # b", "name: home   #", 'name: "a"   #'),
    ],
)
def test_only_the_value_changes(key: str, value: str, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert set_values(TEXT, [(key, value)]) == TEXT.replace(old, new)


def test_a_block_becomes_one_line() -> None:
    text = "a:\n  - 1\n  - 2\n# kept\nb: 3\n"
    assert set_values(text, [("a", "[]")]) == "a: []\n# kept\nb: 3\n"


def test_windows_line_endings_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    assert set_values(text, [("network.new", "1"), ("name", "lab")]) == (
        TEXT.replace("home", "lab").replace("y]\n", "y]\n    new: 1\n").replace("\n", "\r\n")
    )


def test_a_file_without_a_last_newline_stays_without_one() -> None:
    assert set_values("a: 1", [("b", "2")]) == "a: 1\nb: 2"
    assert set_values("a: 1", [("a", "2")]) == "a: 2"
    assert set_values("", [("a.b", "2")]) == "a: {b: 2}\n"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("", "x", "not a path"),
        ("a..b", "x", "not a path"),
        ("nodes.7.name", "x", "nodes has 2 items"),
        ("nodes.first", "x", "nodes is a list"),
        ("name.first", "x", "name is a single value"),
        ("network.0", "x", "network is a mapping"),
        ("name", "[", "the value is not YAML"),
    ],
)
def test_what_cannot_be_set_is_named(key: str, value: str, message: str) -> None:
    with pytest.raises(UsageError, match="--set") as caught:
        set_values(TEXT, [(key, value)])
    assert message in caught.value.message


def test_a_file_that_does_not_parse_is_named() -> None:
    with pytest.raises(UsageError, match=r"cluster\.yaml does not parse"):
        set_values("a: [", [("b", "1")])


SAMPLE_TEXT = (SAMPLE / "cluster.yaml").read_text()
KEYS = ["name", "network.gateway", "nodes.2.name", "ssh.port", "components.loopia.zones", "new.key"]
WORDS = st.from_regex(r"[a-z][a-z0-9.-]{0,8}[a-z]", fullmatch=True)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), WORDS, max_size=3))
def test_lines_that_are_not_set_stay_byte_for_byte(assignments: dict[str, str]) -> None:
    edited = set_values(SAMPLE_TEXT, list(assignments.items()))
    before, after = SAMPLE_TEXT.split("\n"), edited.split("\n")
    assert sum(line not in before for line in after) <= len(assignments)
    assert sum(line not in after for line in before) <= len(assignments)
    data = read_documents(edited).documents[0].data
    for key, value in assignments.items():
        found = data
        for step in key.split("."):
            found = found[int(step) if step.isdecimal() else step]
        assert found == read_documents(value).documents[0].data


@pytest.mark.parametrize("text", ["{a}", "{a, b: 1}", "? a\n", "a: &x 1\nb: *x\n"])
def test_what_cannot_be_set_safely_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be set where it stands"):
        set_values(text, [("a", "2")])


def test_odd_keys_can_be_set() -> None:
    assert set_values("? a\n: 1\n", [("a", "2")]) == "? a\n: 2\n"
    assert set_values("&x a: 1\nb: *x\n", [("a", "2")]) == "&x a: 2\nb: *x\n"


PIECES = [
    "",
    "\n",
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "# ",
    "&a ",
    "*a",
    "? ",
    "\t",
    ",",
    "|\n",
    '"',
    "%",
]


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([*KEYS, "nodes.0", "nodes", "a"]), st.sampled_from(["1", "[a]"]))
def test_broken_files_are_edited_rightly_or_refused(
    data: st.DataObject, key: str, value: str
) -> None:
    text = SAMPLE_TEXT
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[end:]
    try:
        edited = set_values(text, [(key, value)])
    except UsageError:
        return
    found = read_documents(edited).documents[0].data
    for step in key.split("."):
        found = found[int(step) if step.isdecimal() else step]
    assert found == read_documents(value).documents[0].data

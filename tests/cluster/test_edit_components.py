from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.cluster.edit import add_component, remove_component
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError
from tests.sample import SAMPLE

SAMPLE_TEXT = (SAMPLE / "cluster.yaml").read_text()
OPTIONS = {"zones": ["example.org"], "ttl": 60}

LONG = {"description": "A" * 60, "second": "B" * 60}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("components:\n  a: {}\n", "components:\n  a: {}\n  new: {x: 1}\n", id="block"),
        pytest.param("components:\n  a: {}", "components:\n  a: {}\n  new: {x: 1}", id="no end"),
        pytest.param(
            "components:\r\n    a: {}\r\n\r\nb: 1\r\n",
            "components:\r\n    a: {}\r\n    new: {x: 1}\r\n\r\nb: 1\r\n",
            id="windows",
        ),
        pytest.param(
            "components:\n  a: {} # one\n    # still a\n\n  # of none\nb: 1\n",
            "components:\n  a: {} # one\n    # still a\n  new: {x: 1}\n\n  # of none\nb: 1\n",
            id="comments",
        ),
        pytest.param(
            "components:\n   a:\n       b: |\n         text\n\nz: 1\n",
            "components:\n   a:\n       b: |\n         text\n   new:\n       x: 1\n\nz: 1\n",
            id="the style of the neighbours",
        ),
        pytest.param(
            "components: {}   # none yet\nb: 1\n",
            "components:   # none yet\n  new: {x: 1}\nb: 1\n",
            id="braces with nothing in them",
        ),
        pytest.param("components: {}", "components:\n  new: {x: 1}", id="and no last newline"),
        pytest.param(
            "components:\n  # none yet\nb: 1\n",
            "components:\n  # none yet\n  new: {x: 1}\nb: 1\n",
            id="no value",
        ),
        pytest.param("components: null\n", "components:\n  new: {x: 1}\n", id="null"),
        pytest.param(
            "components: &c {}\nb: 1\n", "components: &c {new: {x: 1}}\nb: 1\n", id="an anchor"
        ),
        pytest.param(
            "{components: {}, b: 1}\n", "{components: {new: {x: 1}}, b: 1}\n", id="all in braces"
        ),
        pytest.param(
            '{"components": {"a": {}}}', '{"components": {"a": {}, new: {x: 1}}}', id="JSON"
        ),
        pytest.param(
            "components: {a: {}, b: {c: 1}}  # two\n",
            "components: {a: {}, b: {c: 1}, new: {x: 1}}  # two\n",
            id="braces",
        ),
        pytest.param(
            "components: {\n  a: {},  # one\n  b: {}  # two\n}\n",
            "components: {\n  a: {},  # one\n  b: {},  # two\n  new: {x: 1}\n}\n",
            id="braces over lines",
        ),
        pytest.param(
            "components: {\n  a: {},\n  b: {},\n}\n",
            "components: {\n  a: {},\n  b: {},\n  new: {x: 1},\n}\n",
            id="braces with a last comma",
        ),
        pytest.param(
            "components: {\n  a: {},\n  b: {}}\n",
            "components: {\n  a: {},\n  b: {},\n  new: {x: 1}}\n",
            id="braces that close on the last line",
        ),
        pytest.param(
            "base: &x {c: 1}\ncomponents:\n  a: *x\n",
            "base: &x {c: 1}\ncomponents:\n  a: *x\n  new: {x: 1}\n",
            id="after an alias",
        ),
        pytest.param(
            "base: &x {a: {}}\ncomponents:\n  <<: *x\n",
            "base: &x {a: {}}\ncomponents:\n  <<: *x\n  new: {x: 1}\n",
            id="after a merge key",
        ),
        pytest.param("name: a\n", "name: a\ncomponents: {new: {x: 1}}\n", id="no components"),
        pytest.param("# a\n", "# a\ncomponents:\n  new:\n    x: 1\n", id="nothing but a comment"),
        pytest.param("\ufeffcomponents: {}\n", "\ufeffcomponents:\n  new: {x: 1}\n", id="BOM"),
        pytest.param(
            "components:\n  a: {}\n---\nother: 1\n",
            "components:\n  a: {}\n  new: {x: 1}\n---\nother: 1\n",
            id="a second document",
        ),
    ],
)
def test_a_component_is_added(before: str, after: str) -> None:
    assert add_component(before, "new", {"x": 1}) == after


def test_what_is_too_long_for_a_line_takes_several() -> None:
    added = add_component("components:\n  a: {}\n", "new", {**LONG, "list": [1, {"a": "b c"}]})
    assert added == (
        f"components:\n  a: {{}}\n  new:\n    description: {'A' * 60}\n    second: {'B' * 60}\n"
        '    list: [1, {a: "b c"}]\n'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("yes", '"yes"'),
        ("10.0.0.1", "10.0.0.1"),
        ("1.10", '"1.10"'),
        ("ops@example.net", "ops@example.net"),
        ("a: b # c", '"a: b # c"'),
        ('say "hi"\n', '"say \\"hi\\"\\n"'),
        ("\x7f\u2028ü", '"\\u007f\\u2028ü"'),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_values_are_written_so_that_they_are_read_again(value: Any, written: str) -> None:
    added = add_component("components: {a: {}}", "new", {"x": value})
    assert added == f"components: {{a: {{}}, new: {{x: {written}}}}}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("  a: {}\n  old: {}\n  b: {}\n", "  a: {}\n  b: {}\n", id="in the middle"),
        pytest.param("  old: {}\n  b: {}\n", "  b: {}\n", id="the first"),
        pytest.param("  a: {}\n  old: {}\n", "  a: {}\n", id="the last"),
        pytest.param("  a: {}\r\n  old:\r\n    x: 1\r\n", "  a: {}\r\n", id="windows"),
        pytest.param(
            "  a: {}   # of a\n"
            "    # of a, too\n"
            "  # of old\n"
            "  #\n"
            "  # and more\n"
            "  'old': {x: [1,\n"
            "    2]}  # of old\n"
            "    # y: 2\n"
            "\n"
            "    # z: 2\n"
            "\n"
            "  # of b\n"
            "  b: {}\n",
            "  a: {}   # of a\n    # of a, too\n\n  # of b\n  b: {}\n",
            id="comments",
        ),
        pytest.param(
            "  # nothing to do with it\n\n  old:\n    x: |\n      # text\n      more\n\n  b: {}\n",
            "  # nothing to do with it\n\n\n  b: {}\n",
            id="a text of lines",
        ),
        pytest.param(
            "  # later: {}\n  # longhorn:\n  #   replicas: 2\n  old: {}\n  b: {}\n",
            "  # later: {}\n  # longhorn:\n  #   replicas: 2\n  b: {}\n",
            id="below components that are commented out",
        ),
        pytest.param(
            "  a: &x {y: 1}\n  old: *x\n  b: {}\n", "  a: &x {y: 1}\n  b: {}\n", id="an alias"
        ),
        pytest.param("  old: &x {y: 1}\n  b: {}\n", "  b: {}\n", id="an anchor nobody uses"),
        pytest.param("  old: {a: &x 1, b: *x}\n  b: {}\n", "  b: {}\n", id="an anchor within"),
        pytest.param("  old:\n  b:\n", "  b:\n", id="no value"),
        pytest.param('  "old": !!map {}\n  b:\n', "  b:\n", id="quotes and a tag"),
    ],
)
@pytest.mark.parametrize("rest", ["", "\nnetwork:\n  # of network\n  gateway: 1\n"])
def test_a_component_is_removed_with_its_comments(before: str, after: str, rest: str) -> None:
    assert remove_component(f"components:\n{before}{rest}", "old") == f"components:\n{after}{rest}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  a: {}\n\n  # o\n  old: {}\n", "  a: {}\n"),
        ("  a: {}\r\n\r\n\r\n  old: {}", "  a: {}\r\n"),
        ("  a: {}\n\n  old: {}\nb: 1\n", "  a: {}\n\nb: 1\n"),
        ("  a: {}\n\n  old: {}\n# end\n", "  a: {}\n\n# end\n"),
    ],
)
def test_blank_lines_go_with_a_component_only_at_the_end(before: str, after: str) -> None:
    assert remove_component(f"components:\n{before}", "old") == f"components:\n{after}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "components:  # all\n  old: {}\n  # left\nb: 1\n",
            "components: {}  # all\n  # left\nb: 1\n",
        ),
        ("components: &c\n  old: {}\n", "components: &c {}\n"),
        ("components: {old: {}}", "components: {}"),
        ("components: {old}", "components: {}"),
        ("components: { old: {}, }", "components: {}"),
        ("components: {  # c\n  old: {}}", "components: {  # c\n  }"),
        ("components: {old: {}, b: {}}", "components: {b: {}}"),
        ("components: {a: {}, old: {x: 1}, b: {}}", "components: {a: {}, b: {}}"),
        ("components: {a: {}, old: {x: 1}}", "components: {a: {}}"),
        ("components: {a: {}, old: , b: {}}", "components: {a: {}, b: {}}"),
        ('{"components":{"a":{},"old":{}},"c":1}', '{"components":{"a":{}},"c":1}'),
        ('{"components":{"old":{},"a":{}},"c":1}', '{"components":{"a":{}},"c":1}'),
        (
            "components: {a: {}, old: {},  # note\n  b: {}}",
            "components: {a: {},  # note\n  b: {}}",
        ),
        (
            "components: {\n  a: {},  # a's\n  # old's\n  old: {},  # old's\n  b: {}  # b's\n}",
            "components: {\n  a: {},  # a's\n  b: {}  # b's\n}",
        ),
        (
            "components: {\n  a: {},  # a's\n  old: {x:\n    1}\n}",
            "components: {\n  a: {},  # a's\n}",
        ),
        ("components: {\n  a: {},\n  old: {}}", "components: {\n  a: {}}"),
        (
            "components: {\n  a: {}\n  , old: {}\n  , b: {}\n}",
            "components: {\n  a: {}\n  , b: {}\n}",
        ),
    ],
)
def test_a_component_is_removed_from_braces(before: str, after: str) -> None:
    assert remove_component(before, "old") == after


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("components: [a]", "components in cluster.yaml is not a mapping"),
        ("- a", "cluster.yaml is not a mapping"),
        ("components: {a: [", "cluster.yaml:1:"),
        ("components:\n  a: {}\n  a: {}\n", "cluster.yaml:3:3"),
        ("x: &x {old: {}}\ncomponents: *x\n", "components is an alias (*x)"),
        ('components:\n  "a": {}\n  <<: {<<: 1\n', "cluster.yaml:"),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        add_component(text, "new", {})
    assert message in caught.value.message
    with pytest.raises(UsageError) as caught:
        remove_component(text, "old")
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("components: {a: {}}", "old is not in cluster.yaml"),
        ("", "old is not in cluster.yaml"),
        ("x: &x {old: {}}\ncomponents: {<<: *x}\n", "old comes from a merge key"),
        ("x: &x {old: {}}\ncomponents:\n  <<: *x\n  old: {a: 1}\n", "old cannot be edited"),
        ("components:\n  old: &x {}\n  b: *x\n", "old holds the anchor &x"),
        ("components:\n  old: {a: &x 1}\nb: *x\n", "old holds the anchor &x"),
        ("components:\n  ? old\n  : {}\n  b: {}\n", "old cannot be told from what stands beside"),
    ],
)
def test_what_cannot_be_removed_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        remove_component(text, "old")
    assert message in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("text", ["{components}", "{components, b: 1}", "? components\n"])
def test_odd_keys_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="new cannot be edited where it stands"):
        add_component(text, "new", {})


def test_what_is_there_is_not_added_again() -> None:
    with pytest.raises(UsageError, match="argocd is already in"):
        add_component(SAMPLE_TEXT, "argocd", {})


def test_adding_and_removing_gives_the_sample_again() -> None:
    added = add_component(SAMPLE_TEXT, "new", OPTIONS)
    assert added == SAMPLE_TEXT + "  new: {zones: [example.org], ttl: 60}\n"
    assert remove_component(added, "new") == SAMPLE_TEXT


# Any cluster.yaml: what a person may have written, line by line.

NAMES = st.sampled_from(["a", "kube-vip", '"quoted"', "'x-1'", "old", "zz9"])
COMMENTS = st.sampled_from(["", "  # why", " #", "   # a: {}"])
INNER = st.sampled_from(
    ["{}", "", "null", "{x: 1}", "{x: [1, 2], 'y': \"#\"}", "{x: {y: {}}}", "&q {x: 1}", "!!map {}"]
)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A block mapping `components` with its surroundings."""
    indent = " " * draw(st.integers(1, 4))
    lines = ["name: home", f"components:{draw(COMMENTS)}"]
    for name in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        above = st.sampled_from(["", f"{indent}# above", f"{indent}  # deeper", "# shallow", "  #"])
        lines += draw(st.lists(above, max_size=2))
        if draw(st.booleans()):
            value = draw(INNER)
            lines.append(f"{indent}{name}: {value}{draw(COMMENTS)}".rstrip())
            continue
        lines.append(f"{indent}{name}:{draw(COMMENTS)}")
        style = draw(st.sampled_from(["key", "text", "list", "folded"]))
        lines += {
            "key": [f"{indent}  x: 1{draw(COMMENTS)}", "", f"{indent}  y: {{}}"],
            "text": [f"{indent}  x: |", f"{indent}    # text", "", f"{indent}    b: {{}}", ""],
            "list": [f"{indent}  x:", f"{indent}  - 1", f"{indent}  - a: b"],
            "folded": [f"{indent}  x: one", f"{indent}    two", f"{indent}    three"],
        }[style]
    lines += draw(st.lists(st.sampled_from(["", "# end", f"{indent}  # deep"]), max_size=2))
    lines += draw(st.sampled_from([[], ["network: {gateway: 1}"], ["", "nodes:", "  - a"]]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(lines) + draw(st.sampled_from([newline, ""]))


@st.composite
def braces(draw: st.DrawFn) -> str:
    """`components` in braces, on one line or on several."""
    names = draw(st.lists(NAMES, min_size=0, max_size=4, unique=True))
    entries = [f"{name}: {draw(INNER)}" for name in names]
    between = draw(st.sampled_from([", ", ",\n  ", " ,\n  ", ",  # c\n  ", "\n  , "]))
    last = draw(st.sampled_from(["", " ", "\n", ",", ",\n", " # c\n"])) if names else ""
    first = draw(st.sampled_from(["", " ", "\n  ", " # c\n  "]))
    text = f"components: {{{first}{between.join(entries)}{last}}}{draw(COMMENTS)}\nname: home\n"
    return draw(st.sampled_from([text, f"# top\n{text}", text.rstrip("\n")]))


def _data(text: str) -> Any:
    contents = read_documents(text)
    return contents.documents[0].data if contents.documents else None


def _splices(longer: str, shorter: str) -> bool:
    """Whether `shorter` is `longer` without one piece."""
    pairs = enumerate(zip(longer, shorter, strict=False))
    start = next((i for i, pair in pairs if pair[0] != pair[1]), None)
    if start is None:
        return longer.startswith(shorter)
    return longer.endswith(shorter[start:])


@settings(max_examples=300, deadline=None)
@given(st.one_of(blocks(), braces()), st.sampled_from([{}, {"x": 1}, OPTIONS, LONG]))
def test_adding_changes_nothing_else(text: str, options: dict[str, Any]) -> None:
    before = _data(text)
    added = add_component(text, "new", options)
    components = before["components"] or {}
    assert _data(added) == {**before, "components": {**components, "new": options}}
    # Between braces a comma may be needed in another place.
    entry = added.index("new:")
    assert (
        _splices(added, text)
        or any(
            _splices(added[:comma] + added[comma + 1 :], text)
            for comma in (i for i in range(entry) if added[i] == ",")
        )
        or not components
    )


@settings(max_examples=400, deadline=None)
@given(st.one_of(blocks(), braces()), st.integers(0, 3))
def test_removing_changes_nothing_else(text: str, index: int) -> None:
    before = _data(text)
    names = list(before["components"] or {})
    if not names:
        return
    name = names[index % len(names)]
    removed = remove_component(text, name)
    left = {key: value for key, value in before["components"].items() if key != name}
    assert _data(removed) == {**before, "components": left}
    empty = removed.replace("components: {}", "components:", 1)
    assert _splices(text, removed) or (not left and _splices(text, empty))


@settings(max_examples=200, deadline=None)
@given(st.one_of(blocks(), braces()), st.sampled_from([{}, OPTIONS, LONG]))
def test_what_was_added_can_be_removed(text: str, options: dict[str, Any]) -> None:
    again = remove_component(add_component(text, "new", options), "new")
    assert _data(again)["components"] == (_data(text)["components"] or {})


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The sample with pieces taken out and put in anywhere."""
    text = SAMPLE_TEXT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        pieces = [
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
            "<<: *a",
            "? ",
            "\t",
            ",",
        ]
        pieces += [
            "|\n",
            '"',
            "'",
            "!!map ",
            "---\n",
            "...\n",
            "\r",
            "\u2028",
            "components:\n",
            "%",
        ]
        text = text[:start] + draw(st.sampled_from(pieces)) + text[end:]
    return text


@settings(max_examples=400, deadline=None)
@given(st.one_of(broken(), st.text(max_size=60), blocks()), st.data())
def test_any_text_is_edited_rightly_or_refused(text: str, data: st.DataObject) -> None:
    try:
        before = _data(text.removeprefix("\ufeff")) or {}
        added = add_component(text, "new", {"x": 1})
    except UsageError:
        pass
    else:
        assert _data(added) == {
            **before,
            "components": {**(before.get("components") or {}), "new": {"x": 1}},
        }
    names = ["argocd", "loopia", "kube-vip", "a", "old"]
    name = data.draw(st.sampled_from(names))
    try:
        removed = remove_component(text, name)
    except UsageError:
        return
    left = {key: value for key, value in before["components"].items() if key != name}
    assert _data(removed) == {**before, "components": left}

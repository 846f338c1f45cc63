"""YAML to test with: data, texts that are nearly YAML, and texts whose every place is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from gitopsgen.documents.encoding import FORBIDDEN
from gitopsgen.documents.lines import Position
from gitopsgen.documents.scalars import read

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path

# A key may take up to 1024 characters in its file, escapes included.
texts = st.text(max_size=80).filter(lambda text: not FORBIDDEN.search(text))
# Those that mean themselves when a dumper that knows only YAML 1.1 leaves out the quotes.
plain_texts = texts.filter(lambda text: read(text).value == text and text != "<<")

numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | plain_texts
data = st.recursive(
    scalars,
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(plain_texts, children, max_size=4)
    ),
    max_leaves=15,
)

_FRAGMENTS = (
    *("a", "b", "1", "on", "~", "0o14", "é", "😀", "'q'", '"d"', '"\\n"', "\\", "<<", "=", "-1"),
    *("[", "]", "{", "}", ",", ":", ": ", "- ", "-", "?", "? ", "|", ">", ">-", "|+\n", "%", "@"),
    *(" ", "  ", "\t", "\n", "\r\n", "\r", "\n  ", "\n- ", "\n  - ", "#", " # c\n", "\n\n"),
    *("&x ", "*x ", "&y", "*y", "!!str ", "!!int ", "!t ", "!", "&", "*", "---\n", "\n...\n"),
    *("a: ", "b: 1\n", "<<: *x\n", "<<: [*x, *y]", "<<: {a: 1}\n", "&x {a: 1}", "%YAML 1.2\n"),
    *("\ufeff", "\u2028", "\x85", "\x00", "\x1b", "\ud800", "`", "'", '"'),
)
nearly_yaml = st.lists(st.sampled_from(_FRAGMENTS), max_size=25).map("".join)

_leaves = st.sampled_from(["1", "on", "text", "'q'", "0o14", "*a", "*b", "*c", "~", "&c 1.5"])
_keys = st.sampled_from(["k", "l", "m", "'k'", "on", "2", "&c key", "*c ", "? x"])
_merges = st.sampled_from(["*a", "*b", "[*a, *b]", "{k: 9, z: 8}", "[{m: 1}, *b]"])


def _collections(nodes: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    entries = st.tuples(_keys, nodes).map(": ".join) | _merges.map("<<: {}".format)
    body = st.lists(nodes, max_size=4).map(lambda items: f"[{', '.join(items)}]") | st.lists(
        entries, max_size=5
    ).map(lambda items: f"{{{', '.join(items)}}}")
    return st.tuples(st.sampled_from(["", "&a ", "&b "]), body).map("".join)


# One document full of anchors, aliases and merges; most of them are such that Kubernetes reads it.
tangled = st.recursive(_leaves, _collections, max_leaves=12).map(
    "- &a {{k: 1, l: 2}}\n- &b {{l: 3, m: [4, 5]}}\n- &c s\n- {}\n".format
)


@dataclass
class Written:
    """A text with the places of all its values and keys."""

    text: str = ""
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    line_break: str = "\n"

    def here(self) -> Position:
        rows = self.text.split(self.line_break)
        return Position(len(rows), len(rows[-1]) + 1)


@st.composite
def written(draw: st.DrawFn) -> Written:
    """A document in block and flow style, with comments, blank lines, and wide characters."""
    result = Written(line_break=draw(st.sampled_from(["\n", "\r\n", "\r"])))
    tree = draw(data.filter(bool))
    _block(draw, result, tree, (), draw(st.sampled_from(["", "  "])))
    return result


def _block(draw: st.DrawFn, out: Written, node: Any, path: Path, indent: str) -> None:
    if not isinstance(node, dict | list) or not node:
        out.values[path] = out.here()
        out.text += _scalar(node) + out.line_break
        return
    deeper = indent + " " * draw(st.integers(1, 3))
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for number, (key, child) in enumerate(entries):
        if draw(st.booleans()):
            out.text += draw(st.sampled_from(["", f"{indent}# 😀: comment"])) + out.line_break
        out.text += indent
        if not number:
            out.values[path] = out.here()
        if isinstance(node, dict):
            out.keys[(*path, key)] = out.here()
            out.text += _scalar(key) + ":"
        else:
            out.text += "-"
        if isinstance(child, dict | list) and child:
            out.text += out.line_break
        else:
            out.text += draw(st.sampled_from([" ", "  "]))
        _block(draw, out, child, (*path, key), deeper)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        for character in "\n\r\x85\u2028\u2029\t":
            escaped = escaped.replace(character, f"\\u{ord(character):04x}")
        return f'"{escaped}"'
    if value is None:
        return "null"
    return str(value).lower()

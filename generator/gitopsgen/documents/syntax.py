"""libyaml's syntax errors in words that say what to change, at the place to change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gitopsgen.documents.model import SYNTAX, Problem

if TYPE_CHECKING:
    import yaml

    from gitopsgen.documents.lines import Lines

_CONFLICT_MARKER = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_MISFIT = re.compile("did not find expected key|expected <block end>|<document start>")
# A key or an item in block style, or the end of a document.
_BLOCK_LINE = re.compile(r" *(?:[\w./-]+ *:(?: |$)|- |-$)|---|\.\.\.")
_DASHES = re.compile(r"^ *(?:- +)+")
_NO_SPACE = re.compile(r"[A-Za-z][\w./-]*:(?=[^\s:/])(?!.*: )")
_CLOSING = frozenset("\"']}")
UNKNOWN_ESCAPE: Final = "unknown escape in a double-quoted text"
_TEMPLATE_HINT = "Quote values that hold `{{ … }}`, or fill in the template first."
_QUOTE = "Quote the value if the character belongs to it."


@dataclass(frozen=True, slots=True)
class _Explanation:
    """What an error of libyaml (or of PyYAML's own parser) means.

    `error` is searched in the error's problem, `context` in what was being parsed. `{start}` in
    the message is the place where that began; `at_start` puts the problem there. `unclosed` says
    that a bracket was not closed, which the parser may notice lines later.
    """

    error: str
    message: str
    hint: str = ""
    context: str = ""
    at_start: bool = False
    unclosed: bool = False


_EXPLANATIONS = (
    _Explanation(
        "unexpected end of stream|unexpected document (indicator|separator)",
        "the quote that opens here is never closed",
        context="quoted scalar",
        at_start=True,
    ),
    _Explanation(
        "could not find expected ':'",
        "this line has no `:` after its key",
        "Write `key: value`, and check the indentation and the quotes of the lines before.",
        at_start=True,
    ),
    _Explanation(
        "mapping values are not allowed",
        "a `key: value` is not allowed here",
        "Check the indentation, and quote a text that contains `: `.",
    ),
    _Explanation(
        "mapping keys are not allowed", "a `? key` is not allowed here", "Check the indentation."
    ),
    _Explanation(
        "block sequence entries are not allowed|sequence entries are not allowed",
        "a list item is not allowed here",
        "Start the list on a line of its own, and check the indentation.",
    ),
    _Explanation(
        "did not find expected key|expected <block end>",
        "this does not fit into the mapping that starts at {start}",
        "Check the indentation, and the quotes of the lines before.",
        context="mapping",
    ),
    _Explanation(
        "did not find expected '-' indicator|expected <block end>",
        "this does not fit into the list that starts at {start}",
        "Check the indentation, and the quotes of the lines before.",
    ),
    _Explanation(
        "expected ',' or ']'",
        "`,` or `]` is missing in the list that opens at {start}",
        context="sequence",
        unclosed=True,
    ),
    _Explanation(
        "expected ',' or '}'",
        "`,` or `}` is missing in the mapping that opens at {start}",
        context="mapping",
        unclosed=True,
    ),
    _Explanation("expected (the )?node content", "a value is missing here", _QUOTE),
    _Explanation(
        "alphabetic or numeric character",
        "`*` starts an alias and `&` an anchor, but no name follows",
        _QUOTE,
        context="alias|anchor",
    ),
    _Explanation(
        "undefined tag handle",
        "the tag's prefix is not declared",
        "Quote the value if `!` belongs to it.",
    ),
    _Explanation(
        "unknown escape character",
        UNKNOWN_ESCAPE,
        "Write `\\\\` for a backslash, or use single quotes.",
    ),
    _Explanation("comment or (a )?line break", "only a comment may follow `|` or `>` on its line"),
    _Explanation(
        "<document start>",
        "a document must start with `---` here",
        "Check the indentation, or put `---` before a further document.",
    ),
    _Explanation("tab character", "a tab indents this line", "Indent with spaces."),
)


def explain(error: yaml.MarkedYAMLError, text: str, lines: Lines) -> Problem:
    """Return the problem (rule `yaml-syntax`) for an error that the parser raised over `text`."""
    mark = error.problem_mark or error.context_mark
    offset = min(mark.index, len(text)) if mark else 0
    what = error.problem or ""
    if conflict := _CONFLICT_MARKER.search(text):
        message = f"a merge conflict is not resolved: `{conflict[1]}`"
        return _problem(message, "Resolve it and delete the markers.", conflict.start(), lines)
    if "node content" in what and not text[offset:].strip():
        message = "the text ends before the brackets that are open"
        return _problem(message, "Close them with `]` or `}`.", len(text.rstrip()) - 1, lines)
    if "cannot start any token" in what:
        return _bad_character(text, offset, lines)
    before = text[:offset].rstrip(" \t")[-1:]
    if before in "\"'" and before and (opened := _swallowing_quote(text, offset, lines)):
        place = lines.position(text.rindex(before, 0, offset))
        message = f"the quote that opens here is closed only at {place.line}:{place.column}"
        return _problem(message, "Close it on its own line.", opened - 1, lines)
    if "mapping values are not allowed" in what and (fault := _line_before(offset, lines)):
        return fault
    if before in _CLOSING and _MISFIT.search(what):
        message = f"this comes after the `{before}` that closes the value"
        return _problem(message, "Quote the value as a whole.", offset, lines)
    return _explained(error, offset, lines)


def _explained(error: yaml.MarkedYAMLError, offset: int, lines: Lines) -> Problem:
    what, context = error.problem or "", error.context or ""
    start = error.context_mark.index if error.context_mark else offset
    for entry in _EXPLANATIONS:
        if re.search(entry.error, what) and re.search(entry.context, context):
            place = lines.position(start)
            message = entry.message.replace("{start}", f"{place.line}:{place.column}")
            found_at = start if entry.at_start else offset
            if entry.unclosed:
                found_at = _end_of_flow(lines, start, offset)
            hint = _TEMPLATE_HINT if "{{" in lines.line_at(found_at) else entry.hint
            return _problem(message, hint, found_at, lines)
    return _problem(f"{context}: {what}" if context else what, "", offset, lines)


def _swallowing_quote(text: str, offset: int, lines: Lines) -> int:
    """Behind the opening quote of a text that ends before `offset`, and took whole lines with it.

    0 where a quoted text of several lines is not what went wrong.
    """
    closing = len(text[:offset].rstrip(" \t")) - 1
    opening = text.rfind(text[closing], 0, closing)
    position = lines.after(opening) if opening >= 0 else closing
    while opening < position < closing:
        line = lines.line_at(position)
        if _indent(line) <= _indent(lines.line_at(opening)) and _BLOCK_LINE.match(line):
            return opening + 1
        following = lines.after(position)
        if following == position:
            break
        position = following
    return 0


def _line_before(offset: int, lines: Lines) -> Problem | None:
    """The problem of a line that the parser took for the beginning of the next one's key."""
    number = lines.position(offset).line
    line = lines.line_at(offset)
    start = lines.start_of(number - 1)
    before = lines.line_at(start)
    text = _DASHES.sub(lambda found: " " * len(found[0]), before)
    key = text.strip()
    if number < 2 or not key or key[0] in "#\"'[{|>&*!%@`" or _indent(text) != _indent(line):
        return None
    place = start + _indent(text)
    if colon := _NO_SPACE.match(key):
        message = "a space is missing after the `:`"
        return _problem(message, "Write `key: value`.", place + colon.end() - 1, lines)
    if ": " in key or key.endswith(":"):
        return None
    return _problem("this line has no `:` after its key", "Write `key: value`.", place, lines)


def _end_of_flow(lines: Lines, start: int, offset: int) -> int:
    """Where a bracket is missing: before the line where block style goes on, if there is one.

    Inside of brackets the parser takes the next key for one of theirs, and stumbles after it.
    """
    indent = _indent(lines.line_at(start))
    end, position = lines.end_of(start), lines.after(start)
    while position <= offset:
        line = lines.line_at(position)
        if line.strip() and not line.lstrip().startswith("#"):
            if _indent(line) <= indent and _BLOCK_LINE.match(line):
                return end
            end = lines.end_of(position)
        following = lines.after(position)
        if following == position:
            return end
        position = following
    return offset


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _bad_character(text: str, offset: int, lines: Lines) -> Problem:
    character = text[offset : offset + 1]
    if character == "\t":
        return _problem("a tab indents this line", "Indent with spaces.", offset, lines)
    return _problem(f"a value cannot start with `{character}`", "Quote the value.", offset, lines)


def _problem(message: str, hint: str, offset: int, lines: Lines) -> Problem:
    place = lines.position(offset)
    return Problem(SYNTAX, place.line, place.column, message, hint)

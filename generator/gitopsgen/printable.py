"""Texts that quote files of other people, made so that they can be printed anywhere."""

from __future__ import annotations

from typing import Final

TAB: Final = "\t"
# What GitHub's runner obeys: `##[` anywhere in a line, `::` where it begins, spaces apart
# (actions/runner, src/Runner.Common/ActionCommand.cs).
_COMMAND, _LEADING_COMMAND = "##[", "::"
_UNSHOWN = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Control characters must not reach a terminal: a file may hold escape sequences."""
    return "".join(c if c == TAB or c.isprintable() else _UNSHOWN for c in text)


def harmless(text: str) -> str:
    """A line without whatever a terminal or a CI service would obey, wherever it stands in it."""
    return printable(text).replace(_COMMAND, f"##{_UNSHOWN}")


def one_line(text: str) -> str:
    """The text without line breaks, and without whatever would be obeyed."""
    line = harmless(" ".join(text.split("\n")))
    if line.lstrip().startswith(_LEADING_COMMAND):
        line = line.replace(":", _UNSHOWN, 1)
    return line


def some_lines(text: str) -> str:
    """The same for a text that may have line breaks."""
    return "\n".join(map(one_line, text.split("\n")))

"""From the text of a Go template to literal text and the tokens of its actions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = " \t\r\n"
_COMMENT = re.compile(r"\{\{(?:-[ \t\r\n])?[ \t\r\n]*?/\*.*?\*/(?:[ \t\r\n]+-)?\}\}", re.DOTALL)
_TOKENS = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<declare>:=) | (?P<assign>=) | (?P<pipe>\|) | (?P<comma>,) | (?P<open>\() | (?P<close>\))
    | (?P<string>"(?:[^"\\\n]|\\.)*") | (?P<raw>`[^`]*`) | (?P<char>'(?:[^'\\\n]|\\.)+')
    | (?P<variable>\$\w*)
    | (?P<number>(?=[+-]|\.?[0-9])(?>[+-]?
                 (?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?
                 |0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?
                 |[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?)(?!\w))
    | (?P<field>\.[^\W\d]\w*) | (?P<dot>\.)
    | (?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE,
)
# What may stand behind a word, a field or a variable.
_TERMINATORS = frozenset(" \t\r\n.,|:()")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an action; `spaced` says whether space stands before it."""

    kind: str
    text: str
    spaced: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Literal text, or (where `tokens` is not None) an action."""

    text: str
    tokens: tuple[Token, ...] | None = None


def lex(template: str) -> Iterator[Piece]:
    """The pieces of a template in order. Raises `TemplateError` where Go's lexer would stop."""
    position, trim = 0, False
    while True:
        start = template.find("{{", position)
        text = template[position:] if start < 0 else template[position:start]
        if trim:
            text = text.lstrip(_SPACE)
        if start < 0:
            yield Piece(text)
            return
        if template[start + 2 : start + 3] == "-" and template[start + 3 : start + 4] in {*_SPACE}:
            text = text.rstrip(_SPACE)
        if text:
            yield Piece(text)
        comment = _COMMENT.match(template, start)
        if comment is not None:
            position = comment.end()
            trim = template[position - 3] == "-"
        else:
            tokens, position, trim = _action(template, start + 2)
            yield Piece("", tokens)


def _action(template: str, position: int) -> tuple[tuple[Token, ...], int, bool]:
    """The tokens of an action, the position behind it, and whether it trims what follows."""
    if template[position : position + 1] == "-" and template[position + 1 : position + 2] in {
        *_SPACE
    }:
        position += 1
    tokens: list[Token] = []
    spaced = False
    while True:
        trims = spaced and template.startswith("-}}", position)
        if trims or template.startswith("}}", position):
            return tuple(tokens), position + (3 if trims else 2), trims
        found = _TOKENS.match(template, position)
        if found is None or found.lastgroup is None:
            what = template[position : position + 1] or "its end"
            raise TemplateError(f"unexpected {what} in an action")
        kind, end = found.lastgroup, found.end()
        if kind in {"word", "field", "variable"}:
            behind = template[end : end + 1]
            if behind not in _TERMINATORS and not template.startswith("}}", end):
                raise TemplateError(f"bad character {behind or 'at the end'} after {found[0]}")
        if kind != "space":
            tokens.append(Token(kind, found[0], spaced))
        spaced = kind == "space"
        position = end

"""Parsing Go templates: actions and what they enclose. Source: Go's text/template/parse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.lexer import Piece, lex
from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Jump,
    Node,
    Template,
    Text,
)
from gitopsgen.repository.applicationsets.gotemplate.pipelines import MAX_DEPTH, ActionTokens

if TYPE_CHECKING:
    from collections.abc import Iterator

_BRANCHES: Final = frozenset({"if", "with", "range"})


def parse(text: str) -> Template:
    """Parse a template. Raises `TemplateError` where Go would not parse it either."""
    parser = _Parser(lex(text))
    body, end = parser.nodes()
    if end is not None:
        raise TemplateError(f"unexpected {{{{{end}}}}}")
    return Template(body, parser.defined)


class _Parser:
    """Nodes out of pieces; `defined` collects the templates that are defined on the way."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._depth = 0
        self.defined: dict[str, tuple[Node, ...]] = {}
        self._last: ActionTokens | None = None

    def nodes(self) -> tuple[tuple[Node, ...], str | None]:
        """Nodes up to `end` or `else`, and which of both it was; None for the end of the text."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TemplateError("actions are nested too deeply")
        found: list[Node] = []
        for piece in self._pieces:
            if piece.tokens is None:
                found.append(Text(piece.text))
                continue
            tokens = ActionTokens(piece.tokens)
            word = tokens.peek_word()
            if word in {"end", "else"}:
                tokens.next()
                self._last = tokens
                self._depth -= 1
                return tuple(found), word
            node = self._action(tokens, word)
            if node is not None:
                found.append(node)
        self._depth -= 1
        return tuple(found), None

    def _action(self, tokens: ActionTokens, word: str | None) -> Node | None:
        if word in _BRANCHES:
            tokens.next()
            return self._branch(word, tokens)
        if word in {"break", "continue"}:
            tokens.next()
            tokens.finish()
            return Jump(word)
        if word in {"define", "block", "template"}:
            tokens.next()
            name = tokens.name()
            if word == "define":
                tokens.finish()
                self.defined[name] = self._until_end()
                return None
            pipe = None if tokens.at_end else tokens.pipe()
            tokens.finish()
            if word == "block":
                self.defined[name] = self._until_end()
            return Call(name, pipe)
        pipe = tokens.pipe()
        tokens.finish()
        return Action(pipe)

    def _until_end(self) -> tuple[Node, ...]:
        body, end = self.nodes()
        if end != "end":
            raise TemplateError("a definition is not closed by {{end}}")
        return body

    def _branch(self, keyword: str, tokens: ActionTokens) -> Branch:
        pipe = tokens.pipe(pairs=keyword == "range")
        tokens.finish()
        body, end = self.nodes()
        otherwise: tuple[Node, ...] = ()
        if end == "else":
            assert self._last is not None
            rest = self._last
            if keyword != "range" and rest.peek_word() == keyword:
                rest.next()
                return Branch(keyword, pipe, body, (self._chained(keyword, rest),))
            rest.finish()
            otherwise, end = self.nodes()
        if end != "end":
            raise TemplateError(f"{{{{{keyword}}}}} is not closed by {{{{end}}}}")
        return Branch(keyword, pipe, body, otherwise)

    def _chained(self, keyword: str, tokens: ActionTokens) -> Branch:
        """`else if` and `else with`: one `end` closes them all."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TemplateError("actions are nested too deeply")
        branch = self._branch(keyword, tokens)
        self._depth -= 1
        return branch

"""Parsing one action of a Go template: pipelines, commands and operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.literals import read_number, read_string
from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Constant,
    Dot,
    Field,
    Function,
    Nil,
    Operand,
    Pipe,
)

if TYPE_CHECKING:
    from gitopsgen.repository.applicationsets.gotemplate.lexer import Token

MAX_DEPTH: Final = 60


class ActionTokens:
    """The tokens of one action, read from left to right. Raises `TemplateError` where Go would."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    def _peek(self, ahead: int = 0) -> Token | None:
        position = self._at + ahead
        return self._tokens[position] if position < len(self._tokens) else None

    def _kind(self, ahead: int = 0) -> str:
        token = self._peek(ahead)
        return "" if token is None else token.kind

    def peek_word(self) -> str | None:
        """The next token, if it is a word."""
        token = self._peek()
        return token.text if token is not None and token.kind == "word" else None

    def next(self) -> Token:
        """Take the next token."""
        token = self._peek()
        if token is None:
            raise TemplateError("an action ends too early")
        self._at += 1
        return token

    def finish(self) -> None:
        """Nothing may be left."""
        if not self.at_end:
            raise TemplateError(f"unexpected {self.next().text} in an action")

    def name(self) -> str:
        """Take the name of a template."""
        token = self.next()
        if token.kind not in {"string", "raw"}:
            raise TemplateError(f"unexpected {token.text} where a template's name belongs")
        return read_string(token.text)

    def pipe(self, *, pairs: bool = False) -> Pipe:
        """A pipeline up to the end or a closing parenthesis."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TemplateError("parentheses are nested too deeply")
        variables, assigns = self._declaration(pairs=pairs)
        commands = [self._command()]
        while self._kind() == "pipe":
            self.next()
            if self._kind() in {"", "close"}:
                break  # Go takes a | with nothing behind it.
            commands.append(self._command())
        for later in commands[1:]:
            if not isinstance(later[0], Function | Field):
                raise TemplateError("what stands behind a | is no function")
        self._depth -= 1
        return Pipe(tuple(commands), variables, assigns)

    def _declaration(self, *, pairs: bool) -> tuple[tuple[str, ...], bool]:
        count = 1
        if pairs and [self._kind(i) for i in range(3)] == ["variable", "comma", "variable"]:
            count = 3
        if self._kind() != "variable" or self._kind(count) not in {"declare", "assign"}:
            return (), False
        names = [self.next().text for _ in range(count)]
        return tuple(names[::2]), self.next().kind == "assign"

    def _command(self) -> tuple[Operand, ...]:
        operands: list[Operand] = []
        while self._kind() not in {"", "pipe", "close"}:
            token = self._peek()
            if operands and token is not None and not token.spaced:
                raise TemplateError(f"unexpected {token.text} in an operand")
            operands.append(self._operand())
        if not operands:
            raise TemplateError("a value is missing in an action")
        return tuple(operands)

    def _operand(self) -> Operand:
        token = self.next()
        term = self._term(token)
        names = [] if token.kind != "field" else [token.text[1:]]
        while self._kind() == "field":
            following = self.next()
            if following.spaced:
                self._at -= 1
                break
            names.append(following.text[1:])
        if not names:
            return term
        if token.kind == "field":
            return Field(tuple(names))
        if token.kind == "variable":
            return Field(tuple(names), variable=token.text)
        if isinstance(term, Constant | Nil | Dot):
            raise TemplateError(f"unexpected .{names[0]} after {token.text}")
        return Field(tuple(names), base=term)

    def _term(self, token: Token) -> Operand:
        match token.kind:
            case "field" | "dot":
                return Dot()
            case "variable":
                return Field((), variable=token.text)
            case "string" | "raw":
                return Constant(read_string(token.text))
            case "char" | "number":
                return Constant(read_number(token.text))
            case "open":
                inner = self.pipe()
                if self._kind() != "close":
                    raise TemplateError("a parenthesis is not closed")
                self.next()
                return inner
            case "word":
                return _word(token.text)
            case _:
                raise TemplateError(f"unexpected {token.text} in an operand")


def _word(word: str) -> Operand:
    if word in {"true", "false"}:
        return Constant(word == "true")
    return Nil() if word == "nil" else Function(word)

"""The parsed form of a Go template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`"""


@dataclass(frozen=True, slots=True)
class Nil:
    """`nil`"""


@dataclass(frozen=True, slots=True)
class Constant:
    """A string, a number or a boolean."""

    value: Any


@dataclass(frozen=True, slots=True)
class Field:
    """`.a.b`, or `$x.a.b` where there is a `variable`, or `(pipe).a.b` where there is a `base`."""

    names: tuple[str, ...]
    variable: str | None = None
    base: Operand | None = None

    @property
    def shown(self) -> str:
        """As the template writes it."""
        start = self.variable or ("(…)" if self.base is not None else "")
        return start + "".join(f".{name}" for name in self.names)


@dataclass(frozen=True, slots=True)
class Function:
    """The name of a function."""

    name: str


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands that hand their values on; `variables` take the last one."""

    commands: tuple[tuple[Operand, ...], ...]
    variables: tuple[str, ...] = ()
    assigns: bool = False


Operand = Dot | Nil | Constant | Field | Function | Pipe


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text."""

    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """A pipeline whose value is printed, unless it goes to variables."""

    pipe: Pipe


@dataclass(frozen=True, slots=True)
class Branch:
    """`if`, `with` or `range`."""

    keyword: str
    pipe: Pipe
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`template "name" pipe`."""

    name: str
    pipe: Pipe | None


@dataclass(frozen=True, slots=True)
class Jump:
    """`break` or `continue`."""

    keyword: str


Node = Text | Action | Branch | Call | Jump


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text, with the templates that it defines."""

    body: tuple[Node, ...]
    defined: dict[str, tuple[Node, ...]] = field(default_factory=dict)

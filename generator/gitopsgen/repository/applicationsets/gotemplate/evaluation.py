"""What pipelines of Go templates come to. Source: Go's text/template/exec.go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.calls import Signature, argument, lookup
from gitopsgen.repository.applicationsets.gotemplate.errors import (
    NotSupportedError,
    TemplateError,
)
from gitopsgen.repository.applicationsets.gotemplate.members import member
from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Constant,
    Dot,
    Field,
    Function,
    Nil,
    Operand,
    Pipe,
)
from gitopsgen.repository.applicationsets.gotemplate.values import MISSING, is_true

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.repository.applicationsets.gotemplate.bounds import Budget

_NONE: Final = object()


class Evaluator:
    """Evaluates pipelines; `variables` are those in scope, the last of a name counts.

    `missing_key` is Go's option for keys that maps lack.
    """

    def __init__(self, budget: Budget, missing_key: str) -> None:
        self._budget = budget
        self._missing_key = missing_key
        self.variables: list[tuple[str, Any]] = []

    def set(self, name: str, value: Any, *, assign: bool) -> None:
        """Declare a variable, or assign to the one that is in scope."""
        if not assign:
            self.variables.append((name, value))
            return
        for position in range(len(self.variables) - 1, -1, -1):
            if self.variables[position][0] == name:
                self.variables[position] = (name, value)
                return
        raise TemplateError(f"undefined variable {name}")

    def pipe(self, pipe: Pipe, dot: Any, *, declare: bool = True) -> Any:
        """The value of a pipeline; MISSING for nil."""
        self._budget.step()
        value: Any = _NONE
        for command in pipe.commands:
            value = self._command(command, dot, value)
            if value is None:
                value = MISSING
        if declare:
            for name in pipe.variables:
                self.set(name, value, assign=pipe.assigns)
        return value

    def _command(self, command: Sequence[Operand], dot: Any, final: Any) -> Any:
        first, rest = command[0], command[1:]
        if isinstance(first, Function):
            return self._function(first.name, rest, dot, final)
        if rest or final is not _NONE:
            raise TemplateError("arguments are given to what is no function")
        if isinstance(first, Nil):
            raise TemplateError("nil is not a command")
        return self.operand(first, dot)

    def operand(self, node: Operand, dot: Any) -> Any:
        """The value of one operand."""
        self._budget.step()
        match node:
            case Dot():
                return dot
            case Nil():
                return None
            case Constant():
                return node.value
            case Field():
                return self._field(node, dot)
            case Pipe():
                return self.pipe(node, dot)
            case Function():
                return self._function(node.name, (), dot, _NONE)

    def _field(self, node: Field, dot: Any) -> Any:
        value = dot
        if node.variable is not None:
            value = self._variable(node.variable)
        elif node.base is not None:
            value = self.operand(node.base, dot)
        for name in node.names:
            value = member(value, name, node.shown, self._missing_key)
        return value

    def _variable(self, name: str) -> Any:
        for known, value in reversed(self.variables):
            if known == name:
                return value
        raise TemplateError(f"undefined variable {name}")

    def _function(self, name: str, nodes: Sequence[Operand], dot: Any, final: Any) -> Any:
        function = lookup(name)
        extra = [] if final is _NONE else [final]
        if name in {"and", "or"}:
            return self._logic(name, nodes, dot, extra)
        function.check_count(len(nodes) + len(extra))
        given: list[Any] = []
        for position, node in enumerate(nodes):
            given.append(argument(function, position, self.operand(node, dot)))
        given += [argument(function, len(nodes), value) for value in extra]
        return self._invoke(function, given)

    def _invoke(self, function: Signature, given: list[Any]) -> Any:
        try:
            value = function.call(*given)
        except (TemplateError, NotSupportedError):
            raise
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise TemplateError(f"error calling {function.name}: {error}") from error
        if isinstance(value, str):
            self._budget.write(value)
        return value

    def _logic(self, name: str, nodes: Sequence[Operand], dot: Any, extra: list[Any]) -> Any:
        """`and` and `or` stop at the first value that decides."""
        value: Any = _NONE
        for node in nodes:
            value = self.operand(node, dot)
            if is_true(value) == (name == "or"):
                return value
        if extra:
            return extra[0]
        if value is _NONE:
            raise TemplateError(f"{name} needs an argument")
        return value

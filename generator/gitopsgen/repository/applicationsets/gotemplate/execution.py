"""Running parsed Go templates. Source: Go's text/template/exec.go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.calls import Signature, argument, lookup
from gitopsgen.repository.applicationsets.gotemplate.errors import (
    NotSupportedError,
    TemplateError,
)
from gitopsgen.repository.applicationsets.gotemplate.members import member
from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Constant,
    Dot,
    Field,
    Function,
    Jump,
    Nil,
    Node,
    Operand,
    Pipe,
    Template,
    Text,
)
from gitopsgen.repository.applicationsets.gotemplate.ranges import pairs
from gitopsgen.repository.applicationsets.gotemplate.values import (
    MISSING,
    NO_VALUE,
    is_true,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.repository.applicationsets.gotemplate.bounds import Budget

_MAX_CALLS: Final = 50
_NONE: Final = object()


@dataclass(slots=True)
class Rendered:
    """The printed text; `missing` are the chains that printed `<no value>` for want of a key."""

    text: str
    missing: list[str] = field(default_factory=list)


class _JumpError(Exception):
    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        self.keyword = keyword


def execute(template: Template, data: Any, budget: Budget, *, missing_key: str) -> Rendered:
    """Run a template; `missing_key` is Go's option: default, invalid, zero or error.

    Raises `TemplateError` where Go fails, `NotSupportedError` where only this code does.
    """
    state = _State(template, budget, missing_key)
    state.variables.append(("$", data))
    try:
        state.walk(template.body, data)
    except _JumpError as signal:
        raise TemplateError(f"{signal.keyword} outside of a range") from signal
    return Rendered("".join(state.output), state.missing)


class _State:
    def __init__(self, template: Template, budget: Budget, missing_key: str) -> None:
        self._template = template
        self._budget = budget
        self._missing_key = missing_key
        self._calls = 0
        self.variables: list[tuple[str, Any]] = []
        self.output: list[str] = []
        self.missing: list[str] = []

    def walk(self, nodes: Iterable[Node], dot: Any) -> None:
        for node in nodes:
            self._budget.step()
            match node:
                case Text():
                    self._print(node.text)
                case Action():
                    self._act(node.pipe, dot)
                case Branch():
                    mark = len(self.variables)
                    self._branch(node, dot)
                    del self.variables[mark:]
                case Call():
                    self._call(node, dot)
                case Jump():
                    raise _JumpError(node.keyword)

    def _print(self, text: str) -> None:
        self._budget.write(text)
        self.output.append(text)

    def _act(self, pipe: Pipe, dot: Any) -> None:
        first = pipe.commands[0]
        plain = len(pipe.commands) == len(first) == 1 and isinstance(first[0], Field)
        if plain and not pipe.variables:
            # Both nil and a missing key print the same; only the latter is for the report.
            value = self._operand(first[0], dot)
            if value is MISSING:
                self.missing.append(_shown(first[0]))
        else:
            value = self._pipe(pipe, dot)
        if not pipe.variables:
            self._print(NO_VALUE if value is None or value is MISSING else show(value))

    def _branch(self, node: Branch, dot: Any) -> None:
        if node.keyword == "range":
            self._range(node, dot)
            return
        value = self._pipe(node.pipe, dot)
        if is_true(value):
            self.walk(node.body, value if node.keyword == "with" else dot)
        else:
            self.walk(node.otherwise, dot)

    def _range(self, node: Branch, dot: Any) -> None:
        value = self._pipe(node.pipe, dot, declare=False)
        mark = len(self.variables)
        empty = True
        for key, item in pairs(value, len(node.pipe.variables)):
            empty = False
            self._budget.step()
            names = node.pipe.variables
            given = (item,) if len(names) == 1 else (key, item)
            for name, what in zip(names, given, strict=False):
                self._set(name, what, assign=node.pipe.assigns)
            try:
                self.walk(node.body, item)
            except _JumpError as signal:
                if signal.keyword == "break":
                    break
            finally:
                del self.variables[mark:]
        if empty:
            self.walk(node.otherwise, dot)

    def _call(self, node: Call, dot: Any) -> None:
        body = self._template.defined.get(node.name)
        if body is None:
            raise TemplateError(f'there is no template "{node.name}"')
        self._calls += 1
        if self._calls > _MAX_CALLS:
            raise TemplateError("templates call each other without an end")
        data = MISSING if node.pipe is None else self._pipe(node.pipe, dot)
        kept, self.variables = self.variables, [("$", data)]
        self.walk(body, data)
        self.variables = kept
        self._calls -= 1

    def _set(self, name: str, value: Any, *, assign: bool) -> None:
        if not assign:
            self.variables.append((name, value))
            return
        for position in range(len(self.variables) - 1, -1, -1):
            if self.variables[position][0] == name:
                self.variables[position] = (name, value)
                return
        raise TemplateError(f"undefined variable {name}")

    def _pipe(self, pipe: Pipe, dot: Any, *, declare: bool = True) -> Any:
        self._budget.step()
        value: Any = _NONE
        for command in pipe.commands:
            value = self._command(command, dot, value)
            if value is None:
                value = MISSING
        if declare:
            for name in pipe.variables:
                self._set(name, value, assign=pipe.assigns)
        return value

    def _command(self, command: Sequence[Operand], dot: Any, final: Any) -> Any:
        first, rest = command[0], command[1:]
        if isinstance(first, Function):
            return self._function(first.name, rest, dot, final)
        if rest or final is not _NONE:
            raise TemplateError("arguments are given to what is no function")
        if isinstance(first, Nil):
            raise TemplateError("nil is not a command")
        return self._operand(first, dot)

    def _operand(self, node: Operand, dot: Any) -> Any:
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
                return self._pipe(node, dot)
            case Function():
                return self._function(node.name, (), dot, _NONE)

    def _field(self, node: Field, dot: Any) -> Any:
        value = dot
        if node.variable is not None:
            value = self._variable(node.variable)
        elif node.base is not None:
            value = self._operand(node.base, dot)
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
            given.append(argument(function, position, self._operand(node, dot)))
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
            value = self._operand(node, dot)
            if is_true(value) == (name == "or"):
                return value
        if extra:
            return extra[0]
        if value is _NONE:
            raise TemplateError(f"{name} needs an argument")
        return value


def _shown(node: Operand) -> str:
    return node.shown if isinstance(node, Field) else ""

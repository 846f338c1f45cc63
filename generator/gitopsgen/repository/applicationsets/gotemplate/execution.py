"""Running parsed Go templates. Source: Go's text/template/exec.go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.evaluation import Evaluator
from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Field,
    Jump,
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
    from collections.abc import Iterable

    from gitopsgen.repository.applicationsets.gotemplate.bounds import Budget

_MAX_CALLS: Final = 50


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
    state = _State(template, data, budget, missing_key)
    try:
        state.walk(template.body, data)
    except _JumpError as signal:
        raise TemplateError(f"{signal.keyword} outside of a range") from signal
    return Rendered("".join(state.output), state.missing)


class _State:
    def __init__(self, template: Template, data: Any, budget: Budget, missing_key: str) -> None:
        self._template = template
        self._budget = budget
        self._values = Evaluator(budget, missing_key)
        self._values.variables.append(("$", data))
        self._calls = 0
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
                    mark = len(self._values.variables)
                    self._branch(node, dot)
                    del self._values.variables[mark:]
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
            value = self._values.operand(first[0], dot)
            if value is MISSING:
                self.missing.append(_shown(first[0]))
        else:
            value = self._values.pipe(pipe, dot)
        if not pipe.variables:
            self._print(NO_VALUE if value is None or value is MISSING else show(value))

    def _branch(self, node: Branch, dot: Any) -> None:
        if node.keyword == "range":
            self._range(node, dot)
            return
        value = self._values.pipe(node.pipe, dot)
        if is_true(value):
            self.walk(node.body, value if node.keyword == "with" else dot)
        else:
            self.walk(node.otherwise, dot)

    def _range(self, node: Branch, dot: Any) -> None:
        value = self._values.pipe(node.pipe, dot, declare=False)
        mark = len(self._values.variables)
        empty = True
        for key, item in pairs(value, len(node.pipe.variables)):
            empty = False
            self._budget.step()
            names = node.pipe.variables
            given = (item,) if len(names) == 1 else (key, item)
            for name, what in zip(names, given, strict=False):
                self._values.set(name, what, assign=node.pipe.assigns)
            try:
                self.walk(node.body, item)
            except _JumpError as signal:
                if signal.keyword == "break":
                    break
            finally:
                del self._values.variables[mark:]
        if empty:
            self.walk(node.otherwise, dot)

    def _call(self, node: Call, dot: Any) -> None:
        body = self._template.defined.get(node.name)
        if body is None:
            raise TemplateError(f'there is no template "{node.name}"')
        self._calls += 1
        if self._calls > _MAX_CALLS:
            raise TemplateError("templates call each other without an end")
        data = MISSING if node.pipe is None else self._values.pipe(node.pipe, dot)
        kept, self._values.variables = self._values.variables, [("$", data)]
        self.walk(body, data)
        self._values.variables = kept
        self._calls -= 1


def _shown(node: Operand) -> str:
    return node.shown if isinstance(node, Field) else ""

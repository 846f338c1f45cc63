"""Finding out which values the templates of a chart use, by following them as helm would.

Every branch is taken. Where it cannot be told what is done with a value, it counts as used with
all that is below it: a key is called unknown only where nothing at all can reach it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import (
    FILE_TEXT,
    NOTHING,
    Context,
    FileText,
    elements,
    member,
    union,
    use_wholly,
)
from gitopsgen.charts.values_functions import MERGES, apply, wholly
from gitopsgen.charts.values_tree import UsedKeys, charts_in, values_named_in
from gitopsgen.charts.values_variables import Variables
from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Constant,
    Dot,
    Field,
    Function,
    Pipe,
)
from gitopsgen.repository.applicationsets.gotemplate.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.charts.model import ChartFacts
    from gitopsgen.charts.values_abstract import Possible
    from gitopsgen.repository.applicationsets.gotemplate.nodes import Node, Operand, Template

# The largest charts take some 30,000.
_MOST_STEPS = 300_000
_MOST_CALLS = 60
_HEXADECIMAL_FLOAT = re.compile(r"(?<=[\s(])0[xX][0-9a-fA-F]+[pP][+-]?\d+")
_RAW_TEXT = re.compile(r"\{\{\s*`[^`]*`\s*\}\}")
_FILE = re.compile(r"\.(ya?ml|tpl|txt|json|conf|toml)$")


class _TooMuchError(Exception):
    """Templates that cannot be followed to their end."""


def used_values(chart: ChartFacts) -> UsedKeys:
    """The values that the templates of a chart and of its subcharts use, by the chart's own keys.

    Everything counts as used where a template cannot be read.
    """
    used = UsedKeys()
    try:
        _Follower(used).follow(chart)
    except (TemplateError, _TooMuchError, RecursionError):
        used.whole = True
    return used


class _Follower:
    """Follows templates; `used` collects what they use."""

    def __init__(self, used: UsedKeys) -> None:
        self._used = used
        # Charts may define a name twice: which one wins is not worth knowing.
        self._defined: dict[str, list[tuple[Node, ...]]] = {}
        self._printed: dict[tuple[str, Possible], Possible] = {}
        self._steps = 0
        self._calls = 0
        self._widened = False

    def follow(self, chart: ChartFacts) -> None:
        bodies = []
        for keys, one in charts_in(chart):
            for text in one.templates.values():
                if "{{" in text:
                    template = _parsed(text)
                    for name, body in template.defined.items():
                        self._defined.setdefault(name, []).append(body)
                    bodies.append((frozenset({Context(keys)}), template.body))
            for named in values_named_in(one.values_text):
                self._used.use_whole((*keys, *named))
        for context, body in bodies:
            self._run(body, context)

    def _run(self, body: tuple[Node, ...], dot: Possible) -> Possible:
        variables = Variables()
        variables.declare("$", dot)
        return self._nodes(body, dot, variables)

    def _nodes(self, nodes: tuple[Node, ...], dot: Possible, variables: Variables) -> Possible:
        """Follow nodes; returns what their text may come from."""
        printed: Possible = NOTHING
        for node in nodes:
            self._step()
            if isinstance(node, Action):
                value = self._pipe(node.pipe, dot, variables)
                if not node.pipe.variables:
                    use_wholly(value, self._used)
                    printed |= _texts(value)
            elif isinstance(node, Branch):
                printed |= self._branch(node, dot, variables)
            elif isinstance(node, Call):
                value = self._pipe(node.pipe, dot, variables) if node.pipe else NOTHING
                printed |= self._call(node.name, value)
        return printed

    def _branch(self, node: Branch, dot: Possible, variables: Variables) -> Possible:
        inner = Variables(variables)
        value = self._pipe(node.pipe, dot, inner, declares=node.keyword != "range")
        body_dot = value if node.keyword == "with" else dot
        if node.keyword == "range":
            body_dot = elements(value, self._used)
            names = node.pipe.variables
            for name in names[:-1]:
                inner.declare(name, NOTHING)
            for name in names[-1:]:
                inner.declare(name, body_dot)
        before, self._widened = self._widened, False
        printed = self._nodes(node.body, body_dot, Variables(inner))
        if node.keyword == "range" and self._widened:
            # A second turn sees what the first one left in variables.
            printed |= self._nodes(node.body, body_dot, Variables(inner))
        self._widened |= before
        return printed | self._nodes(node.otherwise, dot, Variables(inner))

    def _pipe(
        self, pipe: Pipe, dot: Possible, variables: Variables, *, declares: bool = True
    ) -> Possible:
        value: Possible | None = None
        for command in pipe.commands:
            value = self._command(command, dot, variables, value)
        result = value or NOTHING
        if declares:
            for name in pipe.variables:
                if pipe.assigns:
                    self._widened |= variables.widen(name, result)
                else:
                    variables.declare(name, result)
        return result

    def _command(
        self,
        command: tuple[Operand, ...],
        dot: Possible,
        variables: Variables,
        piped: Possible | None,
    ) -> Possible:
        self._step()
        first = command[0]
        if len(command) == 1 and piped is None and not isinstance(first, Function):
            return self._operand(first, dot, variables)
        arguments = [
            (self._operand(operand, dot, variables), _text_of(operand)) for operand in command[1:]
        ]
        if piped is not None:
            arguments.append((piped, None))
        if not isinstance(first, Function):
            # A method such as `.Files.Get`.
            return self._operand(first, dot, variables) | wholly(
                [value for value, _ in arguments], self._used
            )
        match first.name:
            case "include" if len(arguments) == 2:
                return self._include(command, arguments[0][1], arguments[1][0])
            case "tpl" if len(arguments) == 2:
                return self._tpl(arguments[0], arguments[1][0])
        value = apply(first.name, arguments, self._used)
        if first.name == "set" or first.name in MERGES:
            self._keep(command[1:2], value, variables)
        return value

    def _keep(self, target: tuple[Operand, ...], value: Possible, variables: Variables) -> None:
        """Note what `set` or `merge` make of their first argument, which they change in place.

        Where no variable holds that, all that they put there counts as used.
        """
        for operand in target:
            if isinstance(operand, Field) and not operand.names and operand.variable:
                self._widened |= variables.widen(operand.variable, value)
            elif isinstance(operand, Dot | Field):
                use_wholly(value, self._used)

    def _operand(self, operand: Operand, dot: Possible, variables: Variables) -> Possible:
        match operand:
            case Dot():
                return dot
            case Pipe():
                return self._pipe(operand, dot, variables)
            case Function():
                return apply(operand.name, [], self._used)
            case Field():
                if operand.base is not None:
                    value = self._operand(operand.base, dot, variables)
                else:
                    value = variables[operand.variable] if operand.variable else dot
                for name in operand.names:
                    value = member(value, name, self._used)
                return value
        return NOTHING

    def _include(
        self, command: tuple[Operand, ...], name: str | None, argument: Possible
    ) -> Possible:
        if name is not None:
            return self._call(name, argument)
        if not argument or any(_FILE.search(text) for text in _constants(command[1])):
            # The files among templates are followed anyway, with just this context.
            return FILE_TEXT
        return union([self._call(one, argument) for one in list(self._defined)])

    def _call(self, name: str, argument: Possible) -> Possible:
        bodies = self._defined.get(name)
        if bodies is None:
            # A library that is not here, or a name that helm makes up for a file.
            use_wholly(argument, self._used)
            return FILE_TEXT
        key = (name, argument)
        if key not in self._printed:
            self._printed[key] = NOTHING
            self._calls += 1
            if self._calls > _MOST_CALLS:
                raise _TooMuchError
            self._printed[key] = union([self._run(body, argument) for body in bodies])
            self._calls -= 1
        return self._printed[key]

    def _tpl(self, text: tuple[Possible, str | None], context: Possible) -> Possible:
        value, constant = text
        use_wholly(value, self._used)
        if constant is not None:
            return self._run(_parsed(constant).body, context)
        if value >= FILE_TEXT:
            use_wholly(context, self._used)
        return _texts(value)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooMuchError


def _parsed(text: str) -> Template:
    # Go has numbers such as 0x1p20, which matter to nobody here; neither do the texts for other
    # templates that rules for alerts are full of.
    return parse(_HEXADECIMAL_FLOAT.sub("0", _RAW_TEXT.sub("", text)))


def _texts(value: Possible) -> Possible:
    """What may be in a printed text that a template may evaluate in its turn."""
    return frozenset(one for one in value if isinstance(one, FileText))


def _text_of(operand: Operand) -> str | None:
    if isinstance(operand, Constant) and not isinstance(operand.value, bool):
        return str(operand.value)
    if isinstance(operand, Pipe) and len(operand.commands) == 1 and len(operand.commands[0]) == 1:
        return _text_of(operand.commands[0][0])
    return None


def _constants(operand: Operand) -> Iterator[str]:
    text = _text_of(operand)
    if text is not None:
        yield text
    elif isinstance(operand, Pipe):
        for command in operand.commands:
            for inner in command:
                yield from _constants(inner)

"""Finding out which values the templates of a chart use, by following them as helm would.

Every branch is taken. Where it cannot be told what is done with a value, it counts as used with
all that is below it: a key is called unknown only where nothing at all can reach it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.values_abstract import (
    EMPTY_TEXT,
    FILE_TEXT,
    NOTHING,
    OTHER,
    Context,
    FileText,
    Notes,
    elements,
    is_plain,
    member,
    union,
    use_wholly,
    word,
    words_of,
)
from gitopsgen.charts.values_functions import CHANGES, apply, keep
from gitopsgen.charts.values_lists import exact_items, one_by_one, wholly
from gitopsgen.charts.values_templates import Templates, is_file_name, jumps, parsed
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
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.charts.model import ChartFacts
    from gitopsgen.charts.values_abstract import Possible
    from gitopsgen.repository.applicationsets.gotemplate.nodes import Node, Operand

# The largest charts take some 60,000.
_MOST_STEPS = 300_000
_MOST_CALLS = 60
_MOST_ROUNDS = 4
_LONGEST_LIST = 40


class _TooMuchError(Exception):
    """Templates that cannot be followed to their end."""


def used_values(chart: ChartFacts) -> UsedKeys:
    """The values that the templates of a chart and of its subcharts use, by the chart's own keys.

    Everything counts as used where a template cannot be read.
    """
    used = UsedKeys()
    try:
        _Follower(Notes(used)).follow(chart)
    except (TemplateError, _TooMuchError, RecursionError):
        used.whole = True
    return used


class _Follower:
    """Follows templates; `notes` collects what they use."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._templates = Templates()
        self._printed: dict[tuple[str, Possible], Possible] = {}
        self._steps = 0
        self._calls = 0
        self._changed = False

    def follow(self, chart: ChartFacts) -> None:
        bodies = []
        for keys, one in charts_in(chart):
            bodies += [
                (frozenset({Context(keys)}), body) for body in self._templates.add(keys, one)
            ]
            for named in values_named_in(one.values_text):
                self._notes.used.use_whole((*keys, *named))
        for _ in range(_MOST_ROUNDS):
            self._notes.is_news = False
            self._printed.clear()
            for context, body in bodies:
                self._run(body, context)
            # What a template has put into a context, those before it may read, too.
            if not self._notes.is_news:
                return
        raise _TooMuchError

    def _run(self, body: tuple[Node, ...], dot: Possible) -> Possible:
        variables = Variables()
        variables.declare("$", dot)
        return self._nodes(body, dot, variables)

    def _nodes(self, nodes: tuple[Node, ...], dot: Possible, variables: Variables) -> Possible:
        """Follow nodes; returns what their text may be, or come from. Nothing: there is none."""
        printed: Possible = NOTHING
        for node in nodes:
            self._step()
            if isinstance(node, Action):
                value = self._pipe(node.pipe, dot, variables)
                if not node.pipe.variables:
                    texts = use_wholly(value, self._notes)
                    printed = _beside(printed, value if words_of(value) else texts | OTHER)
            elif isinstance(node, Branch):
                printed = _beside(printed, self._branch(node, dot, variables))
            elif isinstance(node, Call):
                argument = self._pipe(node.pipe, dot, variables) if node.pipe else OTHER
                printed = _beside(printed, self._call(node.name, argument))
            elif isinstance(node, Text) and node.text.strip():
                printed = _beside(printed, word(node.text.strip()))
        return printed

    def _branch(self, node: Branch, dot: Possible, variables: Variables) -> Possible:
        inner = Variables(variables, certain=True)
        value = self._pipe(node.pipe, dot, inner, declares=node.keyword != "range")
        if node.keyword == "range":
            printed = self._range(node, value, inner)
        else:
            body_dot = value if node.keyword == "with" else dot
            printed = self._nodes(node.body, body_dot, Variables(inner))
        otherwise = self._nodes(node.otherwise, dot, Variables(inner))
        if not (printed or otherwise):
            return NOTHING
        return (printed or EMPTY_TEXT) | (otherwise or EMPTY_TEXT)

    def _range(self, node: Branch, value: Possible, variables: Variables) -> Possible:
        items = exact_items(value)
        if items is not None and len(items) <= _LONGEST_LIST and not jumps(node.body):
            turns = [self._turn(node, item, variables, certain=True) for item in items]
            return union(turns) if len(turns) < 2 else union(turns) and union(turns) | OTHER
        item = elements(value, self._notes)
        before, self._changed = self._changed, False
        printed = self._turn(node, item, variables)
        if self._changed:
            # A second turn sees what the first one left in variables.
            printed |= self._turn(node, item, variables)
        self._changed |= before
        return printed and printed | OTHER

    def _turn(
        self, node: Branch, item: Possible, variables: Variables, *, certain: bool = False
    ) -> Possible:
        inner = Variables(variables, certain=certain)
        for name in node.pipe.variables[:-1]:
            inner.declare(name, OTHER)
        for name in node.pipe.variables[-1:]:
            inner.declare(name, item)
        return self._nodes(node.body, item, inner)

    def _pipe(
        self, pipe: Pipe, dot: Possible, variables: Variables, *, declares: bool = True
    ) -> Possible:
        value: Possible | None = None
        for command in pipe.commands:
            value = self._command(command, dot, variables, value)
        result = NOTHING if value is None else value
        if declares:
            for name in pipe.variables:
                if pipe.assigns:
                    self._changed |= variables.assign(name, result)
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
        arguments = [self._operand(operand, dot, variables) for operand in command[1:]]
        if piped is not None:
            arguments.append(piped)
        if not isinstance(first, Function):
            return self._method(self._operand(first, dot, variables), arguments)
        match first.name:
            case "include" if len(arguments) == 2:
                return self._include(command[1] if len(command) > 1 else None, *arguments)
            case "tpl" if len(arguments) == 2:
                return self._tpl(*arguments)
        value = apply(first.name, arguments, self._notes)
        if first.name in CHANGES and len(command) > 1:
            target = command[1]
            if isinstance(target, Field) and not target.names and target.variable:
                self._changed |= variables.widen(target.variable, value)
            else:
                keep(first.name, arguments, self._notes, is_new=isinstance(target, Pipe))
        return value

    def _method(self, value: Possible, arguments: Sequence[Possible]) -> Possible:
        """What a method comes to, such as `.Files.Get`."""
        words = words_of(arguments[0]) if len(arguments) == 1 else None
        if words and all(isinstance(one, FileText) for one in value):
            charts = {one.chart for one in value if isinstance(one, FileText)}
            return frozenset(FileText(chart, word) for chart in charts for word in words)
        return value | wholly(arguments, self._notes)

    def _operand(self, operand: Operand, dot: Possible, variables: Variables) -> Possible:
        match operand:
            case Dot():
                return dot
            case Pipe():
                return self._pipe(operand, dot, variables)
            case Function():
                return apply(operand.name, [], self._notes)
            case Constant(value=str() | int() as constant) if not isinstance(constant, bool):
                return word(str(constant))
            case Field():
                if operand.base is not None:
                    value = self._operand(operand.base, dot, variables)
                else:
                    value = variables[operand.variable] if operand.variable else dot
                for name in operand.names:
                    value = member(value, name, self._notes)
                return value
        return OTHER

    def _include(self, operand: Operand | None, name: Possible, argument: Possible) -> Possible:
        words = words_of(name)
        if operand is None or (is_plain(argument) and words is None) or is_file_name(operand):
            # The files among templates are followed anyway, with just this context.
            return FILE_TEXT
        names = self._templates.named_like(operand) if words is None else words
        return union([self._call(one, argument) for one in names]) or OTHER

    def _call(self, name: str, argument: Possible) -> Possible:
        bodies = self._templates.defined.get(name)
        if bodies is None:
            if self._templates.is_whole:
                # helm refuses to render it.
                return OTHER
            use_wholly(argument, self._notes)
            return FILE_TEXT
        cases = one_by_one(argument)
        return union([self._once(name, [(body, case) for body in bodies]) for case in cases])

    def _once(self, name: str, runs: Sequence[tuple[tuple[Node, ...], Possible]]) -> Possible:
        """Follow what a name stands for with one argument, if that was not done already."""
        key = (name, runs[0][1] if runs else NOTHING)
        if key not in self._printed:
            self._printed[key] = OTHER
            self._calls += 1
            if self._calls > _MOST_CALLS:
                raise _TooMuchError
            self._printed[key] = union([self._run(*run) or EMPTY_TEXT for run in runs])
            self._calls -= 1
        return self._printed[key]

    def _tpl(self, text: Possible, context: Possible) -> Possible:
        found = use_wholly(text, self._notes)
        for said in words_of(text) or ():
            self._run(parsed(said).body, context)
        for one in found:
            texts = self._templates.texts_of(one) if isinstance(one, FileText) else None
            if texts is None:
                use_wholly(context, self._notes)
                continue
            name = f"{one}"
            self._once(name, [(parsed(text).body, context) for text in texts])
        return found | OTHER

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise _TooMuchError


def _beside(one: Possible, other: Possible) -> Possible:
    """What two texts in a row may be."""
    if not one or not other:
        return one or other
    return OTHER | {text for text in one | other if isinstance(text, FileText)}

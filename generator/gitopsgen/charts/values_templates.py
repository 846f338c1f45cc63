"""The templates of a chart: what they define, and the texts of its files that may be templates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitopsgen.repository.applicationsets.gotemplate.nodes import (
    Branch,
    Constant,
    Field,
    Function,
    Jump,
    Pipe,
)
from gitopsgen.repository.applicationsets.gotemplate.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.charts.model import ChartFacts
    from gitopsgen.charts.values_abstract import FileText
    from gitopsgen.charts.values_tree import Keys
    from gitopsgen.repository.applicationsets.gotemplate.nodes import Node, Operand, Template

_HEXADECIMAL_FLOAT = re.compile(r"(?<=[\s(])0[xX][0-9a-fA-F]+[pP][+-]?\d+")
_RAW_TEXT = re.compile(r"\{\{\s*`[^`]*`\s*\}\}")
_FILE = re.compile(r"\.(ya?ml|tpl|txt|json|conf|toml)$")
_VERB = re.compile(r"%[svdq]")


@dataclass
class Templates:
    """What templates there are; a name may be defined twice, which one wins is not worth knowing.

    `is_whole` says that every chart that could define one is here.
    """

    is_whole: bool = True
    defined: dict[str, list[tuple[Node, ...]]] = field(default_factory=dict)
    _files: dict[Keys, dict[str, str]] = field(default_factory=dict)

    def add(self, keys: Keys, chart: ChartFacts) -> Iterator[tuple[Node, ...]]:
        """Add what a chart defines; returns what is in its files besides."""
        self._files[keys] = dict(chart.files)
        here = [*chart.subcharts, *(one.name for one in chart.subcharts.values())]
        self.is_whole = self.is_whole and all(
            item.get("name") in here or item.get("alias") in here for item in chart.dependencies
        )
        for text in chart.templates.values():
            if "{{" in text:
                template = parsed(text)
                for name, body in template.defined.items():
                    self.defined.setdefault(name, []).append(body)
                yield template.body

    def texts_of(self, file: FileText) -> list[str] | None:
        """What a file of a chart may say that is for a template; None where nobody knows."""
        if file.chart is None or file.chart not in self._files:
            return None
        files = self._files[file.chart]
        return [text for name, text in files.items() if file.name in (None, name)]

    def named_like(self, name: Operand) -> list[str]:
        """The templates that a name may mean of which only some parts are known."""
        pattern = re.compile(_pattern(name), re.DOTALL)
        return [one for one in self.defined if pattern.fullmatch(one)]


def parsed(text: str) -> Template:
    """A template's parsed text."""
    # Go has numbers such as 0x1p20, which matter to nobody here; neither do the texts for other
    # templates that rules for alerts are full of.
    return parse(_HEXADECIMAL_FLOAT.sub("0", _RAW_TEXT.sub("", text)))


def is_file_name(name: Operand) -> bool:
    """Whether a template's name is that of a file: these are followed anyway."""
    if isinstance(name, Field):
        return "BasePath" in name.names
    if isinstance(name, Constant):
        return _FILE.search(str(name.value)) is not None
    return isinstance(name, Pipe) and any(
        is_file_name(inner) for command in name.commands for inner in command
    )


def _pattern(name: Operand) -> str:
    """A regular expression for the names that an expression may come to."""
    if isinstance(name, Pipe) and len(name.commands) == 1:
        first, *rest = name.commands[0]
        if not rest:
            return _pattern(first)
        if first == Function("print"):
            return "".join(_pattern(operand) for operand in rest)
        if first == Function("printf") and isinstance(rest[0], Constant):
            return ".*".join(re.escape(part) for part in _VERB.split(str(rest[0].value)))
    return (
        re.escape(name.value)
        if isinstance(name, Constant) and isinstance(name.value, str)
        else ".*"
    )


def jumps(nodes: tuple[Node, ...]) -> bool:
    """Whether a loop may end before its end."""
    return any(
        isinstance(node, Jump)
        or (isinstance(node, Branch) and (jumps(node.body) or jumps(node.otherwise)))
        for node in nodes
    )

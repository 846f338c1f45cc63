"""What helm says when it cannot render a chart, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_MESSAGE = 400
_SCHEMA = "values don't meet the specifications of the schema(s)"
_CHART = re.compile(r"^(?P<name>[^\s:]+):$")
# `- at '/a/b': got string, want integer` (helm since 3.18), `- a.b: Invalid type. …` before.
_VIOLATION = re.compile(r"^(?P<indent> *)- at '(?P<pointer>[^']*)'(?: \[[^\]]*\])?: (?P<says>.+)$")
_OLD_VIOLATION = re.compile(r"^- (?P<path>[^\s:]+): (?P<says>.+)$")
_NOT_ALLOWED = re.compile(r"^additional properties (?P<names>'.+') not allowed$")
_QUOTED = re.compile(r"'([^']*)'")
# Failures that only their causes explain.
_TRANSPARENT = re.compile(
    r"^('allOf' failed|'\$ref' failed|validation failed|doesn't validate with)"
)
_KUBE_VERSION = re.compile(
    r"chart requires kubeVersion: (?P<wants>.+) which is incompatible with Kubernetes (?P<has>\S+)"
)
_EXECUTING = re.compile(r"template: (?P<place>\S+?:\d+)(?::\d+)?: executing \"[^\"]*\" at <")
_FAILED = re.compile(r"execution error at \((?P<file>[^():]+):(?P<line>\d+)(?::\d+)?\): ")
_TEMPLATE_LINE = re.compile(r"(?:template: |\()(?P<file>[^():\s]+):(?P<line>\d+)(?::\d+)?[:)]")
_VALUES = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")


@dataclass(frozen=True, slots=True)
class Violation:
    """What breaks a schema: the chart whose schema it is, the steps to the place, and helm's words.

    `surplus` says that the last step is a key that the schema does not permit.
    """

    chart: str
    steps: tuple[str, ...]
    says: str
    surplus: bool = False


@dataclass
class _Line:
    indent: int
    violation: Violation
    causes: list[_Line] = field(default_factory=list)


def kube_version_conflict(error: str) -> tuple[str, str] | None:
    """The versions that a chart wants and the one that there is, if that is helm's complaint."""
    found = _KUBE_VERSION.search(error)
    return (found["wants"], found["has"]) if found else None


def schema_violations(error: str) -> list[Violation]:
    """What helm says of values.schema.json; empty where that is not its complaint."""
    if _SCHEMA not in error:
        return []
    found: dict[tuple[str, tuple[str, ...]], Violation] = {}
    for violation in _violations(error.split("\n")):
        found.setdefault((violation.chart, violation.steps), violation)
    return list(found.values())


def _violations(lines: list[str]) -> Iterator[Violation]:
    chart = ""
    top: list[_Line] = []
    stack: list[_Line] = []
    for text in lines:
        if header := _CHART.match(text):
            chart, stack = header["name"], []
        elif found := _VIOLATION.match(text):
            steps = tuple(_unescape(step) for step in found["pointer"].split("/")[1:])
            line = _Line(len(found["indent"]), Violation(chart, steps, found["says"]))
            while stack and stack[-1].indent >= line.indent:
                stack.pop()
            (stack[-1].causes if stack else top).append(line)
            stack.append(line)
        elif old := _OLD_VIOLATION.match(text):
            path = () if old["path"] == "(root)" else tuple(old["path"].split("."))
            top.append(_Line(0, Violation(chart, path, old["says"])))
    while top:
        line = top.pop(0)
        if line.causes and _TRANSPARENT.match(line.violation.says):
            top = [*line.causes, *top]
        else:
            yield from _single(line.violation)


def _single(violation: Violation) -> Iterator[Violation]:
    found = _NOT_ALLOWED.match(violation.says)
    if found is None:
        yield violation
        return
    for name in _QUOTED.findall(found["names"]):
        says = f'the key "{name}" is not allowed'
        yield Violation(violation.chart, (*violation.steps, name), says, surplus=True)


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def essence(error: str) -> str:
    """What matters of helm's message: the innermost failure, in one line of bounded length."""
    text = " ".join(error.split())
    if found := list(_FAILED.finditer(text)):
        last = found[-1]
        text = f"{text[last.end() :]} ({_inner(last['file'])}:{last['line']})"
    elif found := list(_EXECUTING.finditer(text)):
        last = found[-1]
        text = f"{_inner(last['place'])}: at <{text[last.end() :]}"
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"


def _inner(path: str) -> str:
    """A template's path within its chart."""
    return path.partition("/")[2] or path


def values_named(error: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The values that a message names, the innermost first, each with the subcharts around it."""
    subcharts: tuple[str, ...] = ()
    for found in _TEMPLATE_LINE.finditer(error):
        subcharts = _subcharts_of(found["file"])
    return [
        (subcharts, tuple(found[1][1:].split(".")))
        for found in reversed(list(_VALUES.finditer(error)))
    ]


def lines_named(error: str) -> list[tuple[tuple[str, ...], str, int]]:
    """The lines of templates that a message names, the innermost first.

    Each with the subcharts around the template, and its path below templates/.
    """
    return [
        (
            _subcharts_of(found["file"]),
            found["file"].rpartition("templates/")[2],
            int(found["line"][:9]),
        )
        for found in reversed(list(_TEMPLATE_LINE.finditer(error)))
    ]


def values_in(line: str) -> list[tuple[str, ...]]:
    """The values that a line of a template names."""
    return [tuple(found[1][1:].split(".")) for found in _VALUES.finditer(line)]


def _subcharts_of(path: str) -> tuple[str, ...]:
    """The subcharts in a template's path: `web/charts/db/templates/x.yaml` is in `db`."""
    return tuple(part.partition("/")[0] for part in path.split("/charts/")[1:])

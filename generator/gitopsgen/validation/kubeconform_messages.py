"""kubeconform's messages in words that say what to change, each with its place.

`validationErrors` names only the outermost place; the message itself lists every one, indented, as
`- at '/json/pointer': what is wrong`, its line breaks turned into spaces (kubeconform 0.8.0 with
santhosh-tekuri/jsonschema v6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_LINE = re.compile(
    r"[ \n](?P<indent> *)- at '(?P<pointer>(?:[^']|'(?!: ))*)': (?P<text>.*?)(?=[ \n] *- at '|$)",
    re.DOTALL,
)
# Go's words for a field of kubeconform's own type for every object.
_METADATA = re.compile(
    r"cannot unmarshal (?P<got>\w+) into Go struct field \S*\.?metadata\.(?P<name>\w+) "
    r"of type (?P<wanted>\w+)",
    re.IGNORECASE,
)
# How the shipped schemas write `format: byte`.
_BASE64 = r"^[\\r\\n]*"
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_TYPES = re.compile(r"got (.+), want (.+)")
_EQUAL = re.compile(r"items at (\d+) and (\d+) are equal")
_SUMMARIES = re.compile(r"^(validation failed|'?(allOf|anyOf|oneOf)'? failed.*)$")


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One thing wrong with a document, at a JSON pointer; `key` points at the last step's key.

    `unknown` and `missing` name a field; `wanted` are the types, one of which a value has to be.
    """

    kind: Literal["invalid", "unknown-kind", "error"]
    pointer: str
    message: str
    key: bool = False
    unknown: str = ""
    missing: str = ""
    wanted: frozenset[str] = frozenset()


UNKNOWN_KIND = SchemaProblem("unknown-kind", "/kind", "no schema for this kind")


@dataclass(frozen=True, slots=True)
class _Line:
    depth: int
    pointer: str
    text: str


def explain(status: str, message: str) -> tuple[SchemaProblem, ...]:
    """The problems in one document's message."""
    if status != "statusInvalid":
        if message.startswith("could not find schema"):
            return (UNKNOWN_KIND,)
        return (_unreadable(message),)
    lines = [
        _Line(len(found["indent"]), found["pointer"], found["text"])
        for found in _LINE.finditer(message)
    ]
    problems = dict.fromkeys(problem for line in _leaves(lines) for problem in _problems(line))
    if any(problem.pointer == "/kind" for problem in problems):
        # Files of schemas are found without regard to case; this one is of another kind.
        return (UNKNOWN_KIND,)
    return tuple(problems) or (SchemaProblem("invalid", "", message),)


def _unreadable(message: str) -> SchemaProblem:
    """What kubeconform could not even read: a name or a namespace of another type."""
    found = _METADATA.search(message)
    if found is None:
        return SchemaProblem("error", "", message)
    name = {"generatename": "generateName"}.get(found["name"].lower(), found["name"].lower())
    message = f"{name}: must be {found['wanted']}, not {found['got']}"
    wanted = frozenset({found["wanted"]})
    return SchemaProblem("invalid", f"/metadata/{name}", message, wanted=wanted)


def _leaves(lines: list[_Line]) -> list[_Line]:
    """Lines that summarise no others; of alternatives only those that go deepest."""
    leaves: list[_Line] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        end = position + 1
        while end < len(lines) and lines[end].depth > line.depth:
            end += 1
        below = lines[position + 1 : end]
        if re.match(r"'?(anyOf|oneOf)'? failed", line.text):
            leaves += _alternatives(line, below)
            position = end
            continue
        if not below or not _SUMMARIES.match(line.text):
            leaves.append(line)
        position += 1
    return leaves


def _alternatives(line: _Line, below: list[_Line]) -> list[_Line]:
    candidates = [other for other in below if not _SUMMARIES.match(other.text)]
    deepest = max((len(other.pointer) for other in candidates), default=0)
    if deepest > len(line.pointer):
        return [other for other in candidates if len(other.pointer) == deepest]
    said = " or ".join(dict.fromkeys(_message(other.text) for other in candidates))
    return [_Line(line.depth, line.pointer, said or "matches none of the permitted forms")]


def _problems(line: _Line) -> list[SchemaProblem]:
    if line.text.startswith("additional properties "):
        return [
            SchemaProblem(
                "invalid",
                f"{line.pointer}/{_step(name)}",
                f'unknown field "{name}"',
                key=True,
                unknown=name,
            )
            for name in _names(line.text)
        ]
    if line.text.startswith(("missing property", "missing properties")):
        return [
            SchemaProblem(
                "invalid", line.pointer, f'missing field "{name}"', key=True, missing=name
            )
            for name in _names(line.text)
        ]
    if found := _EQUAL.fullmatch(line.text):
        message = f"the same as item {int(found[1]) + 1}, in a list without repetitions"
        return [SchemaProblem("invalid", f"{line.pointer}/{found[2]}", message)]
    name = next((step for step in reversed(line.pointer.split("/")) if not step.isdecimal()), "")
    name = name.replace("~1", "/").replace("~0", "~")
    message = f"{name}: {_message(line.text)}" if name else _message(line.text)
    return [SchemaProblem("invalid", line.pointer, message, wanted=_wanted(line.text))]


def _wanted(text: str) -> frozenset[str]:
    found = _TYPES.fullmatch(text)
    return frozenset(found[2].split(" or ")) - {"null"} if found else frozenset()


def _message(text: str) -> str:
    if found := _TYPES.fullmatch(text):
        wanted = [word for word in found[2].split(" or ") if word != "null"]
        return f"must be {' or '.join(wanted) or 'null'}, not {found[1]}"
    # The value itself is left out: it may be a Secret's, and reports end up in logs.
    if found := re.fullmatch(r"'.*' does not match pattern '(.*)'", text, re.DOTALL):
        return "is not base64" if found[1].startswith(_BASE64) else f"does not match {found[1]}"
    return text


def _names(text: str) -> list[str]:
    return [name.replace("\\'", "'").replace("\\\\", "\\") for name in _QUOTED.findall(text)]


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

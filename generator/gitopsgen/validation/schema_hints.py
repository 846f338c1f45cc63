"""What to do about a manifest that breaks the schema of its kind."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.schemas.lookup import SchemaTree, find_schema
from gitopsgen.validation.causes import value_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gitopsgen.validation.kubeconform_messages import SchemaProblem

Steps = tuple[str, ...]

_NEAR: Final = 0.75
_LONGEST: Final = 60
# As many names as somebody still reads.
_FEW: Final = 10
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_TRUTH: Final = frozenset({"true", "false", "yes", "no", "on", "off"})


class SchemaHints:
    """Hints by the schemas in `locations`, of which the first that has a kind wins."""

    def __init__(self, locations: Sequence[Path]) -> None:
        self._locations = locations
        self._trees: dict[tuple[str, str], SchemaTree] = {}

    def hint(self, data: Mapping[str, Any], problem: SchemaProblem) -> str:
        """What to do about a problem of an object; empty where nobody can tell."""
        tree, path = self._tree(data), steps_of(problem.pointer)
        if problem.unknown:
            return _of_unknown(tree, data, path[:-1], problem.unknown)
        if problem.missing:
            return ""
        value = value_at(data, path)
        choices = tree.choices(path)
        if choices and isinstance(value, str):
            near = nearest(value, choices)
            return f"Did you mean {near}?" if near else ""
        return _of_type(value, problem.wanted)

    def _tree(self, data: Mapping[str, Any]) -> SchemaTree:
        key = (data["apiVersion"], data["kind"])
        if key not in self._trees:
            self._trees[key] = SchemaTree(find_schema(self._locations, *key))
        return self._trees[key]


def without_misspelt(problems: Iterable[SchemaProblem]) -> Iterator[SchemaProblem]:
    """The problems without fields that are missing for a fault that is told as another one.

    Their name is misspelt beside, or they stand further out than they should.
    """
    several = list(problems)
    unknown: dict[str, list[str]] = {}
    for problem in several:
        if problem.unknown:
            unknown.setdefault(problem.pointer.rpartition("/")[0], []).append(problem.unknown)
    for problem in several:
        name, place = problem.missing, problem.pointer
        if name and (
            nearest(name, unknown.get(place, ()))
            or name in unknown.get(place.rpartition("/")[0], ())
        ):
            continue
        yield problem


def nearest(name: str, known: Collection[str]) -> str:
    """The name that is nearly another, whatever its letter case; empty where none is."""
    by_lower = {each.lower(): each for each in sorted(known)}
    close = difflib.get_close_matches(name.lower()[:_LONGEST], list(by_lower), 1, _NEAR)
    return by_lower[close[0]] if close else ""


def steps_of(pointer: str) -> Steps:
    """The steps of a JSON pointer (RFC 6901)."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def _of_unknown(tree: SchemaTree, data: Mapping[str, Any], parent: Steps, name: str) -> str:
    known, given = tree.fields(parent), value_at(data, parent)
    free = known - set(given if isinstance(given, dict) else ())
    if name.lower() in {each.lower() for each in free}:
        return f"Did you mean {nearest(name, free)}?"
    if place := _elsewhere(tree, data, parent, name):
        return f"It belongs {place}: check the indentation."
    if near := nearest(name, free):
        return f"Did you mean {near}?"
    if 0 < len(known) <= _FEW:
        return f"Known here: {', '.join(sorted(known))}."
    return ""


def _elsewhere(tree: SchemaTree, data: Mapping[str, Any], parent: Steps, name: str) -> str:
    """Where a field of that name is known: further in, beside what is there, or further out."""
    given = value_at(data, parent)
    given = given if isinstance(given, dict) else {}
    inner = [
        field for field in sorted(tree.fields(parent)) if name in tree.fields((*parent, field))
    ]
    inner += [
        f"an item of {field}"
        for field in sorted(tree.fields(parent))
        if tree.has_items((*parent, field)) and name in tree.fields((*parent, field, "0"))
    ]
    present = [text for text in inner if text.rpartition(" ")[2] in given]
    for candidates in (present, inner):
        if len(candidates) == 1:
            return f"into {candidates[0]}"
    for length in range(len(parent) - 1, -1, -1):
        outer = parent[:length]
        there = value_at(data, outer)
        if name in tree.fields(outer) and not (isinstance(there, dict) and name in there):
            return f"to {_spelt(outer)}" if outer else "to the top level"
    return ""


def _spelt(path: Steps) -> str:
    text = "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in path)
    return text.removeprefix(".")


def _of_type(value: object, wanted: frozenset[str]) -> str:
    """What makes a value one of the types that are wanted."""
    if not wanted:
        return ""
    if value is None:
        return "Write a value, or leave the field out."
    if "string" in wanted and isinstance(value, bool | int | float):
        return "Put it in quotes."
    if isinstance(value, str):
        if wanted & {"integer", "number"} and _NUMBER.fullmatch(value):
            return "Take the quotes off."
        if "boolean" in wanted and value.lower() in _TRUTH:
            return "Write true or false, without quotes."
    if "array" in wanted and not isinstance(value, list):
        return "A list is wanted: start each item with `- `."
    if "object" in wanted and isinstance(value, list):
        return "No list is wanted but a mapping: take away the `- `."
    return ""

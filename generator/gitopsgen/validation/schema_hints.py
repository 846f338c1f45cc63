"""What to do about a manifest that breaks the schema of its kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.schemas.lookup import choices, fields
from gitopsgen.validation.causes import value_at
from gitopsgen.validation.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitopsgen.schemas.lookup import SchemaTree, SchemaTrees
    from gitopsgen.validation.kubeconform_messages import SchemaProblem

    Nodes = Sequence[Mapping[str, Any]]

Steps = tuple[str, ...]

_NEAR: Final = 0.75
# As many names as somebody still reads.
_FEW: Final = 10
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_TRUTH: Final = frozenset({"true", "false", "yes", "no", "on", "off"})


class SchemaHints:
    """Hints by the schemas of kinds."""

    def __init__(self, trees: SchemaTrees) -> None:
        self._trees = trees

    def hint(self, data: Mapping[str, Any], problem: SchemaProblem) -> str:
        """What to do about a problem of an object; empty where nobody can tell."""
        tree, path = self._trees.of(data), steps_of(problem.pointer)
        if problem.unknown:
            return _of_unknown(tree, data, path[:-1], problem.unknown)
        if problem.missing:
            return ""
        value = value_at(data, path)
        permitted = choices(tree.at(path)) if isinstance(value, str) else []
        if permitted:
            near = nearest(value, permitted, _NEAR)
            return f"Did you mean {near}?" if near else ""
        return _of_type(value, problem.wanted)


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
            nearest(name, unknown.get(place, ()), _NEAR)
            or name in unknown.get(place.rpartition("/")[0], ())
        ):
            continue
        yield problem


def steps_of(pointer: str) -> Steps:
    """The steps of a JSON pointer (RFC 6901)."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def _of_unknown(tree: SchemaTree, data: Mapping[str, Any], parent: Steps, name: str) -> str:
    nodes, given = tree.at(parent), _mapping_at(data, parent)
    known = fields(nodes)
    near = nearest(name, sorted(field for field in known if field not in given), _NEAR)
    if near.lower() == name.lower():
        return f"Did you mean {near}?"
    place = _further_in(tree, nodes, given, name) or _further_out(tree, data, parent, name)
    if place:
        return f"It belongs {place}: check the indentation."
    if near:
        return f"Did you mean {near}?"
    if 0 < len(known) <= _FEW:
        return f"Known here: {', '.join(sorted(known))}."
    return ""


def _further_in(tree: SchemaTree, nodes: Nodes, given: Mapping[str, Any], name: str) -> str:
    """In which field that is known here a field of that name is, or in the items of which."""
    found: dict[str, str] = {}
    for field in sorted(fields(nodes)):
        inner = tree.below(nodes, field)
        if name in fields(inner):
            found[field] = f"into {field}"
        elif any("items" in node for node in inner) and name in fields(tree.below(inner, "0")):
            found[field] = f"into an item of {field}"
    present = [text for field, text in found.items() if field in given]
    for candidates in (present, list(found.values())):
        if len(candidates) == 1:
            return candidates[0]
    return ""


def _further_out(tree: SchemaTree, data: Mapping[str, Any], parent: Steps, name: str) -> str:
    """Which place around this one lacks a field of that name."""
    for length in range(len(parent) - 1, -1, -1):
        outer = parent[:length]
        if name in fields(tree.at(outer)) and name not in _mapping_at(data, outer):
            return f"to {_spelt(outer)}" if outer else "to the top level"
    return ""


def _mapping_at(data: Mapping[str, Any], path: Steps) -> Mapping[str, Any]:
    found = value_at(data, path)
    return found if isinstance(found, dict) else {}


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

"""From JSON Schema errors to problems that say what to change, each at its path."""

from __future__ import annotations

import difflib
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.core_schema import FORM, RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import jsonschema_rs

    from gitopsgen.documents.positions import Path

_RULE = "plan-schema"
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}


@dataclass(frozen=True, slots=True)
class PathProblem:
    """Something wrong at a path of cluster.yaml; `at_key` points at the key, not the value."""

    rule: str
    path: Path
    message: str
    hint: str = ""
    at_key: bool = False
    warning: bool = False


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise `ValueError`, in one line, where `schema` is no JSON Schema or names other files."""
    try:
        _validator(json.dumps(schema))
    except ValueError as error:
        raise ValueError(_shorten(str(error).partition("\n")[0])) from error


def schema_problems(
    schema: Mapping[str, Any], data: object, file: str = "cluster.yaml"
) -> Iterator[PathProblem]:
    """Everything that JSON Schema finds wrong with `data` of `file`, one problem a mistake."""
    for error in _validator(json.dumps(schema)).iter_errors(data):
        yield from _translate(schema, error, file)


@functools.lru_cache(maxsize=4)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        json.loads(schema), validate_formats=True, retriever=_refuse
    )


def _refuse(uri: str) -> Any:
    """A schema says all by itself: neither files nor servers are asked for what one names."""
    raise ValueError(f"{uri} is not part of the schema")


def _translate(
    schema: Mapping[str, Any], error: jsonschema_rs.ValidationError, file: str
) -> Iterator[PathProblem]:
    path: Path = tuple(error.instance_path)
    keyword = error.kind.name
    parent = _subschema(schema, error.schema_path)
    rules = parent.get(RULES) if isinstance(parent, dict) else None
    rule = rules.get(keyword, _RULE) if isinstance(rules, dict) else _RULE
    details = error.kind.as_dict()
    name = dotted(path) or file
    if keyword == "additionalProperties":
        known = list(parent.get("properties", {}))
        for key in details["unexpected"]:
            yield PathProblem(
                rule, (*path, key), f'unknown key "{key}"{_in(path)}', _nearest(key, known), True
            )
    elif keyword == "required":
        missing = details["property"]
        described = parent.get("properties", {}).get(missing, {})
        hint = str(described.get("description") or described.get("title") or "")
        yield PathProblem(rule, path, f'missing key "{missing}"{_in(path)}', hint, bool(path))
    elif keyword == "type":
        expected = parent.get("type", [])
        words = [_TYPES.get(t, t) for t in ([expected] if isinstance(expected, str) else expected)]
        hint = _needs(parent) if error.instance is None else ""
        message = f"{name} must be {' or '.join(words)}, not {_show(error.instance)}"
        yield PathProblem(rule, path, message, hint)
    elif keyword in {"enum", "const"}:
        allowed = [str(option) for option in parent.get("enum", [parent.get("const")])]
        hint = _nearest(str(error.instance), allowed)
        message = f"{name} must be {_or(allowed)}, not {_show(error.instance)}"
        yield PathProblem(rule, path, message, hint)
    elif keyword == "not":
        yield PathProblem(rule, path, f"{name} must not be {_show(error.instance)}")
    elif keyword in {"pattern", "format", "minLength", "maxLength"} and FORM in parent:
        message = f"{name}: {_show(error.instance)} is not {parent[FORM]}"
        yield PathProblem(rule, path, message)
    else:
        hint = str(parent.get("description", "")) if isinstance(parent, dict) else ""
        yield PathProblem(rule, path, f"{name}: {_shorten(error.message)}", hint)


def _subschema(schema: Mapping[str, Any], schema_path: Iterable[str | int]) -> Any:
    """The schema whose keyword failed: all steps of the path but the last."""
    found: Any = schema
    for step in list(schema_path)[:-1]:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return {}
    return found


def _needs(parent: Mapping[str, Any]) -> str:
    required = parent.get("required", [])
    return f"It needs {', '.join(required)}." if required else ""


def dotted(path: Path) -> str:
    """A path as people write it: `nodes[0].address`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _in(path: Path) -> str:
    return f" in {dotted(path)}" if path else ""


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known: {', '.join(known)}." if known else ""


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _show(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    try:
        return _shorten(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return _shorten(repr(value))


def _shorten(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."

"""sprig's functions for JSON and types, and Argo CD's for YAML."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import (
    from_json,
    kind_name,
    to_json,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLAIN: Final = re.compile(r"[A-Za-z_/][A-Za-z0-9_/.-]*(?: [A-Za-z0-9_/.-]+)*")
# What some reader of YAML takes for something else than text.
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"})
_HTML: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def _raw_json(value: Any, indent: int | None = None) -> str:
    separators = (",", ": " if indent else ":")
    try:
        text = json.dumps(
            to_json(value),
            ensure_ascii=False,
            sort_keys=True,
            indent=indent,
            separators=separators,
            allow_nan=False,
        )
    except ValueError as error:
        raise TemplateError(f"no JSON can hold this: {error}") from error
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _json(value: Any, indent: int | None = None) -> str:
    return re.sub("[<>&]", lambda found: _HTML[found[0]], _raw_json(value, indent))


def _from_json(text: str) -> Any:
    try:
        return from_json(json.loads(text))
    except ValueError as error:
        raise TemplateError("fromJson: that is no JSON") from error


def _lenient_from_json(text: str) -> Any:
    try:
        return _from_json(text)
    except TemplateError:
        return None


def _yaml(value: Any) -> str:
    """The same data as Argo CD's toYaml prints; it quotes more."""
    return "\n".join(_yaml_lines(to_json(value)))


def _yaml_lines(value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        lines = []
        for key in sorted(value):
            inner = _yaml_lines(value[key])
            if not isinstance(value[key], dict | list) or not value[key]:
                lines.append(f"{_scalar(key)}: {inner[0]}")
            else:
                pad = "  " if isinstance(value[key], dict) else ""
                lines += [f"{_scalar(key)}:", *(pad + line for line in inner)]
        return lines
    if isinstance(value, list) and value:
        items = [_yaml_lines(item) for item in value]
        return [
            ("  " if position else "- ") + line
            for item in items
            for position, line in enumerate(item)
        ]
    return [_scalar(value)]


def _scalar(value: Any) -> str:
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return value if plain else _raw_json(value)


def _read(text: str) -> Any:
    contents = read_documents(text)
    if any(problem.rule != "yaml-ambiguous-scalar" for problem in contents.problems):
        raise TemplateError("fromYaml: that is no YAML")
    return from_json(contents.documents[0].data) if contents.documents else None


def _from_yaml(text: str) -> dict[str, Any]:
    data = _read(text)
    if data is not None and not isinstance(data, dict):
        raise TemplateError("fromYaml: that is no mapping")
    return data or {}


def _list_from_yaml(text: str) -> list[Any]:
    data = _read(text)
    if data is not None and not isinstance(data, list):
        raise TemplateError("fromYamlArray: that is no list")
    return data or []


def _type_is(target: str, value: Any) -> bool:
    return target == type_name(value)


FUNCTIONS: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "toJson": ("a", _json),
    "mustToJson": ("a", _json),
    "toRawJson": ("a", _raw_json),
    "mustToRawJson": ("a", _raw_json),
    "toPrettyJson": ("a", lambda value: _json(value, 2)),
    "mustToPrettyJson": ("a", lambda value: _json(value, 2)),
    "fromJson": ("s", _lenient_from_json),
    "mustFromJson": ("s", _from_json),
    "toYaml": ("a", _yaml),
    "fromYaml": ("s", _from_yaml),
    "fromYamlArray": ("s", _list_from_yaml),
    "typeOf": ("a", type_name),
    "typeIs": ("sa", _type_is),
    "typeIsLike": ("sa", _type_is),
    "kindOf": ("a", kind_name),
    "kindIs": ("sa", lambda target, value: target == kind_name(value)),
}

"""Parameters as generators make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.values import StringList, show
from gitopsgen.repository.applicationsets.names import path_base, path_dir, sanitize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path

Parameters = dict[str, Any]
"""One set of parameters: what one Application is made from."""


def flatten(data: dict[str, Any]) -> dict[str, Any]:
    """The leaves under dotted keys, items of lists under their index; empty ones vanish."""
    return dict(_leaves(data, ""))


def _leaves(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list) and not isinstance(value, StringList):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{prefix}.{index}" if prefix else str(index))
    else:
        yield prefix, value


def flat_texts(parameters: Parameters) -> dict[str, str]:
    """The flattened parameters as text, as selectors and templates without Go see them."""
    return {key: show(value) for key, value in flatten(parameters).items()}


# Texts that Argo CD hands on, where other programs may have templates of the same look.
_HANDED_ON: Final = frozenset(
    {"annotations", "values", "valuesObject", "parameters", "patches", "plugin", "templatePatch"}
)


def is_handed_on(path: Path) -> bool:
    """Whether Argo CD only hands on what stands at a path of an Application."""
    return not _HANDED_ON.isdisjoint(path)


def is_meant(name: str, path: Path, known: Parameters) -> bool:
    """Whether `{{name}}`, which names no parameter, can only have been meant to name one.

    In values of a chart it may be another program's template, unless it nearly is a parameter.
    """
    if not is_handed_on(path):
        return True
    from difflib import get_close_matches

    # A dot is what parameters of other programs' templates begin with.
    return "." not in name[:1] and bool(get_close_matches(name, known, n=1, cutoff=0.8))


def path_parameters(path: str, prefix: str, *, filename: str | None, go: bool) -> Parameters:
    """What a git generator says about a path: flat keys, or with `go` a map."""
    facts: dict[str, Any] = {
        "path": path,
        "basename": path_base(path),
        "basenameNormalized": sanitize_name(path_base(path)),
    }
    if filename is not None:
        facts["filename"] = filename
        facts["filenameNormalized"] = sanitize_name(filename)
    if go:
        facts["segments"] = StringList(path.split("/"))
        return {prefix: {"path": facts}} if prefix else {"path": facts}
    name = f"{prefix}.path" if prefix else "path"
    flat = {f"{name}.{key}": value for key, value in facts.items() if key != "path"}
    segments = {f"{name}[{i}]": part for i, part in enumerate(path.split("/")) if part}
    return {name: path, **flat, **segments}


def file_parameters(path: str, prefix: str, *, go: bool) -> Parameters:
    """What a git generator says about a file."""
    return path_parameters(path_dir(path), prefix, filename=path_base(path), go=go)


def combined(first: Parameters, second: Parameters) -> Parameters:
    """Two sets as one, all of it text. Raises `ValueError` with the key where they differ."""
    result: Parameters = {key: show(value) for key, value in first.items()}
    for key, value in second.items():
        text = show(value)
        if result.setdefault(key, text) != text:
            raise ValueError(key)
    return result

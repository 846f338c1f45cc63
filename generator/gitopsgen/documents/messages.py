"""Message and hint of the problems in a file that parses but means nothing, or several things."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from gitopsgen.documents.scalars import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.documents.scalars import Scalar

Words = tuple[str, str]

YAML_VERSION: Final[Words] = (
    "Kubernetes reads no YAML version but 1.1",
    "Delete the %YAML directive.",
)
COLLECTION_AS_KEY: Final[Words] = (
    "a list or mapping cannot be a key",
    "Quote the key. Unquoted `{{ … }}` is a mapping in a mapping.",
)
EXCESSIVE_ALIASES: Final[Words] = (
    "aliases make this document so large that Kubernetes refuses it",
    "Write out what the aliases repeat, or repeat less.",
)
NOT_MERGEABLE: Final[Words] = (
    "`<<` takes a mapping, an alias of one, or a list of these",
    "",
)
SECOND_MERGE: Final[Words] = (
    "a second `<<` in one mapping: Kubernetes merges both, other parsers refuse it",
    "Write one: `<<: [*a, *b]`. Of two that set a key, the first in the list wins.",
)


def bad_alias(name: str, *, unclosed: bool) -> Words:
    """Words for an alias of nothing, or of the very collection that it is in."""
    if unclosed:
        return f"the alias `*{name}` is inside of what it stands for", ""
    hint = "Define it before its first use, or quote the value if `*` belongs to it."
    return f"no `&{name}` before this alias in the document", hint


def bad_key(scalar: Scalar) -> Words:
    """Words for a scalar that JSON cannot have as a key."""
    if scalar.refusal:
        return scalar.refusal, ""
    what = "null" if scalar.value is None else "a number over 64 bits"
    return f"{what} cannot be a key", "Quote the key."


def duplicate_key(key: str, line: int) -> Words:
    """Words for a key that the mapping has already, at `line`."""
    return (
        f"the key `{shorten(key)}` is already set at line {line}",
        "The later one silently wins: keep one.",
    )


def merged_over(keys: Sequence[str]) -> Words:
    """Words for a merge that comes after keys which it sets to something else."""
    names = ", ".join(f"`{key}`" for key in keys[:3]) + (" …" if len(keys) > 3 else "")
    message = f"`<<` comes after {names}: Kubernetes takes the merged value, other parsers do not"
    return message, "Put `<<` first in the mapping, so that what is written there wins."


def doubtful_value(text: str, scalar: Scalar) -> Words:
    """Words for an unquoted value that parsers read differently."""
    quoted = f'"{shorten(text)}"'
    if isinstance(scalar.value, str):
        return _readings(text, scalar), f"Quote it: {quoted}."
    return _readings(text, scalar), f"Write {json.dumps(scalar.value)}, or {quoted} for the text."


def doubtful_key(text: str, scalar: Scalar) -> Words:
    """Words for an unquoted key that parsers read differently."""
    message = _readings(text, scalar)
    if scalar.key != text:
        message += f'; the key becomes "{scalar.key}"'
    return message, f'Quote the key: "{shorten(text)}".'


def _readings(text: str, scalar: Scalar) -> str:
    doubt = scalar.doubt
    if doubt is None:
        raise ValueError(f"no parser disagrees about {text}")
    reading = f"Kubernetes reads `{shorten(text)}` as {doubt.kubernetes}"
    return f"{reading}, {doubt.parsers} as {doubt.other}"

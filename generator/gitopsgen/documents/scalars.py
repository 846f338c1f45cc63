"""What a scalar means to Kubernetes: sigs.k8s.io/yaml's conversion of YAML to JSON.

The rules are those of go.yaml.in/yaml/v2 (resolve.go, decode.go), then those of sigs.k8s.io/yaml
(yaml.go) and of Go's encoding/json. Kubernetes, Argo CD, Helm and kubeconform read with them.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import inf, isinf, isnan, nan
from typing import Final

from gitopsgen.documents.dialects import (
    BOOLEANS_1_1,
    LETTER_BOOLEANS,
    Disagreement,
    Native,
    disagreement,
    is_go_timestamp,
)

# The tags that YAML itself defines, such as !!int.
_CORE_TAG = "tag:yaml.org,2002:"

_WORDS: Final[dict[str, Native]] = {
    **BOOLEANS_1_1,
    **LETTER_BOOLEANS,
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
}
# An unquoted scalar that is not one of these words, and does not start like a number, is its text.
# Every parser reads these alike; infinity and not-a-number are refused anyway.
_AGREED = _WORDS.keys() - BOOLEANS_1_1.keys() - LETTER_BOOLEANS.keys()
SPECIAL_WORDS: Final = frozenset([*_WORDS, "<<"])
NUMBER_START: Final = frozenset("+-.0123456789")
# strconv.ParseInt(text, 0, 64): the base comes from the prefix.
_INT = re.compile(
    r"(?P<sign>[-+]?)"
    r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)|0[oO]?(?P<octal>[0-7]+)"
    r"|(?P<decimal>0|[1-9][0-9]*))"
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_SIGNED_BINARY = re.compile(r"0b([-+][01]+)")  # go-yaml's own addition
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# strconv.ParseFloat takes underscores between digits.
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_COMMON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+)?")
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_CACHED_LENGTH = 64
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as Kubernetes reads it.

    `key` is its text as a mapping key, None where Kubernetes refuses it as one. `refusal` says why
    Kubernetes refuses it as a value, and is empty where it does not. `doubt` is set where other
    parsers read it differently.
    """

    value: bool | int | float | str | None
    key: str | None
    refusal: str = ""
    doubt: Disagreement | None = None


def is_merge(text: str, tag: str | None, *, plain: bool) -> bool:
    """Return whether a key is the `<<` that merges other mappings into its own."""
    return text == "<<" and (plain or tag == f"{_CORE_TAG}merge")


def read(text: str, tag: str | None = None, *, plain: bool = True) -> Scalar:
    """Return what a scalar means; `plain` ones are those without quotes.

    A tag that YAML does not define itself gives the text.
    """
    if tag is not None:
        return _tagged(tag, text)
    if not plain:
        return Scalar(text, text)
    return _cached_plain(text) if len(text) <= _CACHED_LENGTH else _plain(text)


def resolve(text: str) -> Native:
    """Return what go-yaml v2 makes of an unquoted scalar, before it becomes JSON."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in NUMBER_START:
        return text
    digits = text.replace("_", "")
    if text[0] == ".":
        number = _parse_float(digits) if _DOT_FLOAT.fullmatch(text) else None
    else:
        number = _parse_int(digits)
        if number is None and _FLOAT.fullmatch(digits):
            number = _parse_float(digits)
    return text if number is None else number


def shorten(text: str, length: int = 40) -> str:
    """Return a text that fits into a message: on one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _tagged(tag: str, text: str) -> Scalar:
    kind = tag.removeprefix(_CORE_TAG) if tag.startswith(_CORE_TAG) else ""
    if kind == "binary":
        return _binary(text)
    if kind not in ("bool", "float", "int", "null", "timestamp"):
        return Scalar(text, text)
    if kind == "timestamp" and is_go_timestamp(text):
        return Scalar(text, text)
    native = resolve(text)
    if kind == "float" and _kind(native) == "int" and -_INT64 <= int(native or 0) < _INT64:
        native = float(native or 0)
    if _kind(native) != kind:
        return Scalar(None, None, f"`{shorten(text)}` is not a !!{kind}")
    return _as_json(native)


def _plain(text: str) -> Scalar:
    native = resolve(text)
    scalar = _as_json(native)
    agreed = native is None or text in _AGREED or _COMMON_NUMBER.fullmatch(text)
    doubt = None if agreed else disagreement(text, native)
    return Scalar(scalar.value, scalar.key, scalar.refusal, doubt)


_cached_plain = lru_cache(maxsize=4096)(_plain)


def _parse_int(text: str) -> int | None:
    found = _INT.fullmatch(text)
    if not found:
        binary = _SIGNED_BINARY.fullmatch(text)
        return _within(int(binary[1], 2), -_INT64, _INT64) if binary else None
    base, digits = next((_BASES[name], found[name]) for name in _BASES if found[name])
    digits = digits.lstrip("0") or "0"
    if len(digits) > 64:
        return None
    value = int(found["sign"] + digits, base)
    return _within(value, -_INT64, _INT64 if found["sign"] else 2 * _INT64)


def _within(value: int, low: int, high: int) -> int | None:
    return value if low <= value < high else None


def _parse_float(text: str) -> float | None:
    value = float(text)
    return None if isinf(value) else value


def _kind(native: Native) -> str:
    if native is None:
        return "null"
    return type(native).__name__


def _as_json(native: Native) -> Scalar:
    key = _key(native)
    if not isinstance(native, float):
        return Scalar(native, key)
    if isnan(native) or isinf(native):
        return Scalar(None, key, "infinity and not-a-number do not exist in JSON")
    # encoding/json writes 1000.0 as 1000: then it is an integer.
    whole = native.is_integer() and abs(native) < 1e21
    return Scalar(int(Decimal(repr(native))) if whole else native, key)


def _key(native: Native) -> str | None:
    """Return the key that convertToJSONableObject of sigs.k8s.io/yaml makes of a scalar."""
    if isinstance(native, bool):
        return "true" if native else "false"
    if isinstance(native, int):
        return str(native) if native < _INT64 else None
    if isinstance(native, float):
        return _float_key(native)
    return native


def _float_key(number: float) -> str:
    """Return strconv.FormatFloat(number, 'g', -1, 32): the shortest text of the 32-bit float."""
    try:
        single = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        single = number * inf
    if isnan(single):
        return ".nan"
    if isinf(single):
        return ".inf" if single > 0 else "-.inf"
    digits = next(
        digits
        for digits in range(1, 10)
        if struct.pack("f", float(f"{single:.{digits - 1}e}")) == struct.pack("f", single)
    )
    mantissa, exponent = f"{single:.{digits - 1}e}".split("e")
    if -4 <= int(exponent) < 6:
        return f"{single:.{max(digits - 1 - int(exponent), 0)}f}"
    return f"{mantissa}e{exponent}"


def _binary(text: str) -> Scalar:
    try:
        content = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return Scalar(None, None, "the !!binary value is not base64")
    # encoding/json puts U+FFFD for every byte that is not UTF-8.
    decoded = _UNDECODABLE.sub("\ufffd", content.decode(errors="surrogateescape"))
    return Scalar(decoded, decoded)

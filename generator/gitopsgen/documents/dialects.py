"""Plain scalars that the parsers around Kubernetes read differently.

Three readings are compared with that of Kubernetes (`scalars`): the core schema of YAML 1.2.2
(section 10.3.2; editors, Prettier, JavaScript), YAML 1.1 as PyYAML has it (Ansible, yamllint,
pre-commit's check-yaml) and Go's yaml.v3 (yq and many controllers' own settings).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from math import inf
from typing import Final

Native = None | bool | int | float | str

# Booleans of YAML 1.1 that are texts in YAML 1.2. PyYAML leaves out the single letters.
LETTER_BOOLEANS: Final = {"y": True, "Y": True, "n": False, "N": False}
BOOLEANS_1_1: Final = {
    spelling: value
    for word, value in (("yes", True), ("on", True), ("no", False), ("off", False))
    for spelling in (word, word.capitalize(), word.upper())
}

_CORE_INT = re.compile(r"[-+]?[0-9]+")
_CORE_PREFIXED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)")
_CORE_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

# PyYAML's implicit resolvers (yaml/resolver.py), without the words.
_PY_INT = re.compile(
    r"[-+]?(?:0b[0-1_]+|0[0-7_]+|(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)"
)
_PY_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
)
_PY_DATE = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?"
    r"(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?",
    re.ASCII,
)
# go.yaml.in/yaml: allowedTimestampFormats in resolve.go, as time.Parse takes them.
_GO_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:(?:(?P<t>[Tt])| )(?P<hour>\d\d?):(?P<minute>\d\d?):(?P<second>\d\d?)(?:[.,]\d+)?"
    r"(?P<zone>Z|[-+](?:[01]\d|2[0-4]):(?:[0-5]\d|60))?)?",
    re.ASCII,
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Longer ones are no number that anybody means, and int() takes quadratic time.
_MAX_DIGITS = 400


class _Date:
    """The reading of parsers that know dates."""


_DATE: Final = _Date()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How Kubernetes and another parser read one plain scalar, in words.

    `octal` is true where it is about a leading zero: 0644 is 420 to Kubernetes.
    """

    kubernetes: str
    other: str
    parsers: str
    octal: bool = False


def disagreement(text: str, kubernetes: Native) -> Disagreement | None:
    """Return who reads a plain scalar differently from Kubernetes, or None where all agree.

    `text` starts like a number or is one of the booleans that only YAML 1.1 knows: about everything
    else the parsers agree. `kubernetes` is what `scalars.resolve` makes of it.
    """
    if len(text) > _MAX_DIGITS:
        return None
    for parsers, reading in (
        ("YAML 1.2 parsers", _yaml_1_2(text)),
        ("YAML 1.1 parsers such as PyYAML", _pyyaml(text)),
        ("Go's yaml.v3", _yaml_v3(text, kubernetes)),
    ):
        if not _same(reading, kubernetes):
            octal = text.lstrip("-+0").isdigit() and isinstance(reading, int)
            return Disagreement(_describe(kubernetes), _describe(reading), parsers, octal)
    return None


def is_go_timestamp(text: str) -> bool:
    """Return whether go-yaml's parseTimestamp takes a text."""
    found = _GO_DATE.fullmatch(text)
    if not found or bool(found["t"]) != bool(found["zone"]):
        return False
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    if not 1 <= month <= 12:
        return False
    days = 29 if month == 2 and calendar.isleap(year) else _DAYS[month - 1]
    clock = [int(found[name] or 0) for name in ("hour", "minute", "second")]
    return 1 <= day <= days and clock[0] < 24 and clock[1] < 60 and clock[2] < 60


def _yaml_1_2(text: str) -> Native:
    if text in BOOLEANS_1_1 or text in LETTER_BOOLEANS:
        return text
    if _CORE_INT.fullmatch(text):
        return int(text)
    if _CORE_PREFIXED.fullmatch(text):
        return int(text, 0)
    if _CORE_FLOAT.fullmatch(text):
        return float(text)
    return text


def _pyyaml(text: str) -> Native | _Date:
    if text in BOOLEANS_1_1:
        return BOOLEANS_1_1[text]
    if _PY_DATE.fullmatch(text):
        return _DATE
    if _PY_INT.fullmatch(text):
        return _pyyaml_int(text.replace("_", ""))
    if _PY_FLOAT.fullmatch(text):
        return _base_60(text.replace("_", ""), float)
    return text


def _pyyaml_int(text: str) -> int | str:
    digits = text.lstrip("-+")
    sign = -1 if text.startswith("-") else 1
    if ":" in digits:
        return int(_base_60(text, int))
    base = {"0b": 2, "0x": 16}.get(digits[:2], 8 if digits.startswith("0") else 10)
    try:
        return sign * int(digits, base)
    except ValueError:
        return text  # "0b_": its resolver takes what its constructor cannot read.


def _base_60(text: str, number: type[int] | type[float]) -> int | float:
    value: int | float = 0
    for part in text.lstrip("-+").split(":"):
        value = value * 60 + number(part)
    return -value if text.startswith("-") else value


def _yaml_v3(text: str, kubernetes: Native) -> Native | _Date:
    if text in BOOLEANS_1_1 or text in LETTER_BOOLEANS:
        return text
    return _DATE if is_go_timestamp(text) else kubernetes


def _same(reading: Native | _Date, kubernetes: Native) -> bool:
    if isinstance(reading, bool) or isinstance(kubernetes, bool):
        return reading is kubernetes
    return reading == kubernetes


def _describe(reading: Native | _Date) -> str:
    if isinstance(reading, _Date):
        return "a date"
    if isinstance(reading, bool):
        return "true" if reading else "false"
    if isinstance(reading, str):
        return "text"
    if isinstance(reading, float) and reading.is_integer() and abs(reading) < 1e21:
        reading = int(reading)
    return "infinity" if reading in (inf, -inf) else f"the number {reading!r}"

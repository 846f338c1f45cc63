"""Values as Go templates see them: types, printing and truth.

`map[string]interface {}` is a dict, `[]interface {}` a list, `float64` a float, `int` an int.
"""

from __future__ import annotations

import math
from typing import Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import TemplateError


class Missing:
    """The type of `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
"""Go's invalid reflect.Value: what a map gives for a key that it lacks."""

NO_VALUE: Final = "<no value>"


class StringMap(dict[str, str]):
    """`map[string]string`: functions for maps of anything refuse it."""


class NilMap(dict[str, Any]):
    """A map that is nil: it can be read but not written."""


class StringList(list[str]):
    """`[]string`."""


class Int64(int):
    """`int64`: what arithmetic gives; functions that take an `int` refuse it."""


def from_json(value: Any) -> Any:
    """Data as Go's encoding/json decodes it into an interface: every number is a float64."""
    if isinstance(value, dict):
        return {str(key): from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise TemplateError("a number is larger than any float64") from error
    return value


def to_json(value: Any) -> Any:
    """The data as JSON has it again: whole floats become integers."""
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value


def is_true(value: Any) -> bool:
    """Truth as `if` sees it: not zero, not empty, not nil."""
    return value is not MISSING and bool(value)


def show(value: Any) -> str:
    """A value as `%v` prints it."""
    if isinstance(value, str):
        return value
    if value is None or value is MISSING:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return show_float(value)
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{show(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(show(item) for item in value)}]"
    return str(value)


def show_float(value: float) -> str:
    """A float64 as `%v` prints it: `%g` with the fewest digits, so 1000000 becomes 1e+06."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign = "-" if value < 0 else ""
    digits, exponent = _decimal(abs(value))
    if exponent < -4 or exponent >= 6:
        fraction = f".{digits[1:]}" if len(digits) > 1 else ""
        mark = "-" if exponent < 0 else "+"
        return f"{sign}{digits[0]}{fraction}e{mark}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    rest = digits[exponent + 1 :]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _decimal(value: float) -> tuple[str, int]:
    """The shortest digits that read back as the value, and the exponent of the first one."""
    mantissa, _, exponent = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    shift = len(whole) - 1 if whole != "0" else -1 - (len(fraction) - len(fraction.lstrip("0")))
    return digits.rstrip("0") or "0", shift + (int(exponent) if exponent else 0)


def type_name(value: Any) -> str:
    """A value's type as `%T` prints it."""
    names: tuple[tuple[type, str], ...] = (
        (str, "string"),
        (bool, "bool"),
        (Int64, "int64"),
        (int, "int"),
        (float, "float64"),
        (StringMap, "map[string]string"),
        (dict, "map[string]interface {}"),
        (StringList, "[]string"),
        (list, "[]interface {}"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "<nil>")


def kind_name(value: Any) -> str:
    """A value's reflect.Kind in words."""
    if isinstance(value, dict):
        return "map"
    if isinstance(value, list):
        return "slice"
    return "invalid" if value is None or value is MISSING else type_name(value)

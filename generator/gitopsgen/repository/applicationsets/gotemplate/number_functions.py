"""sprig's functions for numbers. Source: sprig's numeric.go, and github.com/spf13/cast."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import Int64, show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONGEST_RANGE: Final = 100_000
_ZERO_DECIMAL: Final = re.compile(r"\.0*$")


def _whole(value: Any) -> int:
    """cast.ToInt64: what is no number is 0."""
    if isinstance(value, float):
        if not math.isfinite(value) or abs(value) >= 2**63:
            raise NotSupportedError("a number is too large")
        return int(value)
    if isinstance(value, int):
        return int(value)
    return _parsed(value) if isinstance(value, str) else 0


def _parsed(text: str) -> int:
    """A whole number in any of Go's notations, or 0; `010` is eight."""
    text = _ZERO_DECIMAL.sub("", text)
    bare = text.lstrip("+-")
    octal = len(bare) > 1 and bare[0] == "0" and bare.isdigit()
    try:
        number = int(text, 8 if octal else 0) if text.isascii() and text == text.strip() else 0
    except ValueError:
        return 0
    return number if -(2**63) <= number < 2**63 else 0


def _decimal(value: Any) -> float:
    try:
        return float(value) if isinstance(value, str | int | float) else 0.0
    except ValueError:
        return 0.0


def _int64(number: int) -> Int64:
    """A sum or a product that wraps around as Go's does."""
    return Int64((number + 2**63) % 2**64 - 2**63)


def _product(value: Any, *others: Any) -> Int64:
    result = _whole(value)
    for other in others:
        result = _int64(result * _whole(other))
    return Int64(result)


def _divided(one: Any, other: Any) -> Int64:
    """Division that cuts towards zero."""
    dividend, divisor = _whole(one), _whole(other)
    if divisor == 0:
        raise TemplateError("integer divide by zero")
    quotient = abs(dividend) // abs(divisor)
    return _int64(quotient if (dividend < 0) == (divisor < 0) else -quotient)


def _remainder(one: Any, other: Any) -> Int64:
    return _int64(_whole(one) - _divided(one, other) * _whole(other))


def _steps(start: int, stop: int, step: int) -> list[int]:
    if step == 0 or (stop < start) != (step < 0):
        return []
    numbers = range(start, stop, step)
    if len(numbers) > _LONGEST_RANGE:
        raise NotSupportedError("its templates count too far")
    return list(numbers)


def _octal(value: Any) -> Int64:
    try:
        return _int64(int(show(value), 8))
    except ValueError:
        return Int64(0)


def _rounded(value: Any, places: int, *limit: float) -> float:
    power = math.pow(10, places)
    digit = power * _decimal(value)
    fraction = math.modf(digit)[0]
    return (math.ceil(digit) if fraction >= (limit or (0.5,))[0] else math.floor(digit)) / power


FUNCTIONS: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "int": ("a", _whole),
    "int64": ("a", lambda value: Int64(_whole(value))),
    "float64": ("a", _decimal),
    "atoi": ("s", lambda text: int(text) if re.fullmatch(r"[+-]?\d{1,18}", text, re.A) else 0),
    "toDecimal": ("a", _octal),
    "add": ("*a", lambda *values: _int64(sum(map(_whole, values)))),
    "add1": ("a", lambda value: _int64(_whole(value) + 1)),
    "sub": ("aa", lambda one, other: _int64(_whole(one) - _whole(other))),
    "mul": ("a*a", _product),
    "div": ("aa", _divided),
    "mod": ("aa", _remainder),
    "max": ("a*a", lambda *values: Int64(max(map(_whole, values)))),
    "biggest": ("a*a", lambda *values: Int64(max(map(_whole, values)))),
    "min": ("a*a", lambda *values: Int64(min(map(_whole, values)))),
    "floor": ("a", lambda value: float(math.floor(_decimal(value)))),
    "ceil": ("a", lambda value: float(math.ceil(_decimal(value)))),
    "round": ("ai*f", _rounded),
    "until": ("i", lambda count: _steps(0, count, 1 if count >= 0 else -1)),
    "untilStep": ("iii", _steps),
}

"""Schedules of CronJobs.

Source: ParseStandard of github.com/robfig/cron/v3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DESCRIPTORS = frozenset(
    {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
)
_DURATION = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Name, least, most and words of the five fields.
_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


def schedule_refusal(schedule: str) -> str:
    """Why a schedule is none, as the end of a sentence; empty where it is one."""
    if "TZ" in schedule:
        return "the time zone belongs into spec.timeZone"
    if schedule.startswith("@"):
        return _descriptor_refusal(schedule)
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields in place of five"
    for field, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        if any(not _is_range(part, least, most, words) for part in field.split(",") if part):
            return f'"{field[:40]}" is no {name}'
    return ""


def _descriptor_refusal(schedule: str) -> str:
    if schedule in _DESCRIPTORS:
        return ""
    if schedule.startswith("@every "):
        duration = schedule.removeprefix("@every ")
        return (
            "" if duration == "0" or _is_duration(duration) else f"{duration[:40]} is no duration"
        )
    return "there is no such word"


def _is_duration(value: str) -> bool:
    while match := _DURATION.match(value):
        value = value[match.end() :]
        if not value:
            return True
    return False


def _is_range(part: str, least: int, most: int, words: Mapping[str, int]) -> bool:
    """Whether a part of a field is `*`, `N`, `N-M`, or one of them with `/N` behind it."""
    bounds, slash, step = part.partition("/")
    if slash and ("/" in step or not step.isdecimal() or not step.isascii() or int(step[:9]) == 0):
        return False
    if bounds in ("*", "?"):
        return True
    ends = [_number(end, words) for end in bounds.split("-")]
    if len(ends) > 2 or any(end is None for end in ends):
        return False
    numbers = [end for end in ends if end is not None]
    return least <= numbers[0] <= numbers[-1] <= most


def _number(value: str, words: Mapping[str, int]) -> int | None:
    known = words.get(value.lower())
    if known is not None:
        return known
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None

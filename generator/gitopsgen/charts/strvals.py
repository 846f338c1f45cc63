"""Values as helm reads them from `--set name=value` and `--set-string`.

Source: helm's pkg/strvals/parser.go (3.22), with its errors; only their words are others.
"""

from __future__ import annotations

import re
from typing import Any

_DEEPEST = 30
_LAST_INDEX = 65536
_NUMBER = re.compile(r"[+-]?[0-9]+")
_LARGEST = 2**63


class SetError(ValueError):
    """An assignment that helm refuses."""


def assign(text: str, into: dict[str, Any], *, is_text: bool = False) -> None:
    """Set what `name=value,other=value` says in values; `is_text` leaves all values texts.

    Raises `SetError`; what stands before the fault is set by then. Values are changed in place,
    as helm does it.
    """
    parser = _Parser(text, is_text=is_text)
    while not parser.is_at_end:
        try:
            parser.key(into, 0)
        except RecursionError as error:
            raise SetError("it is nested too deep") from error


def path_of(name: str) -> tuple[str | int, ...]:
    """The path that a name leads to: `a.b\\.c[0]` is `a`, `b.c`, 0. Raises `SetError`."""
    parser = _Parser(name, is_text=True)
    path: list[str | int] = []
    while not parser.is_at_end:
        key, last = parser.until("[.")
        path += [key] if key else []
        while last == "[":
            path.append(parser.index())
            key, last = parser.until("[.")
            if key:
                raise SetError(f"unexpected data at end of array index: {key!r}")
    return tuple(path)


class _Parser:
    def __init__(self, text: str, *, is_text: bool) -> None:
        self._text = text
        self._position = 0
        self._is_text = is_text

    @property
    def is_at_end(self) -> bool:
        return self._position >= len(self._text)

    def key(self, data: dict[str, Any], level: int) -> bool:
        """One assignment, as far as the comma behind it; false where the text ends too early.

        helm takes that for the end and no fault, also where it is within a list: what it was
        about to set there is then not set.
        """
        key, last = self.until("=[,.")
        if not last and not key:
            return False
        if last == "[":
            return self._list(data, key, level)
        if last == ".":
            return self._inner(data, key, level + 1)
        if last == "=":
            ends = self.is_at_end
            _set(data, key, self._value())
            return not ends
        raise SetError(f"key {key!r} has no value")

    def _list(self, data: dict[str, Any], key: str, level: int) -> bool:
        index = self.index()
        found = data.get(key, [])
        if not isinstance(found, list):
            raise SetError(f"{key!r} is no list")
        items = list(found)
        goes_on = self._item(items, index, level)
        _set(data, key, items)
        return goes_on

    def _inner(self, data: dict[str, Any], key: str, level: int) -> bool:
        if level > _DEEPEST:
            raise SetError(f"it is nested deeper than {_DEEPEST}")
        inner = data.get(key, {})
        if not isinstance(inner, dict):
            raise SetError(f"{key!r} is no map")
        goes_on = self.key(inner, level)
        if inner:
            _set(data, key, inner)
        elif goes_on:
            raise SetError(f"key map {key!r} has no value")
        return goes_on

    def index(self) -> int:
        text, last = self.until("]")
        if not last or not _NUMBER.fullmatch(text):
            raise SetError(f"error parsing index {text!r}")
        index = int(text)
        if not 0 <= index <= _LAST_INDEX:
            raise SetError(f"index of {text} is out of range")
        return index

    def _item(self, items: list[Any], index: int, level: int) -> bool:
        key, last = self.until("[.=")
        if key:
            raise SetError(f"unexpected data at end of array index: {key!r}")
        existing = items[index] if index < len(items) else None
        goes_on, value = bool(last), existing
        if last == "=":
            value = self._value()
        elif last == "[":
            if existing is not None and not isinstance(existing, list):
                raise SetError(f"item {index} is no list")
            value = list(existing or [])
            goes_on = self._item(value, self.index(), level)
        elif last == ".":
            value = existing if isinstance(existing, dict) else {}
            items[index : index + 1] = [value] * (index < len(items))
            goes_on = self.key(value, level)
        if goes_on:
            items += [None] * (index + 1 - len(items))
            items[index] = value
        return goes_on

    def _value(self) -> Any:
        if not self._text.startswith("{", self._position):
            return self._typed(self.until(",")[0])
        self._position += 1
        items = []
        while True:
            text, last = self.until(",}")
            if not last:
                raise SetError("list must terminate with '}'")
            items.append(self._typed(text))
            if last == "}":
                self._position += self._text.startswith(",", self._position)
                return items

    def _typed(self, text: str) -> Any:
        if self._is_text:
            return text
        if text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if text.lower() == "null":
            return None
        if text == "0":
            return 0
        is_number = not text.startswith("0") and _NUMBER.fullmatch(text)
        if is_number and -_LARGEST <= int(text) < _LARGEST:
            return int(text)
        return text

    def until(self, stops: str) -> tuple[str, str]:
        """The text up to one of some characters, without backslashes, and which one it was."""
        found: list[str] = []
        while not self.is_at_end:
            character = self._text[self._position]
            self._position += 1
            if character in stops:
                return "".join(found), character
            if character == "\\":
                character = self._text[self._position : self._position + 1]
                self._position += 1
            found.append(character)
        return "".join(found), ""


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    if key:
        data[key] = value

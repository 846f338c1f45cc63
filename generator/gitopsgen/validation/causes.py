"""Which line of the values caused what stands in a rendered manifest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Manifest, Place
    from gitopsgen.repository.values import ValuesPart

# Shorter texts and small numbers stand everywhere: finding one of them proves nothing.
_SHORTEST = 4
# Of keys such as `port` and `enabled` every chart has many.
_SHORTEST_KEY = 8
_FLAG = re.compile(r"--?(?P<key>[^=\s]+)=(?P<value>.+)", re.DOTALL)


def cause_in_values(manifest: Manifest, path: Path) -> Place | None:
    """The one place in the values that holds what stands at `path` of a rendered manifest.

    None where `cause_in` knows of none.
    """
    rendering = manifest.rendering
    return None if rendering is None else cause_in(rendering.values, manifest.data, path)


def cause_in(parts: Sequence[ValuesPart], data: Mapping[str, Any], path: Path) -> Place | None:
    """The one place in some parts that holds what stands at `path` of `data`.

    None where no value is equal to it, or several are and none of their keys is that of the path.
    What is short, a list or a mapping has to have that key as well, other numbers and truth values
    a key that is long. Of a flag, `--key=value`, it is the value under that key.
    """
    wanted = value_at(data, path)
    key = path[-1] if path else None
    # Charts write a mapping such as `extraArgs` as flags, a key and its value in one word.
    flag = _FLAG.fullmatch(wanted) if isinstance(wanted, str) else None
    if not _is_telling_with_key(wanted, key):
        return None
    found = list(_places(parts, wanted))
    if path and (len(found) > 1 or not _is_telling(wanted)):
        found = [place for place in found if place[3] and place[3][-1] == key]
    if not found and flag:
        found = [
            place
            for place in _places(parts, flag["value"])
            if place[3] and place[3][-1] == flag["key"]
        ]
    # Later parts win over earlier ones; within one part several places are a guess.
    last = [place for place in found if place[0] == found[-1][0]]
    return (last[0][0], last[0][1], last[0][2]) if len(last) == 1 else None


def value_at(data: Any, path: Path) -> Any:
    """What stands at a path, or at the part of it that exists."""
    wanted = data
    for step in path:
        if isinstance(wanted, dict):
            wanted = wanted.get(step)
        elif isinstance(wanted, list) and str(step).isdecimal() and int(step) < len(wanted):
            wanted = wanted[int(step)]
        else:
            break
    return wanted


def _places(parts: Iterable[ValuesPart], wanted: object) -> Iterator[tuple[str, int, Path, Path]]:
    """File, document and path of every value equal to `wanted`, and its path within its part."""
    for part in parts:
        for inner, value in _values(part.data, ()):
            if value == wanted and type(value) is type(wanted):
                path = part.path if part.inline else (*part.path, *inner)
                yield part.file, part.document, path, inner


def _is_telling(value: object) -> bool:
    if isinstance(value, str):
        return len(value) >= _SHORTEST
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1000


def _is_telling_with_key(value: object, key: object) -> bool:
    if isinstance(value, int):
        return _is_telling(value) or len(str(key or "")) >= _SHORTEST_KEY
    return isinstance(value, str | list | dict) and bool(value)


def _values(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _values(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _values(value, (*path, index))

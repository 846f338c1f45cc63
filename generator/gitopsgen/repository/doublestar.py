"""The files that a glob names, in the order in which Argo CD's doublestar library finds them.

Source: doublestar 4.10 (`FilepathGlob`), which Argo CD has for value files since 3.4. Folders
match as well as files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.applicationsets.globbing import compile_glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WILD = frozenset("*?[")
_META = frozenset("*?[{")
_HERE = "."
# A pattern of many choices and stars names the same folders over and over.
_MOST_STEPS = 50_000
_REPEATED = re.compile(r"(^|/)(?:\*\*/){2,}")
_MOST_SEGMENTS = 100


class PatternError(Exception):
    """A pattern that cannot be followed; its message says why."""


def is_glob(path: str) -> bool:
    """Whether Argo CD takes the path of a value file for a pattern; braces alone make none."""
    return not _WILD.isdisjoint(path)


def expand(pattern: str, paths: Iterable[str]) -> list[str]:
    """The files of a tree, and the folders of them, that a pattern names, each once and in order.

    `paths` are all files of the tree; pattern and paths are in their shortest form (`normal`).
    Raises `PatternError` where the pattern is malformed, or too long to follow.
    """
    if not _is_valid(pattern):
        raise PatternError("syntax error in pattern")
    # The second of two finds the same again.
    pattern = _REPEATED.sub(r"\1**/", pattern)
    if pattern.count("/") > _MOST_SEGMENTS:
        raise PatternError("it is too long to follow")
    base, pattern = _split(pattern)
    prefix = f"{base}/" if base else ""
    tree = _tree(path[len(prefix) :] for path in paths if path.startswith(prefix))
    if not tree:
        return []
    found = _Search(tree, sorts_all="**" in pattern[:-2]).glob(pattern, files=True)
    return [prefix + path if path != _HERE else base for path in dict.fromkeys(found)]


def fixed_folder(pattern: str) -> str:
    """The folder that all matches of a pattern lie in; the root is the empty string."""
    return _split(pattern)[0]


class _Search:
    """One search in a tree: folders are dictionaries of what is in them, files are None."""

    def __init__(self, tree: dict[str, Any], *, sorts_all: bool) -> None:
        self._tree = tree
        self._sorts_all = sorts_all
        self._steps = 0

    def glob(self, pattern: str, *, files: bool) -> list[str]:
        """What a pattern matches; without `files` folders alone are of use."""
        self._step()
        start = next((i for i, c in _unescaped(pattern) if c in _META), -1)
        if start < 0:
            path = _plain(pattern)
            return [path] if self._has(path) else []
        split = max((i for i in range(len(pattern)) if _ends_part(pattern, i)), default=-1)
        if split >= 0 and pattern[split] == "}":
            return self._choices(pattern, split, files=files)
        folder, last = (pattern[:split], pattern[split + 1 :]) if split >= 0 else (_HERE, pattern)
        folders = [_plain(folder)] if split <= start else self.glob(folder, files=False)
        return [found for where in folders for found in self._inside(where, last, files=files)]

    def _choices(self, pattern: str, closing: int, *, files: bool) -> list[str]:
        """Each choice of the last braces in its place; results are sorted as texts."""
        opening = _opening(pattern, closing)
        before = max((i for i in range(opening) if _ends_part(pattern, i)), default=-1)
        starts = [""]
        if before >= 0 and pattern[before] == "/":
            folders = self.glob(pattern[:before], files=False)
            starts = ["" if folder == _HERE else f"{_escape(folder)}/" for folder in folders]
        else:
            before = -1
        choices = _parts(pattern[opening + 1 : closing])
        head, tail = pattern[before + 1 : opening], pattern[closing + 1 :]
        found: list[list[str]] = []
        for start in starts:
            texts = (start + head + choice + tail for choice in choices)
            found.append([path for text in texts for path in self.glob(text, files=files)])
        if self._sorts_all:
            found = [[path for group in found for path in group]]
        return [path for group in found for path in sorted(set(group))]

    def _inside(self, folder: str, pattern: str, *, files: bool) -> Iterator[str]:
        node = self._node(folder)
        if not isinstance(node, dict):
            return
        if not pattern:
            yield folder
        elif pattern == "**":
            yield from self._below(folder, node, files=files)
        else:
            compiled = compile_glob(pattern, "[^/]", "!^")
            if compiled is None:
                # A class that a slash cuts in two, for instance.
                raise PatternError("syntax error in pattern")
            for name in sorted(node):
                self._step()
                if compiled.fullmatch(name) and (files or isinstance(node[name], dict)):
                    yield _join(folder, name)

    def _below(self, folder: str, node: dict[str, Any], *, files: bool) -> Iterator[str]:
        """A folder and all that is below, each folder where its name stands in the order."""
        waiting: list[tuple[str, Any]] = [(folder, node)]
        while waiting:
            self._step()
            path, item = waiting.pop()
            if isinstance(item, dict) or files:
                yield path
            if isinstance(item, dict):
                names = sorted(item, reverse=True)
                waiting += [(_join(path, name), item[name]) for name in names]

    def _has(self, path: str) -> bool:
        return self._node(path, missing=False) is not False

    def _node(self, path: str, missing: object = None) -> object:
        node: object = self._tree
        for name in path.split("/") if path not in {"", _HERE} else ():
            if not isinstance(node, dict) or name not in node:
                return missing
            node = node[name]
        return node

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise PatternError("it has too many choices to follow")


def _tree(paths: Iterable[str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in paths:
        *folders, name = path.split("/")
        node = tree
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = None
    return tree


def _join(folder: str, name: str) -> str:
    return name if folder == _HERE else f"{folder}/{name}"


def _split(pattern: str) -> tuple[str, str]:
    """The folder that a pattern starts at, and the pattern within it."""
    slash = -1
    for position, character in _unescaped(pattern):
        if character in _META:
            break
        if character == "/":
            slash = position
    return (_plain(pattern[:slash]), pattern[slash + 1 :]) if slash > 0 else ("", pattern)


def _unescaped(pattern: str) -> Iterator[tuple[int, str]]:
    position = 0
    while position < len(pattern):
        if pattern[position] == "\\":
            position += 1
        else:
            yield position, pattern[position]
        position += 1


def _plain(pattern: str) -> str:
    """A pattern without its escapes."""
    found = []
    position = 0
    while position < len(pattern):
        position += pattern[position] == "\\" and position + 1 < len(pattern)
        found.append(pattern[position])
        position += 1
    return "".join(found)


def _escape(path: str) -> str:
    return "".join(
        f"\\{character}" if character in r"*?[]{}\\" else character for character in path
    )


def _ends_part(pattern: str, position: int) -> bool:
    escaped = position > 0 and pattern[position - 1] == "\\"
    return pattern[position] in "/}" and not escaped


def _opening(pattern: str, closing: int) -> int:
    """Where the braces open that close at a position."""
    depth = 0
    for position in range(closing, -1, -1):
        escaped = position > 0 and pattern[position - 1] == "\\"
        if pattern[position] in "{}" and not escaped:
            depth += 1 if pattern[position] == "}" else -1
            if not depth:
                return position
    raise PatternError("syntax error in pattern")


def _parts(choices: str) -> list[str]:
    """The choices between braces."""
    found = [0]
    depth = 0
    for position, character in _unescaped(choices):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and not depth:
            found.append(position + 1)
    ends = [*(start - 1 for start in found[1:]), len(choices)]
    return [choices[start:end] for start, end in zip(found, ends, strict=True)]


def _is_valid(pattern: str) -> bool:
    """Whether all classes and braces of a pattern are closed, and none is empty."""
    depth = 0
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
            if position >= len(pattern):
                return False
        elif character == "[":
            end = _class_end(pattern, position + 1)
            if end < 0:
                return False
            position = end
        elif character in "{}":
            depth += 1 if character == "{" else -1
            if depth < 0:
                return False
        position += 1
    return depth == 0


def _class_end(pattern: str, position: int) -> int:
    """Where a class ends that begins at a position; -1 where it does not, or is empty."""
    if pattern[position : position + 1] in {"^", "!"}:
        position += 1
    if position >= len(pattern) or pattern[position] == "]":
        return -1
    while position < len(pattern):
        if pattern[position] == "\\":
            position += 1
        elif pattern[position] == "]":
            return position
        position += 1
    return -1

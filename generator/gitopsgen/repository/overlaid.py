"""Files that only come out right once a kustomization or a Jsonnet program has changed them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.kustomizations import (
    PATCHES,
    RESOURCES,
    kustomization_file,
    kustomizations,
    named_in,
)
from gitopsgen.repository.leftovers import is_example, is_for_tests, is_put_away

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gitopsgen.repository.files import RepositoryFiles

# Fields with which a kustomization changes what it takes in.
_CHANGES = (
    "components",
    "namePrefix",
    "nameSuffix",
    "namespace",
    *PATCHES,
    "replacements",
    "transformers",
    "vars",
)
_JSONNET = (".jsonnet", ".libsonnet")
_IMPORT = re.compile(r"""\bimport(?:str)?\s*\(?\s*['"]([^'"\n]+\.ya?ml)['"]""")


class Overlays:
    """The kustomizations of a repository, and which files they take in and change."""

    def __init__(self, files: RepositoryFiles) -> None:
        self._files = files
        self._known: dict[str, Mapping[str, Any]] = dict(kustomizations(files))

    def applied_by_hand(
        self, wanted: Collection[str], sources: Collection[str | None]
    ) -> Iterator[str]:
        """The kustomizations that change some of the files and that nothing else takes in.

        What the folders of `sources` hold is no person's to apply.
        """
        for folder in sorted(self._known.keys() - self._inner):
            file = kustomization_file(self._files, folder)
            if (
                file is not None
                and folder not in sources
                and not (is_put_away(file) or is_example(file) or is_for_tests(file))
                and not self.changed([folder]).isdisjoint(wanted)
            ):
                yield file

    def changed(self, tops: Iterable[str] | None = None) -> frozenset[str]:
        """The files that kustomizations with patches and the like take in, all or below some."""
        reached = self._below(self._known if tops is None else tops)
        changing = [
            folder for folder in reached if any(self._known[folder].get(name) for name in _CHANGES)
        ]
        return frozenset(
            path
            for folder in self._below(changing)
            for path in self._taken[folder]
            if path not in self._known
        )

    @cached_property
    def _taken(self) -> dict[str, tuple[str, ...]]:
        """What each kustomization takes in."""
        return {
            folder: tuple(named_in(folder, _entries(data))) for folder, data in self._known.items()
        }

    @cached_property
    def _inner(self) -> frozenset[str]:
        """What other kustomizations take in."""
        return frozenset(path for taken in self._taken.values() for path in taken)

    def _below(self, tops: Iterable[str]) -> set[str]:
        """Kustomizations, with those that they take in."""
        seen: set[str] = set()
        waiting = list(tops)
        while waiting:
            folder = waiting.pop()
            if folder in self._known and folder not in seen:
                seen.add(folder)
                waiting += self._taken[folder]
        return seen


def imported_by_jsonnet(files: RepositoryFiles) -> frozenset[str]:
    """The files that Jsonnet programs import."""
    return frozenset(_imported(files))


def _entries(data: Mapping[str, Any]) -> Iterator[object]:
    for field in RESOURCES:
        entries = data.get(field)
        yield from entries if isinstance(entries, list) else ()


def _imported(files: RepositoryFiles) -> Iterator[str]:
    for path in files.paths:
        file = files.read(path) if path.endswith(_JSONNET) else None
        if file is not None:
            yield from named_in(path.rpartition("/")[0], _IMPORT.findall(file.text))

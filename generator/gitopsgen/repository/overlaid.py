"""Files that only come out right once a kustomization has changed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.repository.leftovers import kustomizations, named_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.repository.files import RepositoryFiles

# Fields with which a kustomization changes what it takes in.
_CHANGES = (
    "components",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "transformers",
    "vars",
)
_TAKEN = ("resources", "bases")


def overlaid(files: RepositoryFiles) -> frozenset[str]:
    """The files that kustomizations with patches and the like take in, through others as well."""
    known: dict[str, Mapping[str, Any]] = dict(kustomizations(files))
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [
        folder for folder, data in known.items() if any(data.get(field) for field in _CHANGES)
    ]
    while waiting:
        folder = waiting.pop()
        if folder in seen:
            continue
        seen.add(folder)
        for path in named_in(folder, _taken(known[folder])):
            if path in known:
                waiting.append(path)
            else:
                found.add(path)
    return frozenset(found)


def _taken(data: Mapping[str, Any]) -> Iterable[object]:
    for field in _TAKEN:
        entries = data.get(field)
        yield from entries if isinstance(entries, list) else ()

"""Files that only come out right once a kustomization or a Jsonnet program has changed them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.leftovers import kustomizations, named_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
_JSONNET = (".jsonnet", ".libsonnet")
_IMPORT = re.compile(r"""\bimport(?:str)?\s*\(?\s*['"]([^'"\n]+\.ya?ml)['"]""")


def overlaid(files: RepositoryFiles) -> frozenset[str]:
    """The files that kustomizations with patches and the like take in, through others as well.

    So do Jsonnet programs with the files that they import.
    """
    known: dict[str, Mapping[str, Any]] = dict(kustomizations(files))
    found = set(_imported(files))
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


def _imported(files: RepositoryFiles) -> Iterator[str]:
    for path in files.paths:
        file = files.read(path) if path.endswith(_JSONNET) else None
        if file is not None:
            yield from named_in(path.rpartition("/")[0], _IMPORT.findall(file.text))

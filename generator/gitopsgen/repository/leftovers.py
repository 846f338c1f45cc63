"""Files that look like manifests, in places that say that nobody applies them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.paths import folders_of, normal
from gitopsgen.repository.sources import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.sources import LocalSources

_PUT_AWAY = frozenset({"archive", "archived", "attic", "deprecated", "disabled", "obsolete"})
# Folders of what only tells people something.
_TELLING = frozenset({"doc", "docs", "documentation", "example", "examples", "sample", "samples"})
_WORDS = re.compile(r"[a-z]+")
_FOR_TESTS = frozenset({"__fixtures__", "fixtures", "node_modules", "testdata", "tests"})


# Before `.yaml`: the engine that somebody has fill the file in.
_ENGINES = frozenset(
    {"erb", "ftl", "gotmpl", "j2", "jinja", "jinja2", "mustache", "template", "tmpl", "tpl"}
)


def is_put_away(path: str) -> bool:
    """Whether the folders of a file say that nobody applies it by hand any more."""
    return not _PUT_AWAY.isdisjoint(path.lower().split("/")[:-1])


def is_for_tests(path: str) -> bool:
    """Whether the folders of a file say that it is input for the tests of some program."""
    return not _FOR_TESTS.isdisjoint(path.lower().split("/")[:-1])


def is_to_be_filled_in(path: str) -> bool:
    """Whether the name of a file says that it is a template, like `root.tmpl.yaml`."""
    *marks, _ = path.lower().rpartition("/")[2].split(".")
    return not _ENGINES.isdisjoint(marks)


def is_example(path: str) -> bool:
    """Whether the name of a file, or its folders, say that it only shows a form."""
    *folders, name = path.lower().split("/")
    return bool({"example", "sample"} & {*_WORDS.findall(name)} or _TELLING & {*folders})


def is_for_kubernetes(manifest: Manifest) -> bool:
    """Whether an object that no Application names is one of Kubernetes.

    Other programs write an apiVersion and a kind as well, but seldom metadata. Without those it
    has to be of one of Kubernetes' own groups.
    """
    api_version = manifest.data["apiVersion"]
    return (
        isinstance(manifest.data.get("metadata"), dict)
        or api_version == "v1"
        or ("/" in api_version and "." not in manifest.group)
        or manifest.group.endswith(".k8s.io")
    )


def patches(files: RepositoryFiles) -> frozenset[str]:
    """The files that kustomizations take for patches of other objects."""
    found: set[str] = set()
    for folder, data in kustomizations(files):
        for field in ("patches", "patchesJson6902", "patchesStrategicMerge"):
            entries = data.get(field)
            for entry in entries if isinstance(entries, list) else ():
                found.update(
                    named_in(folder, [entry.get("path") if isinstance(entry, dict) else entry])
                )
    return frozenset(found)


class Leftovers:
    """Which Applications nobody applies by hand."""

    def __init__(self, sources: LocalSources) -> None:
        self._sources = sources

    def __contains__(self, path: str) -> bool:
        """Whether a file is put away, or lies in a kustomization or chart that leaves it out."""
        if is_put_away(path):
            return True
        tooled = any(folder in self._sources.special for folder in folders_of(path))
        return tooled and path not in self._listed

    @cached_property
    def _listed(self) -> frozenset[str]:
        """The files that kustomizations name among their resources."""
        return frozenset(self._resources())

    def _resources(self) -> Iterator[str]:
        for folder, data in kustomizations(self._sources.files):
            entries = data.get("resources")
            yield from named_in(folder, entries if isinstance(entries, list) else ())


def kustomizations(files: RepositoryFiles) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every kustomization, with its folder."""
    for path in files.paths:
        folder, _, name = path.rpartition("/")
        file = files.read(path) if name in KUSTOMIZATIONS else None
        for document in file.contents.documents if file is not None else ():
            if isinstance(document.data, dict):
                yield folder, document.data


def named_in(folder: str, entries: Iterable[object]) -> Iterator[str]:
    """The paths that entries of the kustomization in a folder name."""
    for entry in entries:
        path = normal(f"{folder}/{entry}") if isinstance(entry, str) and "\n" not in entry else None
        if path is not None:
            yield path

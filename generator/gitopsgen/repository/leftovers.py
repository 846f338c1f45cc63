"""Files that look like manifests, in places that say that nobody applies them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gitopsgen.repository.paths import folders_of, normal
from gitopsgen.repository.sources import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.sources import LocalSources

_PUT_AWAY = frozenset({"archive", "archived", "attic", "deprecated", "disabled", "obsolete"})
_FOR_TESTS = frozenset({"__fixtures__", "fixtures", "node_modules", "testdata", "tests"})


def is_put_away(path: str) -> bool:
    """Whether the folders of a file say that nobody applies it by hand any more."""
    return not _PUT_AWAY.isdisjoint(path.lower().split("/")[:-1])


def is_for_tests(path: str) -> bool:
    """Whether the folders of a file say that it is input for the tests of some program."""
    return not _FOR_TESTS.isdisjoint(path.lower().split("/")[:-1])


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
        for path in self._sources.files.paths:
            folder, _, name = path.rpartition("/")
            file = self._sources.files.read(path) if name in KUSTOMIZATIONS else None
            for document in file.contents.documents if file is not None else ():
                data = document.data if isinstance(document.data, dict) else {}
                entries = data.get("resources")
                for entry in entries if isinstance(entries, list) else ():
                    named = normal(f"{folder}/{entry}") if isinstance(entry, str) else None
                    if named is not None:
                        yield named

"""Files that look like manifests, in places that say that nobody applies them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from gitopsgen.repository.kustomizations import kustomizations, named_in
from gitopsgen.repository.paths import folders_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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

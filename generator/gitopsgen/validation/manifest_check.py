"""kubeconform over manifests: alike ones once, and not again what passed in an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.tools.results import result_key
from gitopsgen.validation.kubeconform import SchemaCheck
from gitopsgen.validation.shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.memory import Memory
    from gitopsgen.validation.kubeconform_messages import SchemaProblem

_NOTE = "schemas"


class ManifestCheck:
    """A run of kubeconform over manifests; it works while the caller goes on.

    It gets one manifest of each shape (see `shapes`); where that is not valid, all others of the
    shape, too. What is valid is noted in `memory`, for the same schemas (which `scope` names) and
    the same kubeconform. A run that has nothing to look at does not start kubeconform.
    """

    def __init__(
        self,
        manifests: Sequence[Manifest],
        locations: Sequence[Path],
        scope: object,
        kubeconform: Path,
        jobs: int,
        memory: Memory,
    ) -> None:
        self._manifests = manifests
        self._memory = memory
        status = kubeconform.stat()
        program = [str(kubeconform), status.st_mtime_ns, status.st_size]
        self._key = result_key(scope, program)
        self._passed = self._known()
        self._indexes = self._unknown()
        self._locations, self._kubeconform, self._jobs = locations, kubeconform, jobs
        self._alike = self._by_shape()
        self._check = self._start(list(self._alike))

    def close(self) -> None:
        """End what still runs, of a run whose result nobody wants any more."""
        if self._check is not None:
            self._check.close()

    def collect(self) -> dict[int, tuple[SchemaProblem, ...]]:
        """The problems by index of manifest. Raises `UnavailableError` as `SchemaCheck` does."""
        found = _found(self._check, list(self._alike))
        others = [other for index in found for other in self._alike[index]]
        found |= _found(self._start(others), others)
        by_content: dict[str, tuple[SchemaProblem, ...]] = {}
        problems: dict[int, tuple[SchemaProblem, ...]] = {}
        for index in self._indexes:
            if index in found:
                problems[index] = by_content[self._manifests[index].content] = found[index]
        by_content.pop("", None)
        for index, manifest in enumerate(self._manifests):
            if manifest.content in by_content:
                problems[index] = by_content[manifest.content]
        valid = {m.content for m in self._manifests} - by_content.keys() - {""}
        self._memory.note(_NOTE, {"key": self._key, "passed": sorted(valid)})
        return problems

    def _start(self, indexes: Sequence[int]) -> SchemaCheck | None:
        documents = [self._manifests[index].data for index in indexes]
        if not documents:
            return None
        return SchemaCheck(documents, self._locations, self._kubeconform, self._jobs)

    def _by_shape(self) -> dict[int, list[int]]:
        """The first manifest of each shape, with the others."""
        shapes = Shapes(self._locations)
        firsts: dict[int, int] = {}
        alike: dict[int, list[int]] = {}
        for index in self._indexes:
            shape = shapes.shape(self._manifests[index].data)
            first = index if shape is None else firsts.setdefault(shape, index)
            if first == index:
                alike[index] = []
            else:
                alike[first].append(index)
        return alike

    def _known(self) -> frozenset[str]:
        note = self._memory.notes.get(_NOTE)
        if not isinstance(note, dict) or note.get("key") != self._key:
            return frozenset()
        return frozenset(note["passed"])

    def _unknown(self) -> list[int]:
        """The first manifest of each content that is not known to be valid."""
        seen: set[str] = set()
        indexes = []
        for index, manifest in enumerate(self._manifests):
            content = manifest.content
            if content and (content in seen or content in self._passed):
                continue
            seen.add(content)
            indexes.append(index)
        return indexes


def _found(
    check: SchemaCheck | None, indexes: Sequence[int]
) -> dict[int, tuple[SchemaProblem, ...]]:
    """What a check of the manifests with these indexes finds, by index."""
    found = check.collect() if check is not None else {}
    return {indexes[position]: problems for position, problems in found.items()}

"""kubeconform over manifests: equal ones once, and not again what passed in an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.tools.results import result_key
from gitopsgen.validation.kubeconform import SchemaCheck

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.memory import Memory
    from gitopsgen.validation.kubeconform_messages import SchemaProblem

_NOTE = "schemas"


class ManifestCheck:
    """A run of kubeconform over manifests; it works while the caller goes on.

    What is valid is noted in `memory`, for the same schemas (which `scope` names) and the same
    kubeconform. A run that has nothing to look at does not start kubeconform.
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
        documents = [manifests[index].data for index in self._indexes]
        self._check = SchemaCheck(documents, locations, kubeconform, jobs) if documents else None

    def collect(self) -> dict[int, tuple[SchemaProblem, ...]]:
        """The problems by index of manifest. Raises `UnavailableError` as `SchemaCheck` does."""
        found = self._check.collect() if self._check is not None else {}
        by_content: dict[str, tuple[SchemaProblem, ...]] = {}
        problems: dict[int, tuple[SchemaProblem, ...]] = {}
        for position, index in enumerate(self._indexes):
            if position in found:
                problems[index] = found[position]
                by_content[self._manifests[index].content] = found[position]
        by_content.pop("", None)
        for index, manifest in enumerate(self._manifests):
            if manifest.content in by_content:
                problems[index] = by_content[manifest.content]
        valid = {m.content for m in self._manifests} - by_content.keys() - {""}
        self._memory.note(_NOTE, {"key": self._key, "passed": sorted(valid)})
        return problems

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

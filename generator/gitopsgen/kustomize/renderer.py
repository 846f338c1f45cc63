"""Renders the Kustomize sources of Applications, each result kept."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitopsgen.kustomize.build import KustomizeResult, build
from gitopsgen.kustomize.closure import closure, host_of
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.manifests import Place, Rendering, objects_in
from gitopsgen.repository.rendering import RenderedObject, RenderedSource, describe
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitopsgen.kustomize.closure import Closure
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.rendering import RenderRequest


@dataclass(frozen=True, slots=True, eq=False)
class KustomizeUse:
    """One source of an Application that is a kustomization; `error` is why it does not build."""

    application: Application
    source: Source
    folder: str
    error: str = ""


@dataclass
class KustomizeRenderer:
    """Builds Kustomize sources; `uses` are all that were built.

    `options` are those of the repository's own Argo CD; `required` says that a kustomization that
    could not be built for want of the network is more than a remark.
    """

    files: RepositoryFiles
    program: Path
    options: tuple[str, ...]
    helm: Path | None
    jobs: int
    required: bool
    uses: list[KustomizeUse] = field(default_factory=list)
    depends_on_the_network: bool = False
    _results: Results = field(default_factory=lambda: Results.of("kustomize"))
    _unreachable: dict[str, str] = field(default_factory=dict)

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        """Build every source, in parallel."""
        parts = [closure(self.files, request.folder or "") for request in requests]
        for part in parts:
            if part.remote or part.charts:
                self.depends_on_the_network = True
            for path in part.files:
                self.files.read(path)
        with ThreadPoolExecutor(self.jobs) as pool:
            results = list(pool.map(self._build, requests, parts))
        return [self._answer(*item) for item in zip(requests, parts, results, strict=True)]

    def _build(self, request: RenderRequest, parts: Closure) -> tuple[str, KustomizeResult]:
        folder, settings = request.folder or "", request.source.kustomize
        digests = [(path, file.digest) for path in parts.files if (file := self.files.read(path))]
        key = result_key("kustomize", folder, digests, settings, self.options)
        kept = self._results.get(key)
        if isinstance(kept, list):
            return key, KustomizeResult(tuple(kept))
        hosts = {host_of(url) for url in parts.remote}
        for host in hosts & self._unreachable.keys():
            return key, KustomizeResult(error=self._unreachable[host], unreachable=True)
        result = build(self.program, self.files, folder, parts, settings, self.options, self.helm)
        if result.unreachable:
            # Waiting once for a host that does not answer is enough.
            self._unreachable.update(dict.fromkeys(hosts, result.error))
        # What comes from elsewhere may be another thing tomorrow.
        if not parts.remote and not result.error:
            self._results.put(key, result.objects)
        return key, result

    def _answer(
        self, request: RenderRequest, parts: Closure, built: tuple[str, KustomizeResult]
    ) -> RenderedSource:
        key, result = built
        rendering = Rendering(describe(request))
        if result.unreachable:
            away = ", ".join(parts.remote[:3]) or "charts"
            reason = f"it takes {away} from the network: {result.error[:200]}"
            return RenderedSource(rendering, unchecked=reason, required=self.required)
        use = KustomizeUse(request.application, request.source, request.folder or "", result.error)
        self.uses.append(use)
        if result.error:
            return RenderedSource(rendering, failed=True)
        places = _places(self.files, parts)
        objects = (
            RenderedObject(f"{key}:{index}", data, _place(places, data))
            for index, data in enumerate(result.objects)
        )
        return RenderedSource(rendering, tuple(objects))


def _places(files: RepositoryFiles, parts: Closure) -> dict[tuple[str, str], list[Place]]:
    """Where objects stand that a kustomization may take in, by kind and name."""
    found: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for path in parts.files:
        if (
            path.endswith(YAML_SUFFIXES)
            and path not in files.templates
            and path not in parts.patches
        ):
            for manifest in objects_in(files, path):
                found[_kind_and_name(manifest.data)].append(manifest.place)
    return found


def _place(places: dict[tuple[str, str], list[Place]], data: dict[str, Any]) -> Place | None:
    """The one file that an object comes from; None where several or none could be it."""
    found = places.get(_kind_and_name(data), [])
    return found[0] if len(found) == 1 else None


def _kind_and_name(data: dict[str, Any]) -> tuple[str, str]:
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return str(data.get("kind")), name if isinstance(name, str) else ""

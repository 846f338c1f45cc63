"""Renders the Kustomize sources of Applications, each result kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitopsgen.charts.causes import cause_of
from gitopsgen.charts.measure import measure
from gitopsgen.charts.store import Chart
from gitopsgen.charts.versions import is_same
from gitopsgen.kustomize.build import KustomizeResult, build
from gitopsgen.kustomize.closure import closure, host_of
from gitopsgen.kustomize.helm import lacking
from gitopsgen.kustomize.options import ENABLE_HELM
from gitopsgen.kustomize.origins import Origins, changing
from gitopsgen.repository.manifests import Rendering
from gitopsgen.repository.rendering import MOST_ENDLESS, RenderedObject, RenderedSource, describe
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gitopsgen.kustomize.build import Inflation
    from gitopsgen.kustomize.closure import Closure
    from gitopsgen.kustomize.helm import Answers, HelmForKustomize
    from gitopsgen.kustomize.inflation import InflatedChart
    from gitopsgen.kustomize.options import BuildOptions
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.rendering import RenderRequest


# helm's words for a chart without the charts that it needs, before their names.
_INCOMPLETE = "missing in charts/ directory:"


@dataclass(frozen=True, slots=True, eq=False)
class KustomizeUse:
    """One source of an Application that is a kustomization; `error` is why it does not build.

    `charts` are those that helm rendered in it, `documents` its files of YAML. `assumes_helm` is
    true where nothing in the repository says that its Argo CD would have helm do so.
    """

    application: Application
    source: Source
    folder: str
    error: str = ""
    charts: tuple[tuple[InflatedChart, Chart], ...] = ()
    assumes_helm: bool = False
    documents: frozenset[str] = frozenset()


@dataclass
class KustomizeRenderer:
    """Builds Kustomize sources; `uses` are all that were built, `documents` all YAML files of all.

    `options` are those of the repository's own Argo CD; `required` says that a kustomization that
    could not be built for want of the network is more than a remark.
    """

    files: RepositoryFiles
    program: Path
    options: BuildOptions
    helm: HelmForKustomize
    jobs: int
    required: bool
    uses: list[KustomizeUse] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    depends_on_the_network: bool = False
    _results: Results = field(default_factory=lambda: Results.of("kustomize"))
    _unreachable: dict[str, str] = field(default_factory=dict)
    _endless: int = 0

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        """Build every source, in parallel; the charts of all are had first."""
        parts = [closure(self.files, r.folder or "", r.source.kustomize) for r in requests]
        for part in parts:
            self.depends_on_the_network |= bool(part.remote)
            self.documents |= part.documents
            for path in part.files:
                self.files.read(path)
        got = self._charts(parts)
        with ThreadPoolExecutor(self.jobs) as pool:
            results = list(pool.map(lambda r, p: self._best(r, p, got), requests, parts))
        # A busy machine may be the reason why something did not end.
        self.depends_on_the_network |= bool(self._endless)
        return [self._answer(*item, got) for item in zip(requests, parts, results, strict=True)]

    def _charts(self, parts: Iterable[Closure]) -> Answers:
        if not self._uses_helm:
            return {}
        got = self.helm.get(chart for part in parts for chart in lacking(self.files, part))
        for reference, answer in got.items():
            if not isinstance(answer, Chart) or not is_same(answer.version, reference.version):
                self.depends_on_the_network = True
        return got

    @property
    def _uses_helm(self) -> bool:
        return self.options.enables_helm or not self.options.known

    def _best(
        self, request: RenderRequest, parts: Closure, got: Answers
    ) -> tuple[str, KustomizeResult]:
        """What a kustomization builds to; what can be had of it where the network fails."""
        key, result = self._build(request, parts, got)
        if result.unreachable and (parts.remote or parts.charts) and not self._endless:
            folder, settings = request.folder or "", request.source.kustomize
            words = self.options.words
            less = build(self.program, self.files, folder, parts, settings, words, partial=True)
            result = replace(result, objects=less.objects)
        return key, result

    def _build(
        self, request: RenderRequest, parts: Closure, got: Answers
    ) -> tuple[str, KustomizeResult]:
        folder, settings = request.folder or "", request.source.kustomize
        words, inflation = self.options.words, None
        if parts.charts and self._uses_helm:
            words = tuple(dict.fromkeys((*words, ENABLE_HELM)))
            answer = self.helm.inflation(lacking(self.files, parts), got, settings)
            if isinstance(answer, str):
                return "", KustomizeResult(error=answer, unreachable=True)
            inflation = answer
        key = self._key(request, parts, words, inflation)
        kept = self._results.get(key)
        if isinstance(kept, list):
            return key, KustomizeResult(tuple(kept))
        hosts = {host_of(url) for url in parts.remote}
        for host in hosts & self._unreachable.keys():
            return key, KustomizeResult(error=self._unreachable[host], unreachable=True)
        if self._endless >= MOST_ENDLESS:
            reason = "kustomize had to be stopped for others already, so this one was not built"
            return "", KustomizeResult(error=reason, unreachable=True)
        result = build(self.program, self.files, folder, parts, settings, words, inflation)
        self._endless += result.endless
        if result.unreachable:
            # Waiting once for a host that does not answer is enough.
            self._unreachable.update(dict.fromkeys(hosts, result.error))
        # What comes from elsewhere may be another thing tomorrow.
        if not parts.remote and not result.error:
            self._results.put(key, list(result.objects))
        return key, result

    def _key(
        self,
        request: RenderRequest,
        parts: Closure,
        words: Sequence[str],
        inflation: Inflation | None,
    ) -> str:
        """All that a build depends on."""
        digests = [(path, file.digest) for path in parts.files if (file := self.files.read(path))]
        charts = inflation.charts if inflation is not None else {}
        return result_key(
            "kustomize",
            request.folder or "",
            digests,
            request.source.kustomize,
            words,
            inflation.flags if inflation is not None else (),
            [(where, measure(folder).content) for where, folder in charts.items()],
        )

    def _answer(
        self,
        request: RenderRequest,
        parts: Closure,
        built: tuple[str, KustomizeResult],
        got: Answers,
    ) -> RenderedSource:
        key, result = built
        folder = request.folder or ""
        changed_by = changing(parts, folder)
        rendering = Rendering(describe(request), changed_by=changed_by, folder=folder)
        if result.unreachable:
            reason = cause_of(result.error).text
            if key:
                away = ", ".join(parts.remote[:3]) or "charts"
                reason = f"it takes {away} from the network: {reason}"
            return RenderedSource(rendering, self._objects(parts, built), reason, self.required)
        if result.plugin and (self.options.runs_plugins or not self.options.known):
            reason = f"its plugin {result.plugin} is a program, which is not run here"
            return RenderedSource(rendering, unchecked=reason)
        charts = tuple(
            (item, chart)
            for item in lacking(self.files, parts)
            if item.reference is not None and isinstance(chart := got.get(item.reference), Chart)
        )
        if _INCOMPLETE in result.error and any(not chart.digest for _, chart in charts):
            # A release has its dependencies; the sources of a chart may lack them.
            reason = (
                f"a chart from a folder lacks {result.error.rpartition(_INCOMPLETE)[2].strip()}"
            )
            return RenderedSource(rendering, unchecked=reason, required=self.required)
        use = KustomizeUse(
            request.application,
            request.source,
            request.folder or "",
            result.error,
            charts,
            assumes_helm=bool(parts.charts) and not self.options.known,
            documents=parts.documents,
        )
        self.uses.append(use)
        if result.error:
            return RenderedSource(rendering, failed=True)
        return RenderedSource(rendering, self._objects(parts, built))

    def _objects(
        self, parts: Closure, built: tuple[str, KustomizeResult]
    ) -> tuple[RenderedObject, ...]:
        key, result = built
        origins = Origins(self.files, parts) if result.objects else None
        return tuple(
            # Only what is whole is known by its key.
            RenderedObject(
                "" if result.error else f"{key}:{index}",
                data,
                origins.place(data) if origins is not None else None,
            )
            for index, data in enumerate(result.objects)
        )

"""Renders the Helm sources of Applications: charts had, completed, rendered, each result kept."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gitopsgen.charts.dependencies import complete, lost_beside, merged, reference_of
from gitopsgen.charts.facts import read_chart
from gitopsgen.charts.folder import Dependency, missing_dependencies
from gitopsgen.charts.measure import Measured, files_in, measure
from gitopsgen.charts.model import ChartFacts, ChartReference, ChartUse
from gitopsgen.charts.options import HelmOptions, helm_options, own_values, with_parameters
from gitopsgen.charts.render import Helm, HelmResult, helm_template
from gitopsgen.charts.store import Chart, ChartMissing
from gitopsgen.charts.versions import is_same
from gitopsgen.repository.manifests import Rendering
from gitopsgen.repository.rendering import MOST_ENDLESS, RenderedObject, RenderedSource, describe
from gitopsgen.repository.value_files import ValueFileState
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitopsgen.repository.rendering import RenderRequest
    from gitopsgen.repository.sources import LocalSources


class ChartGetter(Protocol):
    """Gets charts, several at once."""

    def get(
        self, references: Sequence[ChartReference]
    ) -> Mapping[ChartReference, Chart | ChartMissing]:
        """Get every chart, or the reason why it cannot be had."""
        ...


@dataclass
class HelmRenderer:
    """Renders Helm sources; `uses` are all that were rendered, with what is known of their charts.

    `required` says that a chart that cannot be had is more than a remark.
    """

    sources: LocalSources
    charts: ChartGetter
    helm: Helm
    jobs: int
    required: bool
    uses: list[ChartUse] = field(default_factory=list)
    _facts: dict[Path, ChartFacts] = field(default_factory=dict)
    _completed: dict[str, ChartFacts] = field(default_factory=dict)
    _folders: dict[Path, Measured] = field(default_factory=dict)
    _endless: int = 0
    _results: Results = field(default_factory=lambda: Results.of("charts"))

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        """Render every source: charts are had first, all at once, then helm runs in parallel."""
        folders = {request: self._local(request) for request in requests}
        missing = {
            request: missing_dependencies(folder) for request, folder in folders.items() if folder
        }
        wanted = [_reference(request) for request, folder in folders.items() if folder is None]
        got = dict(self.charts.get(tuple(dict.fromkeys(wanted)))) if wanted else {}
        for request, folder in list(folders.items()):
            found = got.get(_reference(request)) if folder is None else None
            if isinstance(found, Chart):
                folders[request] = found.folder
                missing[request] = missing_dependencies(found.folder)
        needed = tuple(
            dict.fromkeys(
                reference
                for request, dependencies in missing.items()
                for dependency in dependencies
                if (reference := reference_of(dependency, folders[request] or Path())) is not None
            )
        )
        got.update(self.charts.get(needed) if needed else {})
        with ThreadPoolExecutor(self.jobs) as pool:
            answers = pool.map(lambda r: self._one(r, got, missing.get(r, ())), requests)
            rendered = []
            for use, answer in answers:
                self.uses.append(use)
                rendered.append(answer)
            return rendered

    @property
    def depends_on_the_network(self) -> bool:
        """Whether another run may come to something else with the same files.

        A chart could not be had, or is a range that may come to another version, or helm had to be
        stopped, which a busy machine may be the reason for.
        """
        return bool(self._endless) or any(
            use.facts is None
            or (use.source.chart and not is_same(use.version, use.source.target_revision))
            for use in self.uses
        )

    def _local(self, request: RenderRequest) -> Path | None:
        if request.folder is None:
            return None
        return self.sources.files.root / request.folder

    def _one(
        self,
        request: RenderRequest,
        got: Mapping[ChartReference, Chart | ChartMissing],
        missing: Sequence[Dependency],
    ) -> tuple[ChartUse, RenderedSource]:
        options = helm_options(request.application, request.source, self.sources)
        use = ChartUse(request.application, request.source, options.parts, options.parameters)
        folder = self._local(request)
        what = describe(request)
        if folder is None:
            found = got[_reference(request)]
            if isinstance(found, ChartMissing):
                rendering = Rendering(what, options.parts)
                return use, RenderedSource(
                    rendering, unchecked=found.reason, required=self.required
                )
            folder = found.folder
            options = self._inside(request, options, folder)
            use = replace(use, version=found.version, digest=found.digest)
            what = f"chart {request.source.chart} {found.version}"
        own = () if request.folder is None else own_values(request.folder, self.sources)
        rendering = Rendering(what, (*own, *options.parts))
        facts = self._facts_of(folder)
        use = replace(use, facts=facts, folder=request.folder, own=next(iter(own), None))
        if options.obstacle:
            return use, RenderedSource(rendering, unchecked=options.obstacle)
        result = self._render(folder, options, missing, got)
        if isinstance(result, str):
            return use, RenderedSource(rendering, unchecked=result, required=self.required)
        key, outcome, facts = result
        use = replace(use, facts=facts)
        if outcome.error:
            return replace(use, error=outcome.error), RenderedSource(rendering, failed=True)
        objects = tuple(
            RenderedObject(f"{key}:{index}", data) for index, data in enumerate(outcome.objects)
        )
        return replace(use, rendered=len(objects)), RenderedSource(rendering, objects)

    def _inside(self, request: RenderRequest, options: HelmOptions, chart: Path) -> HelmOptions:
        """The options with the value files that the chart itself has."""
        if not any(file.state is ValueFileState.IN_CHART for file in options.files):
            return options
        names = [path.relative_to(chart).as_posix() for path in files_in(chart)]
        return helm_options(request.application, request.source, self.sources, names)

    def _render(
        self,
        folder: Path,
        options: HelmOptions,
        missing: Sequence[Dependency],
        got: Mapping[ChartReference, Chart | ChartMissing],
    ) -> tuple[str, HelmResult, ChartFacts] | str:
        """The result with its key and what the chart says in full, or why there is none."""
        chart, facts = self._folder(folder), self._facts_of(folder)
        with tempfile.TemporaryDirectory(prefix="gitopsgen-chart-") as temporary:
            if missing:
                lost = lost_beside(folder, missing, self.sources.files.root)
                if lost:
                    return "", HelmResult(error=lost), facts
                values = merged([facts.values, *_data(options)])
                values = with_parameters(values, options)
                copy = Path(temporary, folder.name)
                why = complete(folder, copy, missing, got, values, self.sources.files.root)
                if why:
                    return why
                chart = measure(copy)
                if chart.content not in self._completed:
                    self._completed[chart.content] = read_chart(copy)
                facts = self._completed[chart.content]
            key = self._key(chart, options)
            kept = self._results.get(key)
            if isinstance(kept, list):
                return key, HelmResult(tuple(kept)), facts
            if self._endless >= MOST_ENDLESS:
                return "helm had to be stopped for others already, so this one was not rendered"
            result = helm_template(self.helm, chart.path, options, self.sources.files.root)
            self._endless += result.endless
        if not result.error:
            self._results.put(key, list(result.objects))
        return key, result, facts

    def _key(self, chart: Measured, options: HelmOptions) -> str:
        """All that a render depends on."""
        texts = [self._digest(str(file.path)) for file in options.files]
        flags = [*options.flags]
        for flag in options.flags:
            name, _, path = flag.partition("=")
            if path.startswith(str(self.sources.files.root)):
                flags.append(self._digest(str(Path(path).relative_to(self.sources.files.root))))
                flags[flags.index(flag)] = name
        versions: Iterable[str] = options.api_versions or self.helm.api_versions
        return result_key(
            chart.content,
            options.release,
            options.namespace,
            [(file.path, file.state.name) for file in options.files],
            texts,
            options.texts,
            flags,
            options.kube_version or self.helm.kube_version,
            sorted(versions) if chart.asks_for_versions else [],
        )

    def _digest(self, path: str) -> str:
        file = self.sources.files.read(path) if path in self.sources.files else None
        return file.digest if file is not None else ""

    def _facts_of(self, folder: Path) -> ChartFacts:
        if folder not in self._facts:
            self._facts[folder] = read_chart(folder)
        return self._facts[folder]

    def _folder(self, folder: Path) -> Measured:
        if folder not in self._folders:
            self._folders[folder] = measure(folder)
        return self._folders[folder]


def _reference(request: RenderRequest) -> ChartReference:
    source = request.source
    return ChartReference(source.repo_url, source.chart or "", source.target_revision)


def _data(options: HelmOptions) -> list[Mapping[str, Any]]:
    return [part.data for part in options.parts]

"""The charts in kustomizations, got as gitopsgen gets all charts instead of by kustomize."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.store import Chart, ChartMissing
from gitopsgen.errors import UnavailableError
from gitopsgen.kustomize.build import Inflation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.renderer import ChartGetter
    from gitopsgen.kustomize.closure import Closure
    from gitopsgen.kustomize.inflation import InflatedChart
    from gitopsgen.repository.files import RepositoryFiles

    Answers = Mapping[ChartReference, Chart | ChartMissing]


@dataclass(frozen=True, slots=True)
class HelmForKustomize:
    """What charts in kustomizations are rendered with.

    `program` gives helm and `charts` the charts, both only when a kustomization has some.
    `kube_version` and `api_versions` are those of the cluster.
    """

    program: Callable[[], Path]
    charts: Callable[[], ChartGetter]
    kube_version: str
    api_versions: tuple[str, ...]

    def get(self, charts: Iterable[InflatedChart]) -> Answers:
        """The charts themselves, each once."""
        references = tuple(dict.fromkeys(c.reference for c in charts if c.reference is not None))
        return self.charts().get(references) if references else {}

    def inflation(
        self, charts: Iterable[InflatedChart], got: Answers, settings: Mapping[str, Any]
    ) -> Inflation | str:
        """What kustomize needs to have the charts rendered, or why that cannot be had."""
        folders: dict[str, Path] = {}
        for chart in charts:
            answer = got.get(chart.reference) if chart.reference is not None else None
            if isinstance(answer, ChartMissing):
                return answer.reason
            if answer is not None and chart.target is not None:
                folders[chart.target] = answer.folder
        try:
            return Inflation(self.program(), self._flags(settings), folders)
        except UnavailableError as error:
            return error.message

    def _flags(self, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """What Argo CD tells kustomize of the cluster, unless a source knows better.

        Source: parseKustomizeBuildOptions in Argo CD's util/kustomize/kustomize.go.
        """
        own_version, own_apis = settings.get("kubeVersion"), settings.get("apiVersions")
        version = own_version if isinstance(own_version, str) and own_version else self.kube_version
        apis = own_apis if isinstance(own_apis, list) and own_apis else self.api_versions
        words = [word for api in apis for word in ("--helm-api-versions", str(api))]
        return ("--helm-kube-version", version, *words)


def lacking(files: RepositoryFiles, parts: Closure) -> list[InflatedChart]:
    """The charts that are not where kustomize looks for them first, and would be pulled."""
    return [
        chart
        for chart in parts.charts
        if chart.reference is not None
        and chart.target is not None
        and chart.target not in files.folders
    ]

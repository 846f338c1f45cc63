"""Repositories with charts, rendered by helm itself or as a test says it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitopsgen.charts.facts import read_chart
from gitopsgen.charts.model import ChartUse
from gitopsgen.charts.options import helm_options
from gitopsgen.charts.render import Helm
from gitopsgen.charts.renderer import HelmRenderer
from gitopsgen.repository.discovery import discover, local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool
from gitopsgen.validation.model import Model
from tests.validation.rules.build import URL, application, findings_in, make_model, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.charts.store import Chart, ChartMissing
    from gitopsgen.findings import Finding

CHARTS = "https://charts.example.test"


class _NoCharts:
    def get(
        self, references: Sequence[ChartReference]
    ) -> Mapping[ChartReference, Chart | ChartMissing]:
        raise AssertionError(f"nothing is to be fetched: {references}")


def chart_in(folder: str, files: Mapping[str, str], metadata: str = "") -> dict[str, str]:
    """The files of a chart in a folder of the repository."""
    name = folder.rpartition("/")[2]
    return {
        f"{folder}/Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{metadata}",
        **{f"{folder}/{path}": text for path, text in files.items()},
    }


def rendered(root: Path, tree: Mapping[str, str], modules: Sequence[ModuleType]) -> list[Finding]:
    """What the families find after helm rendered the charts of the repository."""
    write(root, tree)
    files = RepositoryFiles(root)
    sources = local_sources(files, [URL])
    renderer = HelmRenderer(sources, _NoCharts(), Helm(ensure_tool(HELM), "v1.35.0", ()), 1, True)
    discover(files, sources, renderer)
    model = Model(resources=(), sources=sources, charts=tuple(renderer.uses), minor="1.35")
    return findings_in(model, files, modules)


def used(
    root: Path,
    tree: Mapping[str, str],
    charts: Mapping[str, Mapping[str, str]],
) -> tuple[Model, RepositoryFiles]:
    """A model in which every Application's charts are those of `charts`, by name, not rendered."""
    model, files = make_model(root / "repository", tree)
    for name, texts in charts.items():
        write(root / "charts", chart_in(name, texts))
    facts = {name: read_chart(root / "charts" / name) for name in charts}
    uses = []
    for app in model.applications:
        for source in app.sources:
            if source.chart in facts:
                options = helm_options(app, source, model.sources)
                found = ChartUse(app, source, options.parts, options.parameters)
                uses.append(replace(found, facts=facts[source.chart]))
    return replace(model, charts=tuple(uses)), files


def chart_application(
    chart: str = "web", helm: str = "", *, name: str = "web", version: str = "1.0.0"
) -> str:
    """An Application of a chart; `helm` is a flow mapping, or nothing."""
    source = f"chart: {chart}, repoURL: {CHARTS}, targetRevision: {version}"
    return application(name, f"{source}, helm: {helm}" if helm else source)

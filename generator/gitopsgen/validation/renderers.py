"""The tools that render sources, chosen by what a run may use."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.findings import Unchecked
from gitopsgen.repository.rendering import NoRenderer, RenderedSource
from gitopsgen.tools.pins import HELM, KUSTOMIZE
from gitopsgen.tools.resolver import ensure_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gitopsgen.charts.model import ChartUse
    from gitopsgen.charts.store import ChartStore
    from gitopsgen.kustomize.renderer import KustomizeUse
    from gitopsgen.repository.rendering import Renderer, RenderRequest
    from gitopsgen.repository.sources import LocalSources

# Charts that are fetched at once: that waits for the network, not for a CPU.
_PULLS = 4


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """How sources are rendered: `charts` is `require`, `auto` or `skip`.

    `charts_dir` is a folder to take charts from first. `kube_version` is like `v1.35.0`,
    `api_versions` are what the cluster has, like `apps/v1` and `apps/v1/Deployment`. `progress` is
    told how many charts of how many are fetched.
    """

    charts: str
    charts_dir: Path | None
    jobs: int
    kube_version: str
    api_versions: tuple[str, ...]
    progress: Callable[[int, int], None] | None = None


@dataclass
class Renderers:
    """Renders every source with the tool that it needs; tools are looked for when one is needed."""

    settings: RenderSettings
    sources: LocalSources
    _by_tool: dict[str, Renderer] = field(default_factory=dict)
    _store: ChartStore | None = None

    @property
    def charts(self) -> tuple[ChartUse, ...]:
        """The Helm sources that were looked at."""
        return tuple(getattr(self._by_tool.get("Helm"), "uses", ()))

    @property
    def kustomizations(self) -> tuple[KustomizeUse, ...]:
        """The Kustomize sources that were built, or failed to."""
        return tuple(getattr(self._by_tool.get("Kustomize"), "uses", ()))

    @property
    def kustomize_documents(self) -> frozenset[str]:
        """The YAML files that kustomizations were to be built from."""
        return frozenset(getattr(self._by_tool.get("Kustomize"), "documents", ()))

    @property
    def assumptions(self) -> tuple[Unchecked, ...]:
        """What was taken for granted, since nothing in the repository says it."""
        assumed = [use for use in self.kustomizations if use.assumes_helm]
        if not assumed:
            return ()
        folder = min(use.folder for use in assumed) or "."
        others = len({use.folder for use in assumed}) - 1
        more = f" and {others} more" if others else ""
        reason = (
            f"helm has to render charts in {folder}{more}, and nothing here says that Argo CD "
            "lets kustomize do so (--enable-helm)"
        )
        return (Unchecked("kustomize.buildOptions", reason),)

    @property
    def depends_on_the_network(self) -> bool:
        """Whether another run may find other charts, or other parts of a kustomization."""
        return any(
            getattr(tool, "depends_on_the_network", False) for tool in self._by_tool.values()
        )

    def with_api_versions(self, versions: tuple[str, ...]) -> Renderers:
        """Renderers for a cluster that has these API versions; charts are not got again."""
        settings = replace(self.settings, api_versions=versions)
        return Renderers(settings, self.sources, _store=self._store)

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        """Render every source; whatever goes wrong is part of the answer."""
        answers: dict[RenderRequest, RenderedSource] = {}
        for tool in dict.fromkeys(request.tool for request in requests):
            own = [request for request in requests if request.tool == tool]
            answers.update(zip(own, self._renderer(tool).render(own), strict=True))
        return [answers[request] for request in requests]

    def _renderer(self, tool: str) -> Renderer:
        if tool not in self._by_tool:
            self._by_tool[tool] = self._make(tool)
        return self._by_tool[tool]

    def _make(self, tool: str) -> Renderer:
        if self.settings.charts == "skip":
            return NoRenderer("charts were skipped")
        try:
            return self._helm() if tool == "Helm" else self._kustomize()
        except UnavailableError as error:
            return NoRenderer(error.message.split("\n")[0], required=self._required)

    @property
    def _required(self) -> bool:
        return self.settings.charts == "require"

    def _helm(self) -> Renderer:
        from gitopsgen.charts.render import Helm
        from gitopsgen.charts.renderer import HelmRenderer

        program = ensure_tool(HELM)
        helm = Helm(program, self.settings.kube_version, self.settings.api_versions)
        return HelmRenderer(self.sources, self._charts(), helm, self.settings.jobs, self._required)

    def _kustomize(self) -> Renderer:
        from gitopsgen.kustomize.helm import HelmForKustomize
        from gitopsgen.kustomize.options import build_options
        from gitopsgen.kustomize.renderer import KustomizeRenderer

        return KustomizeRenderer(
            self.sources.files,
            ensure_tool(KUSTOMIZE),
            build_options(self.sources.files),
            HelmForKustomize(
                lambda: ensure_tool(HELM),
                self._charts,
                self.settings.kube_version,
                self.settings.api_versions,
            ),
            self.settings.jobs,
            self._required,
        )

    def _charts(self) -> ChartStore:
        """The one store for all of them: a chart is got once."""
        if self._store is None:
            from gitopsgen.charts.store import ChartStore

            self._store = ChartStore(
                helm=lambda: ensure_tool(HELM),
                charts_dir=self.settings.charts_dir,
                repository_root=self.sources.files.root,
                jobs=max(_PULLS, self.settings.jobs),
                progress=self.settings.progress,
            )
        return self._store

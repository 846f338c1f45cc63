"""Sources that a tool turns into manifests: what is asked of it, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from gitopsgen.repository.manifests import Rendering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.manifests import Place

# What never ends rendering is a mistake or an attack: a run does not wait for all of it.
MOST_ENDLESS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class RenderRequest:
    """A source to render: a chart from a chart repository, or a folder of this repository.

    `folder` is the path of the folder, None for a chart from elsewhere; `tool` is `Helm` or
    `Kustomize`.
    """

    application: Application
    source: Source
    tool: str
    folder: str | None


@dataclass(frozen=True, slots=True, eq=False)
class RenderedObject:
    """An object that a tool made: objects with equal `content` are equal.

    `place` is the one in the repository that it comes from, where that can be told.
    """

    content: str
    data: dict[str, Any]
    place: Place | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RenderedSource:
    """What a tool made of a source.

    `unchecked` says why nobody could look at all of it, and `required` whether that is more than
    a remark; `failed` is true where the tool refused the source, which a finding says elsewhere.
    """

    rendering: Rendering
    objects: tuple[RenderedObject, ...] = ()
    unchecked: str = ""
    required: bool = False
    failed: bool = False


class Renderer(Protocol):
    """Renders sources, several at once; answers in the order of the requests."""

    def render(self, requests: Sequence[RenderRequest]) -> Sequence[RenderedSource]:
        """Render every source; whatever goes wrong is part of the answer."""
        ...


class NoRenderer:
    """Renders nothing, and says why."""

    def __init__(self, reason: str, *, required: bool = False) -> None:
        self._reason = reason
        self._required = required

    def render(self, requests: Sequence[RenderRequest]) -> Sequence[RenderedSource]:
        """Answer every request with the reason."""
        return [
            RenderedSource(
                Rendering(describe(request)), unchecked=self._reason, required=self._required
            )
            for request in requests
        ]


def describe(request: RenderRequest) -> str:
    """What a request is for, in words: `chart cert-manager v1.21.1 from https://…`."""
    source = request.source
    if request.folder is None:
        return f"chart {source.chart} {source.target_revision} from {source.repo_url}"
    kind = "chart" if request.tool == "Helm" else "kustomization"
    return f"{kind} {request.folder or '.'}"

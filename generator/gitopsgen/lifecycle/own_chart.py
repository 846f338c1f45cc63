"""What a chart is and brings, for the Application and the AppProject that are to use it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.blueprints.metadata import GroupKind
from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.newest import NewestUnknown, find_newest
from gitopsgen.charts.options import HelmOptions
from gitopsgen.charts.render import Helm, api_versions, helm_template
from gitopsgen.charts.store import ChartMissing, ChartStore
from gitopsgen.errors import UnavailableError
from gitopsgen.schemas.kinds import kinds
from gitopsgen.validation.scopes import is_namespaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gitopsgen.lifecycle.own_app_files import Chart, OwnApp


@dataclass(frozen=True, slots=True)
class ChartContents:
    """What a chart renders to without any values of one's own.

    `cluster_kinds` are those of objects that belong to no namespace, `elsewhere` the other
    namespaces that it puts something into. `error` is helm's reason where it does not render.
    """

    cluster_kinds: tuple[GroupKind, ...] = ()
    elsewhere: tuple[str, ...] = ()
    error: str = ""


def newest_version(chart: Chart, helm: Callable[[], Path]) -> str:
    """The newest release of a chart. Raises `UnavailableError` where that cannot be found out."""
    reference = ChartReference(chart.repository, chart.name, "*")
    found = find_newest([reference], helm)[reference]
    if isinstance(found, NewestUnknown):
        raise UnavailableError(found.reason, "Check --chart and --repo, or name a --version.")
    return found.current


def read_chart(app: OwnApp, chart: Chart, helm: Callable[[], Path], minor: str) -> ChartContents:
    """Get a chart and look at what it renders to on a Kubernetes version ("1.35").

    Raises `UnavailableError` where it cannot be had.
    """
    reference = ChartReference(chart.repository, chart.name, chart.version)
    found = ChartStore(helm=helm).get([reference])[reference]
    if isinstance(found, ChartMissing):
        raise UnavailableError(found.reason, "Check --chart, --repo and --version.")
    pairs = [(name.api_version, name.kind) for name in kinds(minor)]
    program = Helm(helm(), f"v{minor}.0", tuple(api_versions(pairs)))
    options = HelmOptions(
        release=app.name,
        namespace=app.namespace,
        files=(),
        texts=(),
        parts=(),
        flags=("--include-crds",),
        parameters=(),
        kube_version="",
        api_versions=(),
    )
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as nowhere:
        rendered = helm_template(program, found.folder, options, Path(nowhere))
    if rendered.error:
        return ChartContents(error=rendered.error.partition("\n")[0])
    return _contents(rendered.objects, app.namespace)


def _contents(objects: Sequence[dict[str, Any]], namespace: str) -> ChartContents:
    scopes = dict(_own_scopes(objects))
    cluster: set[GroupKind] = set()
    elsewhere: set[str] = set()
    for data in objects:
        version, _, _ = str(data["apiVersion"]).rpartition("/")
        kind = GroupKind(version, str(data["kind"]))
        known = is_namespaced(kind.group, kind.kind)
        if scopes.get(kind, known) is False:
            cluster.add(kind)
            continue
        metadata = data.get("metadata")
        place = metadata.get("namespace") if isinstance(metadata, dict) else None
        if isinstance(place, str) and place not in ("", namespace):
            elsewhere.add(place)
    return ChartContents(tuple(sorted(cluster)), tuple(sorted(elsewhere)))


def _own_scopes(objects: Sequence[dict[str, Any]]) -> Iterator[tuple[GroupKind, bool]]:
    """Whether kinds live in namespaces, of which the chart brings the definitions itself."""
    for data in objects:
        spec = data.get("spec")
        if data["kind"] == "CustomResourceDefinition" and isinstance(spec, dict):
            names = spec.get("names")
            kind = names.get("kind") if isinstance(names, dict) else None
            yield GroupKind(str(spec.get("group")), str(kind)), spec.get("scope") != "Cluster"

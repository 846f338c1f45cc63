"""What is known of a chart, and of one use of it by a source of an Application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.values import ValuesPart


@dataclass(frozen=True, slots=True)
class ChartReference:
    """A chart as an Application names it.

    `repository` is the URL of an HTTP(S) chart repository, or of an OCI registry with `oci://` or,
    as Argo CD permits it, without a scheme. `version` is a version or a range.
    """

    repository: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, eq=False)
class ChartFacts:
    """What a chart's files say; texts as they stand, `values` and `schema` parsed.

    `dependencies` are the entries of Chart.yaml, `subcharts` the charts in charts/ by the name
    under which their values are given (alias, else name). `templates` has every file below
    templates/ by its path, `files` every other one that may be a template, which charts evaluate
    with `tpl`, by its path in the chart.
    """

    name: str
    version: str
    kube_version: str
    values: Mapping[str, Any]
    values_text: str
    schema: Mapping[str, Any] | None
    templates: Mapping[str, str]
    dependencies: tuple[Mapping[str, Any], ...]
    subcharts: Mapping[str, ChartFacts]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class ChartUse:
    """One source of an Application that renders a chart, and what came of it.

    `values` are what a person gives it, in the order in which they are laid over each other, the
    last wins; `parameters` are the paths that `helm.parameters` set, as they are written.
    `facts` is None where the chart could not be had, `rendered` is then None, too. `error` is
    helm's message where it could not render the chart. `digest` is that of the archive,
    `sha256:` and 64 hex digits, and empty for an unpacked folder and for a chart in the repository.
    `version` is the exact version that a range came to. `folder` is that of a chart in the
    repository, `own` are then the chart's own values.yaml.
    """

    application: Application
    source: Source
    values: tuple[ValuesPart, ...] = ()
    parameters: tuple[str, ...] = ()
    facts: ChartFacts | None = None
    version: str = ""
    digest: str = ""
    rendered: int | None = None
    error: str = ""
    folder: str | None = None
    own: ValuesPart | None = None

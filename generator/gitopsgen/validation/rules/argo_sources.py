"""The rule on sources that Argo CD refuses, or of which it leaves a part out.

Source: validateSourcePermissions, GetRefSources and NormalizeSource in Argo CD's
util/argo/argo.go, ExplicitType in its types.go (3.6).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import mapping
from gitopsgen.validation.rules.argo_links import outside_links
from gitopsgen.validation.rules.argo_tree import is_hydrated
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "argo-source-invalid",
        (Severity.ERROR, Severity.WARNING),
        "A source is none or two at once (an error), or Argo CD ignores a part of it (a warning).",
        "Argo CD refuses the Application, or leaves a part of it out without a word.",
        "source:\n  repoURL: https://charts.example.com\n  chart: web",
        "source:\n  repoURL: https://charts.example.com\n  chart: web\n  targetRevision: 1.2.3",
    ),
)
_REF = re.compile(r"[a-zA-Z0-9_-]+")
_TYPES = ("kustomize", "helm", "directory", "plugin")


def check(model: Model) -> Iterator[RuleProblem]:
    """Sources that Argo CD refuses, and what of them it ignores."""
    for application in model.applications:
        if not is_hydrated(application):
            yield from _invalid(application)
    yield from outside_links(model)


def _problem(
    application: Application,
    path: Path,
    message: str,
    hint: str,
    *,
    severity: Severity = Severity.ERROR,
    key: bool = False,
) -> RuleProblem:
    manifest = application.manifest
    return RuleProblem("argo-source-invalid", severity, manifest, path, message, hint, key)


def _invalid(application: Application) -> Iterator[RuleProblem]:
    spec = mapping(application.data.get("spec"))
    several = isinstance(spec.get("sources"), list) and bool(spec["sources"])
    if several and spec.get("source"):
        yield _problem(
            application,
            ("spec", "source"),
            "Argo CD ignores `source` beside `sources`",
            "Move it into `sources`, or delete it.",
            severity=Severity.WARNING,
            key=True,
        )
    if spec and not application.sources and spec.get("sources") in (None, []):
        yield _problem(
            application,
            ("spec",),
            "the Application has no source",
            "Add spec.source with a repoURL and a path or a chart.",
            key=True,
        )
    refs: set[str] = set()
    for source in application.sources:
        yield from _invalid_source(application, source, several=several)
        if several and source.ref is not None:
            yield from _invalid_ref(application, source, source.ref, refs)


def _invalid_source(
    application: Application, source: Source, *, several: bool
) -> Iterator[RuleProblem]:
    place = source.location
    if not _has(source, "path") and not _has(source, "chart"):
        if not (several and _has(source, "ref")):
            empty = [key for key in ("chart", "path") if key in source.data]
            yield _problem(
                application,
                (*place, *empty[:1]),
                "the source has neither a path nor a chart",
                "Name the folder as `path`, `.` for the root of the repository.",
                key=True,
            )
    elif _has(source, "chart"):
        if not _has(source, "targetRevision"):
            key = "targetRevision" if "targetRevision" in source.data else "chart"
            yield _problem(
                application,
                (*place, key),
                f"the chart {source.chart} has no targetRevision",
                "Name the version of the chart as `targetRevision`.",
            )
        if _has(source, "path"):
            yield _problem(
                application,
                (*place, "path"),
                "Argo CD ignores `path` beside `chart`",
                "Delete it, or make it a source of its own below `sources`.",
                severity=Severity.WARNING,
                key=True,
            )
    types = [kind for kind in _TYPES if _is_typed(source.data, kind)]
    if len(types) > 1:
        yield _problem(
            application,
            (*place, types[1]),
            f"the source is of several types at once: {' and '.join(types)}",
            "Keep the settings of one type.",
            key=True,
        )


def _invalid_ref(
    application: Application, source: Source, ref: str, refs: set[str]
) -> Iterator[RuleProblem]:
    path = (*source.location, "ref")
    if "{{" in ref:
        return
    if not _REF.fullmatch(ref):
        hint = "Letters, digits, `-` and `_` are legal."
        yield _problem(application, path, f"{ref} is no legal ref", hint)
    elif ref in refs:
        hint = "Give each source a ref of its own."
        yield _problem(application, path, f"another source has the ref {ref} already", hint)
    refs.add(ref)


def _has(source: Source, key: str) -> bool:
    """Whether a key says anything; what has the wrong type is for the schemas."""
    return source.data.get(key) not in (None, "")


def _is_typed(data: Mapping[str, Any], kind: str) -> bool:
    """Whether settings force a type on a source: empty ones do not, but those of a plugin."""
    settings = data.get(kind)
    return isinstance(settings, dict) and (kind == "plugin" or _says_anything(settings))


def _says_anything(settings: Any) -> bool:
    waiting = [settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            if value:
                return True
        elif value not in (None, "", False):
            return True
    return False

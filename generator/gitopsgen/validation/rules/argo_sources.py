"""The rule on sources that Argo CD refuses, or of which it leaves a part out.

Source: validateSourcePermissions, GetRefSources and NormalizeSource in Argo CD's
util/argo/argo.go, ExplicitType in its types.go (3.6).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping
from gitopsgen.validation.rules.argo_hints import has_misspelt
from gitopsgen.validation.rules.argo_links import outside_links
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.sources import LocalSources
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
_HYDRATED = (
    ("drySource", "repoURL"),
    ("syncSource", "targetBranch"),
    ("hydrateTo", "targetBranch"),
)
_TYPES = ("kustomize", "helm", "directory", "plugin")


def check(model: Model) -> Iterator[RuleProblem]:
    """Sources that Argo CD refuses, and what of them it ignores."""
    for application in model.applications:
        yield from _invalid(application, model.sources)
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


def _invalid(application: Application, sources: LocalSources) -> Iterator[RuleProblem]:
    spec = mapping(application.data.get("spec"))
    hydrator = isinstance(spec.get("sourceHydrator"), dict)
    several = not hydrator and isinstance(spec.get("sources"), list) and bool(spec["sources"])
    winner = "sourceHydrator" if hydrator else "sources"
    for loser in ("source", "sources") if hydrator else ("source",) if several else ():
        if spec.get(loser):
            yield _problem(
                application,
                ("spec", loser),
                f"Argo CD ignores `{loser}` beside `{winner}`",
                f"Move it into `{winner}`, or delete it.",
                severity=Severity.WARNING,
                key=True,
            )
    if hydrator:
        yield from _empty_in_hydrator(application, mapping(spec["sourceHydrator"]))
    nothing = spec and not application.sources and spec.get("sources") in (None, [])
    if nothing and not has_misspelt(spec, "source", "sources"):
        yield _problem(
            application,
            ("spec",),
            "the Application has no source",
            "Add spec.source with a repoURL and a path or a chart.",
            key=True,
        )
    refs: set[str] = set()
    for source in application.sources:
        if not hydrator:
            yield from _refused(application, source, several=several)
        yield from _of_several_types(application, source, sources)
        if several and source.ref is not None:
            yield from _invalid_ref(application, source, source.ref, refs)


def _empty_in_hydrator(
    application: Application, hydrator: Mapping[str, Any]
) -> Iterator[RuleProblem]:
    """What the source hydrator needs, and the schema takes though it is empty."""
    for path in _HYDRATED:
        if at(hydrator, *path) == "":
            where = ("spec", "sourceHydrator", *path)
            message = f"{path[-1]} of {path[0]} is empty"
            yield _problem(application, where, message, "Argo CD refuses the Application.")


def _refused(application: Application, source: Source, *, several: bool) -> Iterator[RuleProblem]:
    place = source.location
    if not _has(source, "path") and not _has(source, "chart"):
        lends = several and _has(source, "ref")
        if not lends and not has_misspelt(source.data, "path", "chart"):
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


def _of_several_types(
    application: Application, source: Source, sources: LocalSources
) -> Iterator[RuleProblem]:
    types = [kind for kind in source.data if kind in _TYPES and _is_typed(source.data, kind)]
    if len(types) < 2:
        return
    fitting = _fitting_type(source, sources)
    others = [kind for kind in types if kind != fitting]
    yield _problem(
        application,
        (*source.location, others[0] if fitting in types else types[1]),
        f"the source is of several types at once: {' and '.join(types)}",
        "Keep the settings of one type.",
        key=True,
    )


def _fitting_type(source: Source, sources: LocalSources) -> str:
    """The type that Argo CD would find by itself; empty where nobody here can tell."""
    if source.chart:
        return "helm"
    folder = sources.folder(source)
    return "" if folder is None else sources.special.get(folder, "directory").lower()


def _invalid_ref(
    application: Application, source: Source, ref: str, refs: set[str]
) -> Iterator[RuleProblem]:
    path = (*source.location, "ref")
    if not is_legal_ref(ref):
        hint = "Letters, digits, `-` and `_` are legal."
        yield _problem(application, path, f"{ref} is no legal ref", hint)
    elif ref in refs:
        hint = "Give each source a ref of its own."
        yield _problem(application, path, f"another source has the ref {ref} already", hint)
    refs.add(ref)


def is_legal_ref(ref: str) -> bool:
    """Whether Argo CD takes a name for a ref."""
    return "{{" in ref or _REF.fullmatch(ref) is not None


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

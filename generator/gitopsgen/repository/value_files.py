"""The value files that a Helm source names, and where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from gitopsgen.repository.doublestar import PatternError, expand, is_glob
from gitopsgen.repository.paths import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.sources import LocalSources

_REMOTE = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# `${` alone and `${}` are eaten, and one of the shell's special characters is a whole name.
_VARIABLE = re.compile(r"\$(?:\{(?:(?P<braced>[^}]*)\})?|(?P<plain>[-*#$@!?0-9]|[A-Za-z0-9_]+))")
_OF_THE_SYNC = {f"ARGOCD_APP_REVISION{length}" for length in ("", "_SHORT", "_SHORT_8")}


class ValueFileState(Enum):
    """Whether a value file is there."""

    HERE = "in this repository"
    MISSING = "not in this repository"
    UNKNOWN_REF = "of a ref that no source has"
    IN_CHART = "in a chart from a chart repository"
    ELSEWHERE = "where nobody here can look"


@dataclass(frozen=True, slots=True)
class ValueFile:
    """A value file as a source names it; `path` is that in this repository or in the chart.

    A path that leaves the repository, or the chart, is None and counts as missing: Argo CD
    refuses it.
    """

    name: str
    state: ValueFileState
    path: str | None = None


def value_files(
    application: Application,
    source: Source,
    sources: LocalSources,
    chart: Sequence[str] | None = None,
) -> tuple[ValueFile, ...]:
    """The files that a Helm source takes values from, in the order in which Argo CD gives them.

    Globs are expanded where they stand, without the files that are named elsewhere themselves, and
    every file is given once. With ignoreMissingValueFiles those that are not there are left out.
    `chart` are the files of a chart from a chart repository; what is named in one that is not at
    hand stays as it is.

    Source: getResolvedValueFiles in Argo CD's reposerver/repository/repository.go; globs are
    expanded since 3.4.
    """
    ignores = source.helm.get("ignoreMissingValueFiles") is True
    named = [resolve_value_file(name, application, source, sources) for name in source.value_files]
    by_name = {_identity(file) for file in named if not has_glob(file)}
    found: dict[tuple[str, str], ValueFile] = {}
    for file in named:
        tree = chart if file.state is ValueFileState.IN_CHART else sources.files.paths
        if not has_glob(file) or tree is None:
            if not (ignores and _is_missing(file, chart)):
                found.setdefault(_identity(file), file)
            continue
        matched = list(expand_value_file(file, tree))
        if not matched and not ignores:
            missing = replace(file, state=ValueFileState.MISSING)
            found.setdefault(_identity(missing), missing)
        for item in matched:
            if _identity(item) not in by_name:
                found.setdefault(_identity(item), item)
    return tuple(found.values())


def resolve_value_file(
    name: str, application: Application, source: Source, sources: LocalSources
) -> ValueFile:
    """Find a value file the way Argo CD does; a glob is missing, with its own path.

    `$ref/path` is in the root of another source's repository, `/path` in that of the source's own,
    anything else is relative to the folder of the chart; a chart from a chart repository has its
    value files inside.
    """
    if name.startswith("$") and (found := _in_ref(name, application, source, sources)) is not None:
        return found
    name = substitute(name, application, source)
    if _REMOTE.match(name):
        return ValueFile(name, ValueFileState.ELSEWHERE)
    if source.chart:
        path = normal(name)
        inside = ValueFileState.IN_CHART if path else ValueFileState.MISSING
        return ValueFile(name, inside, path or None)
    if not sources.is_own(source):
        return ValueFile(name, ValueFileState.ELSEWHERE)
    whole = name if name.startswith("/") else f"{source.path or ''}/{name}"
    return _here(name, normal(whole), sources)


def has_glob(file: ValueFile) -> bool:
    """Whether Argo CD expands what a source names."""
    looked_at = file.state in {ValueFileState.HERE, ValueFileState.MISSING, ValueFileState.IN_CHART}
    return looked_at and file.path is not None and is_glob(file.path)


def expand_value_file(file: ValueFile, paths: Sequence[str]) -> Iterator[ValueFile]:
    """The files of a tree that a glob stands for; none for one that cannot be followed."""
    here = file.state is not ValueFileState.IN_CHART
    try:
        matched = expand(file.path or "", paths)
    except PatternError:
        return
    for path in matched:
        yield replace(file, path=path, state=ValueFileState.HERE if here else file.state)


def _identity(file: ValueFile) -> tuple[str, str]:
    """What tells two files apart: the place in the repository, in the chart, or the name."""
    if file.path is None:
        return "", file.name
    return "chart" if file.state is ValueFileState.IN_CHART else "repository", file.path


def _is_missing(file: ValueFile, chart: Sequence[str] | None) -> bool:
    if file.state is ValueFileState.IN_CHART:
        return chart is not None and file.path not in chart
    return file.state is ValueFileState.MISSING and file.path is not None


def _in_ref(
    name: str, application: Application, source: Source, sources: LocalSources
) -> ValueFile | None:
    ref, _, rest = name[1:].partition("/")
    if not rest or source.is_single:
        # A single source has no refs: it is a variable then.
        return None
    named = next((other for other in application.sources if other.ref == ref), None)
    if named is None:
        return ValueFile(name, ValueFileState.UNKNOWN_REF)
    if named.chart or not sources.is_own(named):
        return ValueFile(name, ValueFileState.ELSEWHERE)
    # Argo CD fills in its variables once it knows the source.
    return _here(name, normal(substitute(rest, application, source)), sources)


def _here(name: str, path: str | None, sources: LocalSources) -> ValueFile:
    if path and not is_glob(path) and (real := sources.files.real(path)) in sources.files:
        return ValueFile(name, ValueFileState.HERE, real)
    return ValueFile(name, ValueFileState.MISSING, path or None)


def substitute(text: str, application: Application, source: Source) -> str:
    """A text with Argo CD's build environment in it, as Go's os.Expand does it.

    Names that nothing has are empty; only the commit of a sync cannot be known before it, and
    stays.
    """
    known = {
        "ARGOCD_APP_NAME": application.name,
        "ARGOCD_APP_NAMESPACE": application.destination.namespace,
        "ARGOCD_APP_PROJECT_NAME": application.project or "default",
        "ARGOCD_APP_SOURCE_PATH": source.path or "",
        "ARGOCD_APP_SOURCE_REPO_URL": source.repo_url,
        "ARGOCD_APP_SOURCE_TARGET_REVISION": source.target_revision,
        "$": "$",
    }

    def value(found: re.Match[str]) -> str:
        name = found["braced"] or found["plain"] or ""
        return found[0] if name in _OF_THE_SYNC else known.get(name, "")

    return _VARIABLE.sub(value, text)

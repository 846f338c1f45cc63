"""The value files that a Helm source names, and where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from gitopsgen.repository.paths import normal

if TYPE_CHECKING:
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.sources import LocalSources

_REMOTE = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}?")


class ValueFileState(Enum):
    """Whether a value file is there."""

    HERE = "in this repository"
    MISSING = "not in this repository"
    UNKNOWN_REF = "of a ref that no source has"
    ELSEWHERE = "where nobody here can look"


@dataclass(frozen=True, slots=True)
class ValueFile:
    """A value file as a source names it; `path` is that in this repository, None elsewhere.

    A path that leaves the repository counts as missing: Argo CD refuses it.
    """

    name: str
    state: ValueFileState
    path: str | None = None


def resolve_value_file(
    name: str, application: Application, source: Source, sources: LocalSources
) -> ValueFile:
    """Find a value file the way Argo CD does.

    `$ref/path` is in the root of another source's repository, `/path` in that of the source's own,
    anything else is relative to the folder of the chart; a chart from a chart repository has its
    value files inside, where nobody here can look.
    """
    if name.startswith("$") and (found := _in_ref(name, application, source, sources)) is not None:
        return found
    name = substitute(name, application, source)
    if _REMOTE.match(name) or source.chart or not sources.is_own(source):
        return ValueFile(name, ValueFileState.ELSEWHERE)
    whole = name if name.startswith("/") else f"{source.path or ''}/{name}"
    return _here(name, normal(whole), sources)


def _in_ref(
    name: str, application: Application, source: Source, sources: LocalSources
) -> ValueFile | None:
    ref, _, rest = name[1:].partition("/")
    if not rest:
        return None
    named = next((other for other in application.sources if other.ref == ref), None)
    if named is None:
        return ValueFile(name, ValueFileState.UNKNOWN_REF)
    if named.chart or not sources.is_own(named):
        return ValueFile(name, ValueFileState.ELSEWHERE)
    # Argo CD fills in its variables once it knows the source.
    return _here(name, normal(substitute(rest, application, source)), sources)


def _here(name: str, path: str | None, sources: LocalSources) -> ValueFile:
    if path is not None and path in sources.files:
        return ValueFile(name, ValueFileState.HERE, path)
    return ValueFile(name, ValueFileState.MISSING, path)


def substitute(name: str, application: Application, source: Source) -> str:
    """Argo CD's build environment in a path, as far as git tells it."""
    known = {
        "ARGOCD_APP_NAME": application.name,
        "ARGOCD_APP_NAMESPACE": application.destination.namespace,
        "ARGOCD_APP_PROJECT_NAME": application.project,
        "ARGOCD_APP_SOURCE_PATH": source.path or "",
        "ARGOCD_APP_SOURCE_REPO_URL": source.repo_url,
        "ARGOCD_APP_SOURCE_TARGET_REVISION": source.target_revision,
    }
    return _VARIABLE.sub(lambda found: known.get(found["name"], found[0]), name)

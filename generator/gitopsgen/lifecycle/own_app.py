"""An application of a person's own in a repository made by gitopsgen: what is asked, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gitopsgen.charts.uses import declared
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.locked import read_lock
from gitopsgen.lifecycle.own_app_checks import find_project, problems_of
from gitopsgen.lifecycle.own_app_files import PROJECTS, Chart, Folder, OwnApp
from gitopsgen.repository.applications import read_application
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.paths import normal
from gitopsgen.validation.cluster_stage import check_cluster

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gitopsgen.cluster.model import Cluster

# After every component of the blueprints: an Ingress needs its controller first.
_WAVE = 10
_WAVE_ANNOTATION = "argocd.argoproj.io/sync-wave"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for; what was not said is None.

    Either `chart` and `repo` are given, or `path`, in this repository or in `repo_url`.
    """

    name: str
    namespace: str | None = None
    project: str | None = None
    wave: int | None = None
    chart: str | None = None
    repo: str | None = None
    version: str | None = None
    path: str | None = None
    repo_url: str | None = None
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """The repository that the application goes into."""

    root: Path
    files: RepositoryFiles
    cluster: Cluster


def open_site(root: Path) -> Site:
    """The repository in `root`. Raises `UsageError` where it was not made by gitopsgen."""
    files = RepositoryFiles(root)
    known = check_cluster(files)
    if known is None or not (root / "apps").is_dir() or not (root / PROJECTS).is_dir():
        raise UsageError(
            f"{root} was not made by gitopsgen: it has no cluster.yaml, apps/ and {PROJECTS}/",
            "Name the folder of such a repository with --repository.",
        )
    if known.cluster is None:
        raise UsageError(
            f"{root / 'cluster.yaml'} has errors",
            "`gitopsgen validate` says which: mend them first.",
        )
    return Site(root, files, known.cluster)


def plan(site: Site, request: Request) -> OwnApp:
    """The application that a request asks for, in a chart's version only as far as that is given.

    Raises `UsageError` with everything that is wrong with the request.
    """
    problems = list(problems_of(site, request))
    if problems:
        raise UsageError("\n".join(problems), "`gitopsgen add app --help` shows what is asked for.")
    own = site.cluster.repository
    source: Chart | Folder
    if request.chart is not None:
        # Argo CD names a registry without a scheme.
        repo = (request.repo or "").removeprefix("oci://").rstrip("/")
        source = Chart(request.chart, repo, request.version or "")
    else:
        is_own = request.repo_url in (None, own.url)
        source = Folder(
            normal(request.path or "") or ".",
            own.url if is_own else request.repo_url or "",
            request.revision or (own.branch if is_own else ""),
            is_own,
        )
    app = OwnApp(
        name=request.name,
        namespace=request.namespace or request.name,
        project=request.project or request.name,
        wave=_wave(site) if request.wave is None else request.wave,
        source=source,
        own_url=own.url,
        own_branch=own.branch,
    )
    return replace(app, has_project=find_project(site.files, app.project) is not None)


def _wave(site: Site) -> int:
    """The wave after every component's."""
    lock = read_lock(site.root)
    components = (lock.blueprints if lock is not None else None) or {}
    waves = [_WAVE]
    for manifest in declared(site.files, "Application"):
        app = read_application(manifest)
        text = str(app.annotations.get(_WAVE_ANNOTATION, ""))
        if app.name in components and re.fullmatch(r"-?\d{1,6}", text):
            waves.append(int(text) + 1)
    return max(waves)


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write new files below `root`, all or none of them; none that is there is touched.

    Raises `UsageError` where one is there, `UnavailableError` where one cannot be written.
    """
    made: list[Path] = []
    try:
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="\n") as file:
                made.append(target)
                file.write(text)
    except FileExistsError as error:
        _take_back(made)
        raise UsageError(
            f"{error.filename} is there already, and nothing is overwritten"
        ) from error
    except OSError as error:
        _take_back(made)
        where = error.filename or root
        raise UnavailableError(f"{where} cannot be written: {error.strerror}") from error


def _take_back(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)

"""What can be wrong with a request for an application of a person's own."""

from __future__ import annotations

import re
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.charts.helm_client import FetchError, check_address, is_registry
from gitopsgen.charts.semver import parse
from gitopsgen.charts.uses import declared
from gitopsgen.lifecycle.locked import read_lock
from gitopsgen.lifecycle.own_app_files import PROJECTS
from gitopsgen.repository.applications import read_application
from gitopsgen.repository.paths import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.lifecycle.own_app import Request, Site
    from gitopsgen.lifecycle.own_app_files import OwnApp
    from gitopsgen.repository.files import RepositoryFiles

# Kubernetes' names of namespaces (DNS labels); helm permits no longer name of a release.
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST_RELEASE, _LONGEST_LABEL = 53, 63
_URL = re.compile(r"(https?|ssh|git|oci)://[^\s/]\S*|[\w.-]+@[\w.-]+:\S+|[\w.-]+(:\d+)?/\S+")
# Whatever may write there is in command of the cluster, or of Argo CD.
_GUARDED = frozenset({"argocd", "kube-system", "kube-public", "kube-node-lease"})


def problems_of(site: Site, request: Request) -> Iterator[str]:
    """Everything that is wrong with a request, each in one line."""
    given = [text for text in astuple(request) if isinstance(text, str)]
    if any(not text.isprintable() for text in given):
        yield "a name, an address or a path holds characters that cannot be printed"
        return
    namespace = request.namespace or request.name
    labels = [("NAME", request.name, _LONGEST_RELEASE)]
    labels += [("--namespace", request.namespace, _LONGEST_LABEL)] if request.namespace else []
    labels += [("--project", request.project, _LONGEST_LABEL)] if request.project else []
    for what, text, longest in labels:
        if not _LABEL.fullmatch(text) or len(text) > longest:
            yield (
                f"{what} {text}: not a name of at most {longest} lower-case letters, digits and "
                "hyphens"
            )
    if namespace in _GUARDED:
        yield f"--namespace {namespace}: an application there could take over the cluster"
    yield from _taken(site, request)
    if (request.chart is None) == (request.path is None):
        yield "either --chart or --path has to be given" + (
            ", not both" if request.chart is not None else ""
        )
    if request.chart is not None:
        yield from _chart_problems(request)
    elif request.path is not None:
        yield from _path_problems(site, request)


def _chart_problems(request: Request) -> Iterator[str]:
    if request.repo_url or request.revision:
        yield "--repo-url and --revision go with --path; with --chart they are --repo and --version"
    if request.repo is None:
        yield "--chart needs --repo, the address of its repository of charts"
        return
    try:
        check_address(request.repo, request.chart or "")
    except FetchError as error:
        yield str(error)
    else:
        if is_registry(request.repo) and "/" not in request.repo.removeprefix("oci://"):
            yield f"--repo {request.repo}: the address of a repository of charts has a path, or https://"
    if request.version is not None and parse(request.version) is None:
        yield f"--version {request.version}: not a version, which a pin has to be"


def _path_problems(site: Site, request: Request) -> Iterator[str]:
    if request.repo or request.version:
        yield "--repo and --version go with --chart; with --path they are --repo-url and --revision"
    path = request.path or ""
    inside = normal(path)
    if path.startswith("/") or inside is None or re.search(r"[\s\\#'\"{}]", path):
        yield f"--path {path}: not a folder within a repository"
        return
    own = site.cluster.repository
    if request.repo_url in (None, own.url):
        if inside.split("/")[0] in ("", "apps", PROJECTS, ".git", ".gitopsgen"):
            yield f"--path {path}: that folder is not for the manifests of an application"
        elif (site.root / inside).is_symlink() or (site.root / inside).is_file():
            yield f"--path {path}: that is not a folder"
        return
    if not _URL.fullmatch(request.repo_url or ""):
        yield f"--repo-url {request.repo_url}: not the address of a git repository"
    if request.revision is None:
        yield "--repo-url needs --revision, a tag or a commit: branches change by themselves"


def _taken(site: Site, request: Request) -> Iterator[str]:
    """Names and files that are there: nothing is overwritten."""
    name = request.name
    lock = read_lock(site.root)
    components = {component.name for component in load_catalogue().components}
    if name in components or (lock is not None and name in (lock.blueprints or {})):
        yield f"{name} is a component: `gitopsgen add {name}` installs it"
        return
    for manifest in declared(site.files, "Application"):
        if read_application(manifest).name == name:
            yield f"there is an Application {name} already, in {manifest.file}"
            return
    if not _LABEL.fullmatch(name):
        return
    for path in _files_of(name, request.chart is not None):
        if (site.root / path).exists() or (site.root / path).is_symlink():
            yield f"{path} is there already, and nothing is overwritten"
    project = request.project or name
    if (
        find_project(site.files, project) is None
        and (site.root / f"{PROJECTS}/{project}.yaml").exists()
    ):
        yield f"{PROJECTS}/{project}.yaml is there already, and it holds no AppProject {project}"


def _files_of(name: str, has_chart: bool) -> list[str]:
    return [f"apps/{name}.yaml", *([f"components/{name}/values.yaml"] if has_chart else [])]


def project_gaps(site: Site, app: OwnApp) -> list[str]:
    """What a project that is there already does not permit, as lines for a person."""
    data = find_project(site.files, app.project)
    spec = data.get("spec") if data is not None else None
    if not isinstance(spec, dict):
        return []
    sources = [str(item) for item in spec.get("sourceRepos") or ()]
    needed = [url for url in app.sources if url not in sources and "*" not in sources]
    gaps = [f"spec.sourceRepos: {url}" for url in needed]
    places = [item for item in spec.get("destinations") or () if isinstance(item, dict)]
    if not any(item.get("namespace") in (app.namespace, "*") for item in places):
        gaps.append(f"spec.destinations: namespace {app.namespace}")
    permitted = [i for i in spec.get("clusterResourceWhitelist") or () if isinstance(i, dict)]
    pairs = {(item.get("group"), item.get("kind")) for item in permitted}
    for kind in app.cluster_kinds:
        wanted = {(kind.group, kind.kind), (kind.group, "*"), ("*", kind.kind), ("*", "*")}
        if not wanted & pairs:
            gaps.append(f"spec.clusterResourceWhitelist: {kind.kind} of {kind.group or 'the core'}")
    return gaps


def find_project(files: RepositoryFiles, name: str) -> Mapping[str, Any] | None:
    """The AppProject of that name that stands in a file."""
    for manifest in declared(files, "AppProject"):
        metadata = manifest.data.get("metadata")
        if isinstance(metadata, dict) and metadata.get("name") == name:
            return manifest.data
    return None

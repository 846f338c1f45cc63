"""Rules on the folders of sources: whether they are there, and whether anything is in them.

Source: Argo CD's util/app/path/path.go and findManifests in its reposerver/repository (3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.manifests import objects_in
from gitopsgen.repository.paths import normal
from gitopsgen.validation.rules.argo_revisions import is_nearly_own
from gitopsgen.validation.rules.argo_tree import WorkTree
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.manifests import Place
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "argo-source-path",
        (Severity.ERROR,),
        "The path of a source does not exist in this repository, is a file, or is absolute.",
        "Argo CD applies nothing, says `app path does not exist` and still calls the "
        "Application healthy.",
        "# the folder is apps/web\nsource: {path: app/web}",
        "# the folder is apps/web\nsource: {path: apps/web}",
    ),
    Rule(
        "argo-source-empty",
        (Severity.WARNING,),
        "A folder of plain manifests has nothing to apply.",
        "The Application is Synced and Healthy without a single resource; often "
        "directory.recurse is missing.",
        "# the manifests are in apps/web/base\nsource: {path: apps/web}",
        "# the manifests are in apps/web/base\n"
        "source: {path: apps/web, directory: {recurse: true}}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Folders that are not there, and folders that have nothing to apply."""
    tree = WorkTree(model)
    used = {id(item.source) for item in model.resources}
    # What a set's template has for some of its Applications others may do without.
    filled = {
        _written_at(application, source)
        for application in model.applications
        if application.manifest.rendering is not None
        for source in application.sources
        if id(source) in used
    }
    for application in model.applications:
        yield from _only_refs(application)
        for source in application.sources:
            yield from _path(application, source, model, tree)
            if id(source) not in used and _written_at(application, source) not in filled:
                yield from _empty(application, source, model, tree)


def _written_at(application: Application, source: Source) -> Place:
    """Where a source stands: those that come out of one template stand at one place."""
    file, document, path = application.manifest.place
    return (file, document, (*path, *source.location))


def _only_refs(application: Application) -> Iterator[RuleProblem]:
    """Sources that only lend their files to others, and no other."""
    sources = application.sources
    if sources and all(source.ref and not source.path and not source.chart for source in sources):
        yield RuleProblem(
            "argo-source-empty",
            Severity.WARNING,
            application.manifest,
            sources[0].location,
            "there is nothing to apply: every source has a ref, and neither path nor chart",
            "Add the source that takes its values from there.",
        )


def _path(
    application: Application, source: Source, model: Model, tree: WorkTree
) -> Iterator[RuleProblem]:
    path = source.path
    if not path or source.chart or source.repo_url.startswith("oci://") or "{{" in path:
        return
    where = (*source.location, "path")
    folder = normal(path)
    files = model.sources.files
    if path.startswith("/"):
        message, hint = f"the path {path} is absolute", f"Write {path.lstrip('/') or '.'}."
    elif folder is None:
        message = f"the path {path} leaves the repository"
        hint = "A path starts at the root of the repository."
    elif folder in files.folders or not tree.has(source) or tree.is_elsewhere(folder):
        return
    elif folder in files:
        message = f"the path {path} is a file"
        hint = f"Name its folder, and the file as directory.include: {path.rpartition('/')[2]}."
    else:
        near = tree.speller.nearest(folder, _candidates(folder, files.folders))
        message = f"there is no folder {path} in this repository"
        hint = f"Did you mean {near}?" if near else "git keeps no empty folders."
    yield RuleProblem(
        "argo-source-path", Severity.ERROR, application.manifest, where, message, hint
    )


def _candidates(folder: str, folders: frozenset[str]) -> list[str]:
    """Folders as deep as one that is missing: only they can be what was meant."""
    depth = folder.count("/")
    return [name for name in folders if name and name.count("/") == depth]


def _empty(
    application: Application, source: Source, model: Model, tree: WorkTree
) -> Iterator[RuleProblem]:
    sources, files = model.sources, model.sources.files
    folder = sources.directory(source)
    if (
        folder is None
        or source.ref
        or not tree.has(source)
        or source.directory.get("disableExtensionFilter") is True
        or any(sources.jsonnet_of(source))
    ):
        return
    here = [path for path in files.below(folder, recurse=source.recurse) if _is_yaml(path)]
    # What cannot be read or parsed is said elsewhere.
    read = [files.read(path) for path in here if path not in files.templates]
    if any(file is None or file.contents.problems for file in read):
        return
    if tree.has_links(folder, recurse=source.recurse):
        return
    if source.include or source.exclude:
        hint = "Check directory.include and directory.exclude."
    elif not source.recurse and _is_below(folder, model):
        hint = "Its manifests are in folders below: set directory.recurse: true."
    else:
        hint = "Add its manifests, or delete the Application."
    yield RuleProblem(
        "argo-source-empty",
        Severity.WARNING,
        application.manifest,
        (*source.location, "path"),
        f"the folder {source.path} has nothing to apply",
        hint,
    )


def _is_below(folder: str, model: Model) -> bool:
    """Whether there is a manifest in a folder or below it."""
    files = model.sources.files
    return any(
        True
        for path in files.below(folder, recurse=True)
        if _is_yaml(path) and path not in files.templates
        for _ in objects_in(files, path)
    )


def _is_yaml(path: str) -> bool:
    return path.endswith(YAML_SUFFIXES)


def told_folders(model: Model) -> frozenset[str] | None:
    """Folders of sources of which nothing is applied, for a reason that is a finding already.

    None where a source names no folder at all: it may be any.
    """
    found: set[str] = set()
    for application in model.applications:
        if not application.sources:
            return None
        used = {id(item.source) for item in model.members(application)}
        for source in application.sources:
            if not (source.path or source.chart or source.ref):
                return None
            if id(source) in used or source.ref or not source.path:
                continue
            if (
                not source.repo_url
                or model.sources.directory(source) is not None
                or is_nearly_own(application, source, model)
            ):
                found.add(normal(source.path) or "")
    return frozenset(found)

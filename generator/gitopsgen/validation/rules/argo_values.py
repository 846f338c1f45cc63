"""Rules on the files that Helm sources name: value files and file parameters.

Source: Argo CD's reposerver/repository/repository.go and util/io/path/resolved.go (3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.doublestar import PatternError, expand, fixed_folder
from gitopsgen.repository.value_files import ValueFileState, has_glob, resolve_value_file
from gitopsgen.validation.rules.access import mappings, sequence, text
from gitopsgen.validation.rules.argo_sources import is_legal_ref
from gitopsgen.validation.rules.argo_tree import WorkTree
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.argo_hints import Speller

RULES = (
    Rule(
        "argo-values-ref",
        (Severity.ERROR,),
        "A value file is of a `$ref` that no source of the Application has.",
        "Argo CD applies nothing: `source referenced …, which is not one of the available "
        "sources`. Only sources below `sources` have refs.",
        "sources:\n  - {chart: web, helm: {valueFiles: [$vals/web.yaml]}}\n"
        "  - {repoURL: https://github.com/owner/repo, ref: values}",
        "sources:\n  - {chart: web, helm: {valueFiles: [$values/web.yaml]}}\n"
        "  - {repoURL: https://github.com/owner/repo, ref: values}",
    ),
    Rule(
        "argo-values-file",
        (Severity.ERROR,),
        "A value file does not exist in this repository.",
        "Argo CD applies nothing and says helm's `no such file or directory`, unless "
        "ignoreMissingValueFiles is set.",
        "# the file is charts/web/prod.yaml\n"
        "source: {path: charts/web, helm: {valueFiles: [production.yaml]}}",
        "# the file is charts/web/prod.yaml\n"
        "source: {path: charts/web, helm: {valueFiles: [prod.yaml]}}",
    ),
)
_ENVIRONMENT = ("ARGOCD_", "{", "$", "KUBE_")


def check(model: Model) -> Iterator[RuleProblem]:
    """Files of refs that nothing has, and files that are not there."""
    tree = WorkTree(model)
    for application in model.applications:
        for source in application.sources:
            if source.helm:
                yield from _source(application, source, model, tree)


def _source(
    application: Application, source: Source, model: Model, tree: WorkTree
) -> Iterator[RuleProblem]:
    ignores = source.helm.get("ignoreMissingValueFiles") is True
    for path, name in _names(source):
        refused = _wrong_ref(application, source, name, model, tree.speller)
        if refused:
            message, hint = refused
            yield _problem("argo-values-ref", application, path, message, hint)
        else:
            globs = path[-1] != "path"
            optional = ignores and globs
            missing = _missing(
                application, source, name, model, tree, optional=optional, globs=globs
            )
            if missing:
                message, hint = missing
                yield _problem("argo-values-file", application, path, message, hint)


def _names(source: Source) -> Iterator[tuple[Path, str]]:
    """The files that a source names, each with where it does so."""
    place = (*source.location, "helm")
    for index, name in enumerate(sequence(source.helm.get("valueFiles"))):
        if isinstance(name, str) and name and "{{" not in name:
            yield (*place, "valueFiles", index), name
    for path, item in mappings(source.helm, ("fileParameters",)):
        name = text(item.get("path"))
        if name and "{{" not in name:
            yield (*place, *path, "path"), name


def _problem(
    rule: str, application: Application, path: Path, message: str, hint: str
) -> RuleProblem:
    return RuleProblem(rule, Severity.ERROR, application.manifest, path, message, hint)


def _wrong_ref(
    application: Application, source: Source, name: str, model: Model, speller: Speller
) -> tuple[str, str] | None:
    """What is wrong with the ref of a file, and what to do; None where nothing is."""
    if not name.startswith("$"):
        return None
    ref = name[1:].partition("/")[0]
    if source.is_single:
        if "/" not in name or ref.startswith(_ENVIRONMENT):
            return None
        # Argo CD takes it for a variable that is empty: the rest is in the root.
        found = resolve_value_file(name, application, source, model.sources)
        if found.state is ValueFileState.HERE:
            return None
        hint = "Put the source below `sources`, beside one with that ref."
        return f"${ref} is a ref, and a single source can have none", hint
    refs = {other.ref: other for other in application.sources if other.ref}
    named = refs.get(ref)
    if named is None and not all(map(is_legal_ref, refs)):
        # That is said of the ref, which is likely to be the one that is meant.
        return None
    if named is None:
        if not refs:
            return f"no source has the ref {ref}", f"Give the source of the file `ref: {ref}`."
        near = speller.nearest(ref, list(refs))
        hint = f"Did you mean ${near}?" if near else f"There are: {', '.join(sorted(refs))}."
        return f"no source has the ref {ref}", hint
    if named.chart:
        hint = "Take the values from a git repository."
        return f"the source with the ref {ref} is a chart, and Argo CD takes no files of one", hint
    return None


def _missing(
    application: Application,
    source: Source,
    name: str,
    model: Model,
    tree: WorkTree,
    *,
    optional: bool,
    globs: bool,
) -> tuple[str, str] | None:
    """What to say of a file that is not there, and what to do; None where it is, or may be."""
    sources = model.sources
    owner = source
    ref = name[1:].partition("/")[0] if name.startswith("$") else ""
    named = next((other for other in application.sources if ref and other.ref == ref), None)
    if named is not None:
        owner = named
    elif source.path and not name.startswith("/") and sources.folder(source) is None:
        # Its folder is not there: that is said already.
        return None
    found = resolve_value_file(name, application, source, sources)
    if found.state is not ValueFileState.MISSING or (source.chart and not named):
        return None
    if not tree.has(owner):
        return None
    path = found.path
    if path is None:
        return f"the file {name} is outside of the repository", "Argo CD refuses such a path."
    if "$" in path or tree.is_elsewhere(path):
        return None
    if globs and has_glob(found):
        return None if optional else _unmatched(name, path, sources.files, tree)
    if optional:
        return None
    near = tree.speller.nearest(path, _neighbours(path, model), 0.5)
    hint = "Or set ignoreMissingValueFiles: true." if not near else f"Did you mean {near}?"
    return f"there is no file {path} in this repository", hint


def _unmatched(
    name: str, pattern: str, files: RepositoryFiles, tree: WorkTree
) -> tuple[str, str] | None:
    """What to say of a glob that no file matches, and what to do; None where one does, or may."""
    try:
        if expand(pattern, files.paths):
            return None
    except PatternError as error:
        return f"{name} is no glob that Argo CD understands: {error}", "Close brackets and braces."
    folder = fixed_folder(pattern)
    if folder in files.folders and tree.has_links(folder, recurse=True):
        return None
    return f"no file matches {name}", "Or set ignoreMissingValueFiles: true."


def _neighbours(path: str, model: Model) -> list[str]:
    """The files beside one that is missing, and those of its name anywhere."""
    files = model.sources.files
    folder, _, name = path.rpartition("/")
    named = [other for other in files.paths if other.rpartition("/")[2] == name]
    return [*files.below(folder, recurse=False), *named]

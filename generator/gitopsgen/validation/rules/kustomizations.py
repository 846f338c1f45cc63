"""Rules on Kustomize sources."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.model import DUPLICATE_KEY, SYNTAX
from gitopsgen.documents.reader import read_documents
from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.kustomizations import PATCHES, kustomization_file
from gitopsgen.validation.rules.access import at, sequence, text
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.kustomize.renderer import KustomizeUse
    from gitopsgen.repository.manifests import Place
    from gitopsgen.repository.sources import LocalSources
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "kustomize-build",
        (Severity.ERROR,),
        "kustomize cannot build the source.",
        "Argo CD applies nothing of it, and still calls the Application healthy.",
        "# kustomization.yaml, and there is no web.yaml beside it\nresources: [web.yaml]",
        "# kustomization.yaml, beside web.yaml\nresources: [web.yaml]",
    ),
)
_LONGEST_MESSAGE = 400
_QUOTED = re.compile(r"'([^'\s]+)'")
_PATH = re.compile(r"\bpath\(([^()\s]+)\)")
_LISTED = re.compile(r"\b(?:file|env|literal) sources?: \[([^\]]*)\]")
_UNKNOWN_FIELD = re.compile(r'unknown field "(?P<key>[^"]+)"')
_NO_TARGET = re.compile(
    r"no matches for Id (?P<kind>\w+)\.[^/\s]*/(?P<name>[^\s;]+)"
    r"\.(?:\[noNs\]|[a-z0-9-]+)(?=[\s;]|$)"
)
_NO_PLACE = re.compile(
    r"(missing path:|error in \w+ for path:|testing value) [\"']?(?P<pointer>/[^\s\"']*[^\s\"':])"
)
_WITHIN = re.compile(r"recursed accumulation of path '(?P<folder>[^']+)': ")
_FILE_KEYS = frozenset(("path", "env", "valuesFile", "schema"))
_NAME = ("metadata", "name")


def check(model: Model) -> Iterator[RuleProblem]:
    """Kustomizations that do not build, at the line that names what is wrong, if there is one."""
    for use in model.kustomizations:
        if use.error and not _is_told_elsewhere(use, model.sources):
            folder, reason = _innermost(use, model.sources)
            file = kustomization_file(model.sources.files, folder)
            place = _place_of(use.error, file, model.sources) if file else None
            yield RuleProblem(
                "kustomize-build",
                Severity.ERROR,
                use.application.manifest,
                (*use.source.location, "path"),
                f"kustomize cannot build {folder or '.'}: {_short(reason)}",
                "`kustomize build` in that folder says the same.",
                key=_UNKNOWN_FIELD.search(use.error) is not None,
                place=place,
            )


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…"


def _is_told_elsewhere(use: KustomizeUse, sources: LocalSources) -> bool:
    """Whether one of its files is broken YAML, which has a rule of its own."""
    found = map(sources.files.read, use.documents)
    return any(
        problem.rule in {SYNTAX, DUPLICATE_KEY}
        for file in found
        if file is not None
        for problem in file.contents.problems
    )


def _innermost(use: KustomizeUse, sources: LocalSources) -> tuple[str, str]:
    """Of kustomizations within each other the one that does not build, and why it does not."""
    folder, reason = use.folder, use.error
    for found in _WITHIN.finditer(use.error):
        inner = found["folder"]
        if kustomization_file(sources.files, inner) is not None:
            folder, reason = inner, use.error[found.end() :]
    return folder, reason


def _place_of(error: str, path: str, sources: LocalSources) -> Place | None:
    """What kustomize's message is about: an entry or a key of the kustomization, or a patch."""
    file = sources.files.read(path)
    documents = file.contents.documents if file is not None else ()
    data = documents[0].data if documents else None
    if not isinstance(data, dict):
        return None
    if found := _NO_TARGET.search(error):
        return _patch_of(found["kind"], found["name"], path, data, sources)
    if found := _NO_PLACE.search(error):
        return _operation_of(found["pointer"], path, data, sources)
    if (found := _UNKNOWN_FIELD.search(error)) and found["key"] in data:
        return (path, 0, (found["key"],))
    named = set(_QUOTED.findall(error)) | set(_PATH.findall(error))
    named.update(name for listed in _LISTED.findall(error) for name in listed.split())
    for where, entry in _files_named_in(data, ()):
        if entry in named or entry.partition("=")[2] in named:
            return (path, 0, where)
    return None


def _files_named_in(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts of a kustomization that may name a file: in lists, and those of some keys."""
    entries: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        entries = data.items()
    elif isinstance(data, list):
        entries = enumerate(data)
    for step, value in entries:
        if not isinstance(value, str):
            yield from _files_named_in(value, (*path, step))
        elif isinstance(data, list) or step in _FILE_KEYS:
            yield (*path, step), value


def _patch_of(
    kind: str, name: str, path: str, data: Mapping[str, Any], sources: LocalSources
) -> Place | None:
    """The name in the patch of an object that is not there."""
    for where, patch in _patches(path, data, sources):
        if at(patch, "kind") == kind and at(patch, *_NAME) == name:
            return (*where[:2], (*where[2], *_NAME))
    return None


def _operation_of(
    pointer: str, path: str, data: Mapping[str, Any], sources: LocalSources
) -> Place | None:
    """The path in an operation of a JSON patch that finds nothing there."""
    for where, patch in _patches(path, data, sources):
        for index, operation in enumerate(sequence(patch)):
            if at(operation, "path") == pointer:
                return (*where[:2], (*where[2], index, "path"))
    return None


def _patches(
    path: str, data: Mapping[str, Any], sources: LocalSources
) -> Iterator[tuple[Place, Any]]:
    """The patches of a kustomization, each with its place: in itself, or in a file that it names.

    Of several in one text of a kustomization the place is that text.
    """
    folder = posixpath.dirname(path)
    for field in PATCHES:
        for index, entry in enumerate(sequence(data.get(field))):
            inline = () if isinstance(entry, str) else ("patch",)
            where: Path = (field, index, *inline)
            contents = read_documents(entry if not inline else text(at(entry, "patch")))
            listed = entry if not inline else text(at(entry, "path"))
            file = sources.files.read(posixpath.normpath(posixpath.join(folder, listed or "-")))
            for document in (contents if file is None else file.contents).documents:
                if file is not None:
                    yield (file.path, document.index, ()), document.data
                else:
                    yield (path, 0, where), document.data

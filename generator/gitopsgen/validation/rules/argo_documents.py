"""Documents that are no objects for want of an apiVersion or a kind, and misspelt Applications.

Argo CD cannot read a document without a kind. It refuses the whole source where the file looks like
a manifest or has objects before; elsewhere it leaves the file out, as if it were not there. Source:
getObjsFromYAMLOrJson in Argo CD's reposerver/repository (3.6), and the unstructured JSON scheme of
k8s.io/apimachinery, which wants a kind, and no more.

An Application that nobody can recognise as one is applied by nothing and read by nothing: the root
above all. It is looked for in all files that speak of Argo CD's group.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.applications import GROUP
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.paths import folders_of
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.manifests import Place
    from gitopsgen.validation.model import Model

# What is wrong here is a field that is missing: the stage of the schemas describes the rule.
RULES: tuple[Rule, ...] = ()
_FIELDS = ("apiVersion", "kind")
_OWN_KINDS = ("Application", "ApplicationSet", "AppProject")
_SOURCES = ("source", "sources")
_NEAR = 0.85
_VERSION = "argoproj.io/v1alpha1"


def check(model: Model) -> Iterator[RuleProblem]:
    """Documents that have most of an object: two of apiVersion, kind and metadata."""
    seen: set[str] = set()
    for application in model.applications:
        for source in application.sources:
            for path in model.sources.files_of(source):
                if path not in seen:
                    seen.add(path)
                    yield from _in_file(model, application, path)
    if model.applications:
        for path in _others(model, seen):
            yield from _unrecognised(model, model.applications[0], path)


def _others(model: Model, seen: set[str]) -> Iterator[str]:
    """The files that speak of Argo CD and that no source reads."""
    files, special = model.sources.files, frozenset(model.sources.special)
    for path in files.paths:
        if path in seen or path in files.templates or not path.endswith(YAML_SUFFIXES):
            continue
        file = files.read(path)
        if file is None or not file.mentions_argo or file.is_a_template:
            continue
        if not path.startswith(".") and special.isdisjoint(folders_of(path)):
            yield path


def _in_file(model: Model, application: Application, path: str) -> Iterator[RuleProblem]:
    for index, data in _documents(model, path):
        version, kind = (_is_text(data.get(name)) for name in _FIELDS)
        if version != kind:
            missing = "kind" if version else "apiVersion"
            yield _incomplete(application, (path, index, ()), data, missing)


def _unrecognised(model: Model, application: Application, path: str) -> Iterator[RuleProblem]:
    for index, data in _documents(model, path):
        version, kind = data.get("apiVersion"), data.get("kind")
        if not _is_text(kind):
            if str(version).startswith(f"{GROUP}/"):
                yield _incomplete(application, (path, index, ()), data, "kind")
        elif not _is_text(version):
            if kind == "Application" and _has_a_source(data):
                yield _incomplete(application, (path, index, ()), data, "apiVersion")
        elif str(version).startswith(f"{GROUP}/"):
            near = _near_kind(str(kind))
            if near:
                message = f"there is no kind {kind} in {version}: nothing applies this"
                yield _unknown(application, (path, index, ("kind",)), message, near)
        elif kind == "Application" and _has_a_source(data):
            message = f"there is no kind Application in {version}: nothing applies this"
            yield _unknown(application, (path, index, ("apiVersion",)), message, _VERSION)


def _documents(model: Model, path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The documents of a file that have `metadata`."""
    file = model.sources.files.read(path)
    for document in file.contents.documents if file is not None else ():
        if isinstance(document.data, dict) and isinstance(document.data.get("metadata"), dict):
            yield document.index, document.data


def _near_kind(kind: str) -> str:
    """Argo CD's own kind that was meant, nothing for what may be another's kind."""
    if kind in _OWN_KINDS:
        return ""
    by_lower = {name.lower(): name for name in _OWN_KINDS}
    close = difflib.get_close_matches(kind.lower()[:60], list(by_lower), n=1, cutoff=_NEAR)
    return by_lower[close[0]] if close else ""


def _has_a_source(data: Mapping[str, Any]) -> bool:
    """Whether it is an Application of Argo CD; other projects have kinds of that name."""
    spec = data.get("spec")
    return isinstance(spec, dict) and "destination" in spec and not spec.keys().isdisjoint(_SOURCES)


def _incomplete(
    application: Application, place: Place, data: Mapping[str, Any], name: str
) -> RuleProblem:
    where, message, hint = _explained(data, name)
    return _problem("schema-invalid", application, (*place[:2], where), message, hint)


def _unknown(application: Application, place: Place, message: str, near: str) -> RuleProblem:
    return _problem("schema-unknown-kind", application, place, message, f"Did you mean {near}?")


def _problem(
    rule: str, application: Application, place: Place, message: str, hint: str
) -> RuleProblem:
    key = rule == "schema-invalid"
    return RuleProblem(
        rule, Severity.ERROR, application.manifest, (), message, hint, key=key, place=place
    )


def _explained(data: Mapping[str, Any], name: str) -> tuple[Path, str, str]:
    """The place within a document, the message and the hint."""
    known = " and ".join(
        f"{other} {data[other]}" for other in _FIELDS if other != name and _is_text(data[other])
    )
    if name in data:
        return (name,), f"{name} is not a text: Argo CD cannot apply this object", ""
    message = f"{name} is missing: Argo CD cannot apply this object ({known})"
    texts = [key for key in data if isinstance(key, str)]
    near = next(iter(difflib.get_close_matches(name, texts, n=1, cutoff=0.7)), "")
    if near:
        return (near,), message, f'Did you mean {name} by "{near}"?'
    return (), message, f"Add {name}, or move what is not for Argo CD to another folder."


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)

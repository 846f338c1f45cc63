"""Documents in a folder of manifests that are no objects, for want of an apiVersion or a kind.

Argo CD cannot read a document without a kind. It refuses the whole source where the file looks like
a manifest or has objects before; elsewhere it leaves the file out, as if it were not there. Source:
getObjsFromYAMLOrJson in Argo CD's reposerver/repository (3.6), and the unstructured JSON scheme of
k8s.io/apimachinery, which wants a kind, and no more.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model

# What is wrong here is a field that is missing: the stage of the schemas describes the rule.
RULES: tuple[Rule, ...] = ()
_FIELDS = ("apiVersion", "kind")


def check(model: Model) -> Iterator[RuleProblem]:
    """Documents that have most of an object: two of apiVersion, kind and metadata."""
    seen: set[str] = set()
    for application in model.applications:
        for source in application.sources:
            for path in model.sources.files_of(source):
                if path not in seen:
                    seen.add(path)
                    yield from _in_file(model, application, path)


def _in_file(model: Model, application: Application, path: str) -> Iterator[RuleProblem]:
    file = model.sources.files.read(path)
    for document in file.contents.documents if file is not None else ():
        data = document.data
        if not isinstance(data, dict) or not isinstance(data.get("metadata"), dict):
            continue
        missing = [name for name in _FIELDS if not _is_text(data.get(name))]
        if len(missing) == 1:
            where, message, hint = _explained(data, missing[0])
            yield RuleProblem(
                "schema-invalid",
                Severity.ERROR,
                application.manifest,
                (),
                message,
                hint,
                key=True,
                place=(path, document.index, where),
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

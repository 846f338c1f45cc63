"""Rules on Kustomize sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def check(model: Model) -> Iterator[RuleProblem]:
    """Kustomizations that do not build, at the line that names what is wrong, if there is one."""
    from gitopsgen.kustomize.closure import kustomization_file

    for use in model.kustomizations:
        if use.error:
            file = kustomization_file(model.sources.files, use.folder)
            place = _named_in(use, file, model.sources) if file else None
            yield RuleProblem(
                "kustomize-build",
                Severity.ERROR,
                use.application.manifest,
                (*use.source.location, "path"),
                f"kustomize cannot build {use.folder or '.'}: {_short(use.error)}",
                "`kustomize build` in that folder says the same.",
                place=place,
            )


def _short(message: str) -> str:
    text = " ".join(message.split())
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"


def _named_in(use: KustomizeUse, path: str, sources: LocalSources) -> Place | None:
    """The entry of the kustomization that kustomize's message quotes."""
    file = sources.files.read(path)
    documents = file.contents.documents if file is not None else ()
    data = documents[0].data if documents else None
    quoted = set(_QUOTED.findall(use.error))
    for key, entries in data.items() if isinstance(data, dict) else ():
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, str) and entry in quoted:
                return (path, 0, (key, index))
    return None

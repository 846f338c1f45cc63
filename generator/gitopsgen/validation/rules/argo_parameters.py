"""The rule on parameters of ApplicationSets, and on whatever else keeps a set from generating."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.validation.model import Model

RULES = (
    Rule(
        "argo-parameter",
        (Severity.ERROR,),
        "The template of an ApplicationSet uses a parameter that no generator supplies.",
        "The text of the parameter, or nothing at all, ends up in every Application. Where a "
        "template or a generator cannot be read at all, the set generates nothing.",
        "generators: [{list: {elements: [{name: web}]}}]\n"
        "template: {metadata: {name: '{{cluster}}'}}",
        "generators: [{list: {elements: [{name: web}]}}]\ntemplate: {metadata: {name: '{{name}}'}}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Parameters that nothing supplies, and what makes Argo CD generate nothing."""
    for generated in model.generated:
        manifest = generated.manifest
        for missing in generated.expansion.missing:
            message = f"no generator supplies the parameter {missing.name}"
            yield _in_set(manifest, missing.path, message, _hint(manifest, missing.name))
        for failure in generated.expansion.failures:
            message = f"Argo CD cannot generate its Applications: {failure.message}"
            yield _in_set(manifest, failure.path, message, failure.hint)


def _hint(manifest: Manifest, name: str) -> str:
    if "." in name[:1] and at(manifest.data, "spec", "goTemplate") is not True:
        return "Only with goTemplate: true does a parameter begin with a dot."
    return "Check its spelling against what the generators of the set supply."


def _in_set(manifest: Manifest, path: Path, message: str, hint: str) -> RuleProblem:
    place = (manifest.file, manifest.document, path)
    return RuleProblem("argo-parameter", Severity.ERROR, manifest, (), message, hint, place=place)

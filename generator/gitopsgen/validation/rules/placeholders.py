"""Placeholders in the manifests and the values that a person wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.documents.positions import TextLine
from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.layout import CLUSTER_FILE
from gitopsgen.repository.leftovers import is_example
from gitopsgen.repository.placeholder_marks import may_hold_placeholders
from gitopsgen.validation.placing import place_in
from gitopsgen.validation.rules.assignments import assignments, is_assigning
from gitopsgen.validation.rules.placeholder_forms import (
    example_host_in,
    placeholder_in,
)
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_lookup import strings_in
from gitopsgen.validation.rules.secret_places import chart_values, is_written, scalars
from gitopsgen.validation.vault_plugin import is_annotated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest, Place
    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "placeholder",
        (Severity.ERROR, Severity.WARNING),
        "A placeholder stands where a real value belongs: CHANGEME, `<your-domain>` and the like, "
        "or a host below example.com, example.net or example.org.",
        "Nothing refuses it: what reads it fails, or a password is one that everybody knows.",
        "spec:\n  acme:\n    email: <your-email>",
        "spec:\n  acme:\n    email: ops@lab.dev",
    ),
)
# Texts for people, and names that only look like hosts.
_SKIPPED_KEYS = frozenset(
    {
        "apiGroup",
        "apiGroups",
        "apiVersion",
        "comment",
        "controller",
        "description",
        "driver",
        "example",
        "examples",
        "finalizers",
        "group",
        "help",
        "kubectl.kubernetes.io/last-applied-configuration",
        "message",
        "note",
        "notes",
        "provisioner",
        "query",
        "regex",
        "runbook_url",
        "summary",
        "title",
        "topologyKey",
    }
)
_SKIPPED_KINDS = frozenset(
    {("apiextensions.k8s.io", "CustomResourceDefinition"), ("bitnami.com", "SealedSecret")}
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Every placeholder that somebody wrote; those of a chart's own defaults are not theirs."""
    domain = _own_domain(model)
    seen: set[Place] = set()
    for item in chart_values(model):
        if isinstance(item.value, str) and item.place not in seen and not _is_skipped(item.path):
            found = _problem(item.application.manifest, (), item.value, domain, item.place)
            if found is not None:
                seen.add(item.place)
                yield found
    for resource in model.resources:
        manifest = resource.manifest
        if not is_written(manifest) or (resource.group, resource.kind) in _SKIPPED_KINDS:
            continue
        if not _is_suspicious(manifest, model.sources.files):
            continue
        if not model.applications and is_example(manifest.file):
            # Nothing applies it: it shows what is to be written where.
            continue
        filled = is_annotated(manifest.data)
        for path, value in _texts(resource):
            if _is_skipped(path) or (filled and "<" in value):
                continue
            found = _problem(manifest, path, value, domain)
            if found is None:
                continue
            # A kustomization may write one thing into many objects.
            place = place_in(manifest, path, model.sources.files)
            if place not in seen:
                seen.add(place)
                yield found


def _texts(resource: Resource) -> Iterator[tuple[Path, str]]:
    """Every text of an object; of a file within a ConfigMap what its lines set, too."""
    for path, value in scalars(resource.data):
        if not isinstance(value, str):
            continue
        yield path, value
        if (resource.kind, path[:1]) == ("ConfigMap", ("data",)) and "\n" in value:
            for number, _, assigned in assignments(value) if is_assigning(path[-1]) else ():
                if assigned and placeholder_in(assigned) == assigned:
                    yield (*path, TextLine(number)), assigned


def _is_suspicious(manifest: Manifest, files: RepositoryFiles) -> bool:
    """Whether a closer look at an object could find something."""
    if manifest.rendering is None:
        file = files.read(manifest.file)
        if file is not None and not file.may_hold_placeholders:
            return False
    return may_hold_placeholders("\n".join(strings_in(manifest.data)))


def _own_domain(model: Model) -> str | None:
    """The domain of cluster.yaml, be it valid or not; None where nobody can read it."""
    if model.cluster is not None:
        return model.cluster.domain
    files = model.sources.files
    file = files.read(CLUSTER_FILE) if CLUSTER_FILE in files else None
    if file is None:
        return ""
    documents = file.contents.documents
    data = documents[0].data if documents and not file.contents.problems else None
    domain = data.get("domain", "") if isinstance(data, dict) else None
    return domain if isinstance(domain, str) else None


def _is_skipped(path: Path) -> bool:
    return any(step in _SKIPPED_KEYS for step in path if isinstance(step, str))


def _problem(
    manifest: Manifest, path: Path, value: str, domain: str | None, place: Place | None = None
) -> RuleProblem | None:
    found = placeholder_in(value)
    if found:
        message = f"{found[:60]} is a placeholder"
        hint = "Write the real value."
        return RuleProblem(
            "placeholder", Severity.ERROR, manifest, path, message, hint, place=place
        )
    # Definitions are called after their groups.
    host = "" if path == ("metadata", "name") else example_host_in(value)
    if host and domain is not None and not _is_own(host, domain):
        message = f"{host[:80]} is kept for examples: it leads nowhere"
        hint = "Write a host of your own domain."
        return RuleProblem(
            "placeholder", Severity.WARNING, manifest, path, message, hint, place=place
        )
    return None


def _is_own(host: str, domain: str) -> bool:
    """Whether a host is the cluster's domain, below it, or one that it is below."""
    if not domain:
        return False
    return f".{host}".endswith(f".{domain}") or f".{domain}".endswith(f".{host}")

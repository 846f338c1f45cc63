"""Credentials that lie in git for everybody to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.leftovers import is_example
from gitopsgen.validation.placing import place_in
from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.assignments import is_assigning
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.secret_data import revealing_key
from gitopsgen.validation.rules.secret_forms import (
    Credential,
    assigned_credential,
    known_credential,
    named_credential,
    words_of,
)
from gitopsgen.validation.rules.secret_places import (
    chart_values,
    is_generated,
    is_turned_off,
    is_written,
)
from gitopsgen.validation.rules.workloads import POD_TEMPLATES, containers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Manifest, Place
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.secret_places import ChartValue

RULES = (
    Rule(
        "secret-plaintext",
        (Severity.ERROR,),
        "A Secret lies in git with its data, or a ConfigMap, an environment variable or values "
        "hold a password, a token or a key.",
        "Who can read the repository, or a copy of it, can read it, and git never forgets: the "
        "credential has to be replaced, not just removed.",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: hunter2",
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\n"
        "spec:\n  encryptedData:\n    password: AgBy8h…",
    ),
)
_HINT = "Replace it and keep the new one sealed, or outside of git."


def check(model: Model) -> Iterator[RuleProblem]:
    """Secrets with data, and credentials in ConfigMaps and values.

    What no Application reaches can be read as well as the rest.
    """
    seen: set[Place] = set()
    for problem in _in_manifests(model):
        # Several kustomizations may take in one and the same file.
        place = problem.place or place_in(problem.manifest, problem.path, model.sources.files)
        if place not in seen:
            seen.add(place)
            yield problem
    yield from _values(model)


def _in_manifests(model: Model) -> Iterator[RuleProblem]:
    written = [item.manifest for kind in _KINDS for item in model.of_kind("", kind)]
    for manifest in (*written, *(item for item in model.unapplied if not _is_example(item))):
        look = _KINDS.get(manifest.kind) if manifest.group == "" else None
        if look is not None and (is_written(manifest) or is_generated(manifest)):
            yield from look(manifest)
    for kind in POD_TEMPLATES:
        for resource in model.of_kind(*kind):
            if is_written(resource.manifest):
                yield from _workload(resource)


def _is_example(manifest: Manifest) -> bool:
    """Whether a Secret that nothing applies says by its file's name that it shows a form only."""
    if manifest.kind != "Secret" or not is_example(manifest.file):
        return False
    held = (mapping(manifest.data.get(field)) for field in ("data", "stringData"))
    return not any(known_credential(text(value)) for values in held for value in values.values())


def _secret(manifest: Manifest) -> Iterator[RuleProblem]:
    path = revealing_key(manifest.data)
    if path is not None:
        name = text(at(manifest.data, "metadata", "name"))
        yield _problem(manifest, path, f"the Secret {name[:80]} has {path[-1]} in plain text")


def _config_map(manifest: Manifest) -> Iterator[RuleProblem]:
    for key, value in mapping(manifest.data.get("data")).items():
        if not isinstance(key, str) or not isinstance(value, str):
            continue
        named = named_credential((key,), value)
        found = known_credential(value) or (Credential(named) if named else None)
        if not found and "\n" in value and is_assigning(key):
            found = assigned_credential(value)
        if found:
            path = found.within(("data", key))
            yield _problem(manifest, path, f"the ConfigMap holds {found.what} in {key[:80]}")


def _workload(resource: Resource) -> Iterator[RuleProblem]:
    """Environment variables that are given a credential instead of being led to one."""
    for path, _ in containers(resource):
        for place, item in mappings(resource.data, (*path, "env")):
            name, value = text(item.get("name")), text(item.get("value"))
            known = known_credential(value) if value else None
            found = known.what if known else named_credential((name,), value)
            if found:
                message = f"the {resource.kind} {resource.name[:80]} holds {found} in {name[:80]}"
                yield _problem(resource.manifest, (*place, "value"), message)


def _values(model: Model) -> Iterator[RuleProblem]:
    seen: set[Place] = set()
    for item in chart_values(model):
        found = _credential(item, model)
        if found and item.place not in seen:
            seen.add(item.place)
            name = ".".join(map(str, item.path))[:120]
            message = f"the values hold {found.what} in {name}"
            file, document, path = item.place
            place = (file, document, found.within(path))
            yield _problem(item.application.manifest, (), message, place)


def _credential(item: ChartValue, model: Model) -> Credential | None:
    """The credential that a value for a chart is or holds, None where that is not sure."""
    known = known_credential(item.value) if isinstance(item.value, str) else None
    named = _named(item, model) if known is None and item.path else ""
    return Credential(named) if named else known


def _named(item: ChartValue, model: Model) -> str:
    """What credential a value is by its name, empty where that is not sure."""
    holder = mapping(item.holder)
    if any(text(value) for key, value in holder.items() if _names_a_secret(key)):
        # The rest is then the keys within that Secret, or is not read.
        return ""
    name = holder.get("name")
    if item.path[-1] == "value" and isinstance(name, str):
        # An environment variable.
        return named_credential((*item.path[:-1], name), item.value)
    found = named_credential(item.path, item.value)
    return "" if found and is_turned_off(model, item) else found


def _names_a_secret(key: object) -> bool:
    words = words_of(key) if isinstance(key, str) else []
    return "secret" in words and any(word in words for word in ("existing", "name", "ref", "from"))


def _problem(
    manifest: Manifest, path: Path, message: str, place: Place | None = None
) -> RuleProblem:
    return RuleProblem(
        "secret-plaintext", Severity.ERROR, manifest, path, message, _HINT, place=place
    )


_KINDS = {"Secret": _secret, "ConfigMap": _config_map}

"""Credentials that lie in git for everybody to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.repository.leftovers import is_example
from gitopsgen.validation.rules.access import at, mapping, text
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.secret_data import revealing_key
from gitopsgen.validation.rules.secret_forms import (
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Manifest, Place
    from gitopsgen.validation.model import Model
    from gitopsgen.validation.rules.secret_places import ChartValue

RULES = (
    Rule(
        "secret-plaintext",
        (Severity.ERROR,),
        "A Secret lies in git with its data, or a ConfigMap or values hold a password, a token or "
        "a key.",
        "Who can read the repository, or a copy of it, can read it, and git never forgets: the "
        "credential has to be replaced, not just removed.",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: hunter2",
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\n"
        "spec:\n  encryptedData:\n    password: AgBy8h…",
    ),
)
_HINT = "Replace it and keep the new one sealed, or outside of git."
# Files of which each line says what a name stands for.
_ASSIGNING = (".conf", ".env", ".ini", ".json", ".properties", ".toml", ".yaml", ".yml")


def check(model: Model) -> Iterator[RuleProblem]:
    """Secrets with data, and credentials in ConfigMaps and values.

    What no Application reaches can be read as well as the rest.
    """
    written = [item.manifest for kind in _KINDS for item in model.of_kind("", kind)]
    for manifest in (*written, *(item for item in model.unapplied if not _is_example(item))):
        look = _KINDS.get(manifest.kind) if manifest.group == "" else None
        if look is not None and (is_written(manifest) or is_generated(manifest)):
            yield from look(manifest)
    yield from _values(model)


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
        found = known_credential(value) or named_credential((key,), value)
        if not found and "\n" in value and key.endswith(_ASSIGNING):
            found = assigned_credential(value)
        if found:
            yield _problem(manifest, ("data", key), f"the ConfigMap holds {found} in {key[:80]}")


def _values(model: Model) -> Iterator[RuleProblem]:
    seen: set[Place] = set()
    for item in chart_values(model):
        found = _credential(item, model)
        if found and item.place not in seen:
            seen.add(item.place)
            name = ".".join(map(str, item.path))[:120]
            message = f"the values hold {found} in {name}"
            yield _problem(item.application.manifest, (), message, item.place)


def _credential(item: ChartValue, model: Model) -> str:
    """What credential a value for a chart is, empty where that is not sure."""
    found = known_credential(item.value) if isinstance(item.value, str) else ""
    if found or not item.path:
        return found
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

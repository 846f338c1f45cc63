"""The schema stage's findings: kubeconform's problems at their lines, in terms of rules."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.findings import Finding, Rule, Severity, Unchecked
from gitopsgen.validation.causes import value_at
from gitopsgen.validation.placing import place_in, position_of
from gitopsgen.validation.schema_hints import steps_of, without_misspelt
from gitopsgen.validation.vault_plugin import is_filled_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.schemas.layout import GroupVersionKind
    from gitopsgen.validation.kubeconform_messages import SchemaProblem
    from gitopsgen.validation.schema_hints import SchemaHints

_E = (Severity.ERROR,)
_API_VERSION, _KIND = "/apiVersion", "/kind"
SCHEMA_RULES = (
    Rule(
        "schema-invalid",
        _E,
        "A manifest breaks the schema of its kind: unknown field, wrong type, missing field.",
        "The API server drops an unknown field without a word, and Argo CD syncs for ever.",
        "kind: Deployment\nspec: {replicaz: 2}",
        "kind: Deployment\nspec: {replicas: 2}",
    ),
    Rule(
        "schema-unknown-kind",
        _E,
        "There is no schema for this apiVersion and kind.",
        "The cluster does not know the kind, or a CRD is missing: nothing else is applied.",
        "apiVersion: apps/v1\nkind: Deploymnt",
        "apiVersion: apps/v1\nkind: Deployment",
    ),
    Rule(
        "schema-api-removed",
        _E,
        "This Kubernetes version no longer has the API version.",
        "The API server refuses it; another version has the kind.",
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget",
        "apiVersion: policy/v1\nkind: PodDisruptionBudget",
    ),
)


@dataclass(frozen=True, slots=True)
class KnownKinds:
    """Which kinds there are schemas for: those of a minor version, and the repository's `own`."""

    minor: str
    own: frozenset[GroupVersionKind]


@dataclass(frozen=True, slots=True)
class SchemaOutcome:
    """What the schemas say, and the kinds that nobody here has a schema for."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]


def schema_outcome(
    manifests: Sequence[Manifest],
    files: RepositoryFiles,
    problems: Mapping[int, Sequence[SchemaProblem]],
    known: KnownKinds,
    hints: SchemaHints,
    missing: Collection[int],
) -> SchemaOutcome:
    """What kubeconform's `problems`, by index of `manifests`, come to.

    A custom kind without a schema is no finding here but unchecked, unless the rule
    argo-crd-missing has said that nothing brings its CRD: `missing` are the `id`s of the manifests
    of which it has.
    """
    findings: list[Finding] = []
    unknown: dict[Unchecked, None] = {}
    for index, of_manifest in problems.items():
        manifest = manifests[index]
        if not manifest.application and "sops" in manifest.data:
            # Who applies an encrypted file by hand decrypts it first.
            continue
        for problem in without_misspelt(of_manifest):
            if problem.kind == "unknown-kind" and _is_custom(manifest, known):
                if id(manifest) not in missing:
                    unknown[_no_schema(manifest)] = None
            elif not is_filled_in(
                manifest.data, value_at(manifest.data, steps_of(problem.pointer))
            ):
                hint = hints.hint(manifest.data, problem) if problem.kind == "invalid" else ""
                findings.append(_finding(manifest, problem, hint, files, known))
    return SchemaOutcome(tuple(findings), tuple(unknown))


def _is_custom(manifest: Manifest, known: KnownKinds) -> bool:
    """Whether a kind is neither Kubernetes' own nor of a CRD that the repository brings."""
    from gitopsgen.schemas.kinds import kinds, removed_apis

    group = manifest.group
    if "." not in group or (group, manifest.kind) in {(n.group, n.kind) for n in known.own}:
        return False
    return group not in {name.group for name in (*kinds(), *removed_apis())}


def _no_schema(manifest: Manifest) -> Unchecked:
    what = f"{manifest.data['apiVersion']} {manifest.kind}"
    return Unchecked(what, "there is no schema for this kind: its CRD is not known here")


def _finding(
    manifest: Manifest,
    problem: SchemaProblem,
    hint: str,
    files: RepositoryFiles,
    known: KnownKinds,
) -> Finding:
    rule, message = "schema-invalid", problem.message
    pointer = problem.pointer
    if problem.kind == "unknown-kind":
        rule, pointer, message, hint = _unknown_kind(manifest, known)
    place = place_in(manifest, steps_of(pointer), files)
    position = position_of(place, files, key=problem.key)
    if manifest.rendering is not None:
        message = f"{message} (in {manifest.identity}, from {manifest.rendering.what})"
    return Finding(
        rule,
        Severity.ERROR,
        place[0],
        position.line,
        position.column,
        message,
        hint,
        manifest.identity,
        manifest.application,
    )


def _unknown_kind(manifest: Manifest, known: KnownKinds) -> tuple[str, str, str, str]:
    """The rule, the pointer to what is wrong, message and hint for a kind without a schema."""
    from gitopsgen.schemas.custom import custom_kinds
    from gitopsgen.schemas.kinds import kinds, removed_api
    from gitopsgen.schemas.layout import GroupVersionKind

    api_version, kind = manifest.data["apiVersion"], manifest.data["kind"]
    group, _, version = api_version.rpartition("/")
    removed = removed_api(GroupVersionKind(group, version, kind), known.minor)
    if removed is not None:
        replacement = removed.replacement
        hint = f"Use apiVersion: {replacement.api_version}." if replacement else ""
        message = f"Kubernetes {removed.removed_in} removed {api_version} {kind}"
        return "schema-api-removed", _API_VERSION, message, hint
    rule = "schema-unknown-kind"
    own = sorted({n.version for n in known.own if (n.group, n.kind) == (group, kind)})
    if own:
        message = f"the CRD of {kind} ({group}) has no version {version}"
        return rule, _API_VERSION, message, f"It has {', '.join(own)}."
    names = [*kinds(known.minor), *custom_kinds()]
    others = sorted({name.api_version for name in names if name.kind == kind})
    message = f"no schema for {api_version} {kind}, in Kubernetes {known.minor} or elsewhere"
    if others:
        return rule, _API_VERSION, message, f"{kind} is in {', '.join(others)}."
    beside = {name.kind.lower(): name.kind for name in names if name.api_version == api_version}
    everywhere = {name.kind.lower(): name.kind for name in names}
    # The version that is there says what was meant; else either of the two may be wrong.
    for near in (beside, everywhere):
        close = difflib.get_close_matches(kind.lower(), sorted(near), n=1)
        if close:
            pointer = _KIND if beside else _API_VERSION
            return rule, pointer, message, f'Did you mean "{near[close[0]]}"?'
    return rule, _KIND if beside else _API_VERSION, message, "Its CRD may be missing."

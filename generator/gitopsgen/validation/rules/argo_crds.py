"""Rules on custom resources and what brings their CustomResourceDefinitions.

Source: gitops-engine's pkg/sync/sync_context.go (getSyncTasks: one kind that the cluster does not
know fails the whole sync, unless its CRD is in the sync or SkipDryRunOnMissingResource is set).
"""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_options import options_of, options_on
from gitopsgen.validation.rules.argo_order import (
    Order,
    When,
    cluster_of,
    is_synced,
)
from gitopsgen.validation.rules.crd_makers import CrdMakers
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

    # Group and kind.
    GroupKind = tuple[str, str]

_SKIP = "SkipDryRunOnMissingResource=true"
_API_VERSION = ("apiVersion",)
# How alike two names of kinds are where one may be meant by the other, and where it has to be,
# whatever was left unchecked.
_LIKELY, _CERTAIN = 0.8, 0.9
_ARGO = frozenset({"Application", "ApplicationSet", "AppProject"})
_MANIFEST = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}"

RULES = (
    Rule(
        "argo-crd-order",
        (Severity.ERROR, Severity.WARNING),
        "Another Application brings the CRD of a custom resource, and not before.",
        "A sync fails as a whole on a kind that the cluster does not know. In a later wave of the "
        "same parent the CRD never comes (error); in an equal one a retry often finds it.",
        "# of Application web, wave 1; the CRD comes with Application gadgets, wave 2\n"
        f"{_MANIFEST}",
        "# of Application web, wave 2; the CRD comes with Application gadgets, wave 1\n"
        f"{_MANIFEST}",
    ),
    Rule(
        "argo-crd-missing",
        (Severity.ERROR,),
        "Nothing brings the CRD of a custom resource.",
        "The cluster does not know the kind: Argo CD applies nothing of the Application.",
        f"# and no CRD of gadgets anywhere\n{_MANIFEST}",
        f"# the CRD is in the same folder\n{_MANIFEST}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Custom resources whose CRD nothing brings, or another Application too late."""
    custom = [key for key in model.kinds() if _is_custom(key[0]) and not _is_argo(key)]
    if not custom:
        return
    makers = CrdMakers(model)
    order = Order(model, strict=_is_strict(model))
    for kind in custom:
        told: set[object] = set()
        for resource in model.of_kind(*kind):
            application = resource.application
            if application is None or not is_synced(resource):
                continue
            # What one source renders stands at one line: say it once.
            key = resource if resource.manifest.rendering is None else resource.source
            if key in told:
                continue
            definitions = makers.definitions.get((cluster_of(application), kind), ())
            if definitions:
                found = _order_problem(resource, application, definitions, order, model)
            else:
                found = _missing_problem(resource, application, makers)
            if found is not None:
                told.add(key)
                yield found


def _order_problem(
    resource: Resource,
    application: Application,
    definitions: Sequence[Resource],
    order: Order,
    model: Model,
) -> RuleProblem | None:
    """What is wrong with the time at which a CRD comes; the best of several counts."""
    if (
        _SKIP in options_of(application)
        or _SKIP in options_on(resource)
        or not model.is_complete(application)
    ):
        return None
    answers = [(order.when(definition, resource), definition) for definition in definitions]
    for when, definition in answers:
        if when in {When.SAME, When.UNKNOWN}:
            return None
        if when is When.EARLIER and not order.is_above(application, definition.application):
            return None
    for when, definition in answers:
        below = order.is_above(application, definition.application)
        if when in {When.EQUAL, When.UNORDERED} and not below:
            return _late(resource, Severity.WARNING, definition, when.value)
    when, definition = answers[0]
    if order.is_above(application, definition.application):
        return _late(resource, Severity.ERROR, definition, "only when this sync has begun")
    return _late(resource, Severity.ERROR, definition, when.value)


def _late(resource: Resource, severity: Severity, definition: Resource, when: str) -> RuleProblem:
    holder = definition.application
    assert holder is not None
    end = "no sync gets past it" if severity is Severity.ERROR else "the first sync fails"
    return RuleProblem(
        "argo-crd-order",
        severity,
        resource.manifest,
        _API_VERSION,
        f"the CRD of {resource.kind} ({resource.group}) comes with Application {holder.name}, "
        f"{when}: {end}",
        f"Give {holder.name} an earlier wave, or set {_SKIP}.",
    )


def _missing_problem(
    resource: Resource, application: Application, makers: CrdMakers
) -> RuleProblem | None:
    cluster = cluster_of(application)
    near = _near(resource.kind, _shipped_kinds(resource.group), _CERTAIN)
    if not near and makers.may_bring(cluster, resource.group, resource.kind):
        return None
    near = near or _near_kind(resource, cluster, makers)
    if not near and makers.scripts_may_bring(resource.group):
        return None
    add = "Add the chart or the manifest that brings it, or name it in .gitopsgen/validate.yaml"
    hint = f"{add}: provides: {{crds: [{resource.group}/{resource.kind}]}}."
    return RuleProblem(
        "argo-crd-missing",
        Severity.ERROR,
        resource.manifest,
        ("kind",) if near else _API_VERSION,
        f"nothing brings the CRD of {resource.kind} ({resource.group})",
        f"Did you mean {near}?" if near else hint,
    )


def _near_kind(resource: Resource, cluster: str, makers: CrdMakers) -> str:
    """A kind of the same group that the kind of a resource may be a misspelling of."""
    kinds = [
        kind
        for (where, (group, kind)) in makers.definitions
        if (where, group) == (cluster, resource.group)
    ]
    return _near(resource.kind, {*kinds, *_shipped_kinds(resource.group)}, _LIKELY)


def _near(kind: str, known: Collection[str], cutoff: float) -> str:
    """The known kind that another one is written like, whatever its case; empty for a known one."""
    by_lower = {name.lower(): name for name in sorted(known)}
    close = difflib.get_close_matches(kind.lower()[:60], sorted(by_lower), 1, cutoff)
    return by_lower[close[0]] if close and kind not in known else ""


@cache
def _shipped_kinds(group: str) -> frozenset[str]:
    """The kinds of a group whose schemas gitopsgen has itself."""
    from gitopsgen.schemas.custom import custom_kinds

    return frozenset(name.kind for name in custom_kinds() if name.group == group)


def _is_custom(group: str) -> bool:
    """Whether a group is not Kubernetes' own, whatever its name looks like."""
    return "." in group and group not in _built_in_groups()


def _is_argo(kind: GroupKind) -> bool:
    """Whether Argo CD brings a kind itself."""
    return kind[0] == "argoproj.io" and kind[1] in _ARGO


@cache
def _built_in_groups() -> frozenset[str]:
    from gitopsgen.schemas.kinds import kinds, removed_apis

    return frozenset(name.group for name in (*kinds(), *removed_apis()))


def _is_strict(model: Model) -> bool:
    """Whether waves wait for Applications, as far as that is known."""
    config = read_config(model)
    return not config.found or config.has_health_of("argoproj.io", "Application")

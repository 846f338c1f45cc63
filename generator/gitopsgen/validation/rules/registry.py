"""Every rule, and the functions that look for what breaks them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

from gitopsgen.cluster.plan import PLAN_RULES
from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.schema_stage import SCHEMA_RULES
from gitopsgen.validation.yaml_stage import YAML_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.validation.model import LocalContext, Model, Resource
    from gitopsgen.validation.rules.problem import LocalProblem, RuleProblem


class LocalFamily(Protocol):
    """A module of rules that look at one object at a time."""

    RULES: tuple[Rule, ...]

    def check_resource(self, resource: Resource, context: LocalContext) -> Iterable[LocalProblem]:
        """What is wrong with one object; it depends on its data and the context alone."""
        ...


class Family(Protocol):
    """A module of rules that look at the whole model."""

    RULES: tuple[Rule, ...]

    def check(self, model: Model) -> Iterable[RuleProblem]:
        """What is wrong in the model."""
        ...


_PACKAGE = "gitopsgen.validation.rules"
_LOCAL: tuple[str, ...] = (
    "crd_validity",
    "argo_sync_options",
    "argo_hooks",
    "k8s_names",
    "k8s_quantities",
    "k8s_ports",
    "k8s_selectors",
    "k8s_enums",
    "k8s_invalid",
)
_WHOLE: tuple[str, ...] = (
    "kustomizations",
    "argo_documents",
    "argo_applications",
    "argo_parameters",
    "argo_projects",
    "argo_project_order",
    "argo_sources",
    "argo_folders",
    "argo_values",
    "argo_revisions",
    "argo_duplicates",
    "argo_namespaces",
    "argo_crds",
    "argo_waves",
    "argo_resources",
    "ref_issuers",
    "ref_services",
    "ref_secrets",
    "ref_targets",
    "ref_classes",
    "cluster_storage",
    "cluster_ingress",
    "cluster_addresses",
    "k8s_scope",
    "k8s_services",
    "secret_plaintext",
    "secret_sealed_scope",
    "placeholders",
    "chart_rendering",
    "chart_digests",
    "chart_unknown_values",
)

WAIVER_RULES = (
    Rule(
        "waiver-unused",
        (Severity.WARNING,),
        "A waiver matches no finding.",
        "It would hide the next finding of its rule there, which nobody has thought about.",
        'waivers:\n  - {rule: k8s-prot, path: "apps/*", reason: "…"}',
        'waivers:\n  - {rule: k8s-port, path: "apps/*", reason: "…"}',
    ),
)


def local_families() -> tuple[LocalFamily, ...]:
    """The modules whose rules look at one object at a time."""
    return tuple(cast("LocalFamily", _load(name)) for name in _LOCAL)


def families() -> tuple[Family, ...]:
    """The modules whose rules look at the whole model."""
    return tuple(cast("Family", _load(name)) for name in _WHOLE)


def all_rules() -> dict[str, Rule]:
    """Every rule by its id, in the order in which they are described."""
    return {rule.id: rule for rule in _all()}


def _all() -> Iterator[Rule]:
    yield from PLAN_RULES
    yield from YAML_RULES
    yield from SCHEMA_RULES
    for local in local_families():
        yield from local.RULES
    for family in families():
        yield from family.RULES
    yield from WAIVER_RULES


def _load(name: str) -> object:
    return importlib.import_module(f"{_PACKAGE}.{name}")

"""Services and the pods that they select: none at all, or none with the port that they name.

The rules are those of k8s_selectors and k8s_ports.
Source: Kubernetes' pkg/controller/endpointslice and FindPort of pkg/api/v1/pod.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.k8s_labels import are_texts, labels_of
from gitopsgen.validation.rules.k8s_ports import nearest_port, port_names
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_lookup import Lookup, located
from gitopsgen.validation.rules.ref_operators import Operators
from gitopsgen.validation.rules.workloads import CONTAINER_LISTS, POD_TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.validation.model import Model, Resource

RULES: tuple[Rule, ...] = ()

# Labels that controllers and the kubelet's friends put on pods beside those of the template.
_ADDED = frozenset(
    {
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/job-name",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "statefulset.kubernetes.io/pod-name",
    }
)
# Programs mark the one of their pods that leads, while they run.
_ROLES = re.compile(r"role|lead|master|primary|active|replica|ready|sealed|state|status", re.I)
_INJECTED = re.compile(r"inject", re.I)
# Namespaces in which a Kubernetes distribution runs pods of its own.
_OF_THE_CLUSTER = frozenset({"kube-system", "kube-public", "default"})


@dataclass(frozen=True, slots=True)
class _Pods:
    """What a workload says of its pods."""

    resource: Resource
    labels: Mapping[str, str]
    template: Mapping[str, Any]

    def ports(self) -> set[str]:
        """The names of all ports of all containers."""
        spec = mapping(self.template.get("spec"))
        return {
            name
            for kind in CONTAINER_LISTS
            for _, container in mappings(spec, (kind,))
            for name in port_names(container)
        }

    def may_have_more_containers(self) -> bool:
        """Whether a webhook may add containers to the pods."""
        metadata = mapping(self.template.get("metadata"))
        marks = (*mapping(metadata.get("annotations")), *self.labels)
        return any(isinstance(mark, str) and _INJECTED.search(mark) for mark in marks)


def check(model: Model) -> Iterator[RuleProblem]:
    """What every Service with a selector reaches."""
    services = [
        (cluster, item)
        for cluster, item in located(model.of_kind("", "Service"))
        if item.namespace and text(at(item.data, "spec", "type")) != "ExternalName"
    ]
    if not services:
        return
    pods, opaque = _pods_by_place(model)
    lookup, operators = Lookup(model), Operators(model)
    for cluster, service in services:
        selector = at(service.data, "spec", "selector")
        if not isinstance(selector, dict) or not selector or not are_texts(selector):
            continue
        place = (cluster, service.namespace)
        if place in opaque or any(is_templated(value) for value in selector.values()):
            continue
        known = pods.get(place, [])
        selected = [item for item in known if _selects(selector, item.labels)]
        if selected:
            yield from _ports(model, service, selected)
        elif lookup.knows_namespace(*place) and not operators.are_in(*place, service.name):
            yield from _nothing_selected(model, service, selector, known)


def _pods_by_place(
    model: Model,
) -> tuple[Mapping[tuple[str, str], list[_Pods]], set[tuple[str, str]]]:
    """The pods in each namespace of a cluster, and the namespaces where some can't be told."""
    pods: dict[tuple[str, str], list[_Pods]] = defaultdict(list)
    opaque: set[tuple[str, str]] = set()
    for kind in model.kinds():
        path = POD_TEMPLATES.get(kind, ("spec", "template"))
        is_custom = "." in kind[0] and not kind[0].endswith(".k8s.io")
        if kind not in POD_TEMPLATES and not is_custom:
            continue
        for cluster, resource in located(model.of_kind(*kind)):
            template = at(resource.data, *path)
            if not isinstance(template, dict):
                continue
            if is_custom and not isinstance(at(template, "spec", "containers"), list):
                continue
            labels = labels_of(template)
            if labels is None or any(is_templated(value) for value in labels.values()):
                opaque.add((cluster, resource.namespace))
            else:
                pods[(cluster, resource.namespace)].append(_Pods(resource, labels, template))
    return pods, opaque


def _selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.items() if key not in _ADDED)


def _ports(model: Model, service: Resource, selected: list[_Pods]) -> Iterator[RuleProblem]:
    if not all(
        item.resource.application is None or model.is_complete(item.resource.application)
        for item in selected
    ):
        return
    names: set[str] | None = None
    for path, port in mappings(service.data, ("spec", "ports")):
        target = port.get("targetPort")
        if not isinstance(target, str) or not target or target.isdecimal() or is_templated(target):
            continue
        if names is None:
            if any(item.may_have_more_containers() for item in selected):
                return
            names = {name for item in selected for name in item.ports()}
        if target not in names:
            workload = selected[0].resource
            yield RuleProblem(
                "k8s-port",
                Severity.ERROR,
                service.manifest,
                (*path, "targetPort"),
                f"no container of the {workload.kind} {workload.name} has a port called "
                f'"{target[:60]}"',
                nearest_port(target, names),
            )


def _nothing_selected(
    model: Model, service: Resource, selector: Mapping[str, str], known: list[_Pods]
) -> Iterator[RuleProblem]:
    application = service.application
    if application is not None and not model.is_complete(application):
        return
    own = [item for item in known if item.resource.application is application]
    if not own or (service.namespace in _OF_THE_CLUSTER and application is None):
        return
    if any(_may_be_meant(selector, item.labels, service) for item in known):
        return
    key, labels = _worst(selector, own)
    yield RuleProblem(
        "k8s-selector",
        Severity.WARNING,
        service.manifest,
        ("spec", "selector", key),
        f"no workload of the Application has pods with {_written(selector)}",
        f"The nearest, {labels.resource.kind} {labels.resource.name}, has "
        f"{_written(labels.labels) or 'no labels'}.",
    )


def _may_be_meant(
    selector: Mapping[str, str], labels: Mapping[str, str], service: Resource
) -> bool:
    """Whether pods may get the labels that they lack only once they run.

    Charts do so more often than people, under names that nobody can foresee.
    """
    rendered = service.manifest.rendering is not None
    matched = 0
    for key, value in selector.items():
        if key in labels:
            if labels[key] != value and not _ROLES.search(key):
                return False
            matched += labels[key] == value
        elif key not in _ADDED and not rendered and not _ROLES.search(key):
            return False
    return matched > 0


def _worst(selector: Mapping[str, str], own: list[_Pods]) -> tuple[str, _Pods]:
    """The workload that the selector comes nearest to, and the first key that it lacks."""

    def lacking(item: _Pods) -> list[str]:
        return [k for k, v in selector.items() if k not in _ADDED and item.labels.get(k) != v]

    nearest = min(own, key=lambda item: len(lacking(item)))
    return lacking(nearest)[0], nearest


def _written(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in list(labels.items())[:5])[:200]

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
# Of more pods that share a label none is likely to be the one that was meant.
_MOST_SIMILAR = 50
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


class _Namespace:
    """The pods in a namespace of a cluster, by their labels.

    `is_known` is false where the labels of some cannot be told.
    """

    def __init__(self) -> None:
        self.pods: list[_Pods] = []
        self.is_known = True
        self._by_label: dict[tuple[str, str], list[_Pods]] = defaultdict(list)

    def add(self, pods: _Pods) -> None:
        """Take in the pods of a workload."""
        self.pods.append(pods)
        for label in pods.labels.items():
            self._by_label[label].append(pods)

    def selected(self, selector: Mapping[str, str]) -> list[_Pods]:
        """The pods that a selector selects, as far as their templates tell."""
        wanted = [pair for pair in selector.items() if pair[0] not in _ADDED]
        rarest = min((self._by_label.get(pair, []) for pair in wanted), key=len, default=self.pods)
        return [item for item in rarest if all(item.labels.get(k) == v for k, v in wanted)]

    def similar(self, selector: Mapping[str, str]) -> list[_Pods]:
        """Pods that have some of the labels that a selector wants."""
        found = (self._by_label.get(pair, ())[:_MOST_SIMILAR] for pair in selector.items())
        return list({id(item): item for items in found for item in items}.values())


def check(model: Model) -> Iterator[RuleProblem]:
    """What every Service with a selector reaches."""
    services = [
        (cluster, item)
        for cluster, item in located(model.of_kind("", "Service"))
        if item.namespace and text(at(item.data, "spec", "type")) != "ExternalName"
    ]
    if not services:
        return
    namespaces = _namespaces(model)
    lookup, operators = Lookup(model), Operators(model)
    for cluster, service in services:
        selector = at(service.data, "spec", "selector")
        if not isinstance(selector, dict) or not selector or not are_texts(selector):
            continue
        place = (cluster, service.namespace)
        known = namespaces[place]
        if not known.is_known or any(is_templated(value) for value in selector.values()):
            continue
        selected = known.selected(selector)
        if selected:
            yield from _ports(model, service, selected)
        elif lookup.knows_namespace(*place) and not operators.are_in(*place, service.name):
            yield from _nothing_selected(model, service, selector, known)


def _namespaces(model: Model) -> Mapping[tuple[str, str], _Namespace]:
    """The pods in every namespace of every cluster, those of custom workloads among them."""
    namespaces: dict[tuple[str, str], _Namespace] = defaultdict(_Namespace)
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
            namespace = namespaces[(cluster, resource.namespace)]
            labels = labels_of(template)
            if labels is None or any(is_templated(value) for value in labels.values()):
                namespace.is_known = False
            else:
                namespace.add(_Pods(resource, labels, template))
    return namespaces


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
    model: Model, service: Resource, selector: Mapping[str, str], known: _Namespace
) -> Iterator[RuleProblem]:
    application = service.application
    if application is not None and not model.is_complete(application):
        return
    own = next((item for item in known.pods if item.resource.application is application), None)
    if own is None or (service.namespace in _OF_THE_CLUSTER and application is None):
        return
    similar = known.similar(selector)
    if any(_may_be_meant(selector, item.labels, service) for item in similar):
        return
    near = [item for item in similar if item.resource.application is application]
    key, labels = _worst(selector, near or [own])
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

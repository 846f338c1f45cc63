"""Quantities of CPU, memory, storage and the like.

Source: k8s.io/apimachinery's pkg/api/resource; what it reads leniently (`1.Gi`) counts, too.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings
from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.problem import LocalProblem
from gitopsgen.validation.rules.workloads import CONTAINER_LISTS, POD_TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import LocalContext, Resource

RULES = (
    Rule(
        "k8s-quantity",
        (Severity.ERROR,),
        "An amount of CPU, memory or storage is not a quantity, or a container asks for a resource "
        "that Kubernetes does not know.",
        "The API server refuses the object. A quantity is a number and one of "
        "n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei, or an exponent such as e3.",
        "resources:\n  limits:\n    memory: 512MB",
        "resources:\n  limits:\n    memory: 512Mi",
    ),
)
_QUANTITY = re.compile(r"(?=.)[+-]?[0-9]*(?:\.[0-9]*)?(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?")
_NEARLY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]*)")
# What people write in place of the suffixes, in lower case.
_UNITS = {
    **dict.fromkeys(("", "b", "byte", "bytes", "core", "cores", "cpu", "cpus", "vcpu"), ""),
    **dict.fromkeys(("millicore", "millicores", "mcpu", "mcore", "mcores"), "m"),
    **{
        f"{letter.lower()}{rest}": f"{letter}i"
        for letter in "KMGTPE"
        for rest in ("", "b", "i", "ib")
    },
}
# Source: ValidateContainerResourceName in Kubernetes' pkg/apis/core/validation.
_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_AMOUNTS = ("limits", "requests")
_CLAIM: Path = ("spec", "resources")
# Kinds with one mapping of quantities.
_FLAT: Mapping[tuple[str, str], Path] = {
    ("", "PersistentVolume"): ("spec", "capacity"),
    ("", "ResourceQuota"): ("spec", "hard"),
    ("node.k8s.io", "RuntimeClass"): ("overhead", "podFixed"),
}


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """Every quantity of one object."""
    del context
    kind, data = (resource.group, resource.kind), resource.data
    if kind in POD_TEMPLATES:
        yield from _pod(data, (*POD_TEMPLATES[kind], "spec"))
    if kind == ("apps", "StatefulSet"):
        for path, _ in mappings(data, ("spec", "volumeClaimTemplates")):
            yield from _resources(data, (*path, *_CLAIM))
    elif kind == ("", "PersistentVolumeClaim"):
        yield from _resources(data, _CLAIM)
    elif kind == ("autoscaling", "HorizontalPodAutoscaler"):
        for path, metric in mappings(data, ("spec", "metrics")):
            for source in metric:
                target = (*path, source, "target")
                yield from _check(data, (*target, "value"))
                yield from _check(data, (*target, "averageValue"))
    elif kind == ("", "LimitRange"):
        for path, limit in mappings(data, ("spec", "limits")):
            for amounts in limit:
                yield from _amounts(data, (*path, amounts))
    elif kind in _FLAT:
        yield from _amounts(data, _FLAT[kind])


def _pod(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    yield from _resources(data, (*path, "resources"))
    yield from _amounts(data, (*path, "overhead"))
    for name in CONTAINER_LISTS:
        for container, _ in mappings(data, (*path, name)):
            yield from _resources(data, (*container, "resources"))
            yield from _unknown_resources(data, (*container, "resources"))
            for variable, _ in mappings(data, (*container, "env")):
                divisor = (*variable, "valueFrom", "resourceFieldRef", "divisor")
                yield from _check(data, divisor)
    for volume, _ in mappings(data, (*path, "volumes")):
        yield from _check(data, (*volume, "emptyDir", "sizeLimit"))
        yield from _resources(data, (*volume, "ephemeral", "volumeClaimTemplate", *_CLAIM))


def _unknown_resources(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """Names of resources without a domain, which are Kubernetes' own."""
    for amounts in _AMOUNTS:
        for name in mapping(at(data, *path, amounts)):
            if not isinstance(name, str) or "/" in name or name in _RESOURCES:
                continue
            if name.startswith("hugepages-") or is_templated(name):
                continue
            close = difflib.get_close_matches(name.lower()[:60], _RESOURCES, n=1)
            yield LocalProblem(
                "k8s-quantity",
                Severity.ERROR,
                (*path, amounts, name),
                f"there is no resource {name[:60]}",
                f"Did you mean {close[0]}?" if close else f"It is one of {', '.join(_RESOURCES)}.",
                key=True,
            )


def _resources(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for name in _AMOUNTS:
        yield from _amounts(data, (*path, name))


def _amounts(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for name in mapping(at(data, *path)):
        yield from _check(data, (*path, name))


def _check(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    value = at(data, *path)
    if isinstance(value, str) and not _QUANTITY.fullmatch(value) and not is_templated(value):
        yield LocalProblem(
            "k8s-quantity",
            Severity.ERROR,
            path,
            f'{path[-1]}: "{value[:60]}" is not a quantity',
            _hint(value),
        )


def _hint(value: str) -> str:
    nearly = _NEARLY.fullmatch(value.strip()[:60])
    unit = _UNITS.get(nearly[2].lower()) if nearly else None
    if nearly is None or unit is None:
        return "Write a number with a suffix such as m, M, G, Ki, Mi or Gi, or none."
    return f"Did you mean {nearly[1]}{unit}?"

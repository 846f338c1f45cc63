"""Workloads: everything that runs pods, whatever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Resource

_TEMPLATE: Path = ("spec", "template")
# (group, kind) -> the path of the pod template; a Pod is its own.
POD_TEMPLATES: Mapping[tuple[str, str], Path] = {
    ("", "Pod"): (),
    ("", "ReplicationController"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
    ("batch", "Job"): _TEMPLATE,
}
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")


def pod_template(resource: Resource) -> tuple[Path, Mapping[str, Any]] | None:
    """The path and the data of a workload's pod template; None for what is no workload."""
    path = POD_TEMPLATES.get((resource.group, resource.kind))
    if path is None:
        return None
    return path, mapping(at(resource.data, *path))


def pod_spec(resource: Resource) -> tuple[Path, Mapping[str, Any]] | None:
    """The path and the data of a workload's pod spec; None for what is no workload."""
    template = pod_template(resource)
    if template is None:
        return None
    path, data = template
    return (*path, "spec"), mapping(data.get("spec"))


def containers(resource: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every container of a workload with its path, init and ephemeral ones included."""
    spec = pod_spec(resource)
    if spec is not None:
        for kind in CONTAINER_LISTS:
            yield from mappings(resource.data, (*spec[0], kind))

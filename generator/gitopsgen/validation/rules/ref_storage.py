"""Claims for storage, wherever they stand, and the storage classes that there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.ref_lookup import Names, located, strings_in
from gitopsgen.validation.rules.workloads import POD_TEMPLATES, pod_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource

STORAGE_CLASS = ("storage.k8s.io", "StorageClass")
_OLD_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_CLASS_IN_TEXT = re.compile(r"kind:\s*StorageClass\b")
_NAME_IN_TEXT = re.compile(r"\bname:\s*[\"']?([a-z0-9][-a-z0-9.]*)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim at `path`; `class_name` is None where it leaves the class to the cluster.

    An empty class name asks for a volume without a class.
    """

    resource: Resource
    path: Path
    class_name: str | None
    class_path: Path
    is_bound: bool


def claims(model: Model) -> Iterator[tuple[str, Claim]]:
    """Every claim with its cluster: on its own, of a StatefulSet, of a pod's own volume."""
    for cluster, resource in located(model.of_kind("", "PersistentVolumeClaim")):
        yield cluster, _claim(resource, (), resource.data)
    for cluster, resource in located(model.of_kind("apps", "StatefulSet")):
        for path, item in mappings(resource.data, ("spec", "volumeClaimTemplates")):
            yield cluster, _claim(resource, path, item)
    for kind in POD_TEMPLATES:
        for cluster, resource in located(model.of_kind(*kind)):
            spec = pod_spec(resource)
            for path, item in mappings(resource.data, (*spec[0], "volumes")) if spec else ():
                template = at(item, "ephemeral", "volumeClaimTemplate")
                if isinstance(template, dict):
                    place = (*path, "ephemeral", "volumeClaimTemplate")
                    yield cluster, _claim(resource, place, template)


def volumes_by_class(model: Model) -> Names:
    """The classes of the repository's own volumes: claims bind to them without any provisioner."""
    names = Names()
    for cluster, resource in located(model.of_kind("", "PersistentVolume")):
        name = text(at(resource.data, "spec", "storageClassName"))
        if name:
            names.add(cluster, "", name)
    return names


def classes_in_texts(model: Model) -> frozenset[str]:
    """The names in ConfigMaps that hold a StorageClass as text, which a controller then applies.

    Longhorn does so: it makes longhorn and longhorn-static.
    """
    found: set[str] = set()
    for resource in model.of_kind("", "ConfigMap"):
        for line in strings_in(resource.data.get("data")):
            if _CLASS_IN_TEXT.search(line):
                names = _NAME_IN_TEXT.findall(line)
                found.update(names, (f"{name}-static" for name in names))
    return frozenset(found)


def _claim(resource: Resource, path: Path, data: Mapping[str, Any]) -> Claim:
    spec = mapping(data.get("spec"))
    place: Path = (*path, "spec", "storageClassName")
    name = spec.get("storageClassName")
    if name is None:
        name = at(data, "metadata", "annotations", _OLD_ANNOTATION)
        place = (*path, "metadata", "annotations", _OLD_ANNOTATION)
    bound = bool(spec.get("volumeName"))
    return Claim(resource, (*path, "spec"), name if isinstance(name, str) else None, place, bound)

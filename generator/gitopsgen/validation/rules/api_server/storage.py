"""Claims of volumes, volumes, and quotas.

Source: Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping
from gitopsgen.validation.rules.api_server.names import check_name
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.quantities import amount_of
from gitopsgen.validation.rules.api_server.selectors import check_selector
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_STORAGE: Path = ("spec", "resources", "requests", "storage")
# Source: IsStandardQuotaResourceName in Kubernetes' pkg/apis/core/helper.
_QUOTAS = (
    "configmaps",
    "cpu",
    "ephemeral-storage",
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "memory",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
    "requests.storage",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
)
# What a PersistentVolume has beside its source.
_NO_SOURCES = frozenset(
    {
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    }
)


def check_claim(data: Mapping[str, Any], path: Path = ()) -> Iterator[LocalProblem]:
    """One PersistentVolumeClaim, or the template of one at a path."""
    spec, inside = at(data, *path, "spec"), (*path, "spec")
    if not isinstance(spec, dict | None):
        return
    if spec:
        yield from check_selector(spec, inside, "selector")
        yield from check_name(spec, inside, "storageClassName", "StorageClass")
    yield from _modes(data, path, "claim")
    place = (*path, *_STORAGE)
    storage = at(data, *place)
    amount = amount_of(storage)
    if storage is None or storage == "":
        yield lacking(place, "the claim asks for no storage", "Add how much it needs, as 8Gi.")
    elif amount is not None and amount <= 0:
        yield refused(place, "the claim asks for no storage", "Write how much it needs.")


def check_quota(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One ResourceQuota."""
    for name in mapping(at(data, "spec", "hard")):
        if not isinstance(name, str) or "/" in name or name in _QUOTAS or is_unfilled(name):
            continue
        if not name.removeprefix("requests.").startswith("hugepages-"):
            close = difflib.get_close_matches(name[:60], _QUOTAS, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Objects are count/{name[:60]}."
            message = f"there is no quota for {name[:60]}"
            yield refused(("spec", "hard", name), message, hint, key=True)


def check_volume(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One PersistentVolume."""
    spec = data.get("spec")
    if not isinstance(spec, dict):
        return
    yield from _modes(data, (), "volume")
    yield from check_name(spec, ("spec",), "storageClassName", "StorageClass")
    if not spec.get("capacity"):
        yield lacking(("spec", "capacity"), "the volume has no capacity", "Add capacity.storage.")
    sources = [key for key in spec if key not in _NO_SOURCES and isinstance(spec[key], dict)]
    if not sources:
        message = "the volume has no source"
        yield refused(("spec",), message, "Add nfs, csi, hostPath or another one.", key=True)
    elif len(sources) > 1:
        message = f"a volume is one of {' and '.join(sources)}"
        yield refused(("spec", sources[1]), message, "Leave one alone.", key=True)
    elif sources == ["local"] and not mapping(spec.get("nodeAffinity")).get("required"):
        message = "a local volume needs the nodes that have it"
        yield refused(("spec", "local"), message, "Add nodeAffinity.required.", key=True)


def _modes(data: Mapping[str, Any], path: Path, what: str) -> Iterator[LocalProblem]:
    place = (*path, "spec", "accessModes")
    modes = at(data, *place)
    if not modes and (modes is None or isinstance(modes, list)):
        hint = "Add ReadWriteOnce, ReadWriteMany or another one."
        yield lacking(place, f"the {what} has no access mode", hint)
    elif isinstance(modes, list) and "ReadWriteOncePod" in modes and len(modes) > 1:
        message = "ReadWriteOncePod goes with no other access mode"
        yield refused(place, message, "Leave it alone there.", key=True)

"""What containers mount.

Source: ValidateVolumeMounts in Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import text
from gitopsgen.validation.rules.api_server.fields import entries
from gitopsgen.validation.rules.api_server.problem import refused
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

# The lists of mounts, and the field of each that says where.
_LISTS = (("volumeMounts", "mountPath"), ("volumeDevices", "devicePath"))


def check_mounts(
    container: Mapping[str, Any], path: Path, volumes: frozenset[str] | None
) -> Iterator[LocalProblem]:
    """What the container at a path mounts, of the volumes of its pod."""
    taken: set[str] = set()
    for field, where in _LISTS:
        for place, mount in entries(container, path, field):
            name, target = text(mount.get("name")), text(mount.get(where))
            if volumes is not None and name not in volumes and name and not is_unfilled(name):
                message = f"the pod has no volume {name[:60]}"
                yield refused((*place, "name"), message, _hint(name, volumes))
            if target in taken and not is_unfilled(target):
                message = f"two volumes are mounted at {target[:60]}"
                yield refused((*place, where), message, "Mount one of them elsewhere.")
            if target:
                taken.add(target)
            if "subPath" in mount or "subPathExpr" in mount:
                yield from _sub_path(place, mount)


def _sub_path(path: Path, mount: Mapping[str, Any]) -> Iterator[LocalProblem]:
    if mount.get("subPath") and mount.get("subPathExpr"):
        message = "a mount has subPath or subPathExpr, not both"
        yield refused((*path, "subPathExpr"), message, "Leave one of them out.", key=True)
    for field in ("subPath", "subPathExpr"):
        written = text(mount.get(field))
        if written.startswith("/") or ".." in written.split("/"):
            message = f"{field} has to stay below the volume"
            yield refused((*path, field), message, "Write a path without / at its start or ..")


def _hint(name: str, volumes: frozenset[str]) -> str:
    close = difflib.get_close_matches(name[:60], sorted(volumes), n=1)
    if close:
        return f"Did you mean {close[0]}?"
    if volumes:
        return f"Its volumes are {', '.join(sorted(volumes)[:10])}."
    return "Add the volume to the pod's volumes."

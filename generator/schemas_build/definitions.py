"""Kubernetes' own definitions, as the package kubernetes-validate carries them."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from gitopsgen.schemas.layout import GroupVersionKind

# One folder a minor version, `-local` and `-local-strict`; strict ones close every object.
_FOLDER = re.compile(r"v(?P<minor>1\.\d+)\.0-local-strict")

Definitions = dict[str, dict[str, Any]]


def minor_versions() -> tuple[str, ...]:
    """The minor versions of Kubernetes whose definitions are at hand, oldest first."""
    folders = (_FOLDER.fullmatch(folder.name) for folder in _root().iterdir())
    minors = [match["minor"] for match in folders if match]
    return tuple(sorted(minors, key=lambda minor: int(minor.partition(".")[2])))


@cache
def definitions(minor: str) -> Definitions:
    """All definitions of a minor version, by their full names (io.k8s.api.core.v1.Pod …)."""
    path = _root() / f"v{minor}.0-local-strict" / "_definitions.json"
    loaded: Definitions = json.loads(path.read_text(encoding="utf-8"))["$defs"]
    return loaded


@cache
def kinds_of(minor: str) -> dict[GroupVersionKind, str]:
    """The kinds of a minor version, with the names of their definitions.

    Definitions that stand for more than one kind (DeleteOptions, WatchEvent) are no resources.
    """
    named = {}
    for name, definition in definitions(minor).items():
        marks = definition.get("x-kubernetes-group-version-kind", [])
        if len(marks) == 1:
            mark = marks[0]
            named[GroupVersionKind(mark["group"], mark["version"], mark["kind"])] = name
    return named


def _root() -> Any:
    return files("kubernetes_validate") / "kubernetes-json-schema"

"""Volumes of pods.

Source: validateVolumes in Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import text
from gitopsgen.validation.rules.api_server.choices import check_one_of
from gitopsgen.validation.rules.api_server.fields import below, entries
from gitopsgen.validation.rules.api_server.names import check_label
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_PROJECTED = (
    "clusterTrustBundle",
    "configMap",
    "downwardAPI",
    "podCertificate",
    "secret",
    "serviceAccountToken",
)
# What volumes of a kind have to name; the schemas permit an empty text, or none at all.
_NAMED = {
    "configMap": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "hostPath": "path",
}
_WITH_MODES = ("configMap", "secret", "projected", "downwardAPI")
_HIGHEST_MODE = 0o777


def check_volumes(spec: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """The volumes of the pod spec at a path."""
    names: set[str] = set()
    for place, volume in entries(spec, path, "volumes"):
        name = text(volume.get("name"))
        yield from check_label(volume, place, "name", "volume")
        if name in names and name and not is_unfilled(name):
            message = f"the pod has two volumes called {name}"
            yield refused((*place, "name"), message, "Give each a name of its own.")
        names.add(name)
        sources = [key for key in volume if key != "name" and volume[key] is not None]
        if len(sources) > 1 and all(isinstance(volume[key], dict) for key in sources):
            message = f"a volume is one of {' and '.join(sources)}"
            yield refused((*place, sources[1]), message, "Make two volumes of it.", key=True)
        for kind in sources:
            if isinstance(volume[kind], dict):
                yield from _source(volume[kind], (*place, kind), kind)


def _source(source: Mapping[str, Any], path: Path, kind: str) -> Iterator[LocalProblem]:
    field = _NAMED.get(kind)
    if field and source.get(field) in (None, ""):
        yield lacking((*path, field), f"the {kind} has no {field}", f"Add its {field}.")
    if kind in _WITH_MODES:
        yield from _mode(path, source, "defaultMode")
        yield from _items(source, path)
    if kind == "projected":
        for place, part in entries(source, path, "sources"):
            yield from check_one_of(part, place, _PROJECTED, "source", may_lack=True)
            for field in ("configMap", "secret", "downwardAPI"):
                yield from _items(below(part, field), (*place, field))


def _items(source: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for place, item in entries(source, path, "items"):
        yield from _mode(place, item, "mode")
        target = text(item.get("path"))
        if target.startswith("/") or ".." in target.split("/"):
            message = "the path of an item has to stay below the volume"
            yield refused((*place, "path"), message, "Write a path without / at its start or ..")


def _mode(path: Path, data: Mapping[str, Any], field: str) -> Iterator[LocalProblem]:
    mode = data.get(field)
    if isinstance(mode, int) and not isinstance(mode, bool) and not 0 <= mode <= _HIGHEST_MODE:
        hint = "Write 0 to 511, or an octal number such as 0644."
        if mode >= 0 and all(digit in "01234567" for digit in str(mode)[:20]) and mode < 10**4:
            hint = f"Did you mean 0{mode}? Without the 0 it is a decimal number."
        yield refused((*path, field), f"{field} is more than 0777 in octal", hint)

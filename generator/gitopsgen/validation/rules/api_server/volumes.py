"""Volumes of pods.

Source: validateVolumes in Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.api_server.choices import check_one_of
from gitopsgen.validation.rules.api_server.names import check_label
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.k8s_templating import is_templated

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


def check_volumes(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """The volumes of the pod spec at a path."""
    names: set[str] = set()
    for place, volume in mappings(data, (*path, "volumes")):
        name = text(volume.get("name"))
        yield from check_label(data, (*place, "name"), "volume")
        if name in names and name and not is_templated(name):
            message = f"the pod has two volumes called {name}"
            yield refused((*place, "name"), message, "Give each a name of its own.")
        names.add(name)
        sources = [key for key in volume if key != "name" and volume[key] is not None]
        if len(sources) > 1 and all(isinstance(volume[key], dict) for key in sources):
            message = f"a volume is one of {' and '.join(sources)}"
            yield refused((*place, sources[1]), message, "Make two volumes of it.", key=True)
        for source in sources:
            yield from _source(data, (*place, source))


def _source(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    source, kind = mapping(at(data, *path)), path[-1]
    field = _NAMED.get(str(kind))
    if field and isinstance(at(data, *path), dict) and source.get(field) in (None, ""):
        yield lacking((*path, field), f"the {kind} has no {field}", f"Add its {field}.")
    if kind in _WITH_MODES:
        yield from _mode(path, source, "defaultMode")
        yield from _items(data, path)
    if kind == "projected":
        for place, _ in mappings(data, (*path, "sources")):
            yield from check_one_of(data, place, _PROJECTED, "source", may_lack=True)
            for part in ("configMap", "secret", "downwardAPI"):
                yield from _items(data, (*place, part))


def _items(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    for place, item in mappings(data, (*path, "items")):
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

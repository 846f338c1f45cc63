"""The Kustomize settings of a source, put into its kustomization as Argo CD puts them there.

Source: Argo CD's util/kustomize/kustomize.go (3.4), which runs `kustomize edit` in a checkout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Settings of which a kustomization has one, under the same name.
_PLAIN = ("namePrefix", "nameSuffix", "namespace")
_LONGEST_NUMBER = 18
_TOOL_ONLY = frozenset({"version", "kubeVersion", "apiVersions", "ignoreMissingComponents"})


def needs_edit(settings: Mapping[str, Any]) -> bool:
    """Whether settings change the kustomization itself."""
    return any(value for key, value in settings.items() if key not in _TOOL_ONLY)


def edited(kustomization: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The kustomization with a source's settings in it; settings of wrong types change nothing."""
    result = dict(kustomization)
    for name in _PLAIN:
        if isinstance(settings.get(name), str) and settings[name]:
            result[name] = settings[name]
    if images := _texts(settings.get("images")):
        result["images"] = _with_images(_mappings(result.get("images")), images)
    if replicas := _mappings(settings.get("replicas")):
        counts = [{**item, "count": _number(item.get("count"))} for item in replicas]
        result["replicas"] = _by_name(_mappings(result.get("replicas")), counts)
    _label(result, settings)
    annotations = _mapping(settings.get("commonAnnotations"))
    if annotations:
        result["commonAnnotations"] = {**_mapping(result.get("commonAnnotations")), **annotations}
    for name in ("patches", "components"):
        if isinstance(settings.get(name), list):
            own = result.get(name)
            result[name] = [*(own if isinstance(own, list) else []), *settings[name]]
    return result


def _label(result: dict[str, Any], settings: Mapping[str, Any]) -> None:
    labels = _mapping(settings.get("commonLabels"))
    if not labels:
        return
    if settings.get("labelWithoutSelector") is True:
        templates = settings.get("labelIncludeTemplates") is True
        entry = {"pairs": dict(labels), "includeSelectors": False, "includeTemplates": templates}
        own = result.get("labels")
        result["labels"] = [*(own if isinstance(own, list) else []), entry]
    else:
        result["commonLabels"] = {**_mapping(result.get("commonLabels")), **labels}


def _with_images(own: list[Mapping[str, Any]], images: list[str]) -> list[Mapping[str, Any]]:
    return _by_name(own, [_image(text) for text in images])


def _image(text: str) -> dict[str, Any]:
    """`name`, `name=new`, each with `:tag` or `@digest`, as `kustomize edit set image` takes it."""
    name, equals, new = text.partition("=")
    target = new if equals else name
    image: dict[str, Any] = {}
    target, at, digest = target.partition("@")
    head, colon, tag = target.rpartition(":")
    if at:
        image["digest"] = digest
    elif colon and "/" not in tag:
        target, image["newTag"] = head, tag
    if equals:
        image["newName"] = target
    return {"name": name if equals else target, **image}


def _by_name(own: list[Mapping[str, Any]], given: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Entries of which those that are given replace those of the same name."""
    names = [item.get("name") for item in given]  # which may be of any type
    return [*(item for item in own if item.get("name") not in names), *given]


def _number(value: object) -> object:
    is_number = isinstance(value, str) and value.isdecimal() and len(value) <= _LONGEST_NUMBER
    return int(str(value)) if is_number else value


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

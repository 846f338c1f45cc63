"""Where workloads, issuers and listeners name Secrets and ConfigMaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, sequence, text
from gitopsgen.validation.rules.workloads import containers, pod_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Resource

SECRET, CONFIG_MAP = "Secret", "ConfigMap"
_FROM_ENV = ((SECRET, "secretKeyRef"), (CONFIG_MAP, "configMapKeyRef"))
_FROM_SOURCE = ((SECRET, "secretRef"), (CONFIG_MAP, "configMapRef"))
_PROJECTED = ((SECRET, "secret"), (CONFIG_MAP, "configMap"))
# The controllers ingress-nginx and HAProxy take the certificate for all other hosts so.
_DEFAULT_CERTIFICATE = "--default-ssl-certificate"


@dataclass(frozen=True, slots=True)
class Use:
    """A Secret or ConfigMap that is named at `path`; `namespace` is None where it may be any."""

    kind: str
    namespace: str | None
    name: str
    path: Path


def workload_uses(resource: Resource) -> Iterator[Use]:
    """What the pods of a workload cannot do without."""
    spec = pod_spec(resource)
    if spec is None:
        return
    for path, container in containers(resource):
        yield from _of_container(resource, path, container)
    for path, volume in mappings(resource.data, (*spec[0], "volumes")):
        yield from _of_volume(resource, path, volume)
    yield from pull_uses(resource, spec[0])


def pull_uses(resource: Resource, holder: Path = ()) -> Iterator[Use]:
    """The Secrets with which images are pulled, of a pod or of all pods of a ServiceAccount."""
    for path, item in mappings(resource.data, (*holder, "imagePullSecrets")):
        yield from _use(resource, SECRET, item, path)


def _of_container(resource: Resource, path: Path, container: Mapping[str, Any]) -> Iterator[Use]:
    for variable, item in mappings(resource.data, (*path, "env")):
        source = mapping(item.get("valueFrom"))
        for kind, key in _FROM_ENV:
            yield from _use(resource, kind, source.get(key), (*variable, "valueFrom", key))
    for place, item in mappings(resource.data, (*path, "envFrom")):
        for kind, key in _FROM_SOURCE:
            yield from _use(resource, kind, item.get(key), (*place, key))
    for words in ("command", "args"):
        yield from _of_flags(sequence(container.get(words)), (*path, words))


def _of_flags(words: Sequence[Any], path: Path) -> Iterator[Use]:
    """The Secret that a flag names as `namespace/name`, in its own word or in the next."""
    for index, word in enumerate(words):
        flag, given, value = text(word).partition("=")
        if flag != _DEFAULT_CERTIFICATE:
            continue
        if not given:
            index += 1
            value = text(words[index]) if index < len(words) else ""
        namespace, _, name = value.partition("/")
        # What the kubelet fills in, `$(POD_NAMESPACE)`, is known to nobody here.
        if namespace and name and "$" not in value:
            yield Use(SECRET, namespace, name, (*path, index))


def _of_volume(resource: Resource, path: Path, volume: Mapping[str, Any]) -> Iterator[Use]:
    secret = volume.get("secret")
    yield from _use(resource, SECRET, secret, (*path, "secret"), key="secretName")
    yield from _use(resource, CONFIG_MAP, volume.get("configMap"), (*path, "configMap"))
    reference = at(volume, "csi", "nodePublishSecretRef")
    yield from _use(resource, SECRET, reference, (*path, "csi", "nodePublishSecretRef"))
    for place, source in mappings(resource.data, (*path, "projected", "sources")):
        for kind, key in _PROJECTED:
            yield from _use(resource, kind, source.get(key), (*place, key))


def issuer_uses(resource: Resource, namespace: str | None) -> Iterator[Use]:
    """The Secrets with which an issuer proves who it is; its ACME account's key it makes itself."""
    spec = resource.data.get("spec")
    name = text(at(spec, "ca", "secretName"))
    if name:
        yield Use(SECRET, namespace, name, ("spec", "ca", "secretName"))
    waiting: list[tuple[Path, Any]] = [(("spec",), spec)]
    while waiting:
        path, data = waiting.pop()
        if isinstance(data, list):
            waiting.extend(((*path, index), item) for index, item in enumerate(data))
        elif isinstance(data, dict):
            if _is_reference(path[-1]) and isinstance(data.get("name"), str):
                place = text(data.get("namespace")) or namespace
                yield Use(SECRET, place, data["name"], (*path, "name"))
            else:
                waiting.extend(((*path, key), item) for key, item in data.items())


def tls_uses(data: Mapping[str, Any], own_namespace: str) -> Iterator[Use]:
    """The Secrets with the certificates of an Ingress or a Gateway."""
    for path, item in mappings(data, ("spec", "tls")):
        name = text(item.get("secretName"))
        # Traefik and HAProxy take a name with a slash for one in another namespace.
        if name and "/" not in name:
            yield Use(SECRET, own_namespace, name, (*path, "secretName"))
    for listener, _ in mappings(data, ("spec", "listeners")):
        for path, item in mappings(data, (*listener, "tls", "certificateRefs")):
            name = text(item.get("name"))
            if name and (item.get("kind") or SECRET) == SECRET and not item.get("group"):
                namespace = text(item.get("namespace")) or own_namespace
                yield Use(SECRET, namespace, name, (*path, "name"))


def _is_reference(key: object) -> bool:
    return (
        isinstance(key, str)
        and key.lower().endswith(("secretref", "secretkeyref"))
        and key != "privateKeySecretRef"
    )


def _use(
    resource: Resource, kind: str, data: object, path: Path, *, key: str = "name"
) -> Iterator[Use]:
    if isinstance(data, dict) and data.get("optional") is not True:
        name = text(data.get(key))
        if name:
            yield Use(kind, resource.namespace, name, (*path, key))

"""What makes Secrets and ConfigMaps: manifests, controllers, hooks, and the cluster itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, sequence, text
from gitopsgen.validation.rules.argo_order import is_hook
from gitopsgen.validation.rules.ref_issuers import ANNOTATED_KINDS, CLUSTER_ISSUER, ISSUER
from gitopsgen.validation.rules.ref_lookup import ANYWHERE, Names, located
from gitopsgen.validation.rules.ref_operators import Operators
from gitopsgen.validation.rules.ref_uses import CONFIG_MAP, SECRET, tls_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitopsgen.validation.model import Model, Resource

    # What is rendered or read together: Application, source, folder.
    Unit = tuple[int, int, str]

# Controllers that copy what carries their annotations into other namespaces.
_COPIED = (
    "reflector.v1.k8s.emberstack.com/",
    "replicator.v1.mittwald.de/",
    "kubed.appscode.com/",
    "config.syncer/",
    "cluster.open-cluster-management.io/",
)
_ANNOTATIONS: tuple[tuple[str, ...], ...] = (
    ("metadata",),
    ("spec", "template", "metadata"),
    ("spec", "target", "template", "metadata"),
    ("spec", "secretTemplate"),
)
_SHIM = (CLUSTER_ISSUER, ISSUER, "kubernetes.io/tls-acme")
_SERVING = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
)
# In every namespace: of Kubernetes, OpenShift, Istio and Linkerd.
_EVERYWHERE = {
    SECRET: frozenset[str](),
    CONFIG_MAP: frozenset(
        {
            "kube-root-ca.crt",
            "openshift-service-ca.crt",
            "istio-ca-root-cert",
            "linkerd-identity-trust-roots",
        }
    ),
}
_PLURAL = {SECRET: "secrets", CONFIG_MAP: "configmaps"}
_MAKING = frozenset({"*", "create", "update", "patch"})


class Makers:
    """Knows the Secrets and ConfigMaps of a model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._operators = Operators(model)
        self.names = {SECRET: Names(), CONFIG_MAP: Names()}
        self._units: dict[str, set[Unit]] | None = None
        self._collect()

    def may_make(self, kind: str, cluster: str, namespace: str, name: str, user: Resource) -> bool:
        """Whether anything makes an object for the resource that names it."""
        return (
            name in _EVERYWHERE[kind]
            or self.names[kind].has(cluster, namespace, name)
            or self._operators.name(cluster, namespace, name)
            or _unit(user) in self._making_units()[kind]
        )

    def _collect(self) -> None:
        secrets = self.names[SECRET]
        for name in self._model.settings.provides.secrets:
            namespace, _, plain = name.rpartition("/")
            secrets.add(ANYWHERE, namespace, plain)
        for kind, names in self.names.items():
            self._add(names, "", kind, _own_name)
        self._add(secrets, "bitnami.com", "SealedSecret", _sealed)
        self._add(secrets, "external-secrets.io", "ExternalSecret", _external)
        self._add(secrets, "external-secrets.io", "ClusterExternalSecret", _external, wide=True)
        self._add(secrets, "cert-manager.io", "Certificate", _certificate)
        self._add(secrets, "cert-manager.io", "Issuer", _account)
        self._add(secrets, "cert-manager.io", "ClusterIssuer", _account, wide=True)
        for names in self.names.values():
            self._add(names, "trust.cert-manager.io", "Bundle", _own_name, wide=True)
        for group, kind in ANNOTATED_KINDS:
            self._add(secrets, group, kind, _annotated)
        self._add(secrets, "", "Service", _serving)
        for manifest in self._model.unapplied:
            data, namespace = manifest.data, text(at(manifest.data, "metadata", "namespace"))
            found = _UNREACHED.get((manifest.group, manifest.kind))
            for name in found(data) if found else ():
                kind = manifest.kind if manifest.kind in self.names else SECRET
                self.names[kind].add(ANYWHERE, namespace, name)

    def _add(self, names: Names, group: str, kind: str, reader: Any, *, wide: bool = False) -> None:
        for cluster, resource in located(self._model.of_kind(group, kind)):
            everywhere = wide or _is_copied(resource.data)
            for name in reader(resource.data):
                names.add(cluster, "" if everywhere else resource.namespace, name)

    def _making_units(self) -> Mapping[str, set[Unit]]:
        """What a chart's hook Jobs, and controllers that may write such objects, can have made."""
        if self._units is None:
            jobs = {_unit(job) for job in self._model.of_kind("batch", "Job") if is_hook(job)}
            self._units = {kind: set(jobs) for kind in _PLURAL}
            for role_kind in ("Role", "ClusterRole"):
                for role in self._model.of_kind("rbac.authorization.k8s.io", role_kind):
                    for kind in _written(role.data):
                        self._units[kind].add(_unit(role))
        return self._units


def _own_name(data: Mapping[str, Any]) -> Iterable[str]:
    return _texts(at(data, "metadata", "name"))


def _sealed(data: Mapping[str, Any]) -> Iterable[str]:
    return _texts(at(data, "spec", "template", "metadata", "name"), *_own_name(data))


def _external(data: Mapping[str, Any]) -> Iterable[str]:
    """The Secret is called after the ExternalSecret where its target has no name."""
    spec = mapping(data.get("spec"))
    targets = (spec.get("target"), at(spec, "externalSecretSpec", "target"))
    named = _texts(*(at(target, "name") for target in targets))
    return named or _texts(spec.get("externalSecretName"), *_own_name(data))


def _certificate(data: Mapping[str, Any]) -> Iterable[str]:
    return _texts(at(data, "spec", "secretName"))


def _account(data: Mapping[str, Any]) -> Iterable[str]:
    return _texts(at(data, "spec", "acme", "privateKeySecretRef", "name"))


def _annotated(data: Mapping[str, Any]) -> Iterator[str]:
    annotations = mapping(at(data, "metadata", "annotations"))
    if any(key in annotations for key in _SHIM):
        yield from (use.name for use in tls_uses(data, ""))


def _serving(data: Mapping[str, Any]) -> Iterable[str]:
    """OpenShift makes a certificate for a Service that asks for one."""
    annotations = mapping(at(data, "metadata", "annotations"))
    return _texts(*(annotations.get(key) for key in _SERVING))


_UNREACHED = {
    ("", SECRET): _own_name,
    ("", CONFIG_MAP): _own_name,
    ("bitnami.com", "SealedSecret"): _sealed,
    ("external-secrets.io", "ExternalSecret"): _external,
    ("cert-manager.io", "Certificate"): _certificate,
}


def _texts(*values: object) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]


def _is_copied(data: Mapping[str, Any]) -> bool:
    return any(
        str(key).startswith(_COPIED)
        for path in _ANNOTATIONS
        for key in mapping(at(data, *path, "annotations"))
    )


def _unit(resource: Resource) -> Unit:
    manifest = resource.manifest
    folder = "" if manifest.rendering is not None else manifest.file.rpartition("/")[0]
    return id(resource.application), id(resource.source), folder


def _written(role: Mapping[str, Any]) -> Iterator[str]:
    for _, rule in mappings(role, ("rules",)):
        groups, verbs = sequence(rule.get("apiGroups")), sequence(rule.get("verbs"))
        if ("" in groups or "*" in groups) and any(verb in _MAKING for verb in _texts(*verbs)):
            resources = sequence(rule.get("resources"))
            yield from (k for k, p in _PLURAL.items() if p in resources or "*" in resources)

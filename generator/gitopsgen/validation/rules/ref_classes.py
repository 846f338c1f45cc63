"""Storage classes and ingress classes that something names."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.argo_order import LOCAL
from gitopsgen.validation.rules.install_scripts import InstallScripts
from gitopsgen.validation.rules.k3s_extras import LOCAL_PATH, LOCAL_STORAGE, TRAEFIK, keeps
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_known_classes import (
    CLOUD_INGRESS,
    CLOUD_STORAGE,
    INGRESS_OPERATORS,
    STORAGE_OPERATORS,
)
from gitopsgen.validation.rules.ref_lookup import Lookup, is_name, listed, located
from gitopsgen.validation.rules.ref_storage import (
    STORAGE_CLASS,
    claims,
    classes_in_texts,
    volumes_by_class,
)
from gitopsgen.validation.rules.workloads import POD_TEMPLATES, containers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource

RULES = (
    Rule(
        "ref-storage-class",
        (Severity.ERROR, Severity.WARNING),
        "A volume claim names a StorageClass that nothing brings.",
        "The claim stays Pending for ever, and so does the pod that mounts it.",
        "# the only StorageClass is nfs-client\n"
        "kind: PersistentVolumeClaim\nspec: {storageClassName: nfs}",
        "# the only StorageClass is nfs-client\n"
        "kind: PersistentVolumeClaim\nspec: {storageClassName: nfs-client}",
    ),
    Rule(
        "ref-ingress-class",
        (Severity.ERROR, Severity.WARNING),
        "An Ingress names an IngressClass that nothing brings.",
        "No controller takes the Ingress: it never gets an address.",
        "# the only IngressClass is nginx\nkind: Ingress\nspec: {ingressClassName: ngnix}",
        "# the only IngressClass is nginx\nkind: Ingress\nspec: {ingressClassName: nginx}",
    ),
)
INGRESS_CLASS = ("networking.k8s.io", "IngressClass")
CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_INGRESSES = (("networking.k8s.io", "Ingress"), ("extensions", "Ingress"))
_PROVIDES = {"ref-storage-class": "storageClasses", "ref-ingress-class": "ingressClasses"}
_WORD = re.compile(r"[a-z0-9][-a-z0-9.]*")


def check(model: Model) -> Iterator[RuleProblem]:
    """Names of classes that nothing brings."""
    lookup = Lookup(model)
    classes = _Classes(model, lookup)
    volumes = volumes_by_class(model)
    for cluster, claim in claims(model):
        name = claim.class_name
        if name and not volumes.has(cluster, "", name):
            yield from classes.storage(cluster, claim.resource, name, claim.class_path)
    for kind in _INGRESSES:
        for cluster, resource in located(model.of_kind(*kind)):
            for path, name in _ingress_classes(resource):
                yield from classes.ingress(cluster, resource, name, path)
    for issuer in ("Issuer", "ClusterIssuer"):
        for cluster, resource in located(model.of_kind("cert-manager.io", issuer)):
            for path, name in _solver_classes(resource):
                yield from classes.ingress(cluster, resource, name, path)


class _Classes:
    """Tells which classes are missing."""

    def __init__(self, model: Model, lookup: Lookup) -> None:
        self._model = model
        self._lookup = lookup
        self._groups = {group for group, _ in model.kinds()}
        self._scripts = InstallScripts(model)
        self._flags: dict[str, set[str]] | None = None
        self._words: dict[str, set[str]] = defaultdict(set)
        self._further: frozenset[str] | None = None

    def storage(
        self, cluster: str, resource: Resource, name: str, path: Path
    ) -> Iterator[RuleProblem]:
        """A missing StorageClass."""
        provided = self._model.settings.provides.storage_classes
        if name in provided or self._is_there(cluster, STORAGE_CLASS, name):
            return
        if not self._is_planned(cluster) and name in CLOUD_STORAGE:
            return
        if name == LOCAL_PATH and keeps(self._model, cluster, LOCAL_STORAGE):
            return
        if self._further is None:
            self._further = classes_in_texts(self._model)
        if name not in self._further and not self._groups & STORAGE_OPERATORS:
            yield self._problem("ref-storage-class", cluster, resource, name, path)

    def ingress(
        self, cluster: str, resource: Resource, name: str, path: Path
    ) -> Iterator[RuleProblem]:
        """A missing IngressClass; controllers may also go by the name alone."""
        provided = self._model.settings.provides.ingress_classes
        if name in provided or self._is_there(cluster, INGRESS_CLASS, name):
            return
        if not self._is_planned(cluster) and (
            name in CLOUD_INGRESS
            or (name == TRAEFIK and self._configures_traefik())
            or self._scripts.names(name)
        ):
            return
        if name == TRAEFIK and keeps(self._model, cluster, TRAEFIK):
            return
        old = CLASS_ANNOTATION in path or path[-1] == "class"
        known = self._controllers(cluster, old=old)
        if name not in known and not self._groups & INGRESS_OPERATORS:
            yield self._problem("ref-ingress-class", cluster, resource, name, path)

    def _is_there(self, cluster: str, kind: tuple[str, str], name: str) -> bool:
        return (
            not is_name(name.replace("/", "-"))
            or self._lookup.has(*kind, cluster, "", name)
            or not self._lookup.knows_cluster(cluster, kind)
        )

    def _is_planned(self, cluster: str) -> bool:
        """Whether cluster.yaml describes the cluster: its k3s comes without extras."""
        return self._model.cluster is not None and cluster == LOCAL

    def _configures_traefik(self) -> bool:
        configured = self._model.of_kind("helm.cattle.io", "HelmChartConfig")
        return any(item.name == TRAEFIK for item in configured)

    def _controllers(self, cluster: str, *, old: bool) -> set[str]:
        """Words of the flags that name a class; for the annotation, of names and images, too."""
        if self._flags is None:
            self._flags = defaultdict(set)
            for kind in POD_TEMPLATES:
                for where, workload in located(self._model.of_kind(*kind)):
                    self._words[where].update([workload.name, *workload.name.split("-")])
                    for _, container in containers(workload):
                        self._note(where, container)
        return self._flags[cluster] | (self._words[cluster] if old else set())

    def _note(self, cluster: str, container: Mapping[str, Any]) -> None:
        assert self._flags is not None
        for flag in (*listed(container, "args"), *listed(container, "command")):
            if "class" in flag:
                self._flags[cluster].update(_WORD.findall(flag))
        image = text(container.get("image")).rpartition("/")[2]
        self._words[cluster].update(re.split(r"[-:@]", image))

    def _problem(
        self, rule: str, cluster: str, resource: Resource, name: str, path: Path
    ) -> RuleProblem:
        is_storage = rule == "ref-storage-class"
        kind = STORAGE_CLASS if is_storage else INGRESS_CLASS
        near = self._lookup.names(*kind).nearest(cluster, "", name)
        severity, message = Severity.ERROR, f"nothing brings the {kind[1]} {name}"
        hint = f"Name one that exists, or list it in provides.{_PROVIDES[rule]}."
        if name == (LOCAL_PATH if is_storage else TRAEFIK):
            if self._is_planned(cluster):
                hint = "The cluster's k3s is installed without it: name one that exists."
            else:
                severity = Severity.WARNING
                message = f"nothing here brings the {kind[1]} {name}: only k3s itself would"
        elif near:
            hint = f"Did you mean {near}?"
        return RuleProblem(rule, severity, resource.manifest, path, message, hint)


def _ingress_classes(resource: Resource) -> Iterator[tuple[Path, str]]:
    name = at(resource.data, "spec", "ingressClassName")
    if isinstance(name, str) and name:
        yield ("spec", "ingressClassName"), name
        return
    name = resource.annotations.get(CLASS_ANNOTATION)
    if isinstance(name, str) and name:
        yield ("metadata", "annotations", CLASS_ANNOTATION), name


def _solver_classes(resource: Resource) -> Iterator[tuple[Path, str]]:
    """The classes of the Ingresses with which cert-manager answers HTTP challenges."""
    for solver, item in mappings(resource.data, ("spec", "acme", "solvers")):
        ingress = mapping(at(item, "http01", "ingress"))
        for key in ("ingressClassName", "class"):
            name = ingress.get(key)
            if isinstance(name, str) and name:
                yield (*solver, "http01", "ingress", key), name

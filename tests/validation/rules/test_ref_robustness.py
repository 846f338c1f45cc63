"""Data of any shape, and many manifests, in the rules on what names what."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.manifests import Manifest
from gitopsgen.repository.sources import LocalSources
from gitopsgen.validation.model import Model, Resource
from gitopsgen.validation.rules import (
    cluster_addresses,
    cluster_ingress,
    cluster_storage,
    ref_classes,
    ref_issuers,
    ref_secrets,
    ref_services,
)
from gitopsgen.validation.rules.workloads import POD_TEMPLATES
from tests.validation.rules.test_cluster_addresses import CLUSTER

if TYPE_CHECKING:
    from pathlib import Path

FAMILIES = (
    cluster_addresses,
    cluster_ingress,
    cluster_storage,
    ref_classes,
    ref_issuers,
    ref_secrets,
    ref_services,
)
KINDS = (
    *POD_TEMPLATES,
    ("", "ConfigMap"),
    ("", "PersistentVolume"),
    ("", "PersistentVolumeClaim"),
    ("", "Secret"),
    ("", "Service"),
    ("bitnami.com", "SealedSecret"),
    ("cert-manager.io", "Certificate"),
    ("cert-manager.io", "ClusterIssuer"),
    ("cert-manager.io", "Issuer"),
    ("cilium.io", "CiliumLoadBalancerIPPool"),
    ("example.net", "Anything"),
    ("external-secrets.io", "ExternalSecret"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("metallb.io", "IPAddressPool"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "IngressClass"),
    ("rbac.authorization.k8s.io", "Role"),
    ("storage.k8s.io", "StorageClass"),
)
WORDS = (
    "acme addresses annotations args backend blocks ca cidr class config configMap configMapRef "
    "containers csi data defaultBackend dns01 env envFrom ephemeral host http http01 image "
    "imagePullSecrets ingress ingressClassName initContainers issuerRef items jobTemplate kind "
    "labels listeners loadBalancerIP metadata name namespace number optional path pathType paths "
    "port ports privateKeySecretRef projected resources rules secret secretKeyRef secretName "
    "secretRef service serviceAccountName solvers sources spec start stop storageClassName "
    "target template tls tokenSecretRef type valueFrom verbs volumeClaimTemplate "
    "volumeClaimTemplates volumeName volumes webhook "
    "kube-vip.io/loadbalancerIPs metallb.io/loadBalancerIPs cert-manager.io/issuer "
    "cert-manager.io/cluster-issuer kubernetes.io/ingress.class "
    "storageclass.kubernetes.io/is-default-class"
)
KEYS = WORDS.split()
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["LoadBalancer", "Issuer", "10.0.0.1", "10.0.0.1-x", "a/b", "true", "web"]),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


def resource(group: str, kind: str, data: dict[str, Any], name: str = "web") -> Resource:
    full = {**data, "apiVersion": f"{group}/v1" if group else "v1", "kind": kind}
    return Resource(Manifest("a.yaml", 0, (), full, ""), group, "v1", kind, name, "web", True)


def model_of(tmp_path: Path, resources: list[Resource]) -> Model:
    sources = LocalSources(RepositoryFiles(tmp_path), frozenset(), {})
    return Model(resources=tuple(resources), sources=sources, cluster=CLUSTER, minor="1.35")


@settings(max_examples=60, deadline=None)
@given(
    objects=st.lists(
        st.tuples(st.sampled_from(KINDS), JUNK, JUNK, JUNK, JUNK), min_size=1, max_size=6
    )
)
def test_no_shape_of_data_is_too_much(
    tmp_path_factory: Any, objects: list[tuple[tuple[str, str], Any, Any, Any, Any]]
) -> None:
    resources = [
        resource(*kind, {"metadata": metadata, "spec": spec, "data": data, "rules": rules})
        for kind, metadata, spec, data, rules in objects
    ]
    model = model_of(tmp_path_factory.mktemp("empty"), resources)
    for family in FAMILIES:
        for problem in family.check(model):
            assert problem.message
            assert problem.path


def test_cost_grows_with_the_number_of_manifests_alone(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        resources = []
        for index in range(count):
            spec = {
                "rules": [
                    {
                        "host": f"h{index}.example.net",
                        "http": {"paths": [{"path": "/", "backend": {"service": {"name": "x"}}}]},
                    }
                ],
                "tls": [{"secretName": f"tls-{index}"}],
                "ingressClassName": "none",
            }
            resources.append(resource("networking.k8s.io", "Ingress", {"spec": spec}, f"i{index}"))
            pods = {"spec": {"template": {"spec": {"serviceAccountName": f"a{index}"}}}}
            resources.append(resource("apps", "Deployment", pods, f"d{index}"))
            resources.append(resource("", "ServiceAccount", {}, f"b{index}"))
            resources.append(resource("", "Secret", {}, f"tsl-{index}"))
        model = model_of(tmp_path, resources)
        started = time.process_time()
        for family in FAMILIES:
            list(family.check(model))
        return time.process_time() - started

    seconds(50)
    small, large = max(seconds(250), 0.01), seconds(2500)
    assert large < 40 * small

"""Addresses that Services ask of a load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.cluster.model import Cluster
from gitopsgen.validation.rules import cluster_addresses
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

CLUSTER = Cluster.from_data(
    {
        "name": "home",
        "domain": "example.net",
        "kubernetes": "v1.35.7+k3s1",
        "repository": {"url": "https://github.com/owner/repo", "branch": "main"},
        "ssh": {"user": "ubuntu", "port": 22},
        "nodes": [{"name": "k-m1", "address": "192.168.1.11", "role": "server"}],
        "network": {
            "subnet": "192.168.1.0/24",
            "gateway": "192.168.1.1",
            "dns": ["192.168.1.1"],
            "interface": "eth0",
            "api_address": "192.168.1.20",
            "load_balancer_pool": "192.168.1.30-192.168.1.39, 192.168.1.48/31",
            "pod_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
        },
        "components": {},
    }
)
APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
}
POOL = (
    "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: all}\n"
    "spec: {addresses: [10.0.0.10-10.0.0.20, 10.0.1.0/24, 'fd00::10-fd00::20']}\n"
)
CILIUM = (
    "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: all}\n"
    "spec: {blocks: [{start: 10.0.0.10, stop: 10.0.0.20}, {cidr: 10.0.1.0/24}]}\n"
)
KUBE_VIP, METALLB = "kube-vip.io/loadbalancerIPs", "metallb.io/loadBalancerIPs"
LBIPAM = "lbipam.cilium.io/ips"


def look(
    tmp_path: Path,
    services: Mapping[str, str],
    cluster: Cluster | None = None,
) -> list[Finding]:
    tree = {**APPS, **{f"web/{name}.yaml": text for name, text in services.items()}}
    model, files = make_model(tmp_path, tree, cluster=cluster)
    return findings_in(model, files, [cluster_addresses])


def service(annotation: str, name: str = "a", spec: str = "ports: [{port: 80}]") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n"
        f"  annotations: {{{annotation}}}\nspec: {{type: LoadBalancer, {spec}}}\n"
    )


@pytest.mark.parametrize(
    ("manifest", "place", "message"),
    [
        (service(f"{KUBE_VIP}: 192.168.1.50"), "5:46", "192.168.1.50 is outside"),
        (service(f"{KUBE_VIP}: '192.168.1.30, 192.168.1.2'"), "5:46", "192.168.1.2 is outside"),
        (service(f"{KUBE_VIP}: 192.168.1.20"), "5:46", "is the address of the Kubernetes API"),
        (service("", spec="loadBalancerIP: 192.168.1.47"), "6:44", "192.168.1.47 is outside"),
        (service(f"{METALLB}: 192.168.1.50"), "5:45", "192.168.1.50 is outside"),
    ],
)
def test_an_address_outside_the_pool_is_found(
    tmp_path: Path, manifest: str, place: str, message: str
) -> None:
    findings = look(tmp_path, {"a": manifest}, CLUSTER)
    assert places(findings) == [f"load-balancer-address web/a.yaml:{place}"]
    assert message in findings[0].message


@pytest.mark.parametrize(
    "manifest",
    [
        service(f"{KUBE_VIP}: 192.168.1.30"),
        service(f"{KUBE_VIP}: 192.168.1.49"),
        service(f"{KUBE_VIP}: 0.0.0.0"),
        service(f"{KUBE_VIP}: '192.168.1.30,fd00::1'"),
        service(f"{KUBE_VIP}: dhcp"),
        service(f"{KUBE_VIP}: 3"),
        service(f"{KUBE_VIP}: 192.168.1.31", spec="loadBalancerIP: 192.168.1.31"),
        service(f"{KUBE_VIP}: 192.168.1.50").replace("LoadBalancer", "ClusterIP"),
        "apiVersion: v1\nkind: Service\nmetadata: 3\nspec: [1]\n",
    ],
)
def test_an_address_of_the_pool_and_what_is_none_are_fine(tmp_path: Path, manifest: str) -> None:
    assert look(tmp_path, {"a": manifest}, CLUSTER) == []


@pytest.mark.parametrize(
    ("pool", "annotation", "address", "expected"),
    [
        (POOL, METALLB, "10.0.0.9", 1),
        (POOL, METALLB, "10.0.0.10", 0),
        (POOL, METALLB, "10.0.1.255", 0),
        (POOL, METALLB, "'fd00::21'", 1),
        (POOL, METALLB, "'fd00::1f'", 0),
        (CILIUM, LBIPAM, "10.0.0.21", 1),
        (CILIUM, LBIPAM, "10.0.0.20", 0),
        (POOL.replace("10.0.0.10-", "some-"), METALLB, "10.0.0.9", 0),
        ("", METALLB, "10.0.0.9", 0),
    ],
)
def test_pools_of_controllers_count(
    tmp_path: Path, pool: str, annotation: str, address: str, expected: int
) -> None:
    findings = look(tmp_path, {"pool": pool, "a": service(f"{annotation}: {address}")})
    assert len(findings) == expected


def test_what_kube_vip_hands_out_on_its_own_is_no_limit_for_fixed_addresses(
    tmp_path: Path,
) -> None:
    config = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubevip, namespace: kube-system}\n"
        "data: {range-global: 192.168.1.31-192.168.1.39}\n"
    )
    assert look(tmp_path, {"b": config, "a": service(f"{KUBE_VIP}: 192.168.1.30")}) == []


def test_a_pool_that_was_not_looked_at_may_have_the_address(tmp_path: Path) -> None:
    chart = "repoURL: https://charts.example.net, chart: pools, targetRevision: 1.0.0"
    tree = {
        **APPS,
        "apps/more.yaml": application("more", chart),
        "web/pool.yaml": POOL,
        "web/a.yaml": service(f"{METALLB}: 10.0.0.9"),
    }
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [cluster_addresses]) == []


DNS_TCP = "ports: [{port: 53, protocol: TCP}]"
DNS_UDP = "ports: [{port: 53, protocol: UDP}]"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"{KUBE_VIP}: 10.0.0.10", f"{KUBE_VIP}: 10.0.0.10"),
        (f"{METALLB}: 10.0.0.10", "metallb.universe.tf/loadBalancerIPs: 10.0.0.10"),
        (
            f"{METALLB}: 10.0.0.10, metallb.io/allow-shared-ip: one",
            f"{METALLB}: 10.0.0.10, metallb.io/allow-shared-ip: two",
        ),
        (f"{LBIPAM}: 10.0.0.10, lbipam.cilium.io/sharing-key: a", f"{LBIPAM}: 10.0.0.10"),
    ],
)
def test_an_address_asked_for_twice_is_found_at_the_later_one(
    tmp_path: Path, first: str, second: str
) -> None:
    findings = look(tmp_path, {"a": service(first), "b": service(second, "b")})
    assert [finding.file for finding in findings] == ["web/b.yaml"]
    assert "asked for by the Service web/a (web/a.yaml) already" in findings[0].message


def test_metallb_wants_sharing_to_be_declared_even_for_other_ports(tmp_path: Path) -> None:
    one, two = f"{METALLB}: 10.0.0.10", f"{METALLB}: 10.0.0.10"
    services = {"a": service(one, spec=DNS_TCP), "b": service(two, "b", DNS_UDP)}
    assert len(look(tmp_path, services)) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"{KUBE_VIP}: 10.0.0.10", f"{KUBE_VIP}: 10.0.0.10"),
        (f"{KUBE_VIP}: 10.0.0.10", f"{KUBE_VIP}: 10.0.0.11"),
        (
            f"{METALLB}: 10.0.0.10, metallb.io/allow-shared-ip: dns",
            f"{METALLB}: 10.0.0.10, metallb.universe.tf/allow-shared-ip: dns",
        ),
        (
            f"{LBIPAM}: 10.0.0.10, lbipam.cilium.io/sharing-key: dns",
            f"{LBIPAM}: 10.0.0.10, io.cilium/lb-ipam-sharing-key: dns",
        ),
    ],
)
def test_sharing_is_fine_where_it_works(tmp_path: Path, first: str, second: str) -> None:
    services = {"a": service(first, spec=DNS_TCP), "b": service(second, "b", DNS_UDP)}
    assert look(tmp_path, services) == []


def test_clusters_have_addresses_of_their_own(tmp_path: Path) -> None:
    far = application("far", "path: far").replace("https://kubernetes.default.svc", "https://b")
    tree = {
        **APPS,
        "apps/far.yaml": far,
        "web/a.yaml": service(f"{KUBE_VIP}: 192.168.1.30"),
        "far/a.yaml": service(f"{KUBE_VIP}: 192.168.1.30", "b"),
        "far/b.yaml": service(f"{KUBE_VIP}: 10.9.9.9", "c"),
    }
    model, files = make_model(tmp_path, tree, cluster=CLUSTER)
    assert findings_in(model, files, [cluster_addresses]) == []

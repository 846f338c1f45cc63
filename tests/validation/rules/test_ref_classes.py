"""Storage classes and ingress classes that something names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.settings import Provided, Settings
from gitopsgen.validation.rules import ref_classes
from tests.validation.rules.build import application, findings_in, make_model, places
from tests.validation.rules.test_cluster_addresses import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.cluster.model import Cluster
    from gitopsgen.findings import Finding

APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
    "web/classes.yaml": (
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: nfs-client}\n"
        "provisioner: example.net/nfs\n"
        "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n"
        "spec: {controller: k8s.io/ingress-nginx}\n"
    ),
}


def look(
    tmp_path: Path,
    manifest: str,
    more: Mapping[str, str] | None = None,
    cluster: Cluster | None = None,
    settings: Settings | None = None,
) -> list[Finding]:
    tree = {**APPS, "web/a.yaml": manifest, **(more or {})}
    model, files = make_model(tmp_path, tree, cluster=cluster, settings=settings)
    return findings_in(model, files, [ref_classes])


def claim(spec: str, metadata: str = "name: data") -> str:
    return (
        f"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n"
    )


def stateful(name: str) -> str:
    return (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n"
        "  volumeClaimTemplates:\n    - metadata: {name: data}\n"
        f"      spec: {{storageClassName: {name}}}\n"
    )


def ephemeral(name: str) -> str:
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n  volumes:\n"
        "    - ephemeral:\n        volumeClaimTemplate:\n"
        f"          spec: {{storageClassName: {name}}}\n"
    )


def ingress(spec: str = "", metadata: str = "name: web") -> str:
    return (
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{{metadata}}}\n"
        f"spec: {{{spec}}}\n"
    )


def solver(line: str) -> str:
    return (
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: le}\n"
        f"spec: {{acme: {{solvers: [{{http01: {{ingress: {{{line}}}}}}}]}}}}\n"
    )


OLD = "kubernetes.io/ingress.class"


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (claim("storageClassName: nfs"), "ref-storage-class web/a.yaml:4:26"),
        (
            claim("", "name: a, annotations: {volume.beta.kubernetes.io/storage-class: nfs}"),
            "ref-storage-class web/a.yaml:3:76",
        ),
        (stateful("nfs"), "ref-storage-class web/a.yaml:7:32"),
        (ephemeral("nfs"), "ref-storage-class web/a.yaml:8:36"),
        (ingress("ingressClassName: ngnix"), "ref-ingress-class web/a.yaml:4:26"),
        (
            ingress("", f"name: a, annotations: {{{OLD}: haproxy}}"),
            "ref-ingress-class web/a.yaml:3:64",
        ),
        (solver("ingressClassName: ngnix"), "ref-ingress-class web/a.yaml:4:63"),
    ],
)
def test_a_class_that_nothing_brings_is_an_error(tmp_path: Path, manifest: str, place: str) -> None:
    findings = look(tmp_path, manifest)
    assert places(findings) == [place]
    assert [finding.severity for finding in findings] == ["error"]


@pytest.mark.parametrize(
    "manifest",
    [
        claim("storageClassName: nfs-client"),
        claim("storageClassName: ''"),
        claim("accessModes: [ReadWriteOnce]"),
        claim("storageClassName: 3"),
        claim("storageClassName: '{{ class }}'"),
        claim("storageClassName: gp2"),
        claim("storageClassName: static")
        + "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n"
        "spec: {storageClassName: static}\n",
        claim("storageClassName: longhorn")
        + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: longhorn-storageclass}\n"
        "data:\n  storageclass.yaml: |\n    kind: StorageClass\n    metadata:\n"
        "      name: longhorn\n",
        claim("storageClassName: local-ssd")
        + "---\napiVersion: local.storage.openshift.io/v1\nkind: LocalVolume\n"
        "metadata: {name: disks}\nspec: {}\n",
        stateful("nfs-client"),
        ephemeral("''"),
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\n"
        "spec: {volumeClaimTemplates: 3}\n",
        ingress("ingressClassName: nginx"),
        ingress(),
        ingress("ingressClassName: gce"),
        ingress("ingressClassName: [nginx]"),
        ingress("", f"name: a, annotations: {{{OLD}: nginx}}"),
        ingress("", f"name: a, annotations: {{{OLD}: azure/application-gateway}}"),
        ingress("", f"name: a, annotations: {{{OLD}: contour}}")
        + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: lb}\n"
        "spec: {template: {spec: {containers: [{image: 'ghcr.io/projectcontour/contour:v1'}]}}}\n",
        ingress("ingressClassName: inner")
        + "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: lb}\n"
        "spec: {template: {spec: {containers: [{args: [--ingress-class=inner]}]}}}\n",
        solver("class: nginx"),
        solver("name: web"),
    ],
)
def test_what_is_there_or_comes_with_the_cluster_is_fine(tmp_path: Path, manifest: str) -> None:
    assert look(tmp_path, manifest) == []


@pytest.mark.parametrize(
    "manifest", [claim("storageClassName: local-path"), ingress("ingressClassName: traefik")]
)
def test_what_k3s_brings_warns_and_is_an_error_where_it_is_disabled(
    tmp_path: Path, manifest: str
) -> None:
    assert [finding.severity for finding in look(tmp_path, manifest)] == ["warning"]
    assert [finding.severity for finding in look(tmp_path, manifest, cluster=CLUSTER)] == ["error"]


@pytest.mark.parametrize(
    "manifest", [claim("storageClassName: local-path"), ingress("ingressClassName: traefik")]
)
@pytest.mark.parametrize(
    ("script", "count"),
    [
        ("disable:\n  - servicelb\n", 0),
        ("disable:\n  - traefik\n  - local-storage\n", 1),
        ("curl … | sh -s - --disable traefik,local-storage\n", 1),
    ],
)
def test_a_bootstrap_script_says_what_k3s_comes_without(
    tmp_path: Path, manifest: str, script: str, count: int
) -> None:
    more = {"bootstrap/bootstrap.sh": script}
    assert len(look(tmp_path, manifest, more, cluster=CLUSTER)) == count


def test_configured_traefik_of_k3s_is_there(tmp_path: Path) -> None:
    config = (
        "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\n"
        "metadata: {name: traefik, namespace: kube-system}\nspec: {valuesContent: ''}\n"
    )
    manifest = ingress("ingressClassName: traefik")
    assert look(tmp_path, manifest, {"web/config.yaml": config}) == []


def test_a_planned_cluster_has_no_classes_of_a_cloud(tmp_path: Path) -> None:
    manifest = claim("storageClassName: gp2")
    assert len(look(tmp_path, manifest, cluster=CLUSTER)) == 1


def test_settings_name_classes_from_outside(tmp_path: Path) -> None:
    provides = Provided(storage_classes=frozenset({"ceph"}), ingress_classes=frozenset({"haproxy"}))
    manifest = claim("storageClassName: ceph") + "---\n" + ingress("ingressClassName: haproxy")
    assert look(tmp_path, manifest, settings=Settings(provides=provides)) == []
    assert len(look(tmp_path, manifest)) == 2


def test_a_chart_that_was_not_rendered_may_bring_a_class(tmp_path: Path) -> None:
    chart = "repoURL: https://charts.example.net, chart: rook, targetRevision: 1.0.0"
    more = {"apps/rook.yaml": application("rook", chart, namespace="rook")}
    assert look(tmp_path, claim("storageClassName: ceph"), more) == []


def test_classes_of_another_cluster_do_not_count(tmp_path: Path) -> None:
    far = application("web", "path: web").replace("https://kubernetes.default.svc", "https://b")
    more = {
        "apps/far.yaml": far.replace("name: web,", "name: far,").replace("path: web", "path: far"),
        "far/a.yaml": claim("storageClassName: nfs-client"),
    }
    assert places(look(tmp_path, claim(""), more)) == ["ref-storage-class far/a.yaml:4:26"]


def test_manifests_without_applications_are_judged_by_the_classes_they_bring(
    tmp_path: Path,
) -> None:
    tree = {"a.yaml": claim("storageClassName: nfs")}
    model, files = make_model(tmp_path / "one", tree)
    assert findings_in(model, files, [ref_classes]) == []
    tree["b.yaml"] = APPS["web/classes.yaml"]
    model, files = make_model(tmp_path / "two", tree)
    assert places(findings_in(model, files, [ref_classes])) == ["ref-storage-class a.yaml:4:26"]


def test_the_hint_names_the_nearest_class(tmp_path: Path) -> None:
    (finding,) = look(tmp_path, claim("storageClassName: nfs-clint"))
    assert finding.message == "nothing brings the StorageClass nfs-clint"
    assert finding.hint == "Did you mean nfs-client?"


@pytest.mark.parametrize(("name", "count"), [("haproxy", 0), ("proxy", 1), ("haproxi", 1)])
def test_a_controller_that_a_script_installs(tmp_path: Path, name: str, count: int) -> None:
    script = {"up.sh": "kubectl apply -f https://example.net/haproxy-ingress/deploy.yaml\n"}
    manifest = ingress(f"ingressClassName: {name}, rules: []")
    assert len(look(tmp_path, manifest, script)) == count

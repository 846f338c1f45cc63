"""The default storage class of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import cluster_storage
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
}
DEFAULT = "storageclass.kubernetes.io/is-default-class"
BETA = "storageclass.beta.kubernetes.io/is-default-class"
CHART = "repoURL: https://charts.example.net, chart: nfs, targetRevision: 1.0.0"


def look(
    tmp_path: Path, manifests: Mapping[str, str], cluster: Cluster | None = None
) -> list[Finding]:
    apps = {name: text for name, text in manifests.items() if "/" in name}
    web = {f"web/{name}.yaml": text for name, text in manifests.items() if "/" not in name}
    model, files = make_model(tmp_path, {**APPS, **apps, **web}, cluster=cluster)
    return findings_in(model, files, [cluster_storage])


def storage_class(name: str, annotations: str = f"{DEFAULT}: 'true'") -> str:
    return (
        f"apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: {name}\n"
        f"  annotations: {{{annotations}}}\nprovisioner: example.net/{name}\n"
    )


def claim(spec: str = "accessModes: [ReadWriteOnce]") -> str:
    return f"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: a}}\nspec: {{{spec}}}\n"


@pytest.mark.parametrize(("key", "column"), [(DEFAULT, 62), (BETA, 67)])
def test_the_second_default_is_an_error(tmp_path: Path, key: str, column: int) -> None:
    later = storage_class("two", f"{key}: 'true'")
    findings = look(tmp_path, {"a": storage_class("one"), "b": later})
    assert places(findings) == [f"storage-default-class web/b.yaml:5:{column}"]
    assert findings[0].severity == "error"
    assert "one (web/a.yaml) is one already" in findings[0].message


def test_the_class_that_k3s_brings_is_a_default(tmp_path: Path) -> None:
    files = {"a": storage_class("one"), "bootstrap/bootstrap.sh": "disable:\n  - traefik\n"}
    (finding,) = look(tmp_path, files, CLUSTER)
    message = "one is a second default StorageClass: local-path (k3s brings it) is one already"
    assert finding.message == message
    files["a"] = claim()
    assert look(tmp_path / "none", files, CLUSTER) == []


@pytest.mark.parametrize(
    "second",
    [
        storage_class("two", f"{DEFAULT}: 'false'"),
        storage_class("two", ""),
        storage_class("two", f"{DEFAULT}: true"),
        storage_class("one"),
        storage_class("two").replace("annotations: {", "annotations: [").replace("}", "]"),
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: 3\n",
    ],
)
def test_one_default_is_fine(tmp_path: Path, second: str) -> None:
    files = {"a": storage_class("one"), "b": second, "c": claim()}
    assert look(tmp_path, files, CLUSTER) == []


def test_two_clusters_have_a_default_each(tmp_path: Path) -> None:
    far = application("far", "path: far").replace("https://kubernetes.default.svc", "https://b")
    files = {"a": storage_class("one"), "apps/far.yaml": far, "far/a.yaml": storage_class("two")}
    assert look(tmp_path, files) == []


PLAIN = storage_class("one", "")
SAYS_NO = storage_class("one", f"{DEFAULT}: 'false'")


@pytest.mark.parametrize(
    ("manifests", "planned", "place"),
    [
        ({"a": PLAIN, "b": claim()}, False, "web/a.yaml:4:9"),
        ({"a": SAYS_NO, "b": claim()}, False, "web/a.yaml:5:62"),
        ({"a": SAYS_NO}, True, "web/a.yaml:5:62"),
        ({"b": claim()}, True, "web/b.yaml:4:7"),
        (
            {
                "a": PLAIN,
                "b": "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\n"
                "spec: {volumeClaimTemplates: [{spec: {}}]}\n",
            },
            False,
            "web/a.yaml:4:9",
        ),
    ],
)
def test_no_default_where_one_is_needed_is_a_warning(
    tmp_path: Path, manifests: dict[str, str], planned: bool, place: str
) -> None:
    findings = look(tmp_path, manifests, CLUSTER if planned else None)
    assert places(findings) == [f"storage-default-class {place}"]
    assert findings[0].severity == "warning"


@pytest.mark.parametrize(
    ("manifests", "planned"),
    [
        ({"a": PLAIN}, False),
        ({"a": PLAIN, "b": claim("storageClassName: one")}, False),
        ({"a": PLAIN, "b": claim("storageClassName: ''")}, False),
        ({"a": PLAIN, "b": claim("volumeName: disk")}, False),
        ({"b": claim()}, False),
        ({"b": claim("storageClassName: one")}, True),
        ({"b": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}, True),
        ({"a": PLAIN, "b": claim(), "apps/nfs.yaml": application("nfs", CHART)}, True),
        (
            {
                "a": PLAIN,
                "b": claim(),
                "c": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: longhorn}\n"
                "data: {a.yaml: 'kind: StorageClass, metadata: {name: longhorn}'}\n",
            },
            True,
        ),
    ],
)
def test_no_default_where_none_is_needed_or_it_may_come_from_elsewhere_is_fine(
    tmp_path: Path, manifests: dict[str, str], planned: bool
) -> None:
    assert look(tmp_path, manifests, CLUSTER if planned else None) == []

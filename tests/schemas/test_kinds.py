from __future__ import annotations

import pytest

from gitopsgen.schemas.archive import contents
from gitopsgen.schemas.kinds import kinds, removed_api, removed_apis
from gitopsgen.schemas.kubernetes import archive_file, available_versions
from gitopsgen.schemas.layout import GroupVersionKind as Name
from gitopsgen.schemas.layout import schema_file

RBAC = "rbac.authorization.k8s.io"
FLOW = "flowcontrol.apiserver.k8s.io"


@pytest.mark.parametrize(
    "name",
    [
        Name("", "v1", "Namespace"),
        Name("", "v1", "Node"),
        Name("", "v1", "PersistentVolume"),
        Name(RBAC, "v1", "ClusterRole"),
        Name(RBAC, "v1", "ClusterRoleBinding"),
        Name("storage.k8s.io", "v1", "StorageClass"),
        Name("networking.k8s.io", "v1", "IngressClass"),
        Name("scheduling.k8s.io", "v1", "PriorityClass"),
        Name("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration"),
        Name("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
        Name("apiregistration.k8s.io", "v1", "APIService"),
    ],
)
def test_cluster_scoped_kinds(name: Name) -> None:
    assert not kinds("1.35")[name].namespaced


@pytest.mark.parametrize(
    "name",
    [
        Name("", "v1", "ConfigMap"),
        Name("", "v1", "PersistentVolumeClaim"),
        Name("", "v1", "ServiceAccount"),
        Name("apps", "v1", "Deployment"),
        Name("batch", "v1", "CronJob"),
        Name(RBAC, "v1", "Role"),
        Name("networking.k8s.io", "v1", "Ingress"),
        Name("policy", "v1", "PodDisruptionBudget"),
        Name("coordination.k8s.io", "v1", "Lease"),
        Name("discovery.k8s.io", "v1", "EndpointSlice"),
    ],
)
def test_namespaced_kinds(name: Name) -> None:
    assert kinds("1.35")[name].namespaced


def test_a_kind_says_in_which_versions_it_exists() -> None:
    name = Name("autoscaling", "v2beta2", "HorizontalPodAutoscaler")

    assert (kinds()[name].since, kinds()[name].until) == ("1.25", "1.25")
    assert name in kinds("1.25")
    assert name not in kinds("1.26")
    assert Name("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy") not in kinds(
        "1.29"
    )
    assert Name("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy") in kinds("1.30")


@pytest.mark.parametrize(
    "name",
    [
        Name("", "v1", "Binding"),
        Name("", "v1", "Status"),
        Name("apps", "v1", "DeploymentList"),
        Name("authentication.k8s.io", "v1", "TokenRequest"),
        Name("autoscaling", "v1", "Scale"),
        Name("policy", "v1", "Eviction"),
    ],
)
def test_what_cannot_be_applied_is_no_kind(name: Name) -> None:
    assert name not in kinds()


@pytest.mark.parametrize("minor", available_versions())
def test_each_archive_holds_the_kinds_of_its_version_and_their_lists(minor: str) -> None:
    files = set(contents(archive_file(minor).read_bytes()))

    assert {schema_file(*name) for name in kinds(minor)} == {
        file for file in files if "list_" not in file
    }
    assert files >= {
        schema_file("apps", "v1", "DeploymentList"),
        schema_file("", "v1", "ConfigMapList"),
    }


@pytest.mark.parametrize(
    ("name", "since", "replacement"),
    [
        (
            Name("extensions", "v1beta1", "Ingress"),
            "1.22",
            Name("networking.k8s.io", "v1", "Ingress"),
        ),
        (Name("extensions", "v1beta1", "Deployment"), "1.16", Name("apps", "v1", "Deployment")),
        (Name("apps", "v1beta1", "StatefulSet"), "1.16", Name("apps", "v1", "StatefulSet")),
        (Name(RBAC, "v1beta1", "ClusterRole"), "1.22", Name(RBAC, "v1", "ClusterRole")),
        (Name("batch", "v1beta1", "CronJob"), "1.25", Name("batch", "v1", "CronJob")),
        (
            Name("networking.k8s.io", "v1beta1", "IngressClass"),
            "1.22",
            Name("networking.k8s.io", "v1", "IngressClass"),
        ),
        (
            Name("apiextensions.k8s.io", "v1beta1", "CustomResourceDefinition"),
            "1.22",
            Name("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
        ),
        (
            Name("policy", "v1beta1", "PodDisruptionBudget"),
            "1.25",
            Name("policy", "v1", "PodDisruptionBudget"),
        ),
        (
            Name("autoscaling", "v2beta2", "HorizontalPodAutoscaler"),
            "1.26",
            Name("autoscaling", "v2", "HorizontalPodAutoscaler"),
        ),
        (Name("policy", "v1beta1", "PodSecurityPolicy"), "1.25", None),
        (Name("extensions", "v1beta1", "PodSecurityPolicy"), "1.16", None),
        (Name(FLOW, "v1beta1", "FlowSchema"), "1.26", Name(FLOW, "v1", "FlowSchema")),
    ],
)
def test_a_removed_api_says_since_when_and_what_to_use(
    name: Name, since: str, replacement: Name | None
) -> None:
    removed = removed_api(name, "1.37")

    assert removed is not None
    assert (removed.name, removed.removed_in, removed.replacement) == (name, since, replacement)


def test_an_api_is_removed_only_from_its_version_on() -> None:
    flow = Name(FLOW, "v1beta1", "FlowSchema")

    assert removed_api(flow, "1.25") is None
    assert removed_api(Name("apps", "v1", "Deployment"), "1.37") is None
    assert removed_api(Name("example.net", "v1", "Gadget"), "1.37") is None


def test_the_replacement_is_one_that_the_version_has() -> None:
    flow = Name(FLOW, "v1beta1", "FlowSchema")

    assert removed_apis()[flow].replacement == Name(FLOW, "v1beta3", "FlowSchema")
    removed = removed_api(flow, "1.31")
    assert removed is not None
    assert removed.replacement == Name(FLOW, "v1beta3", "FlowSchema")
    removed = removed_api(flow, "1.32")
    assert removed is not None
    assert removed.replacement == Name(FLOW, "v1", "FlowSchema")


@pytest.mark.parametrize("minor", available_versions())
def test_removed_and_known_kinds_agree(minor: str) -> None:
    known = kinds(minor)
    for name in removed_apis():
        removed = removed_api(name, minor)
        assert (name in known) == (removed is None and kinds()[name].since <= minor)
        if removed and removed.replacement:
            assert removed.replacement in kinds(), name

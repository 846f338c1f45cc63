from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.rules import k8s_quantities
from tests.validation.rules.build import findings_in, make_model, one_application, places
from tests.validation.rules.junk import junk, local_problems

if TYPE_CHECKING:
    from pathlib import Path


def memory(amount: str) -> dict[str, str]:
    return one_application(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n"
        f"      resources:\n        limits:\n          memory: {amount}\n"
    )


@pytest.mark.parametrize(
    ("amount", "hint"),
    [
        ("512MB", "Did you mean 512Mi?"),
        ("1.5gb", "Did you mean 1.5Gi?"),
        ("100mi", "Did you mean 100Mi?"),
        ("2 Gi", "Did you mean 2Gi?"),
        ("1GiB", "Did you mean 1Gi?"),
        ("1K", "Did you mean 1Ki?"),
        ("2cores", "Did you mean 2?"),
        ("a lot", "Write a number with a suffix such as m, M, G, Ki, Mi or Gi, or none."),
        ("1,5Gi", "Write a number with a suffix such as m, M, G, Ki, Mi or Gi, or none."),
        ("1e", "Did you mean 1Ei?"),
        ('""', "Write a number with a suffix such as m, M, G, Ki, Mi or Gi, or none."),
        ('"1Gi\\n"', "Did you mean 1Gi?"),
    ],
)
def test_what_is_no_quantity(tmp_path: Path, amount: str, hint: str) -> None:
    model, files = make_model(tmp_path, memory(amount))
    findings = findings_in(model, files, [k8s_quantities])
    assert places(findings) == ["k8s-quantity web/a.yaml:9:19"]
    assert findings[0].hint == hint


@pytest.mark.parametrize(
    "amount",
    [
        *("1", '"1"', "0.5", ".5", "1.Gi", "512Mi", "1e3", '"1e3"', "1E", "1E+2", "+2k", "100m"),
        *("1Ei", "128974848", "129M", "{}", "true", "", "${MEMORY}", '"{{ .memory }}"', "10u"),
    ],
)
def test_what_is_a_quantity_or_not_a_text(tmp_path: Path, amount: str) -> None:
    model, files = make_model(tmp_path, memory(amount))
    assert findings_in(model, files, [k8s_quantities]) == []


CLAIM = "resources: {requests: {storage: 1GB}}"


@pytest.mark.parametrize(
    "manifest",
    [
        f"v1/PersistentVolumeClaim/{{{CLAIM}}}",
        "v1/PersistentVolume/{capacity: {storage: 1GB}}",
        "v1/ResourceQuota/{hard: {requests.cpu: 1GB}}",
        "v1/LimitRange/{limits: [{type: Container, default: {cpu: 1GB}}]}",
        f"apps/v1/StatefulSet/{{volumeClaimTemplates: [{{spec: {{{CLAIM}}}}}]}}",
        "v1/Pod/{volumes: [{emptyDir: {sizeLimit: 1GB}}]}",
        f"v1/Pod/{{volumes: [{{ephemeral: {{volumeClaimTemplate: {{spec: {{{CLAIM}}}}}}}}}]}}",
        "v1/Pod/{initContainers: [{resources: {limits: {cpu: 1GB}}}]}",
        "v1/Pod/{resources: {limits: {cpu: 1GB}}}",
        "batch/v1/CronJob/{jobTemplate: {spec: {template: {spec: {overhead: {cpu: 1GB}}}}}}",
        (
            "autoscaling/v2/HorizontalPodAutoscaler/"
            "{metrics: [{type: Pods, pods: {target: {averageValue: 1GB}}}]}"
        ),
    ],
)
def test_every_place_of_a_quantity(tmp_path: Path, manifest: str) -> None:
    head, _, spec = manifest.partition("/{")
    version, _, kind = head.rpartition("/")
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{{spec}\n"
    model, files = make_model(tmp_path, one_application(text))
    findings = findings_in(model, files, [k8s_quantities])
    assert [place.rpartition(":")[0] for place in places(findings)] == ["k8s-quantity web/a.yaml:4"]
    assert text.splitlines()[3][findings[0].column - 1 :].startswith("1GB")


WORDS = ["spec", "template", "containers", "resources", "limits", "volumes", "metrics", "hard"]


@given(
    st.sampled_from([("", "Pod"), ("apps", "StatefulSet"), ("", "LimitRange")])
    | st.just(("autoscaling", "HorizontalPodAutoscaler")),
    st.dictionaries(st.just("spec"), junk(WORDS)),
)
def test_data_of_any_shape(kind: tuple[str, str], data: dict[str, Any]) -> None:
    for problem in local_problems(k8s_quantities, *kind, data):
        assert problem.rule == "k8s-quantity"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("memoyr", "Did you mean memory?"),
        ("CPU", "Did you mean cpu?"),
        ("ephemeral_storage", "Did you mean ephemeral-storage?"),
        ("disk", "It is one of cpu, memory, ephemeral-storage."),
    ],
)
def test_a_resource_that_kubernetes_does_not_know(tmp_path: Path, name: str, hint: str) -> None:
    tree = memory("1Gi")
    tree["web/a.yaml"] = tree["web/a.yaml"].replace("memory:", f"{name}:")
    model, files = make_model(tmp_path, tree)
    findings = findings_in(model, files, [k8s_quantities])
    assert places(findings) == ["k8s-quantity web/a.yaml:9:11"]
    assert findings[0].hint == hint


@pytest.mark.parametrize(
    "name", ["cpu", "ephemeral-storage", "hugepages-2Mi", "nvidia.com/gpu", "{{ .name }}"]
)
def test_resources_that_there_are(tmp_path: Path, name: str) -> None:
    tree = memory("1Gi")
    tree["web/a.yaml"] = tree["web/a.yaml"].replace("memory:", f'"{name}":')
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [k8s_quantities]) == []

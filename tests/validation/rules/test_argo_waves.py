from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_waves
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WAVE = "argocd.argoproj.io/sync-wave"
KEY = "resource.customizations.health.argoproj.io_Application"
HEALTH = f"{KEY}: return {{}}"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\n"
CLASS = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n"
INGRESS = (
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
    "spec: {ingressClassName: nginx}\n"
)


def waved(name: str, source: str, wave: str | None, namespace: str = "web") -> str:
    """An Application in a wave: its annotation is at 5:5, its value at 5:35."""
    annotation = "" if wave is None else f'\n  annotations:\n    {WAVE}: "{wave}"'
    return application(name, source, namespace=namespace).replace(
        f"metadata: {{name: {name}, namespace: argocd}}",
        f"metadata:\n  name: {name}\n  namespace: argocd{annotation}",
    )


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[str]:
    model, files = make_model(tmp_path, tree)
    return places(findings_in(model, files, [argo_waves]))


def parted(first: str | None, second: str | None, config: str) -> dict[str, str]:
    """A root with the Applications a (an Ingress) and b (its class), and Argo CD's ConfigMap."""
    return {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/a.yaml": waved("a", "path: a", first),
        "apps/b.yaml": waved("b", "path: b", second),
        "apps/cm.yaml": config,
        "a/ingress.yaml": INGRESS,
        "b/class.yaml": CLASS,
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("5", "sync wave 5 is not a text: nothing is applied"),
        ("true", "sync wave true is not a text: nothing is applied"),
        ("1.5", "sync wave 1.5 is not a text: nothing is applied"),
        ("[1]", "sync wave of the type list is not a text: nothing is applied"),
        ("null", "the sync wave is empty: it counts as 0"),
        ('"1.5"', 'sync wave "1.5" is not an integer: it counts as 0'),
        ('"first"', 'sync wave "first" is not an integer: it counts as 0'),
        ('" 1"', 'sync wave " 1" is not an integer: it counts as 0'),
        ('"1_0"', 'sync wave "1_0" is not an integer: it counts as 0'),
        ('"٣"', 'sync wave "٣" is not an integer: it counts as 0'),
        (
            '"9223372036854775808"',
            'sync wave "9223372036854775808" is not an integer: it counts as 0',
        ),
    ],
)
def test_a_wave_that_is_no_integer(tmp_path: Path, value: str, message: str) -> None:
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n"
        f"    {WAVE}: {value}\n"
    )
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}
    model, files = make_model(tmp_path, tree)
    findings = findings_in(model, files, [argo_waves])
    assert places(findings) == ["argo-wave-invalid web/a.yaml:6:35"]
    assert findings[0].message == message


@pytest.mark.parametrize("value", ['"0"', '"-10"', '"+1"', '"002"', "'5'", "!!str 5"])
def test_integers_in_quotes_are_waves(tmp_path: Path, value: str) -> None:
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n"
        f"    {WAVE}: {value}\n"
    )
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}
    assert found(tmp_path, tree) == []


def test_waves_without_health_order_nothing(tmp_path: Path) -> None:
    tree = parted("2", "1", CONFIG)
    assert found(tmp_path, tree) == ["argo-wave-without-health apps/a.yaml:7:35"]


def test_waves_without_health_beside_values_of_the_chart(tmp_path: Path) -> None:
    chart = "repoURL: https://argoproj.github.io/argo-helm, chart: argo-cd, targetRevision: 10.1.1"
    values = f"{chart}, helm: {{valuesObject: {{configs: {{cm: {{admin.enabled: 'true'}}}}}}}}"
    tree = parted("2", "1", waved("argocd", values, "3", "argocd"))
    assert found(tmp_path, tree) == ["argo-wave-without-health apps/a.yaml:7:35"]


@pytest.mark.parametrize(
    "config",
    [
        pytest.param("", id="configured elsewhere"),
        pytest.param(f"{CONFIG}data:\n  {HEALTH}\n", id="ConfigMap"),
        pytest.param(
            f"{CONFIG}data:\n  resource.customizations.health.argoproj.io_*: return\n",
            id="every kind of the group",
        ),
        pytest.param(
            f"{CONFIG}data:\n  resource.customizations: |\n    argoproj.io/Application:\n"
            "      health.lua: |\n        return {}\n",
            id="the older form",
        ),
        pytest.param(
            "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata: {name: argocd}\n"
            "spec:\n  resourceHealthChecks:\n"
            "    - {group: argoproj.io, kind: Application, check: return}\n",
            id="the operator",
        ),
        pytest.param(
            waved(
                "argocd",
                f"chart: argo-cd, helm: {{valuesObject: {{configs: {{cm: {{{KEY}: x}}}}}}}}",
                "3",
                "argocd",
            ),
            id="values of the chart",
        ),
        pytest.param(
            waved("argocd", "chart: argo-cd, helm: {valueFiles: [$other/values.yaml]}", "3"),
            id="values that nobody here knows",
        ),
    ],
)
def test_health_that_is_customized_or_unknown(tmp_path: Path, config: str) -> None:
    assert found(tmp_path, parted("2", "1", config)) == []


@pytest.mark.parametrize("wave", [None, "0", "7"])
def test_equal_waves_promise_no_order(tmp_path: Path, wave: str | None) -> None:
    tree = parted(wave, wave, CONFIG)
    tree["apps/cm.yaml"] = CONFIG.replace("argocd-cm}", 'argocd-cm, annotations: {a: "b"}}')
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(("first", "second"), [("1", "2"), ("1", "1"), (None, "1")])
def test_an_ingress_before_its_controller(
    tmp_path: Path, first: str | None, second: str | None
) -> None:
    tree = parted(first, second, f"{CONFIG}data:\n  {HEALTH}\n")
    tree["apps/c.yaml"] = waved("c", "path: c", "9")
    line = "4:3" if first is None else "7:35"
    assert found(tmp_path, tree) == [f"argo-ingress-before-controller apps/a.yaml:{line}"]


def test_an_ingress_of_the_default_class(tmp_path: Path) -> None:
    tree = parted("1", "2", f"{CONFIG}data:\n  {HEALTH}\n")
    tree["a/ingress.yaml"] = INGRESS.replace("spec: {ingressClassName: nginx}", "spec: {}")
    assert found(tmp_path, tree) == []
    tree["b/class.yaml"] = CLASS.replace(
        "nginx}", 'nginx, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}'
    )
    assert found(tmp_path, tree) == ["argo-ingress-before-controller apps/a.yaml:7:35"]


def test_an_ingress_before_a_controller_of_a_chart_that_was_not_rendered(tmp_path: Path) -> None:
    tree = parted("1", None, f"{CONFIG}data:\n  {HEALTH}\n")
    del tree["b/class.yaml"]
    chart = "repoURL: https://kubernetes.github.io/ingress-nginx, chart: ingress-nginx"
    tree["apps/b.yaml"] = waved("b", chart, "2")
    assert found(tmp_path, tree) == ["argo-ingress-before-controller apps/a.yaml:7:35"]


@pytest.mark.parametrize(
    ("first", "second", "config"),
    [
        pytest.param("2", "1", f"{CONFIG}data:\n  {HEALTH}\n", id="after it"),
        pytest.param("1", "1", f"{CONFIG}data:\n  {HEALTH}\n", id="nothing comes later"),
        pytest.param("1", "2", "", id="nobody knows of health"),
        pytest.param(
            "1",
            "2",
            f"{CONFIG}data:\n  {HEALTH}\n"
            "  resource.customizations.health.networking.k8s.io_Ingress: return {}\n",
            id="an Ingress is healthy at once",
        ),
    ],
)
def test_ingresses_that_hold_nothing(tmp_path: Path, first: str, second: str, config: str) -> None:
    assert found(tmp_path, parted(first, second, config)) == []


def test_an_ingress_of_another_class_or_beside_its_controller(tmp_path: Path) -> None:
    tree = parted("1", "2", f"{CONFIG}data:\n  {HEALTH}\n")
    tree["a/ingress.yaml"] = INGRESS.replace("ClassName: nginx", "ClassName: other")
    tree["b/ingress.yaml"] = INGRESS.replace("name: web", "name: status")
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("argocd.argoproj.io/sync-wvae", ["argo-wave-invalid app.yaml:7:5"]),
        ("argocd.argoproj.io/sync-waves", ["argo-wave-invalid app.yaml:7:5"]),
        ("argocd.argproj.io/sync-wave", ["argo-wave-invalid app.yaml:7:5"]),
        ("argocd.argoproj.io/sync-options", []),
        ("argoproj.io/sync-wave", []),
        ("argocd.argoproj.io/hook", []),
    ],
)
def test_the_name_of_the_annotation(tmp_path: Path, key: str, expected: list[str]) -> None:
    tree = {"app.yaml": waved("web", "path: web", "5").replace(WAVE, key), "web/a.yaml": CONFIG}
    assert found(tmp_path, tree) == expected

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules.argo_order import (
    LOCAL,
    WAVE,
    Order,
    When,
    atoi,
    cluster_of,
    is_hook,
    is_synced,
    wave_of,
)
from tests.validation.rules.build import application, make_model, one_application

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.validation.model import Model, Resource

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def in_wave(text: str, wave: str) -> str:
    return text.replace("argocd}", f'argocd, annotations: {{{WAVE}: "{wave}"}}}}', 1)


def config_of(model: Model, name: str) -> Resource:
    """The ConfigMap of an Application."""
    (found,) = [
        resource
        for resource in model.of_kind("", "ConfigMap")
        if resource.application is not None and resource.application.name == name
    ]
    return found


def when(model: Model, bringer: str, needer: str, *, strict: bool = True) -> When:
    order = Order(model, strict=strict)
    return order.when(config_of(model, bringer), config_of(model, needer))


@pytest.mark.parametrize(
    ("value", "number"),
    [("5", 5), ("+1", 1), ("-10", -10), ("002", 2), ("9223372036854775807", 2**63 - 1)],
)
def test_integers_as_go_reads_them(value: str, number: int) -> None:
    assert atoi(value) == number


@pytest.mark.parametrize(
    "value",
    ["", "1.5", " 1", "1\n", "0x1", "1_0", "--1", "9223372036854775808", "9" * 5000, 5, None],
)
def test_what_go_does_not_take_for_an_integer(value: object) -> None:
    assert atoi(value) is None


def test_a_hook_weight_stands_in_for_a_wave() -> None:
    assert wave_of({WAVE: "3", "helm.sh/hook-weight": "7"}) == 3
    assert wave_of({WAVE: "three", "helm.sh/hook-weight": "7"}) == 7
    assert wave_of({WAVE: 3}) == 0


@pytest.mark.parametrize(
    ("annotations", "hook", "synced"),
    [
        ("{}", False, True),
        ("{helm.sh/hook: crd-install}", False, True),
        ("{helm.sh/hook: 'pre-install,pre-upgrade'}", True, True),
        ("{helm.sh/hook: test}", True, False),
        ("{helm.sh/hook: post-delete}", True, False),
        ("{argocd.argoproj.io/hook: PreSync}", True, True),
        ("{argocd.argoproj.io/hook: Skip}", True, False),
        ("{argocd.argoproj.io/hook: PostDelete}", True, False),
        ("{argocd.argoproj.io/hook: 1}", True, False),
    ],
)
def test_hooks(tmp_path: Path, annotations: str, hook: bool, synced: bool) -> None:
    manifest = CONFIG.replace("name: a", f"name: a, annotations: {annotations}")
    model, _ = make_model(tmp_path, one_application(manifest))
    (resource,) = model.of_kind("", "ConfigMap")
    assert (is_hook(resource), is_synced(resource)) == (hook, synced)


@pytest.mark.parametrize(
    ("destination", "cluster"),
    [
        ("server: https://kubernetes.default.svc", LOCAL),
        ("server: https://kubernetes.default.svc/", LOCAL),
        ("name: in-cluster", LOCAL),
        ("namespace: web", LOCAL),
        ("server: https://10.0.0.1:6443", "https://10.0.0.1:6443"),
        ("name: edge", "name:edge"),
    ],
)
def test_clusters(tmp_path: Path, destination: str, cluster: str) -> None:
    tree = one_application(CONFIG)
    tree["app.yaml"] = tree["app.yaml"].replace(
        "{server: https://kubernetes.default.svc, namespace: web}", f"{{{destination}}}"
    )
    model, _ = make_model(tmp_path, tree)
    assert cluster_of(model.applications[0]) == cluster
    assert cluster_of(None) == LOCAL


def test_waves_below_one_parent(tmp_path: Path) -> None:
    tree = {"root.yaml": application("root", "path: apps", namespace="argocd")}
    for name, wave in (("a", "1"), ("b", "2"), ("c", "2")):
        tree[f"apps/{name}.yaml"] = in_wave(application(name, f"path: {name}"), wave)
        tree[f"{name}/a.yaml"] = CONFIG
    model, _ = make_model(tmp_path, tree)
    assert when(model, "a", "b") is When.EARLIER
    assert when(model, "b", "a") is When.LATER
    assert when(model, "b", "a", strict=False) is When.EQUAL
    assert when(model, "b", "c") is When.EQUAL
    assert when(model, "a", "a") is When.SAME


def test_a_ring_ends(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/a.yaml": application("a", "path: below", namespace="argocd"),
        "below/b.yaml": application("b", "path: apps", namespace="argocd"),
        "below/config.yaml": CONFIG,
    }
    model, _ = make_model(tmp_path, tree)
    order = Order(model)
    names = {app.name: app for app in model.applications}
    assert {app.name for app in order.above(names["a"])} == {"root", "b"}
    assert order.is_above(names["root"], names["b"])
    assert not order.is_above(names["a"], names["a"])


def test_what_stands_by_hand_comes_first(tmp_path: Path) -> None:
    tree = {**one_application(CONFIG), "apps/root.yaml": ""}
    model, _ = make_model(tmp_path, tree)
    (declared,) = model.of_kind("argoproj.io", "Application")
    assert declared.application is None
    order = Order(model)
    assert order.when(declared, config_of(model, "web")) is When.EARLIER
    assert order.when(config_of(model, "web"), declared) is When.UNKNOWN

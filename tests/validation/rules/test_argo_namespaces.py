from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.settings import Provided, Settings
from gitopsgen.validation.rules import argo_namespaces
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
CREATE = "  syncPolicy: {syncOptions: [CreateNamespace=true]}\n"
ARGOCD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\n"


def found(tmp_path: Path, tree: Mapping[str, str], settings: Settings | None = None) -> list[str]:
    model, files = make_model(tmp_path, tree, settings=settings)
    return places(findings_in(model, files, [argo_namespaces]))


def in_wave(text: str, wave: str) -> str:
    """The same Application in a wave."""
    annotation = f'argocd.argoproj.io/sync-wave: "{wave}"'
    return text.replace(
        "namespace: argocd}", f"namespace: argocd, annotations: {{{annotation}}}}}", 1
    )


def below_root(first: str, second: str) -> dict[str, str]:
    """A root that holds `base`, which brings the namespace, and `web`, which needs it."""
    return {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/base.yaml": in_wave(application("base", "path: base", namespace="default"), first),
        "apps/web.yaml": in_wave(application("web", "path: web"), second),
        "base/namespace.yaml": NAMESPACE,
        "web/a.yaml": CONFIG,
    }


def test_a_destination_that_nothing_creates(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": CONFIG}
    model, files = make_model(tmp_path, tree)
    (finding,) = findings_in(model, files, [argo_namespaces])
    assert places([finding]) == ["argo-namespace-missing app.yaml:6:68"]
    assert finding.message == 'nothing creates the namespace "web" that web applies to'
    assert "CreateNamespace=true" in finding.hint


@pytest.mark.parametrize("option", ["CreateNamespace=True", "CreateNamespaces=true"])
def test_a_misspelt_option_is_another_finding(tmp_path: Path, option: str) -> None:
    extra = CREATE.replace("CreateNamespace=true", option)
    tree = {"app.yaml": application("web", "path: web", extra=extra), "web/a.yaml": CONFIG}
    assert found(tmp_path, tree) == []


def test_a_namespace_of_a_manifest_that_nothing_creates(tmp_path: Path) -> None:
    other = CONFIG.replace("name: a}", "name: b, namespace: other}")
    tree = {
        "app.yaml": application("web", "path: web", extra=CREATE),
        "web/a.yaml": f"{CONFIG}---\n{other}",
        "web/b.yaml": other.replace("name: b", "name: c"),
    }
    assert found(tmp_path, tree) == ["argo-namespace-missing web/a.yaml:7:32"]


def test_a_namespace_that_comes_in_a_later_wave(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, below_root("2", "1"))
    (finding,) = findings_in(model, files, [argo_namespaces])
    assert places([finding]) == ["argo-namespace-missing apps/web.yaml:6:68"]
    assert "later wave, from base/namespace.yaml" in finding.message


def test_waves_that_do_not_wait(tmp_path: Path) -> None:
    tree = {**below_root("2", "1"), "apps/cm.yaml": ARGOCD}
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(("first", "second"), [("1", "2"), ("1", "1")])
def test_a_namespace_that_another_application_brings(
    tmp_path: Path, first: str, second: str
) -> None:
    assert found(tmp_path, below_root(first, second)) == []


@pytest.mark.parametrize(
    "name", ["default", "kube-system", "kube-public", "kube-node-lease", "argocd"]
)
def test_namespaces_that_exist_always(tmp_path: Path, name: str) -> None:
    tree = {
        "app.yaml": application("web", "path: web", namespace=name),
        "web/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


def test_a_namespace_in_the_same_sync_whatever_its_wave(tmp_path: Path) -> None:
    late = NAMESPACE.replace("web}", 'web, annotations: {argocd.argoproj.io/sync-wave: "5"}}')
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": f"{CONFIG}---\n{late}"}
    assert found(tmp_path, tree) == []


def test_a_namespace_that_any_application_creates(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("a", "path: a"),
        "b.yaml": application("b", "path: b", extra=CREATE),
        "a/a.yaml": CONFIG,
        "b/b.yaml": CONFIG.replace("name: a", "name: b"),
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", id="cluster-scoped"),
        pytest.param(
            "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}\n", id="unknown scope"
        ),
        pytest.param(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: test}}\n",
            id="a test, which Argo CD never runs",
        ),
    ],
)
def test_applications_that_need_no_namespace(tmp_path: Path, manifest: str) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}
    assert found(tmp_path, tree) == []


def test_a_namespace_that_the_settings_name(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": CONFIG}
    settings = Settings(provides=Provided(namespaces=frozenset({"web"})))
    assert found(tmp_path, tree, settings) == []


def test_what_was_not_looked_at_might_create_it(tmp_path: Path) -> None:
    tree = {
        "app.yaml": application("web", "path: web"),
        "chart.yaml": application("chart", "repoURL: https://charts.example.com, chart: web"),
        "web/a.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == []


def test_another_cluster_has_its_own_namespaces(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("a", "path: a", extra=CREATE),
        "b.yaml": application("b", "path: b").replace(
            "server: https://kubernetes.default.svc", "server: https://10.0.0.1:6443"
        ),
        "a/a.yaml": CONFIG,
        "b/b.yaml": CONFIG,
    }
    assert found(tmp_path, tree) == ["argo-namespace-missing b.yaml:6:59"]


def test_manifests_without_applications_need_nothing(tmp_path: Path) -> None:
    manifest = CONFIG.replace("name: a}", "name: a, namespace: web}")
    assert found(tmp_path, {"a.yaml": manifest}) == []

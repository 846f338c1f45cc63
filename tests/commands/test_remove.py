from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.commands.invoke import Result, invoke
from tests.commands.repositories import CLUSTER, edit, git, make_repository, own_component

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample."""
    return make_repository(tmp_path / "home")


def removing(root: Path, *arguments: str) -> Result:
    return invoke("remove", *arguments, "--repository", root)


def test_a_component_is_removed_and_what_stays_is_said(root: Path) -> None:
    edit(root, "cluster.yaml", "  loopia:", "  # ours\n  loopia:")
    edit(root, "apps/argocd.yaml", "limit: 10", "limit: 11")
    done = removing(root, "loopia")
    assert done.status == 0
    assert done.out.startswith("Remove loopia: merged as ")
    assert "  removed  apps/loopia.yaml\n" in done.out
    assert "validated without charts: 0 errors" in done.out
    assert (root / "cluster.yaml").read_text() == CLUSTER.replace(
        "  loopia: {zones: [example.net]}\n", ""
    )
    assert "limit: 11" in (root / "apps/argocd.yaml").read_text()
    assert not (root / "components/loopia").exists()
    assert "Argo CD deletes the Application loopia" in done.err
    # Its namespace is cert-manager's as well.
    assert "delete namespace" not in done.err
    assert "kubectl -n cert-manager delete secret loopia-credentials" in done.err
    assert git(root, "log", "-1", "--format=%s") == "Remove loopia"


def test_a_component_with_a_namespace_of_its_own_leaves_that(root: Path) -> None:
    done = removing(root, "ingress-nginx")
    assert done.status == 0
    assert "kubectl delete namespace ingress-nginx   # with everything in it, data too" in done.err
    assert "ingressclass.networking.k8s.io" in done.err
    assert "| grep 'tracking-id: ingress-nginx:'" in done.err
    assert "Prune=false" not in done.err


def test_a_component_that_argo_cd_keeps(root: Path) -> None:
    done = removing(root, "nfs-subdir-external-provisioner")
    assert done.status == 0
    assert "its Application carries Prune=false and has no\nfinalizer" in done.err
    assert "kubectl -n argocd delete application nfs-subdir-external-provisioner" in done.err
    assert "kubectl delete namespace nfs-storage" in done.err
    assert "Data in PersistentVolumes, and on the file server, stays" in done.err


def test_one_that_holds_definitions_says_so(root: Path) -> None:
    assert removing(root, "loopia").status == 0
    done = removing(root, "cert-manager")
    assert done.status == 0
    assert "customresourcedefinition.apiextensions.k8s.io" in done.err
    assert "deletes all objects of its kind" in done.err


def test_what_others_need_is_not_removed(root: Path) -> None:
    before = git(root, "rev-parse", "HEAD")
    done = removing(root, "cert-manager")
    assert done.status == 2
    assert "error: cert-manager is required by loopia\n" in done.err
    assert "gitopsgen remove loopia" in done.err
    done = removing(root, "kube-vip")
    assert "kube-vip is required by ingress-nginx" in done.err
    assert git(root, "rev-parse", "HEAD") == before


def test_argo_cd_stays(root: Path) -> None:
    done = removing(root, "argocd")
    assert done.status == 2
    assert "error: argocd stays: it is what applies this repository" in done.err


def test_what_is_not_there_is_not_removed(root: Path) -> None:
    done = removing(root, "lopia")
    assert (done.status, done.err) == (
        2,
        "error: there is no component lopia\n  Did you mean loopia?\n",
    )
    assert removing(root, "loopia").status == 0
    done = removing(root, "loopia")
    assert done.status == 2
    assert done.err.startswith("error: loopia is not installed\n  Installed: argocd, ")


def test_an_edited_file_of_it_is_a_conflict(root: Path) -> None:
    edit(root, "components/loopia/manifests/certificate.yaml", "name:", "name:  ")
    done = removing(root, "loopia")
    assert done.status == 4
    assert "conflict components/loopia/manifests/certificate.yaml" in done.out
    git(root, "merge", "--abort")
    assert (root / "apps/loopia.yaml").exists()


def test_a_dry_run_touches_nothing(root: Path) -> None:
    before = git(root, "rev-parse", "HEAD") + git(root, "for-each-ref")
    done = removing(root, "loopia", "--dry-run")
    assert done.status == 0
    assert "-  loopia: {zones: [example.net]}\n" in done.out
    assert "delete namespace" not in done.out
    assert git(root, "rev-parse", "HEAD") + git(root, "for-each-ref") == before


def test_adding_what_was_removed_gives_the_same_repository(root: Path) -> None:
    tree = git(root, "rev-parse", "HEAD^{tree}")
    assert removing(root, "loopia").status == 0
    done = invoke("add", "loopia", "--set", "zones=[example.net]", "--repository", root)
    assert done.status == 0
    assert git(root, "rev-parse", "HEAD^{tree}") == tree


def test_components_of_a_folder_that_is_lost_can_still_be_removed(
    root: Path, tmp_path: Path
) -> None:
    folder = own_component(tmp_path / "blueprints")
    options = ("--set", "host=who.example.net", "--blueprints", folder, "--repository", root)
    assert invoke("add", "whoami", *options).status == 0
    shutil.rmtree(folder)
    done = removing(root, "whoami")
    assert done.status == 2
    assert "take their components out of cluster.yaml and the folder out of" in done.err
    edit(root, "cluster.yaml", "  whoami: {host: who.example.net}\n", "")
    lock = (root / ".gitopsgen/lock.yaml").read_text()
    edit(root, ".gitopsgen/lock.yaml", lock[lock.index("folders:") :], "")
    assert invoke("update", root).status == 0
    assert not (root / "apps/whoami.yaml").exists()
    assert "whoami" not in (root / ".gitopsgen/lock.yaml").read_text()

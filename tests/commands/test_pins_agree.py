"""Renovate, `bump` and `update` raise the same pins: whoever comes second takes what is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.blueprints.render import JINJA_SETTINGS
from gitopsgen.charts.lock import locked_digests
from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool
from tests.charts.servers import ChartRepository
from tests.commands.invoke import Result, invoke
from tests.commands.repositories import CLUSTER, edit, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: gadget
  namespace: argocd
spec:
  project: platform
  destination:
    server: https://kubernetes.default.svc
    namespace: gadget
  source:
    repoURL: #{ cookiecutter._component.chart.repository }#
    chart: gadget
    targetRevision: #{ cookiecutter._component.chart.version }#
  syncPolicy:
    syncOptions:
      - CreateNamespace=true
"""


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChartRepository]:
    """A chart repository, and an empty cache of charts."""
    monkeypatch.setenv("GITOPSGEN_HELM", str(ensure_tool(HELM)))
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    with ChartRepository() as served:
        for version in ("1.2.3", "1.3.0", "1.4.0"):
            served.add("gadget", version)
        yield served


def blueprint(tmp_path: Path, url: str, version: str, number: int) -> None:
    """A component of one's own, whose chart the blueprint pins."""
    folder = tmp_path / "blueprints/gadget"
    files = folder / "#{cookiecutter.name}#/apps"
    files.mkdir(parents=True, exist_ok=True)
    (folder / "blueprint.yaml").write_text(
        f"name: gadget\nversion: {number}\nsummary: A gadget\nwave: 5\nnamespace: gadget\n"
        f"chart: {{name: gadget, repository: '{url}', version: {version}}}\n"
        "project:\n  namespaced_kinds: [{group: '', kind: ConfigMap}]\n"
        "options: {type: object, additionalProperties: false, properties: {}}\n"
    )
    (folder / "cookiecutter.json").write_text(
        json.dumps({"name": "home", "_jinja2_env_vars": JINJA_SETTINGS})
    )
    (files / "gadget.yaml").write_text(APPLICATION)


@pytest.fixture
def root(
    tmp_path: Path, kubeconform: Path, charts: ChartRepository, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A repository with a component whose chart has newer versions."""
    monkeypatch.setenv("GITOPSGEN_KUBECONFORM", str(kubeconform))
    blueprint(tmp_path, charts.url, "1.2.3", 1)
    (tmp_path / "cluster.yaml").write_text(CLUSTER + "  gadget: {}\n")
    target = tmp_path / "home"
    options = ("--config", tmp_path / "cluster.yaml", "--blueprints", tmp_path / "blueprints")
    assert invoke("new", target, *options).status == 0
    git(target, "config", "user.name", "Ada")
    git(target, "config", "user.email", "ada@example.net")
    return target


def pinned(root: Path) -> str:
    text = (root / "apps/gadget.yaml").read_text()
    return text.split("targetRevision: ")[1].split("\n")[0]


def gadget(root: Path) -> dict[str, Any]:
    charts = json.loads(invoke("outdated", root, "--output", "json").out)["charts"]
    found: dict[str, Any] = next(chart for chart in charts if chart["chart"] == "gadget")
    return found


def locked(root: Path, url: str) -> dict[str, str]:
    found = locked_digests((root / ".gitopsgen/lock.yaml").read_text())
    return {key[2]: digest for key, digest in found.items() if key[:2] == (url, "gadget")}


def bump(root: Path, *arguments: str) -> Result:
    return invoke("bump", "gadget", *arguments, "--repository", root)


def update(root: Path) -> str:
    done = invoke("update", root)
    assert done.status == 0, done.out + done.err
    return done.out


@pytest.fixture(autouse=True)
def only_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts of the sample are not asked for: their hosts are not there."""
    monkeypatch.setattr("gitopsgen.charts.helm_client._BACKOFF_SECONDS", ())


def test_update_keeps_what_bump_wrote(root: Path, charts: ChartRepository) -> None:
    assert bump(root).status == 0
    assert pinned(root) == "1.4.0"
    digest = locked(root, charts.url)["1.4.0"]
    git(root, "commit", "--quiet", "--all", "--message", "Bump gadget")
    update(root)
    assert pinned(root) == "1.4.0"
    assert locked(root, charts.url) == {"1.4.0": digest}
    assert "nothing to do" in update(root)
    assert gadget(root)["newest"] is None
    assert "no version changes" in bump(root).out


def test_bump_and_update_take_what_renovate_wrote(root: Path, charts: ChartRepository) -> None:
    edit(root, "apps/gadget.yaml", "1.2.3", "1.3.0")
    assert (gadget(root)["pinned"], gadget(root)["newest"]) == ("1.3.0", "1.4.0")
    update(root)
    assert pinned(root) == "1.3.0"
    assert list(locked(root, charts.url)) == ["1.3.0"]
    edit(root, "apps/gadget.yaml", "1.3.0", "1.4.0")
    assert bump(root).status == 0
    assert list(locked(root, charts.url)) == ["1.4.0"]
    git(root, "commit", "--quiet", "--all", "--message", "Lock gadget")
    update(root)
    assert (pinned(root), gadget(root)["newest"]) == ("1.4.0", None)


def test_update_keeps_a_pin_that_is_newer_than_the_blueprints(
    root: Path, tmp_path: Path, charts: ChartRepository
) -> None:
    assert bump(root).status == 0
    git(root, "commit", "--quiet", "--all", "--message", "Bump gadget")
    blueprint(tmp_path, charts.url, "1.3.0", 2)
    update(root)
    assert pinned(root) == "1.4.0"
    charts.add("gadget", "1.5.0")
    blueprint(tmp_path, charts.url, "1.5.0", 3)
    update(root)
    assert pinned(root) == "1.5.0"
    assert gadget(root)["newest"] is None

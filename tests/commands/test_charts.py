from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.lock import locked_digests
from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool
from tests.charts.servers import ChartRepository, chart_files, pack, write_chart
from tests.commands.invoke import invoke

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

URL = "https://charts.home.test"
OWN = "https://github.com/owner/repo"


@pytest.fixture
def repository() -> Iterator[ChartRepository]:
    """A chart repository without a chart."""
    with ChartRepository() as served:
        yield served


@pytest.fixture(scope="session")
def helm() -> Path:
    """The helm that gitopsgen itself would use, installed if need be."""
    return ensure_tool(HELM)


@pytest.fixture(autouse=True)
def programs(helm: Path, kubeconform: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that have to be where they are."""
    monkeypatch.setenv("GITOPSGEN_KUBECONFORM", str(kubeconform))
    monkeypatch.setenv("GITOPSGEN_HELM", str(helm))


def application(name: str, source: str, project: str = "default") -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\n"
        f"spec:\n  project: {project}\n"
        "  destination: {server: https://kubernetes.default.svc, namespace: web}\n"
        f"{source}"
    )


def chart_source(url: str = URL, name: str = "gadget", version: str = "1.2.3") -> str:
    return f"  source: {{repoURL: '{url}', chart: {name}, targetRevision: '{version}'}}\n"


def write(root: Path, tree: Mapping[str, str]) -> Path:
    return write_chart(root, tree)


def put_archive(folder: Path, name: str = "gadget", version: str = "1.2.3") -> Path:
    folder.mkdir(exist_ok=True)
    archive = folder / f"{name}-{version}.tgz"
    archive.write_bytes(pack(chart_files(name, version)))
    return archive


def test_lock_writes_digests_once(tmp_path: Path) -> None:
    root = write(tmp_path / "repo", {"apps/web.yaml": application("web", chart_source())})
    put_archive(tmp_path / "charts")
    done = invoke("charts", "lock", root, "--charts-dir", tmp_path / "charts")
    assert (done.status, done.err) == (0, "")
    text = (root / ".gitopsgen/lock.yaml").read_text()
    digest = locked_digests(text)[(URL, "gadget", "1.2.3")]
    assert done.out == f"locked gadget 1.2.3: {digest}\n1 chart locked, 0 locked already\n"
    again = invoke("charts", "lock", root, "--charts-dir", tmp_path / "charts")
    assert (again.status, again.out) == (0, "0 charts locked, 1 locked already\n")
    assert (root / ".gitopsgen/lock.yaml").read_text() == text


def test_lock_never_replaces_a_digest(tmp_path: Path) -> None:
    root = write(
        tmp_path / "repo",
        {
            "apps/web.yaml": application("web", chart_source()),
            ".gitopsgen/lock.yaml": (
                f"charts:\n  gadget:\n    repository: {URL}\n    version: 1.2.3\n"
                f"    digest: sha256:{'0' * 64}\n"
            ),
        },
    )
    before = (root / ".gitopsgen/lock.yaml").read_text()
    put_archive(tmp_path / "charts")
    done = invoke("charts", "lock", root, "--charts-dir", tmp_path / "charts")
    assert done.status == 1
    assert f"gadget 1.2.3 from {URL} is not the archive that was locked" in done.err
    assert (root / ".gitopsgen/lock.yaml").read_text() == before


def test_lock_says_what_it_leaves(tmp_path: Path, repository: ChartRepository) -> None:
    repository.add("gizmo", "2.0.5")
    root = write(
        tmp_path / "repo",
        {
            "a.yaml": application("a", chart_source(name="folder")),
            "b.yaml": application("b", chart_source(repository.url, "gizmo", "2.x")),
            "c.yaml": application("c", chart_source(repository.url, "widget")),
        },
    )
    write_chart(tmp_path / "charts/folder", chart_files("folder", "1.2.3"))
    done = invoke("charts", "lock", root, "--charts-dir", tmp_path / "charts")
    assert done.status == 3
    assert done.out == (
        "not locked: folder 1.2.3: it was taken from a folder, and only an archive has a digest\n"
        "not locked: gizmo 2.x: 2.x is a range (now 2.0.5): pin a version\n"
        "0 charts locked, 0 locked already\n"
    )
    assert done.err == f"not locked: {repository.host} has no chart widget\n"
    assert not (root / ".gitopsgen").exists()


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"README.md": "x"}, "there is no Application"),
        (
            {"a.yaml": application("a", chart_source()), ".gitopsgen/lock.yaml": "charts: [\n"},
            "lock.yaml cannot be edited: it is not YAML",
        ),
    ],
)
def test_wrong_usage_is_said(tmp_path: Path, tree: Mapping[str, str], message: str) -> None:
    root = write(tmp_path / "repo", tree)
    put_archive(tmp_path / "charts")
    done = invoke("charts", "lock", root, "--charts-dir", tmp_path / "charts")
    assert done.status == 2
    assert message in done.err


SOURCES = f"""\
  sources:
    - repoURL: {URL}
      chart: gadget
      targetRevision: 1.2.3   # pinned
      helm:
        valueFiles: [$values/values/web.yaml]
    - {{repoURL: {OWN}, targetRevision: main, ref: values}}
"""


def test_vendor_puts_charts_into_the_repository(tmp_path: Path) -> None:
    root = write(
        tmp_path / "repo",
        {
            "apps/web.yaml": application("web", SOURCES),
            "values/web.yaml": "colour: red\n",
        },
    )
    put_archive(tmp_path / "charts")
    arguments = ("charts", "vendor", root, "--charts-dir", tmp_path / "charts", "--repo-url", OWN)
    check = ("validate", root, "--repo-url", OWN, "--output", "json")
    before = json.loads(invoke(*check, "--charts-dir", tmp_path / "charts").out)
    assert (before["unchecked"], before["summary"]["charts"]) == ([], 1)
    done = invoke(*arguments)
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "apps/web.yaml: gadget 1.2.3 is now charts/gadget\n"
        "1 source changed, 1 chart written, 0 left\n"
    )
    assert (root / "charts/gadget/templates/configmap.yaml").is_file()
    after = json.loads(invoke(*check).out)
    assert after["findings"] == before["findings"]
    assert after["unchecked"] == []
    again = invoke(*arguments)
    assert (again.status, again.out) == (0, "0 sources changed, 0 charts written, 0 left\n")


def test_vendor_lists_what_it_leaves(tmp_path: Path, repository: ChartRepository) -> None:
    source = chart_source(repository.url, "widget", "9.9.9")
    root = write(tmp_path / "repo", {"a.yaml": application("a", source)})
    done = invoke("charts", "vendor", root, "--repo-url", OWN, "--into", "third-party/charts")
    assert done.status == 3
    assert done.err == (
        f"a.yaml: widget 9.9.9 was left: chart widget 9.9.9 cannot be had from {repository.host}: "
        "it has no index.yaml (404): it is no chart repository\n"
    )
    assert done.out == "0 sources changed, 0 charts written, 1 left\n"


def test_charts_of_kustomizations_are_locked_and_vendored(tmp_path: Path) -> None:
    entry = f"{{name: gadget, repo: '{URL}', version: 1.2.3, releaseName: web}}"
    ranged = f"{{name: gizmo, repo: '{URL}', releaseName: web}}"
    root = write(
        tmp_path / "repo",
        {
            "apps/web.yaml": application("web", f"  source: {{repoURL: {OWN}, path: over}}\n"),
            "over/kustomization.yaml": f"helmCharts: [{entry}]\n",
            "argocd/cm.yaml": "data:\n  kustomize.buildOptions: --enable-helm\n",
        },
    )
    put_archive(tmp_path / "charts")
    more = ("--charts-dir", tmp_path / "charts", "--repo-url", OWN)
    assert "locked gadget 1.2.3" in invoke("charts", "lock", root, *more).out
    check = ("validate", root, "--repo-url", OWN, "--output", "json")
    before = json.loads(invoke(*check, *more[:2]).out)
    assert before["summary"]["charts"] == 1
    assert before["unchecked"] == []
    done = invoke("charts", "vendor", root, *more)
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "over/kustomization.yaml: gadget 1.2.3 is now in over/charts/gadget-1.2.3/gadget\n"
        "0 sources changed, 1 chart written, 0 left\n"
    )
    after = json.loads(invoke(*check).out)
    assert after["unchecked"] == []
    assert after["findings"] == before["findings"]
    write(root, {"over/kustomization.yaml": f"helmCharts: [{entry}, {ranged}]\n"})
    write_chart(tmp_path / "charts/gizmo", chart_files("gizmo", "0.0.0"))
    done = invoke("charts", "vendor", root, *more)
    assert done.status == 3
    assert "over/kustomization.yaml: gizmo was left: it has no version" in done.err


def test_the_subcommands_are_listed() -> None:
    done = invoke("charts", "--help")
    assert done.status == 0
    assert "lock" in done.out
    assert "vendor" in done.out
    assert "charts" in invoke("--help").out

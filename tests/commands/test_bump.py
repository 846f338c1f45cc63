from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.lock import locked_digests
from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool
from tests.charts.servers import ChartRepository, write_chart
from tests.commands.invoke import Result, invoke

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def repository() -> Iterator[ChartRepository]:
    """A chart repository with two charts, one of them in several versions."""
    with ChartRepository() as served:
        for version in ("1.2.3", "1.3.0", "2.0.0", "2.1.0-rc.1"):
            served.add("gadget", version)
        served.add("other", "1.0.0")
        yield served


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that is empty; helm stays where it is."""
    monkeypatch.setenv("GITOPSGEN_HELM", str(ensure_tool(HELM)))
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))


def application(name: str, url: str, chart: str = "gadget", version: str = "1.2.3") -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\n"
        "spec:\n  project: default\n"
        "  destination: {server: https://kubernetes.default.svc, namespace: web}\n"
        "  source:\n"
        f"    repoURL: {url}\n"
        f"    chart: {chart}\n"
        f'    targetRevision: "{version}"   # pinned\n'
    )


GENERATED = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set, namespace: argocd}
spec:
  goTemplate: true
  generators: [{list: {elements: [{name: made, version: 1.2.3}]}}]
  template:
    metadata: {name: '{{.name}}'}
    spec:
      project: default
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: "@@", chart: gadget, targetRevision: "{{.version}}"}
"""


@pytest.fixture
def root(tmp_path: Path, repository: ChartRepository) -> Path:
    """A repository with three Applications, and one that is generated."""
    url = repository.url
    files = {
        "apps/api.yaml": application("api", url),
        "apps/other.yaml": application("other", url, "other", "1.0.0"),
        "apps/range.yaml": application("range", url, version="1.2.x"),
        "apps/set.yaml": GENERATED.replace("@@", url),
    }
    return write_chart(tmp_path / "repo", files)


def outdated(root: Path, *options: str) -> Result:
    return invoke("outdated", root, *options)


def bump(root: Path, *arguments: str) -> Result:
    return invoke("bump", "--repository", root, *arguments)


def test_outdated_shows_every_chart(root: Path) -> None:
    done = outdated(root)
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "APPLICATION  FILE                       CHART   PINNED         SAME MAJOR  NEWEST\n"
        "api          apps/api.yaml:10           gadget  1.2.3          1.3.0       2.0.0\n"
        "other        apps/other.yaml:10         other   1.0.0          -           -\n"
        "range        apps/range.yaml:10         gadget  1.2.x (1.2.3)  1.3.0       2.0.0\n"
        "made         apps/set.yaml (generated)  gadget  1.2.3          1.3.0       2.0.0\n"
        "\n4 charts, 3 with a newer version\n"
        "gitopsgen bump [NAME…] writes those of the same major version\n"
    )
    assert outdated(root, "--exit-code").status == 1


def test_outdated_as_json(root: Path, repository: ChartRepository) -> None:
    done = outdated(root, "--output", "json")
    data = json.loads(done.out)
    assert (data["version"], data["unchecked"]) == (1, [])
    assert data["charts"][0] == {
        "application": "api",
        "kind": "Application",
        "file": "apps/api.yaml",
        "line": 10,
        "generated": False,
        "chart": "gadget",
        "repository": repository.url,
        "pinned": "1.2.3",
        "range": False,
        "current": "1.2.3",
        "same_major": "1.3.0",
        "newest": "2.0.0",
        "outdated": True,
    }
    assert data["charts"][1]["newest"] is None


def test_outdated_shows_the_others_where_one_cannot_be_asked(root: Path) -> None:
    write_chart(root, {"apps/bad.yaml": application("bad", "http://127.0.0.1:9", "bad")})
    done = outdated(root)
    assert done.status == 3
    assert (
        "bad          apps/bad.yaml:10           bad     1.2.3          ?           ?" in done.out
    )
    assert "api " in done.out
    assert "5 charts, 3 with a newer version, 1 not looked up\n" in done.out
    reason = "chart bad cannot be had from 127.0.0.1:9: it refuses connections"
    assert done.err == f"not looked up: {reason}\n"
    done = outdated(root, "--output", "json", "--exit-code")
    assert done.status == 1
    found = json.loads(done.out)
    assert [(item["application"], item["reason"]) for item in found["unchecked"]] == [
        ("bad", reason)
    ]


def test_outdated_without_charts(tmp_path: Path) -> None:
    done = outdated(tmp_path)
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        f"error: {tmp_path}: there is no Application",
    )
    app = application("web", "https://a.test/x.git").replace("    chart: gadget\n", "    path: x\n")
    write_chart(tmp_path, {"apps/web.yaml": app})
    done = outdated(tmp_path)
    assert (done.status, done.out) == (
        0,
        "nothing takes a chart from a repository of charts\n",
    )


def test_bump_stays_within_the_major_version(root: Path, repository: ChartRepository) -> None:
    before = {path.name: path.read_text() for path in (root / "apps").iterdir()}
    done = bump(root)
    assert done.status == 3
    assert "api: gadget 1.2.3 -> 1.3.0  (apps/api.yaml:10)\n" in done.out
    assert "gadget 2.0.0 is another major version: --major takes it" in done.out
    assert "gitopsgen validate && git diff" in done.out
    assert "made was left (1.3.0 is there): an ApplicationSet generates it" in done.err
    after = {path.name: path.read_text() for path in (root / "apps").iterdir()}
    assert after == {**before, "api.yaml": application("api", repository.url, version="1.3.0")}
    assert not (root / ".gitopsgen").exists()
    assert "no version changes" in bump(root, "api").out


def test_bump_to_another_major_version_by_name(root: Path, repository: ChartRepository) -> None:
    done = bump(root, "api", "--major")
    assert (done.status, done.err) == (0, "")
    assert (root / "apps/api.yaml").read_text() == application(
        "api", repository.url, version="2.0.0"
    )


def test_bump_to_a_version(root: Path, repository: ChartRepository) -> None:
    assert bump(root, "api", "range", "--to", "2.1.0-rc.1").status == 0
    for name in ("api", "range"):
        text = application(name, repository.url, version="2.1.0-rc.1")
        assert (root / f"apps/{name}.yaml").read_text() == text
    assert bump(root, "api", "--to", "1.2.3").status == 0
    assert (root / "apps/api.yaml").read_text() == application("api", repository.url)


def test_bump_writes_nothing_that_cannot_be_had(root: Path, repository: ChartRepository) -> None:
    done = bump(root, "api", "--to", "1.3.1")
    assert done.status == 3
    assert "api was left: " in done.err
    assert "has no chart gadget 1.3.1; the nearest versions: 1.3.0" in done.err
    assert (root / "apps/api.yaml").read_text() == application("api", repository.url)


def test_bump_dry_run_writes_nothing(root: Path, repository: ChartRepository) -> None:
    done = bump(root, "api", "--dry-run")
    assert done.out.endswith("nothing was written (--dry-run)\n")
    assert (root / "apps/api.yaml").read_text() == application("api", repository.url)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gadgets",), "no Application and no chart is named gadgets"),
        (("--to", "1.0.0"), "--to needs the NAME of a chart"),
        (("api", "--to", "1.0.0", "--major"), "--to and --major exclude each other"),
        (("api", "--to", "main"), "--to main: not a version"),
        (("api", "other", "--to", "1.0.0"), "these are several charts: gadget, other"),
    ],
)
def test_bump_refuses_what_it_cannot_mean(
    root: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = bump(root, *arguments)
    assert done.status == 2
    assert message in done.err


def locked(root: Path, url: str, version: str, digest: str = "") -> str:
    text = (
        "# kept\ngenerator: 0.1.0\ncharts:\n  gadget:\n"
        f"    repository: {url}\n    version: {version}\n{digest}folders: []\n"
    )
    write_chart(root, {".gitopsgen/lock.yaml": text})
    return text


def test_bump_locks_the_new_version(root: Path, repository: ChartRepository) -> None:
    (root / "apps/range.yaml").unlink()
    before = locked(root, repository.url, "1.2.3", f"    digest: sha256:{'0' * 64}\n")
    done = bump(root, "api")
    assert ".gitopsgen/lock.yaml: the digest of 1 chart" in done.out
    text = (root / ".gitopsgen/lock.yaml").read_text()
    digest = locked_digests(text)[(repository.url, "gadget", "1.3.0")]
    # The generated Application still uses the old version.
    assert locked_digests(text)[(repository.url, "gadget", "1.2.3")] == f"sha256:{'0' * 64}"
    assert digest not in ("", f"sha256:{'0' * 64}")
    assert text.startswith(before[: before.index("folders")])


def test_bump_locks_what_someone_else_has_raised(root: Path, repository: ChartRepository) -> None:
    for name in ("range", "set"):
        (root / f"apps/{name}.yaml").unlink()
    before = locked(root, repository.url, "1.2.3", f"    digest: sha256:{'0' * 64}\n")
    write_chart(root, {"apps/api.yaml": application("api", repository.url, version="1.3.0")})
    done = bump(root)
    assert (done.status, done.err) == (0, "")
    text = (root / ".gitopsgen/lock.yaml").read_text()
    assert list(locked_digests(text)) == [(repository.url, "gadget", "1.3.0")]
    assert text == before.replace("1.2.3", "1.3.0").replace(
        f"sha256:{'0' * 64}", locked_digests(text)[(repository.url, "gadget", "1.3.0")]
    )
    assert bump(root).out.endswith("nothing to write: no version changes\n")


KUSTOMIZATION = """\
# Ours.
resources: [ingress.yaml]
helmCharts:
  - name: gadget
    repo: @@   # behind the wall
    version: '1.2.3'   # pinned
    releaseName: web
  - {name: other, repo: "@@/", version: 1.0.0}
"""
FOLDER_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.test/owner/repo.git, path: web, targetRevision: main}
"""


@pytest.fixture
def kustomized(tmp_path: Path, repository: ChartRepository) -> Path:
    """A repository in which a kustomization has helm pull its charts."""
    files = {
        "apps/web.yaml": FOLDER_APPLICATION,
        "web/kustomization.yaml": KUSTOMIZATION.replace("@@", repository.url),
        "web/ingress.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    }
    return write_chart(tmp_path / "kustomized", files)


def test_charts_of_kustomizations_are_shown(kustomized: Path, repository: ChartRepository) -> None:
    done = outdated(kustomized)
    assert (done.status, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()[1:3]]
    assert rows == [
        ["web", "web/kustomization.yaml:6", "gadget", "1.2.3", "1.3.0", "2.0.0"],
        ["web", "web/kustomization.yaml:8", "other", "1.0.0", "-", "-"],
    ]
    found = json.loads(outdated(kustomized, "--output", "json").out)["charts"][0]
    assert (found["kind"], found["application"]) == ("Kustomization", "web")
    assert found["repository"] == repository.url


@pytest.mark.parametrize("name", ["web", "gadget"])
def test_charts_of_kustomizations_are_raised(
    kustomized: Path, repository: ChartRepository, name: str
) -> None:
    file = kustomized / "web/kustomization.yaml"
    before = file.read_bytes()
    done = bump(kustomized, name)
    assert done.status == 0, done.err
    assert "web: gadget 1.2.3 -> 1.3.0  (web/kustomization.yaml:6)" in done.out
    assert file.read_bytes() == before.replace(b"'1.2.3'", b"'1.3.0'")


def test_a_locked_chart_of_a_kustomization_is_locked_in_its_new_version(
    kustomized: Path, repository: ChartRepository
) -> None:
    assert invoke("charts", "lock", kustomized).status == 0
    lock = kustomized / ".gitopsgen/lock.yaml"
    before = locked_digests(lock.read_text())
    assert bump(kustomized).status == 0
    after = locked_digests(lock.read_text())
    assert (repository.url, "gadget", "1.3.0") in after
    assert after.keys() & before.keys() == {(repository.url, "other", "1.0.0")}

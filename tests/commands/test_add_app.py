from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool
from tests.charts.servers import ChartRepository, chart_files, pack
from tests.commands.invoke import Result, invoke
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLUSTER_ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "{{ .Release.Name }}-reader"}
rules:
  - {apiGroups: [""], resources: [pods], verbs: [get]}
"""
ELSEWHERE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: kube-system}
"""
PLAIN = ("--chart", "gadget", "--repo", "https://charts.home.test", "--offline")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample repository."""
    shutil.copytree(SAMPLE, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def charts(
    tmp_path: Path, kubeconform: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ChartRepository]:
    """A chart repository with a chart that brings something cluster-wide, and an empty cache."""
    monkeypatch.setenv("GITOPSGEN_HELM", str(ensure_tool(HELM)))
    monkeypatch.setenv("GITOPSGEN_KUBECONFORM", str(kubeconform))
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    with ChartRepository() as served:
        for version in ("1.2.3", "1.10.0", "2.0.0-rc.1"):
            files = {"templates/role.yaml": CLUSTER_ROLE}
            served.add("gadget", version, pack(chart_files("gadget", version, files)))
        yield served


def adding(root: Path, *arguments: str) -> Result:
    return invoke("add", "app", *arguments, "--repository", root)


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text())
    return data


def findings(root: Path) -> list[str]:
    """The rules that find something in the new application, its chart being rendered."""
    done = invoke("validate", root, "--charts", "auto", "--output", "json")
    found = json.loads(done.out)["findings"]
    return [item["rule"] for item in found if item["file"] != "cluster.yaml"]


def test_an_application_from_a_chart(root: Path, charts: ChartRepository) -> None:
    done = adding(root, "web", "--chart", "gadget", "--repo", charts.url)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(
        "new  apps/web.yaml\nnew  components/web/values.yaml\nnew  projects/web.yaml\n"
    )
    assert 'gitopsgen validate && git add --all && git commit -m "Add web"' in done.out
    spec = read(root / "apps/web.yaml")["spec"]
    assert spec["project"] == "web"
    assert spec["destination"]["namespace"] == "web"
    assert spec["sources"] == [
        {
            "repoURL": charts.url,
            "chart": "gadget",
            "targetRevision": "1.10.0",
            "helm": {"valueFiles": ["$values/components/web/values.yaml"]},
        },
        {
            "repoURL": "https://github.com/owner/home-cluster",
            "targetRevision": "main",
            "ref": "values",
        },
    ]
    project = read(root / "projects/web.yaml")["spec"]
    assert project["sourceRepos"] == [charts.url, "https://github.com/owner/home-cluster"]
    assert [place["namespace"] for place in project["destinations"]] == ["web"]
    assert project["clusterResourceWhitelist"] == [
        {"group": "", "kind": "Namespace", "name": "web"},
        {"group": "rbac.authorization.k8s.io", "kind": "ClusterRole"},
    ]
    assert findings(root) == []


def test_the_files_look_like_those_that_are_rendered(root: Path) -> None:
    assert adding(root, "ingress", *PLAIN, "--version", "4.15.1", "--wave", "2").status == 0
    ours = (root / "apps/ingress.yaml").read_text().splitlines()
    rendered = (root / "apps/ingress-nginx.yaml").read_text().splitlines()
    # But for the names, and the two lines of comment at the top.
    different = [
        (mine, theirs) for mine, theirs in zip(ours, rendered[2:], strict=True) if mine != theirs
    ]
    assert [mine.strip() for mine, _ in different] == [
        "name: ingress",
        "project: ingress",
        "namespace: ingress",
        "- repoURL: https://charts.home.test",
        "chart: gadget",
        "- $values/components/ingress/values.yaml",
    ]


def test_a_version_that_was_asked_for(root: Path, charts: ChartRepository) -> None:
    more = ("--version", "v1.2.3", "--namespace", "shop", "--wave", "12")
    assert adding(root, "web", "--chart", "gadget", "--repo", charts.url, *more).status == 0
    application = read(root / "apps/web.yaml")
    assert application["spec"]["sources"][0]["targetRevision"] == "v1.2.3"
    assert application["spec"]["destination"]["namespace"] == "shop"
    assert application["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "12"}
    assert findings(root) == []


def test_a_chart_that_is_not_there(root: Path, charts: ChartRepository) -> None:
    done = adding(root, "web", "--chart", "gadgets", "--repo", charts.url)
    assert done.status == 3
    assert f"{charts.host} has no chart gadgets" in done.err
    done = adding(root, "web", "--chart", "gadget", "--repo", charts.url, "--version", "1.2.4")
    assert done.status == 3
    assert "the nearest versions: 1.2.3" in done.err
    assert not (root / "apps/web.yaml").exists()


def test_a_chart_that_reaches_elsewhere_or_wants_values(
    root: Path, charts: ChartRepository
) -> None:
    wants = {"templates/fail.yaml": '{{ required "host is required" .Values.host }}'}
    charts.add("wants", "1.0.0", pack(chart_files("wants", "1.0.0", wants), "wants"))
    away = {"templates/away.yaml": ELSEWHERE}
    charts.add("away", "1.0.0", pack(chart_files("away", "1.0.0", away), "away"))
    done = adding(root, "web", "--chart", "wants", "--repo", charts.url)
    assert done.status == 0
    assert "does not render without values" in done.err
    assert "host is required" in done.err
    done = adding(root, "shop", "--chart", "away", "--repo", charts.url)
    assert "puts something into the namespace kube-system as well" in done.err


def test_a_registry_is_named_as_argo_cd_wants_it(root: Path) -> None:
    where = ("--chart", "gadget", "--repo", "oci://registry.home.test/charts/")
    done = adding(root, "web", *where, "--version", "1.2.3", "--offline")
    assert done.status == 0
    assert "the chart was not looked at" in done.err
    source = read(root / "apps/web.yaml")["spec"]["sources"][0]
    assert source["repoURL"] == "registry.home.test/charts"
    assert "registry.home.test/charts" in read(root / "projects/web.yaml")["spec"]["sourceRepos"]
    values = (root / "components/web/values.yaml").read_text()
    assert "# oci://registry.home.test/charts/gadget\n" in values


def test_an_application_from_a_folder_here(root: Path, charts: ChartRepository) -> None:
    done = adding(root, "web", "--path", "components/web/manifests/")
    assert (done.status, done.err) == (0, "")
    assert "put its manifests into components/web/manifests/, then" in done.out
    (source,) = read(root / "apps/web.yaml")["spec"]["sources"]
    assert source == {
        "repoURL": "https://github.com/owner/home-cluster",
        "targetRevision": "main",
        "path": "components/web/manifests",
    }
    assert findings(root) == ["argo-source-empty"]
    (root / "components/web/manifests/config.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: web\n"
    )
    assert findings(root) == []
    # A folder that is there is taken as it is.
    done = adding(root, "second", "--path", "components/web/manifests", "--project", "web")
    assert "spec.destinations: namespace second" in done.err
    assert adding(root, "second", "--path", "components/web", "--namespace", "web").status == 0
    assert not (root / "components/web/README.md").exists()


def test_an_application_from_another_repository(root: Path, charts: ChartRepository) -> None:
    where = ("--path", "deploy", "--repo-url", "https://github.com/other/web")
    done = adding(root, "web", *where, "--revision", "v1.0.0")
    assert (done.status, done.err) == (0, "")
    assert read(root / "projects/web.yaml")["spec"]["sourceRepos"] == [
        "https://github.com/other/web"
    ]
    assert findings(root) == []


def test_a_project_that_is_there_is_used_if_it_permits_all_of_it(root: Path) -> None:
    version = ("--version", "1.2.3")
    assert adding(root, "web", *PLAIN, *version).status == 0
    before = (root / "projects/web.yaml").read_text()
    more = ("--project", "web", "--namespace", "web")
    assert adding(root, "second", *PLAIN, *version, *more).status == 0
    assert not (root / "projects/second.yaml").exists()
    done = adding(root, "third", *PLAIN, *version, "--project", "platform")
    assert done.status == 2
    assert "the AppProject platform does not permit all of it" in done.err
    assert "spec.sourceRepos: https://charts.home.test" in done.err
    assert "spec.destinations: namespace third" in done.err
    assert (root / "projects/web.yaml").read_text() == before


def test_nothing_is_overwritten(root: Path) -> None:
    (root / "apps/web.yaml").write_text("# mine\n")
    (root / "projects/web.yaml").write_text("# mine\n")
    (root / "components/web").mkdir()
    (root / "components/web/values.yaml").symlink_to("nowhere")
    done = adding(root, "web", *PLAIN, "--version", "1.2.3")
    assert done.status == 2
    for file in ("apps/web.yaml", "components/web/values.yaml", "projects/web.yaml"):
        assert f"{file} is there already" in done.err
    assert (root / "apps/web.yaml").read_text() == "# mine\n"


def test_a_dry_run_writes_nothing(root: Path) -> None:
    done = adding(root, "web", *PLAIN, "--version", "1.2.3", "--dry-run")
    assert done.status == 0
    assert "# apps/web.yaml\napiVersion: argoproj.io/v1alpha1\nkind: Application\n" in done.out
    assert not (root / "apps/web.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (("web",), ["either --chart or --path has to be given"]),
        (("web", "--chart", "a", "--path", "b"), ["not both", "--chart needs --repo"]),
        (
            ("Web", *PLAIN, "--namespace", "a.b", "--project", "-", "--version", "1.x"),
            [
                "NAME Web: not a name",
                "--namespace a.b",
                "--project -:",
                "--version 1.x: not a version",
            ],
        ),
        (("web", "--chart", "a", "--repo", "ftp://x"), ["ftp:// is no address"]),
        (("web", "--chart", "a", "--repo", "bitnami"), ["--repo bitnami:"]),
        (("web", "--chart", "../a", "--repo", "https://x.test"), ["is not the name of a chart"]),
        (("web", *PLAIN), ["--offline needs --version"]),
        (("web", *PLAIN, "--revision", "x"), ["--repo-url and --revision go with --path"]),
        (("web", "--path", "../x"), ["--path ../x: not a folder within"]),
        (("web", "--path", "/x"), ["--path /x: not a folder within"]),
        (("web", "--path", "."), ["that folder is not for the manifests"]),
        (("web", "--path", "apps/web"), ["that folder is not for the manifests"]),
        (("web", "--path", "README.md"), ["that is not a folder"]),
        (("web", "--path", "a", "--repo-url", "https://g.test/x"), ["--repo-url needs --revision"]),
        (
            ("web", "--path", "a", "--repo-url", "x", "--revision", "1"),
            ["not the address of a git"],
        ),
        (("web", "--path", "a", "--version", "1"), ["--repo and --version go with --chart"]),
        (("web", "--path", "a", "--namespace", "argocd"), ["could take over the cluster"]),
        (("kube-system", "--path", "a"), ["could take over the cluster"]),
        (("root", "--path", "a"), ["there is an Application root already, in apps/root.yaml"]),
        (("loopia", "--path", "a"), ["`gitopsgen add loopia` installs it"]),
        (("a" * 54, "--path", "a"), ["not a name of at most 53"]),
        (("web", "--path", "a\udcff"), ["characters that cannot be printed"]),
        (("web", "--path", "a", "--revision", "b\nc: d"), ["characters that cannot be printed"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(
    root: Path, arguments: tuple[str, ...], messages: list[str]
) -> None:
    before = sorted(root.rglob("*"))
    done = adding(root, *arguments)
    assert done.status == 2
    for message in messages:
        assert message in done.err
    assert sorted(root.rglob("*")) == before


def test_only_a_repository_made_by_gitopsgen_will_do(tmp_path: Path, root: Path) -> None:
    (tmp_path / "other").mkdir()
    done = adding(tmp_path / "other", "web", "--path", "a")
    assert (done.status, "was not made by gitopsgen" in done.err) == (2, True)
    (root / "cluster.yaml").write_text("apiVersion: gitopsgen/v1\n")
    done = adding(root, "web", "--path", "a")
    assert (done.status, "has errors" in done.err) == (2, True)

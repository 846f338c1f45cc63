from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.store import Chart, ChartMissing
from gitopsgen.charts.uses import applications_in, used_charts
from gitopsgen.charts.vendor import VendorPlan, carry_out, plan_vendoring
from gitopsgen.charts.vendored import vendored_folders
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.tools.programs import run
from tests.charts.servers import chart_files, write_chart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference

URL = "https://charts.example.net"
OWN = "https://github.com/owner/repo"
DIGEST = "sha256:" + "a" * 64

MULTI = """\
# The certificates.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: platform
  destination: {server: https://kubernetes.default.svc, namespace: web}
  sources:
    - repoURL: https://charts.example.net   # theirs
      chart: gadget
      # renovate: keep
      targetRevision: 1.2.3  # pinned
      helm:
        valueFiles:
          - $values/components/web/values.yaml
    - repoURL: git@github.com:owner/repo.git
      targetRevision: main
      ref: values
"""
PROJECT = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: platform, namespace: argocd}
spec:
  sourceRepos: [https://charts.example.net]
"""


def application(name: str, source: str, project: str = "default") -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\n"
        f"spec:\n  project: {project}\n"
        "  destination: {server: https://kubernetes.default.svc, namespace: web}\n"
        f"  source: {source}\n"
    )


def chart_source(name: str = "gadget", version: str = "1.2.3") -> str:
    return f"{{repoURL: {URL}, chart: {name}, targetRevision: '{version}'}}"


@dataclass
class Repository:
    """A repository, and the charts that can be had for it."""

    root: Path
    charts: Path
    own: tuple[str, ...] = (OWN,)

    def write(self, tree: Mapping[str, str]) -> None:
        write_chart(self.root, tree)

    def plan(
        self, into: str = "charts", extra: Mapping[str, str] | None = None, version: str = ""
    ) -> VendorPlan:
        sources = local_sources(RepositoryFiles(self.root), self.own)
        applications = applications_in(sources.files, sources)
        uses = used_charts(applications)
        answers = {use.reference: self._chart(use.reference, extra or {}, version) for use in uses}
        return plan_vendoring(uses, applications, answers, sources, into)

    def vendor(self) -> VendorPlan:
        plan = self.plan()
        carry_out(plan, local_sources(RepositoryFiles(self.root), self.own))
        return plan

    def _chart(
        self, reference: ChartReference, extra: Mapping[str, str], version: str
    ) -> Chart | ChartMissing:
        if reference.name == "nowhere":
            return ChartMissing(reference, "charts.example.net has no chart nowhere")
        version = version or reference.version.replace("x", "9")
        folder = self.charts / f"{reference.name}-{version}"
        write_chart(folder, chart_files(reference.name, version, extra))
        return Chart(reference, folder, version, DIGEST)

    def tree(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "repo").mkdir()
    return Repository(tmp_path / "repo", tmp_path / "charts")


def reasons(plan: VendorPlan) -> list[str]:
    return [reason for _, reason in plan.left]


def test_an_application_changes_in_three_places(repository: Repository) -> None:
    repository.write({"apps/web.yaml": MULTI, "components/web/values.yaml": "colour: red\n"})
    plan = repository.vendor()
    assert plan.left == ()
    assert (repository.root / "apps/web.yaml").read_text() == MULTI.replace(
        "https://charts.example.net   # theirs\n      chart: gadget",
        "git@github.com:owner/repo.git   # theirs\n      path: charts/gadget",
    ).replace("1.2.3  # pinned", "main  # pinned")
    chart = {f"charts/gadget/{path}" for path in chart_files()}
    assert set(repository.tree()) == {
        "apps/web.yaml",
        "components/web/values.yaml",
        "charts/gadget/.vendored.yaml",
        *chart,
    }
    assert (repository.root / "charts/gadget/.vendored.yaml").read_text() == (
        "# Put here by `gitopsgen charts vendor`, as it was published.\n"
        f"repository: {URL}\nname: gadget\nversion: 1.2.3\ndigest: {DIGEST}\n"
    )
    assert vendored_folders(repository.tree()) == {"charts/gadget"}


def test_a_second_run_changes_nothing(repository: Repository) -> None:
    repository.write({"apps/web.yaml": MULTI})
    repository.vendor()
    before = repository.tree()
    plan = repository.vendor()
    assert (plan.vendored, plan.left, plan.folders, plan.texts) == ((), (), {}, {})
    assert repository.tree() == before


def test_helm_renders_the_same(repository: Repository, helm: Path) -> None:
    files = {".gitignore": "templates\n", "charts/inner/Chart.yaml": "name: inner\nversion: 1.0.0"}
    repository.write({"a.yaml": application("web", chart_source())})
    plan = repository.plan(extra=files)
    carry_out(plan, local_sources(RepositoryFiles(repository.root), [OWN]))
    assert not (repository.root / "charts/gadget/.gitignore").exists()
    folders = [repository.charts / "gadget-1.2.3", repository.root / "charts/gadget"]
    rendered = {run([helm, "template", "web", folder]).stdout for folder in folders}
    assert len(rendered) == 1
    assert b"colour: blue" in rendered.pop()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (chart_source(), f"{{repoURL: {OWN}, path: charts/gadget, targetRevision: 'HEAD'}}"),
        (
            f'{{"repoURL": "{URL}", "chart": "gadget", "targetRevision": "1.2.3"}}',
            f'{{"repoURL": "{OWN}", "path": "charts/gadget", "targetRevision": "HEAD"}}',
        ),
        (
            f"\n    targetRevision: 1.x\n\n    chart: >-\n      gadget\n    repoURL: {URL}",
            "",
        ),
        (
            f"\n    targetRevision: 1.x\n\n    'chart': gadget # c\n    repoURL: {URL}",
            f"\n    targetRevision: HEAD\n\n    'path': charts/gadget # c\n    repoURL: {OWN}",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_sources_are_edited_in_their_own_style(
    repository: Repository, before: str, after: str, newline: str
) -> None:
    other = application("other", f"{{repoURL: {URL}/x, path: web}}")
    text = f"---\n{other}---\n# kept \n{application('web', before)}...\n".replace("\n", newline)
    (repository.root / "a.yaml").write_bytes(text.encode())
    plan = repository.vendor()
    expected = text.replace(before.replace("\n", newline), after.replace("\n", newline))
    if not after:
        assert reasons(plan) == ["a.yaml cannot be edited there: chart is a text of several lines"]
        expected = text
    assert (repository.root / "a.yaml").read_bytes().decode() == expected


def test_json_stays_json(repository: Repository) -> None:
    item = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web"},
        "spec": {"source": {"repoURL": URL, "chart": "gadget", "targetRevision": "1.2.3"}},
    }
    listed = {"apiVersion": "v1", "kind": "List", "items": [item]}
    repository.write({"a.json": json.dumps(listed, indent=2)})
    repository.vendor()
    data = json.loads((repository.root / "a.json").read_text())
    assert data["items"][0]["spec"]["source"] == {
        "repoURL": OWN,
        "path": "charts/gadget",
        "targetRevision": "HEAD",
    }


def test_the_url_is_the_one_that_other_applications_use(repository: Repository) -> None:
    spelling = "https://GitHub.com/owner/repo.git"
    own = application("root", f"{{repoURL: {spelling}, path: apps, targetRevision: stable}}")
    repository.write({"root.yaml": own, "apps/web.yaml": application("web", chart_source())})
    repository.vendor()
    assert (
        f"{{repoURL: {spelling}, path: charts/gadget, targetRevision: 'stable'}}"
        in (repository.root / "apps/web.yaml").read_text()
    )


def test_versions_of_one_chart_have_folders_of_their_own(repository: Repository) -> None:
    repository.write(
        {
            "a.yaml": application("a", chart_source(version="1.0.0")),
            "b.yaml": application("b", chart_source(version="2.0.0")),
            "c.yaml": application("c", chart_source(version="1.0.0")),
        }
    )
    plan = repository.vendor()
    assert [item.folder for item in plan.vendored] == [
        "charts/gadget",
        "charts/gadget-2.0.0",
        "charts/gadget",
    ]
    assert set(plan.folders) == {"charts/gadget", "charts/gadget-2.0.0"}


def test_folders_that_are_there_are_not_touched(repository: Repository) -> None:
    mine = {f"charts/gadget/{path}": text for path, text in chart_files(version="9.0.0").items()}
    repository.write({"a.yaml": application("a", chart_source()), **mine})
    assert [item.folder for item in repository.plan().vendored] == ["charts/gadget-1.2.3"]
    repository.write({"charts/gadget-1.2.3/README.md": "mine"})
    plan = repository.plan()
    assert reasons(plan) == [
        "charts/gadget and charts/gadget-1.2.3 are there and have another content"
    ]
    assert (plan.vendored, plan.folders, plan.texts) == ((), {}, {})
    # What an interrupted run has left is used.
    same = {f"charts/gadget/{path}": text for path, text in chart_files().items()}
    repository.write(same)
    plan = repository.vendor()
    assert ([item.folder for item in plan.vendored], plan.folders) == (["charts/gadget"], {})


SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: many, namespace: argocd}
spec:
  generators:
    - list: {elements: [{name: one}]}
  template:
    metadata: {name: '{{name}}'}
    spec:
      project: default
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://charts.example.net, chart: gadget, targetRevision: 1.2.3}
"""


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ({"a.yaml": application("a", chart_source("nowhere"))}, "has no chart nowhere"),
        (
            {"a.yaml": application("a", f"{{repoURL: {URL}, chart: gadget}}")},
            "it has no repoURL or no targetRevision",
        ),
        (
            {"a.yaml": application("a", f"{{path: x, {chart_source()[1:]}")},
            "it names a path beside the chart",
        ),
        (
            {"a.yaml": application("a", chart_source(), "platform"), "p.yaml": PROJECT},
            f"its project platform does not have {OWN} in sourceRepos",
        ),
        ({"a.yaml": SET}, "it is generated (ApplicationSet many): edit what it is made from"),
        (
            {"a.yaml": application("a", f"&s {chart_source()}") + "  x: *s\n"},
            "something else in it depends on what would change",
        ),
        (
            {"a.yaml": application("a", f"{{<<: {chart_source()}}}")},
            "repoURL does not stand in it as a single value",
        ),
    ],
)
def test_what_cannot_be_edited_is_left(
    repository: Repository, tree: Mapping[str, str], reason: str
) -> None:
    repository.write(tree)
    before = repository.tree()
    plan = repository.vendor()
    assert len(plan.left) == 1
    assert reason in reasons(plan)[0]
    assert repository.tree() == before


def test_one_that_is_left_does_not_hold_the_others(repository: Repository) -> None:
    both = application("a", chart_source()) + "---\n" + application("b", chart_source("nowhere"))
    repository.write({"a.yaml": both})
    plan = repository.vendor()
    assert (len(plan.vendored), len(plan.left)) == (1, 1)
    assert "chart: nowhere" in (repository.root / "a.yaml").read_text()


def test_a_project_that_permits_the_repository_is_no_obstacle(repository: Repository) -> None:
    project = PROJECT.replace("[", f"[{OWN}, ")
    repository.write({"a.yaml": application("a", chart_source(), "platform"), "p.yaml": project})
    assert repository.plan().left == ()


def test_a_chart_that_lacks_its_dependencies_is_left(repository: Repository) -> None:
    repository.write({"a.yaml": application("a", chart_source())})
    needy = chart_files()["Chart.yaml"] + "dependencies: [{name: other, version: 1}]\n"
    assert reasons(repository.plan(extra={"Chart.yaml": needy})) == [
        "the chart lacks its dependencies (other), which Argo CD would fetch"
    ]


def test_the_sources_of_a_chart_are_no_release(repository: Repository) -> None:
    repository.write({"a.yaml": application("a", chart_source())})
    sources = {"Chart.yaml": "apiVersion: v2\nname: gadget\nversion: v0.0.0\n"}
    assert reasons(repository.plan(extra=sources, version="v0.0.0")) == [
        "what is there is not the release but its sources (version v0.0.0)"
    ]


def test_without_a_url_everything_is_left(repository: Repository) -> None:
    repository.own = ()
    repository.write({"a.yaml": application("a", chart_source())})
    assert "give it by --repo-url" in reasons(repository.plan())[0]


def test_what_git_ignores_is_left(repository: Repository) -> None:
    run(["git", "init", "-q", repository.root])
    repository.write({"a.yaml": application("a", chart_source()), ".gitignore": "templates/\n"})
    plan = repository.plan()
    assert reasons(plan) == [
        "git ignores charts/gadget/templates/configmap.yaml: "
        "change .gitignore, or name another --into"
    ]
    assert plan.folders == {}


GIT_SET = SET.replace(
    "list: {elements: [{name: one}]}",
    "matrix: {generators: [{git: {repoURL: x, directories: [{path: 'charts/*'}]}}]}",
)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (
            {
                "r.yaml": application(
                    "r", f"{{repoURL: {OWN}, path: ., directory: {{recurse: true}}}}"
                )
            },
            "r.yaml applies every file below the repository, charts/ would be among them",
        ),
        ({"s.yaml": GIT_SET}, "s.yaml makes Applications of the folders charts/*"),
    ],
)
def test_nothing_goes_where_it_would_be_applied(
    repository: Repository, tree: Mapping[str, str], message: str
) -> None:
    repository.write({"a.yaml": application("a", chart_source()), **tree})
    with pytest.raises(UsageError, match=message.replace("*", r"\*")):
        repository.plan()


def test_a_recursive_source_that_leaves_charts_out_is_no_obstacle(repository: Repository) -> None:
    source = f"{{repoURL: {OWN}, path: ., directory: {{recurse: true, exclude: 'charts/*'}}}}"
    repository.write(
        {"r.yaml": application("r", source), "a.yaml": application("a", chart_source())}
    )
    assert repository.plan().left == ()
    source = source.replace("path: .", "path: apps").replace(", exclude: 'charts/*'", "")
    repository.write({"r.yaml": application("r", source), "apps/x.yaml": "a: b"})
    assert repository.plan().left == ()


def test_charts_stay_within_the_repository(repository: Repository, tmp_path: Path) -> None:
    repository.write({"a.yaml": application("a", chart_source())})
    for into in ("..", "../x", "", "/"):
        with pytest.raises(UsageError, match="is not a folder within the repository"):
            repository.plan(into)
    (repository.root / "charts").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="charts is a symbolic link"):
        repository.plan()
    with pytest.raises(UsageError, match="charts is a symbolic link"):
        repository.plan("charts/deep")


def test_a_folder_that_cannot_be_written_is_named(repository: Repository) -> None:
    repository.write({"a.yaml": application("a", chart_source()), "charts": "a file"})
    before = repository.tree()
    with pytest.raises(UnavailableError, match=r"charts.* cannot be written"):
        repository.vendor()
    assert repository.tree() == before

"""Charts put where kustomize looks for them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.store import Chart, ChartMissing
from gitopsgen.charts.uses import applications_in
from gitopsgen.errors import UnavailableError
from gitopsgen.kustomize.vendor import (
    InflationPlan,
    carry_out_inflation,
    plan_inflation,
    pulled_charts,
)
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.tools.programs import run
from tests.charts.servers import chart_files, write_chart
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference

REPOSITORY = "https://charts.example.test"
ENTRY = f"{{name: gadget, repo: '{REPOSITORY}', version: 1.2.3}}"
TREE = {
    "app.yaml": application("web", "path: over"),
    "over/kustomization.yaml": f"helmCharts: [{ENTRY}]\n",
}
TARGET = "over/charts/gadget-1.2.3/gadget"
SETS = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: sets, namespace: argocd}
spec:
  generators: [{git: {repoURL: https://x.test/y, directories: [DIRECTORIES]}}]
"""


def planned(tmp_path: Path, tree: dict[str, str], version: str = "1.2.3") -> InflationPlan:
    root = tmp_path / "repository"
    write(root, tree)
    sources = local_sources(RepositoryFiles(root), [URL])
    charts = pulled_charts(applications_in(sources.files, sources), sources)

    def chart(reference: ChartReference) -> Chart | ChartMissing:
        if reference.name == "nowhere":
            return ChartMissing(reference, "there is none")
        folder = write_chart(tmp_path / reference.name, chart_files(reference.name, version))
        return Chart(reference, folder, version, "sha256:1")

    answers = {c.reference: chart(c.reference) for c in charts if c.reference is not None}
    plan = plan_inflation(charts, answers, sources)
    carry_out_inflation(plan, sources)
    return plan


def test_a_chart_is_written_once(tmp_path: Path) -> None:
    plan = planned(tmp_path, TREE)
    assert [(c.target, version) for c, version in plan.vendored] == [(TARGET, "1.2.3")]
    assert plan.left == ()
    folder = tmp_path / "repository" / TARGET
    assert (folder / "Chart.yaml").read_text() == chart_files()["Chart.yaml"]
    assert f"repository: {REPOSITORY}" in (folder / ".vendored.yaml").read_text()
    again = planned(tmp_path, TREE)
    assert again == InflationPlan((), (), {})


def test_every_kustomization_has_its_own(tmp_path: Path) -> None:
    more = {
        "app.yaml": application("web", "path: over, kustomize: {components: [../part]}"),
        "other.yaml": application("other", "path: under"),
        "over/kustomization.yaml": "resources: [../base]\n",
        "under/kustomization.yaml": "resources: [../base]\n",
        "base/kustomization.yaml": TREE["over/kustomization.yaml"],
        "part/kustomization.yaml": f"kind: Component\n{TREE['over/kustomization.yaml']}",
        "unused/kustomization.yaml": TREE["over/kustomization.yaml"],
    }
    assert sorted(planned(tmp_path, more).folders) == [
        "base/charts/gadget-1.2.3/gadget",
        "part/charts/gadget-1.2.3/gadget",
    ]


@pytest.mark.parametrize(
    ("entry", "version", "reason"),
    [
        (ENTRY.replace("gadget", "nowhere"), "1.2.3", "there is none"),
        (ENTRY.replace(", version: 1.2.3", ""), "1.2.3", "it has no version"),
        (ENTRY.replace("1.2.3", "1.x"), "1.9.9", "1.x is a range (now 1.9.9)"),
    ],
)
def test_charts_that_are_left(tmp_path: Path, entry: str, version: str, reason: str) -> None:
    plan = planned(
        tmp_path, {**TREE, "over/kustomization.yaml": f"helmCharts: [{entry}]\n"}, version
    )
    ((_, why),) = plan.left
    assert reason in why
    assert plan.folders == {}


@pytest.mark.parametrize(
    ("directories", "reason"),
    [
        ("{path: '*/*'}", "sets.yaml would make an Application of over/charts"),
        ("{path: 'over/charts/*'}", "of over/charts/gadget-1.2.3"),
        ("{path: 'over/charts/*/*/*'}", "of over/charts/gadget-1.2.3/gadget/templates"),
        ("{path: '*'}", ""),
        ("{path: '*/*'}, {path: '*/charts', exclude: true}", ""),
    ],
)
def test_no_application_set_takes_a_chart_for_its_own(
    tmp_path: Path, directories: str, reason: str
) -> None:
    plan = planned(tmp_path, {**TREE, "sets.yaml": SETS.replace("DIRECTORIES", directories)})
    assert [reason in why for _, why in plan.left] == [True] * bool(reason)


def test_what_git_ignores_is_not_written(tmp_path: Path) -> None:
    run(["git", "init", "-q", tmp_path / "repository"])
    ((_, why),) = planned(tmp_path, {**TREE, ".gitignore": "charts/\n"}).left
    assert "git ignores over/charts/gadget-1.2.3/gadget/" in why


def test_links_and_files_in_the_way(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "over").mkdir(parents=True)
    (root / "over/charts").symlink_to(tmp_path)
    ((_, why),) = planned(tmp_path, TREE).left
    assert "symbolic link" in why
    (root / "over/charts").unlink()
    (root / TARGET).mkdir(parents=True)
    ((_, why),) = planned(tmp_path, TREE).left
    assert "is there" in why


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    plan = planned(tmp_path, TREE)
    sources = local_sources(RepositoryFiles(tmp_path / "repository"), [URL])
    (tmp_path / "repository/other").write_text("")
    broken = InflationPlan(plan.vendored, (), {"other/charts/x": {"Chart.yaml": b""}})
    with pytest.raises(UnavailableError, match="other"):
        carry_out_inflation(broken, sources)

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.pins import Pin, set_versions
from gitopsgen.kustomize.pins import pins_of_kustomizations
from gitopsgen.repository.files import RepositoryFiles
from tests.charts.servers import write_chart

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://charts.home.test"

CHARTS = """\
resources: [deployment.yaml]
helmCharts:
  # Not newer than what the cluster runs.
  - name: gadget
    repo: https://charts.home.test/
    version: "1.2.3" # ours
  - {name: other, repo: 'oci://charts.home.test/x', version: 2.x}
  - {name: newest, repo: https://charts.home.test}
  - {name: local, version: 1.0.0}
  - {name: number, repo: https://charts.home.test, version: 1.2}
  - nonsense
"""
OLD = """\
helmChartInflationGenerator:
  - chartName: gadget
    chartRepoUrl: https://charts.home.test
    chartVersion: 1.2.3
"""
GENERATOR = """\
apiVersion: builtin
kind: HelmChartInflationGenerator
metadata: {name: web}
name: gadget
repo: https://charts.home.test
version: 1.2.3
"""
INLINE = "generators:\n  - |\n" + "".join(f"    {line}\n" for line in GENERATOR.splitlines())


def read(root: Path, **tree: str) -> list[Pin]:
    write_chart(root, {path.replace("__", "/"): text for path, text in tree.items()})
    return pins_of_kustomizations(RepositoryFiles(root))


def raised(root: Path, pins: list[Pin], path: str) -> str:
    edit = set_versions(root, [(pin, "1.3.0") for pin in pins])
    assert edit.failed == ()
    return edit.texts[path]


def test_charts_with_a_repository_and_a_version_are_pins(tmp_path: Path) -> None:
    found = read(tmp_path, **{"base__kustomization.yaml": CHARTS})
    assert [(p.kind, p.name, p.file, p.line, p.reference) for p in found] == [
        (
            "Kustomization",
            "base",
            "base/kustomization.yaml",
            6,
            ChartReference(URL, "gadget", "1.2.3"),
        ),
        (
            "Kustomization",
            "base",
            "base/kustomization.yaml",
            7,
            ChartReference("oci://charts.home.test/x", "other", "2.x"),
        ),
    ]
    text = raised(tmp_path, found[:1], "base/kustomization.yaml")
    assert text == CHARTS.replace('"1.2.3" # ours', '"1.3.0" # ours')


def test_one_in_the_root_of_a_repository(tmp_path: Path) -> None:
    assert [pin.name for pin in read(tmp_path, Kustomization=CHARTS)] == [".", "."]


def test_the_field_that_came_before(tmp_path: Path) -> None:
    found = read(tmp_path, **{"kustomization.yml": OLD})
    assert raised(tmp_path, found, "kustomization.yml") == OLD.replace("1.2.3", "1.3.0")


def test_a_generator_in_a_file_that_two_kustomizations_name(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        **{
            "a__kustomization.yaml": "generators: [../charts/chart.yaml]\n",
            "b__kustomization.yaml": "generators: [../charts/chart.yaml]\n",
            "charts__chart.yaml": f"# Two.\n---\n{GENERATOR}",
        },
    )
    assert [(pin.file, pin.line) for pin in found] == [("charts/chart.yaml", 8)]
    text = raised(tmp_path, found, "charts/chart.yaml")
    assert text == f"# Two.\n---\n{GENERATOR}".replace("1.2.3", "1.3.0")


def test_a_generator_within_a_text_is_shown_and_left(tmp_path: Path) -> None:
    found = read(tmp_path, **{"kustomization.yaml": INLINE})
    assert [pin.reference.name for pin in found] == ["gadget"]
    ((_, reason),) = set_versions(tmp_path, [(found[0], "1.3.0")]).failed
    assert "does not stand in it as a single value" in reason


def test_a_chart_that_is_in_the_repository_is_taken_from_there(tmp_path: Path) -> None:
    chart = "kustomization__charts__gadget-1.2.3__gadget__Chart.yaml"
    found = read(tmp_path, **{"kustomization__kustomization.yaml": OLD, chart: "name: gadget\n"})
    assert found == []


def test_kustomizations_that_are_none(tmp_path: Path) -> None:
    assert read(tmp_path, **{"kustomization.yaml": "- a\n"}) == []
    assert read(tmp_path, **{"kustomization.yaml": "helmCharts: {a: 1}\n"}) == []
    assert read(tmp_path, **{"kustomization.yaml": "{{"}) == []

"""Charts of Applications that somebody installs by hand, rendered by helm itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.validation.knowledge import Knowledge, explore
from gitopsgen.validation.renderers import RenderSettings
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path

CHART = {"root/Chart.yaml": "apiVersion: v2\nname: root\nversion: 1.0.0\n"}
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
PROJECT = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: web}\n"


def explored(root: Path, tree: dict[str, str], charts: str = "auto") -> Knowledge:
    write(root, {**CHART, **tree})
    files = RepositoryFiles(root)
    settings = RenderSettings(charts, None, 2, "v1.35.0", ())
    return explore(files, local_sources(files, [URL]), settings, "1.35")


def names(knowledge: Knowledge) -> list[str]:
    return sorted(m.data["metadata"]["name"] for m in knowledge.found.manifests)


def test_applications_of_a_chart_that_no_application_names(tmp_path: Path) -> None:
    tree = {
        "root/templates/web.yaml": application("web", "path: '{{ .Values.path }}'"),
        "root/templates/map.yaml": CONFIG_MAP.replace("settings", "beside"),
        "root/values.yaml": "path: web\n",
        "web/a.yaml": CONFIG_MAP,
    }
    knowledge = explored(tmp_path, tree)
    assert [app.name for app in knowledge.found.applications] == ["web"]
    assert names(knowledge) == ["beside", "settings", "web"]
    assert knowledge.found.complete
    (use,) = knowledge.renderers.charts
    assert knowledge.found.stand_ins == {use.application}


def test_a_chart_that_takes_itself_over(tmp_path: Path) -> None:
    tree = {
        "root/templates/root.yaml": application("root", "path: root/"),
        "root/templates/web.yaml": application("web", "path: web"),
        "root/templates/map.yaml": CONFIG_MAP.replace("settings", "beside"),
        "web/a.yaml": CONFIG_MAP,
    }
    assert names(explored(tmp_path, tree)) == ["beside", "root", "settings", "web"]


def test_a_chart_whose_values_somebody_else_has(tmp_path: Path) -> None:
    template = application("web-{{ .Values.env }}", "path: web")
    tree = {"root/templates/web.yaml": template, "web/a.yaml": CONFIG_MAP}
    knowledge = explored(tmp_path, tree)
    assert knowledge.found.applications == ()
    (item,) = knowledge.found.unchecked
    assert (item.what, item.reason) == (
        "chart root",
        "its own values alone do not make its Applications",
    )
    (item,) = explored(tmp_path, {}, "skip").found.unchecked
    assert item.reason == "charts were skipped"


def test_charts_beside_applications_are_left_to_them(tmp_path: Path) -> None:
    tree = {
        "root/templates/project.yaml": PROJECT,
        "root/templates/web.yaml": application("web", "path: web"),
        "shop.yaml": application("shop", "path: shop"),
        "shop/a.yaml": CONFIG_MAP,
    }
    assert names(explored(tmp_path, tree)) == ["settings", "shop"]

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.pins import Pin, generated_pins, pins_in, set_versions
from gitopsgen.charts.uses import applications_in
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from tests.charts.servers import write_chart
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://charts.home.test"

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  sources:
    - repoURL: https://charts.home.test   # ours
      chart: gadget
      targetRevision: '1.2.3'  # quoted
    - {repoURL: "https://charts.home.test", chart: other, targetRevision: 2.x}
    - {repoURL: https://github.com/owner/repo, targetRevision: main, ref: values}
    - {repoURL: "https://charts.home.test", chart: floating}
"""

APPLICATION_SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set}
spec:
  goTemplate: true
  generators:
    - list:
        elements:
          - {name: one, version: 1.0.0}
          - {name: two, version: 2.0.0}
  template:
    metadata: {name: '{{.name}}'}
    spec:
      sources:
        - {repoURL: "https://charts.home.test", chart: fixed, targetRevision: "3.0.0"}
        - {repoURL: "https://charts.home.test", chart: gadget, targetRevision: "{{.version}}"}
"""


def read(root: Path, **tree: str) -> list[Pin]:
    write_chart(root, {f"{name}.yaml": text for name, text in tree.items()})
    return pins_in(RepositoryFiles(root))


def test_every_chart_in_a_file_is_a_pin(tmp_path: Path) -> None:
    found = read(tmp_path, b=APPLICATION_SET, a=f"---\n{APPLICATION}")
    assert [(p.kind, p.name, p.file, p.line, p.reference) for p in found] == [
        ("Application", "web", "a.yaml", 9, ChartReference(URL, "gadget", "1.2.3")),
        ("Application", "web", "a.yaml", 10, ChartReference(URL, "other", "2.x")),
        ("ApplicationSet", "set", "b.yaml", 15, ChartReference(URL, "fixed", "3.0.0")),
    ]


def test_what_an_application_set_fills_in_is_generated(tmp_path: Path) -> None:
    pins = read(tmp_path, b=APPLICATION_SET, a=APPLICATION)
    files = RepositoryFiles(tmp_path)
    found = generated_pins(applications_in(files, local_sources(files, [])), pins)
    assert [(p.name, p.file, p.reference.version, p.generated) for p in found] == [
        ("one", "b.yaml", "1.0.0", True),
        ("two", "b.yaml", "2.0.0", True),
    ]


def test_versions_are_set_where_they_stand(tmp_path: Path) -> None:
    pins = read(tmp_path, b=APPLICATION_SET, a=APPLICATION.replace("\n", "\r\n"))
    edit = set_versions(tmp_path, [(pin, f"{9 + n}.0.0") for n, pin in enumerate(pins)])
    assert edit.failed == ()
    text = APPLICATION.replace("'1.2.3'", "'9.0.0'").replace("2.x", "10.0.0")
    assert edit.texts == {
        "a.yaml": text.replace("\n", "\r\n"),
        "b.yaml": APPLICATION_SET.replace("3.0.0", "11.0.0"),
    }
    assert (tmp_path / "b.yaml").read_text() == APPLICATION_SET


def test_what_is_shared_by_an_alias_is_left(tmp_path: Path) -> None:
    shared = APPLICATION.replace("'1.2.3'", "&v 1.2.3").replace("2.x", "*v")
    pins = read(tmp_path, a=shared, b=APPLICATION_SET)
    edit = set_versions(tmp_path, [(pin, "9.0.0") for pin in pins])
    assert list(edit.texts) == ["b.yaml"]
    assert {pin.reference.name for pin, _ in edit.failed} == {"gadget", "other"}


def test_odd_applications_have_no_pins(tmp_path: Path) -> None:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: "
    trees = {
        "a": f"{head}Application\nspec: []\n",
        "b": f"{head}ApplicationSet\nspec: {{template: [x]}}\n",
        "c": f"{head}Application\nspec: {{source: {{chart: a, repoURL: b, targetRevision: 1}}}}\n",
        "d": f"{head}Application\nspec: {{sources: [3, {{chart: [], targetRevision: a}}]}}\n",
        "e": f"{head}Application\n# {{\nspec: {{source: {{chart: x",
    }
    assert read(tmp_path, **trees) == []


def test_the_sample_pins_all_of_its_charts() -> None:
    pins = pins_in(RepositoryFiles(SAMPLE))
    assert [(pin.file, pin.reference.name) for pin in pins] == [
        ("apps/argocd.yaml", "argo-cd"),
        ("apps/cert-manager.yaml", "cert-manager"),
        ("apps/ingress-nginx.yaml", "ingress-nginx"),
        ("apps/kube-vip.yaml", "kube-vip-cloud-provider"),
        ("apps/loopia.yaml", "cert-manager-webhook-loopia"),
        ("apps/nfs-subdir-external-provisioner.yaml", "nfs-subdir-external-provisioner"),
    ]
    lines = (SAMPLE / "apps/argocd.yaml").read_text().split("\n")
    assert "targetRevision:" in lines[pins[0].line - 1]

"""`outdated` and `bump` against a real OCI registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.charts.servers import OciRegistry, chart_files, pack, write_chart
from tests.commands.invoke import invoke

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: "REPOSITORY", chart: gadget, targetRevision: 1.2.3}
"""


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("scheme", ["", "oci://"])
def test_charts_of_a_registry(
    helm: Path,
    registry: OciRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    monkeypatch.setenv("GITOPSGEN_HELM", str(helm))
    for version in ("1.2.3", "1.3.0", "2.0.0", "3.0.0-rc.1"):
        archive = tmp_path / "gadget.tgz"
        archive.write_bytes(pack(chart_files("gadget", version)))
        registry.push(helm, archive)
    text = APPLICATION.replace("REPOSITORY", f"{scheme}{registry.host}/charts")
    root = write_chart(tmp_path / "home", {"apps/web.yaml": text})
    (chart,) = json.loads(invoke("outdated", root, "--output", "json").out)["charts"]
    assert (chart["same_major"], chart["newest"]) == ("1.3.0", "2.0.0")
    done = invoke("bump", "--repository", root)
    assert (done.status, done.err) == (0, "")
    assert (root / "apps/web.yaml").read_text() == text.replace("1.2.3", "1.3.0")
    assert invoke("bump", "web", "--to", "3.0.0-rc.1", "--repository", root).status == 0
    assert (root / "apps/web.yaml").read_text() == text.replace("1.2.3", "3.0.0-rc.1")
    assert invoke("bump", "web", "--to", "3.0.0", "--repository", root).status == 3

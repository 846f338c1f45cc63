from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.rules import argo_parameters
from tests.validation.rules.build import applicationset, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.findings import Finding

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def found(tmp_path: Path, tree: Mapping[str, str]) -> list[Finding]:
    model, files = make_model(tmp_path, tree)
    return findings_in(model, files, [argo_parameters])


def test_a_parameter_that_nothing_supplies(tmp_path: Path) -> None:
    tree = {
        "set.yaml": applicationset("[{name: web}]", "'{{name}}'", "'{{folder}}'"),
        "web/a.yaml": CONFIG,
    }
    (finding,) = found(tmp_path, tree)
    assert places([finding]) == ["argo-parameter set.yaml:10:62"]
    assert "folder" in finding.message


def test_a_parameter_of_the_other_dialect(tmp_path: Path) -> None:
    plain = applicationset("[{name: web}]", "'{{.name}}'", "'{{name}}'")
    go = plain.replace("spec:\n  gen", "spec:\n  goTemplate: true\n  gen", 1)
    assert go != plain
    go = go.replace("'{{name}}'", "web").replace("'{{.name}}'", "'{{name}}'")
    (finding,) = found(tmp_path, {"set.yaml": plain, "web/a.yaml": CONFIG})
    assert places([finding]) == ["argo-parameter set.yaml:7:22"]
    assert "goTemplate: true" in finding.hint
    (finding,) = found(tmp_path, {"set.yaml": go, "web/a.yaml": CONFIG})
    assert finding.rule == "argo-parameter"
    assert "{{.name}}" in finding.hint

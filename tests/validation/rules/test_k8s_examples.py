"""The examples that `gitopsgen explain` shows are what their rules say they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen.validation.rules import (
    k8s_enums,
    k8s_invalid,
    k8s_names,
    k8s_ports,
    k8s_quantities,
    k8s_scope,
    k8s_selectors,
    placeholders,
    secret_plaintext,
    secret_sealed_scope,
)
from tests.validation.rules.build import findings_in, make_model, one_application

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

MODULES = (
    k8s_enums,
    k8s_invalid,
    k8s_names,
    k8s_ports,
    k8s_quantities,
    k8s_scope,
    k8s_selectors,
    placeholders,
    secret_plaintext,
    secret_sealed_scope,
)
VERSIONS = {"Deployment": "apps/v1", "SealedSecret": "bitnami.com/v1alpha1"}


def whole(example: str) -> str:
    """An example with what it leaves out."""
    data: dict[str, Any] = yaml.safe_load(example)
    if "resources" in data or "ports" in data:
        data = {"kind": "Pod", "spec": {"containers": [data]}}
    elif "containers" in data:
        data = {"kind": "Pod", "spec": data}
    kind = data.setdefault("kind", "Anything")
    data.setdefault("apiVersion", VERSIONS.get(kind, "v1"))
    data.setdefault("metadata", {"name": "a"})
    return yaml.safe_dump(data)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_bad_example_breaks_the_rule_and_the_good_one_does_not(
    tmp_path: Path, module: ModuleType
) -> None:
    (rule,) = module.RULES
    for example, expected in ((rule.bad, [rule.id]), (rule.good, [])):
        model, files = make_model(tmp_path, one_application(whole(example)))
        assert [finding.rule for finding in findings_in(model, files, [module])] == expected

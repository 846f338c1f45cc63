from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.schemas.layout import GroupVersionKind, schema_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.schemas.conform import Conform


@pytest.mark.parametrize(
    ("kind", "api_version", "file"),
    [
        (GroupVersionKind("", "v1", "ConfigMap"), "v1", "v1/configmap_v1.json"),
        (GroupVersionKind("apps", "v1", "Deployment"), "apps/v1", "apps/deployment_v1.json"),
        (
            GroupVersionKind("networking.example.com", "v1beta1", "NetworkPolicy"),
            "networking.example.com/v1beta1",
            "networking.example.com/networkpolicy_v1beta1.json",
        ),
    ],
)
def test_kubeconform_finds_a_schema_where_the_layout_puts_it(
    conform: Conform, tmp_path: Path, kind: GroupVersionKind, api_version: str, file: str
) -> None:
    assert (kind.api_version, schema_file(*kind)) == (api_version, file)
    schema = tmp_path / "schemas" / file
    schema.parent.mkdir(parents=True)
    schema.write_text('{"required": ["only-this-schema-asks-for-it"]}', encoding="utf-8")

    problem = conform.problem(tmp_path / "schemas", {"apiVersion": api_version, "kind": kind.kind})

    assert "only-this-schema-asks-for-it" in problem


def test_a_kind_of_another_group_is_not_checked_against_kubernetes_own(
    conform: Conform, tmp_path: Path
) -> None:
    schema = tmp_path / "schemas" / schema_file("networking.k8s.io", "v1", "NetworkPolicy")
    schema.parent.mkdir(parents=True)
    schema.write_text("{}", encoding="utf-8")

    problem = conform.problem(
        tmp_path / "schemas",
        {"apiVersion": "networking.example.com/v1", "kind": "NetworkPolicy"},
    )

    assert problem == "could not find schema for NetworkPolicy"

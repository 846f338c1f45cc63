from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import secret_sealed_scope
from tests.validation.rules.build import findings_in, make_model, one_application, places

if TYPE_CHECKING:
    from pathlib import Path


def sealed(metadata: str, template: str, annotations: str = "") -> dict[str, str]:
    return one_application(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n"
        f"metadata:\n  annotations: {{{annotations}}}\n  {metadata}\n"
        f"spec:\n  template: {{metadata: {{{template}}}}}\n"
    )


NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide: 'true'"
CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide: 'true'"


@pytest.mark.parametrize(
    ("metadata", "template", "annotations", "place"),
    [
        ("name: new", "name: old, namespace: web", "", "5:9"),
        ("namespace: web\n  name: new", "name: old", "", "6:9"),
        ("namespace: new\n  name: a", "name: a, namespace: old", "", "5:14"),
        ("namespace: new\n  name: a", "name: a, namespace: old", NAMESPACE_WIDE, "5:14"),
        ("name: a", "name: a, namespace: old", "", "7:45"),
        ("name: new", "name: old", "sealedsecrets.bitnami.com/managed: 'true'", "5:9"),
        ("name: new", "name: old", CLUSTER_WIDE.replace("true", "false"), "5:9"),
    ],
)
def test_a_secret_that_was_renamed_after_sealing(
    tmp_path: Path, metadata: str, template: str, annotations: str, place: str
) -> None:
    model, files = make_model(tmp_path, sealed(metadata, template, annotations))
    findings = findings_in(model, files, [secret_sealed_scope])
    assert places(findings) == [f"secret-sealed-scope web/a.yaml:{place}"]


@pytest.mark.parametrize(
    ("metadata", "template", "annotations"),
    [
        ("name: a", "name: a, namespace: web", ""),
        ("name: a", "name: a", ""),
        ("name: a", "labels: {a: b}", ""),
        ("namespace: web\n  name: new", "name: old, namespace: web", NAMESPACE_WIDE),
        ("namespace: new\n  name: new", "name: old, namespace: old", CLUSTER_WIDE),
        ("name: [a]", "name: {a: b}, namespace: 1", ""),
    ],
)
def test_a_secret_that_can_be_opened(
    tmp_path: Path, metadata: str, template: str, annotations: str
) -> None:
    model, files = make_model(tmp_path, sealed(metadata, template, annotations))
    assert findings_in(model, files, [secret_sealed_scope]) == []

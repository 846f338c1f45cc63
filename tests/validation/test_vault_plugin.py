"""What argocd-vault-plugin fills in: what the schema stage and the rules say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.service import Options, validate

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a%s}\ndata: {password: %r}\n"
FILLED = ", annotations: {avp.kubernetes.io/path: secret/data/a}"


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    ("annotations", "value", "rules"),
    [
        ("", "<path:secret/data/a#password | base64encode>", []),
        (FILLED, "<password>", []),
        ("", "<password>", ["placeholder"]),
        (FILLED, "not base64", ["schema-invalid"]),
    ],
)
def test_what_the_plugin_fills_in_is_not_looked_at(
    tmp_path: Path, annotations: str, value: str, rules: list[str]
) -> None:
    (tmp_path / "a.yaml").write_text(SECRET % (annotations, value))
    report = validate(tmp_path, Options(charts="skip", lint=False, jobs=1))
    assert sorted(finding.rule for finding in report.findings) == rules

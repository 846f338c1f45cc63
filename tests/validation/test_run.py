from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.tools.programs import Running
from gitopsgen.validation import kubeconform as kubeconform_module
from gitopsgen.validation.rules_stage import Rules
from gitopsgen.validation.service import Options, validate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("kubeconform")
def test_kubeconform_is_ended_where_another_stage_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Running] = []
    stopped: list[Running] = []

    class Watched(Running):
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **settings)
            started.append(self)

        def stop(self) -> None:
            super().stop()
            stopped.append(self)

    def fail(_rules: object) -> None:
        raise UsageError("no")

    monkeypatch.setattr(kubeconform_module, "Running", Watched)
    monkeypatch.setattr(Rules, "problems", fail)
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    with pytest.raises(UsageError, match="no"):
        validate(tmp_path, Options(charts="skip", lint=False, jobs=1))
    assert len(started) == 1
    assert stopped == started

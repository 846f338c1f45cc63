"""kubeconform for the tests of schemas, and Go modules for slow ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.schemas.conform import Conform

# Where the go command keeps modules when HOME is the person's own.
_GO_PATH = Path(os.environ.get("GOPATH") or Path.home() / "go")
_GO_MODULES = os.environ.get("GOMODCACHE") or str(_GO_PATH / "pkg" / "mod")


@pytest.fixture
def conform(kubeconform: Path, tmp_path: Path) -> Conform:
    """kubeconform, to be asked about documents."""
    return Conform(kubeconform, tmp_path / "documents")


@pytest.fixture
def go_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The go command may use the person's own module cache."""
    monkeypatch.setenv("GOMODCACHE", _GO_MODULES)

"""kubeconform for the tests of schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.schemas.conform import Conform

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def conform(kubeconform: Path, tmp_path: Path) -> Conform:
    """kubeconform, to be asked about documents."""
    return Conform(kubeconform, tmp_path / "documents")

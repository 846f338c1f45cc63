"""kustomize itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.tools.pins import KUSTOMIZE
from gitopsgen.tools.resolver import ensure_tool

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def kustomize() -> Path:
    """The kustomize that gitopsgen itself would use, installed if need be."""
    return ensure_tool(KUSTOMIZE)

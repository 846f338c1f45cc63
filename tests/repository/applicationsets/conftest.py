"""The helm that Go templates are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def helm() -> Path:
    """The helm that gitopsgen itself would use, installed if need be."""
    return ensure_tool(HELM)

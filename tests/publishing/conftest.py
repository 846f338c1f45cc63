"""A git server on the loopback interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.publishing.git_server import GitServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    """A git server without a repository and without a user."""
    with GitServer(tmp_path / "git-server") as served:
        yield served

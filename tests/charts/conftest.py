"""helm, and repositories of charts on the loopback interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.tools.cache import cache_dir
from gitopsgen.tools.pins import HELM, Tool
from gitopsgen.tools.resolver import ensure_tool, install_tool
from tests.charts.servers import ChartRepository, OciRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGISTRY = Tool(
    name="registry",
    version="0.22.1",
    purpose="an OCI registry for tests",
    go_module="github.com/google/go-containerregistry/cmd/registry",
    version_arguments=(),
)


@pytest.fixture(scope="session")
def helm() -> Path:
    """The helm that gitopsgen itself would use, installed if need be."""
    return ensure_tool(HELM)


@pytest.fixture(scope="session")
def registry_program() -> Path:
    """A real registry, installed if need be; others of that name take other arguments."""
    return install_tool(REGISTRY)


@pytest.fixture
def cache(hermetic: None) -> Path:
    """The cache of this test: it has nothing but programs and schemas."""
    del hermetic
    return cache_dir()


@pytest.fixture
def repository() -> Iterator[ChartRepository]:
    """A chart repository without a chart."""
    with ChartRepository() as served:
        yield served


@pytest.fixture
def registry(registry_program: Path) -> Iterator[OciRegistry]:
    """An OCI registry without a chart."""
    with OciRegistry(registry_program) as served:
        yield served

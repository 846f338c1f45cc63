"""Fixtures for all tests: kubeconform, and a home and a git that are nobody's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from gitopsgen.tools.cache import cache_dir
from gitopsgen.tools.pins import KUBECONFORM
from gitopsgen.tools.resolver import ensure_tool

if TYPE_CHECKING:
    from pathlib import Path

# A busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# One cache for the whole run and for the next one: what it holds is keyed by content or version.
_CACHE = cache_dir()


@pytest.fixture(scope="session")
def kubeconform() -> Path:
    """The kubeconform that gitopsgen itself would use, installed if need be."""
    return ensure_tool(KUBECONFORM)


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the person's home or git configuration, and none writes there."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("GIT_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GITOPSGEN_CACHE", str(_CACHE))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

"""Fixtures for all tests: kubeconform, and a home and a git that are nobody's."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from gitopsgen.errors import UnavailableError
from gitopsgen.tools.cache import cache_dir
from gitopsgen.tools.pins import HELM, KUBECONFORM, KUSTOMIZE
from gitopsgen.tools.resolver import ensure_tool

if TYPE_CHECKING:
    from pathlib import Path

# A busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# What is fetched or unpacked once per version is shared by all tests and with the next run.
_CACHE = cache_dir()
_SHARED = ("tools", "schemas", "templates")


@pytest.fixture(scope="session")
def kubeconform() -> Path:
    """The kubeconform that gitopsgen itself would use, installed if need be."""
    return ensure_tool(KUBECONFORM)


@pytest.fixture(scope="session", autouse=True)
def programs() -> None:
    """Install what is missing before any test starts that allows itself only seconds.

    Where one cannot be had, the tests that need it say so themselves.
    """
    for tool in (KUBECONFORM, HELM, KUSTOMIZE):
        with contextlib.suppress(UnavailableError):
            ensure_tool(tool)


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the person's home or git configuration, and none writes there.

    Nor does any test find the results that another one kept.
    """
    home = tmp_path_factory.mktemp("home")
    cache = tmp_path_factory.mktemp("cache")
    for name in _SHARED:
        (_CACHE / name).mkdir(parents=True, exist_ok=True)
        (cache / name).symlink_to(_CACHE / name)
    for name in list(os.environ):
        if name.startswith(("GIT_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GITOPSGEN_CACHE", str(cache))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

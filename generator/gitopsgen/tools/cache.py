"""Where gitopsgen keeps what it can make or fetch again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """The cache folder: $GITOPSGEN_CACHE, else gitopsgen below $XDG_CACHE_HOME or ~/.cache.

    It may not exist yet. A relative variable is ignored, as the XDG specification asks.
    """
    if own := os.environ.get("GITOPSGEN_CACHE"):
        return Path(own).absolute()
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else _home() / ".cache") / "gitopsgen"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        return Path("/nonexistent")

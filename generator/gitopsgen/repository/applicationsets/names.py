"""Names and paths as Argo CD derives them from one another."""

from __future__ import annotations

import re
from typing import Final

_INVALID: Final = re.compile(r"[^-a-z0-9.]")
_MAX_NAME: Final = 253


def sanitize_name(name: str) -> str:
    """A name fit for DNS: Argo CD's `normalize`, and `path.basenameNormalized`."""
    return _INVALID.sub("-", name.lower())[:_MAX_NAME].strip("-.")


def slugify(name: str, size: int = 50, smart: bool = True) -> str:
    """A name fit for a URL, at most `size` long, cut at a `-` where `smart`: Argo CD's `slugify`.

    Source: applicationset/utils/utils.go, and github.com/gosimple/slug.
    """
    slug = sanitize_name(name)
    if not smart and 0 <= size <= len(slug):
        slug = slug[:size]
    slug = re.sub(r"-{2,}", "-", slug.replace(".", "-")).strip("-_")
    if not smart or size <= 0 or len(slug) <= size:
        return slug
    cut = slug.rfind("-", 0, size + 1)
    return slug[: cut if cut >= 0 else size]


def path_base(path: str) -> str:
    """The last element of a path, as Go's path.Base gives it."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def path_dir(path: str) -> str:
    """All but the last element of a path, as Go's path.Dir gives it."""
    import posixpath

    folder = posixpath.normpath(path.rpartition("/")[0] + ("/" if path.startswith("/") else ""))
    return folder[1:] if folder.startswith("//") else folder

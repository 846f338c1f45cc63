"""The shipped schemas of Kubernetes' own kinds, one archive for each minor version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.schemas.archive import unpack
from gitopsgen.schemas.layout import DATA, SCHEMA_TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SCHEMA_TEMPLATE", "archive_file", "available_versions", "schema_directory"]

_PREFIX = "kubernetes-"


def available_versions() -> tuple[str, ...]:
    """The minor versions of Kubernetes whose schemas are shipped ("1.25" …), oldest first."""
    minors = (path.stem.removeprefix(_PREFIX) for path in DATA.glob(f"{_PREFIX}*.xz"))
    return tuple(sorted(minors, key=lambda minor: int(minor.partition(".")[2])))


def schema_directory(minor: str) -> Path:
    """The folder with the schemas of a minor version, for kubeconform with `SCHEMA_TEMPLATE`.

    It lies below the cache and is unpacked on first use. Raises `UsageError` for a version that
    is not among `available_versions`, `UnavailableError` when the cache cannot be written.
    """
    versions = available_versions()
    if minor not in versions:
        raise UsageError(
            f"there are no schemas for Kubernetes {minor}",
            f"this gitopsgen knows Kubernetes {versions[0]} to {versions[-1]}",
        )
    return unpack(archive_file(minor), f"{_PREFIX}{minor}")


def archive_file(minor: str) -> Path:
    """Where the archive of a minor version is shipped."""
    return DATA / f"{_PREFIX}{minor}.xz"

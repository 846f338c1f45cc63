"""The blueprints of an existing repository: those shipped, and its own extra folders."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.blueprints.metadata import METADATA_FILE
from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.locked import read_lock
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.blueprints.catalogue import Catalogue


def load_for(root: Path, given: Sequence[Path]) -> Catalogue:
    """The catalogue of the repository in `root`, with the folders that its lock.yaml records.

    `given` are the folders that a person names now. They take the place of recorded ones that are
    gone and of those whose components they hold; all others stay. In the catalogue's
    `extra_folders` a folder within the repository is relative to `root`: so it is recorded, and
    a clone elsewhere finds it.

    Raises `UsageError` that names every recorded folder that is gone while none is given, or that
    says what is wrong in a blueprint or in lock.yaml.
    """
    root = root.resolve()
    lock = read_lock(root)
    recorded = [] if lock is None else [_absolute(root, folder) for folder in lock.folders]
    named = [folder.resolve() for folder in given]
    gone = [folder for folder in recorded if folder not in named and not folder.is_dir()]
    if gone and not named:
        raise _gone(gone, "are" if len(gone) > 1 else "is")
    held = {name for folder in named for name in _components(folder)}
    kept = [
        folder
        for folder in recorded
        if folder not in gone and (folder in named or not _components(folder) <= held)
    ]
    folders = list(dict.fromkeys([*kept, *named]))
    catalogue = load_catalogue(folders)
    known = {component.name for component in catalogue.components}
    lost = sorted(set(lock.blueprints or ()) - known) if lock is not None else []
    if gone and lost:
        raise _gone(gone, f"held {', '.join(lost)}, which no given folder has, and")
    return replace(catalogue, extra_folders=tuple(_as_recorded(root, path) for path in folders))


def _gone(folders: Sequence[Path], middle: str) -> UsageError:
    named = ", ".join(map(str, folders))
    verb = middle if middle in ("is", "are") else f"{middle} is"
    what = "the blueprint folder" if len(folders) == 1 else "the blueprint folders"
    return UsageError(
        f"{what} {named}, recorded in {LOCK_FILE}, {verb} gone",
        "Say where the blueprints are now with --blueprints DIR. If they are lost for good, take "
        f"their components out of cluster.yaml and the folder out of {LOCK_FILE}, commit that and "
        "run `gitopsgen update`.",
    )


def _components(folder: Path) -> set[str]:
    try:
        return {path.parent.name for path in folder.glob(f"*/{METADATA_FILE}")}
    except OSError:
        return set()


def _absolute(root: Path, folder: str) -> Path:
    # Nothing is followed here that was a link when it was recorded: the path was resolved then.
    return Path(os.path.normpath(root / folder))


def _as_recorded(root: Path, folder: Path) -> Path:
    return folder.relative_to(root) if folder.is_relative_to(root) else folder

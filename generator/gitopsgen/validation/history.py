"""Trees of earlier commits, read with git and without touching the repository."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.tools.git import QUIET_GIT, environment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.tools.programs import Completed

# Seconds; a large tree takes some to write.
_TIMEOUT = 300


def find_commit(root: Path, ref: str) -> str:
    """The id of the commit that `ref` names in the work tree around `root`.

    Raises `UsageError` where `root` is in no work tree, or where there is no such commit.
    """
    inside = _git(root, "rev-parse", "--is-inside-work-tree", check=False)
    if inside.stdout.strip() != b"true":
        if b"not a git repository" in inside.stderr or inside.status == 0:
            raise UsageError(
                f"{root} is not in a git work tree: nothing is known of earlier commits",
                "Leave out --changed-since to see every finding.",
            )
        raise UsageError(f"git cannot read the repository of {root}", inside.output)
    commit = _commit(root, ref)
    if commit is not None:
        return commit
    raise UsageError(f"git knows no commit {ref!r}", _way_to(root, ref))


def _commit(root: Path, ref: str) -> str | None:
    if not ref or ref.startswith("-"):
        return None
    found = _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", check=False)
    return found.stdout.decode().strip() if found.status == 0 else None


def _way_to(root: Path, ref: str) -> str:
    """What a person can do about a commit that is not there."""
    if _commit(root, f"origin/{ref}") is not None:
        return f"Did you mean origin/{ref}?"
    shallow = _git(root, "rev-parse", "--is-shallow-repository", check=False)
    if shallow.stdout.strip() == b"true":
        return (
            "This clone is shallow: fetch its history, in GitHub's actions/checkout with "
            "`fetch-depth: 0`, elsewhere with `git fetch --unshallow`."
        )
    return "`git branch --all` and `git tag` list what there is."


def check_out(root: Path, commit: str, folder: Path) -> Path | None:
    """Write what `commit` has in the place of `root` into `folder`; None where it has nothing.

    The repository's own index, work tree and references stay as they are. Files of Git LFS come
    as their pointers, submodules as empty folders.
    """
    settings = {"GIT_INDEX_FILE": str(folder / "index"), "GIT_LFS_SKIP_SMUDGE": "1"}
    tree = folder / "tree"
    tree.mkdir()
    _git(root, "read-tree", commit, settings=settings)
    _git(root, "checkout-index", "--all", "--quiet", f"--prefix={tree}/", settings=settings)
    place = _git(root, "rev-parse", "--show-prefix").stdout.removesuffix(b"\n")
    base = tree / os.fsdecode(place)
    return base if base.is_dir() else None


def renamed_files(root: Path, commit: str) -> Mapping[str, str]:
    """Old names of files to the new ones, relative to `root`, as git sees them.

    Files that nobody has added to git yet count; what git needs to know of them is kept in a
    folder of its own for the while.
    """
    with tempfile.TemporaryDirectory(prefix="gitopsgen-names-") as folder:
        index = Path(folder, "index")
        own_index, objects = (
            (root / os.fsdecode(_git(root, "rev-parse", "--git-path", name).stdout[:-1])).resolve()
            for name in ("index", "objects")
        )
        if own_index.is_file():
            # It knows which files have not changed, so that only the others are read.
            shutil.copyfile(own_index, index)
        settings = {
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
        }
        # A file that cannot be read has no name that matters.
        _git(root, "add", "--all", "--ignore-errors", ".", settings=settings, check=False)
        arguments = ["--cached", "--relative", "--find-renames", "--diff-filter=R"]
        listed = _git(
            root, "diff", *arguments, "--name-status", "-z", commit, settings=settings, check=False
        )
    # Three fields each: how alike, the old name, the new one.
    fields = [os.fsdecode(field) for field in listed.stdout.split(b"\0")]
    return dict(zip(fields[1::3], fields[2::3], strict=False))


def _git(
    root: Path, *arguments: str, settings: Mapping[str, str] | None = None, check: bool = True
) -> Completed:
    return run(
        [*QUIET_GIT, *arguments],
        cwd=root,
        env={**environment(), **(settings or {})},
        timeout=_TIMEOUT,
        check=check,
    )

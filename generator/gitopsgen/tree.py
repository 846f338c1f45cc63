"""A folder of files held in memory: what a render makes and what a commit holds."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class File:
    """One file: its bytes, and whether it may be executed (git knows no other mode)."""

    content: bytes
    executable: bool = False


Tree = dict[str, File]
"""Files by their path: relative, with `/`, in sorted order."""


def read_tree(root: Path) -> Tree:
    """Read every regular file below `root`."""
    files: Tree = {}
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in names:
            path = Path(folder, name)
            mode = path.lstat().st_mode
            files[path.relative_to(root).as_posix()] = File(path.read_bytes(), bool(mode & 0o100))
    return dict(sorted(files.items()))


def write_tree(root: Path, tree: Mapping[str, File]) -> None:
    """Write every file of `tree` below `root`, which exists; modes do not depend on the umask."""
    for folder in sorted({Path(path).parent for path in tree}):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for path, file in tree.items():
        target = root / path
        target.write_bytes(file.content)
        target.chmod(0o755 if file.executable else 0o644)


def digest(tree: Mapping[str, File], leave_out: Iterable[str] = ()) -> str:
    """The SHA-256 of all paths, modes and contents, as `sha256:` and 64 hex digits."""
    skipped = set(leave_out)
    total = hashlib.sha256()
    for path in sorted(tree):
        if path in skipped:
            continue
        file = tree[path]
        mode = "100755" if file.executable else "100644"
        total.update(f"{mode} {len(file.content)} {path}\0".encode())
        total.update(file.content)
    return f"sha256:{total.hexdigest()}"

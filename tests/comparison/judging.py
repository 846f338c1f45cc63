"""What to think of the result of an update."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lifecycle.scenarios import Scenario

# The judgements, from the best to the worst, with what each means.
JUDGEMENTS = {
    "right": "what a careful person would have made of it",
    "conflict": "marked for a person to decide, every edit kept, exit status not 0",
    "conflict, status 0": "marked, every edit kept, but the exit status says that all is well",
    "decided silently": "a result without a mark, where only a person could know what is right",
    "wrong result": "neither right nor marked: an edit at the wrong place, a file that is back …",
    "lost edit": "lines that only the person wrote are nowhere, not even in a mark",
    "failed": "no result: the tool stopped with an error",
}


@dataclass(frozen=True)
class Result:
    """A repository after an update, and the exit status of that."""

    root: Path
    status: int
    failed: bool = False


def judge(scenario: Scenario, result: Result) -> str:
    """One of the judgements for what a tool has made of a scenario."""
    if result.failed:
        return "failed"
    files = _files(result.root)
    is_marked = _is_marked(result.root, files)
    if not all(_is_kept(mine, files) for mine in scenario.mine):
        return "lost edit"
    if is_marked:
        return "conflict" if result.status != 0 else "conflict, status 0"
    if scenario.right is None:
        return "decided silently"
    return "right" if _is_right(scenario, result.root) else "wrong result"


def _is_kept(mine: str | bytes, files: dict[str, bytes]) -> bool:
    """Whether a line is in any file, or some file has the content."""
    if isinstance(mine, bytes):
        return mine in files.values()
    line = mine.encode()
    return any(
        line == other.rstrip(b"\r") for content in files.values() for other in content.split(b"\n")
    )


def _files(root: Path) -> dict[str, bytes]:
    found = {}
    for folder, folders, names in os.walk(root):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = Path(folder, name)
            content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            found[path.relative_to(root).as_posix()] = content
    return found


def _is_marked(root: Path, files: dict[str, bytes]) -> bool:
    """Whether the index, a file or a file of rejected changes says that there is a conflict."""
    unmerged = _git(root, "ls-files", "--unmerged")
    under_way = (root / ".git/MERGE_HEAD").exists()
    return (
        bool(unmerged)
        or under_way
        or any(path.endswith(".rej") for path in files)
        or any(
            line.startswith(b"<<<<<<< ") for text in files.values() for line in text.split(b"\n")
        )
    )


def _is_right(scenario: Scenario, root: Path) -> bool:
    for path, content in (scenario.right or {}).items():
        file = root / path
        if content is None:
            if file.exists() or file.is_symlink():
                return False
            continue
        if file.is_symlink() or not file.is_file():
            return False
        # As git stores it: line ends in the work tree may be asked for by .gitattributes.
        stored = _git(root, "hash-object", "--path", path, "--", str(file)).decode().strip()
        if stored != _blob(content.encode() if isinstance(content, str) else content):
            return False
    return all((root / path).stat().st_mode & 0o100 for path in scenario.executables) and all(
        (root / path).is_symlink() for path in scenario.links
    )


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _git(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True)
    return done.stdout

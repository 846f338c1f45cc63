"""Trees and commits of git, read and made without touching index, files or branches."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.tree import File, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitopsgen.lifecycle.git import Git

_MODES = {"100644": False, "100755": True}


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a commit: its mode as git writes it, and its blob."""

    mode: str
    blob: str

    @property
    def is_plain(self) -> bool:
        """Whether it is a file that a render may hold: no link, no submodule."""
        return self.mode in _MODES


def list_commit(git: Git, commit: str) -> dict[str, Listed]:
    """What a commit holds, by path."""
    listed = git.call("ls-tree", "-r", "-z", "--full-tree", commit).stdout
    found = {}
    for line in listed.decode(errors="surrogateescape").split("\0"):
        if line:
            described, path = line.split("\t", 1)
            mode, _, blob = described.split(" ")
            found[path] = Listed(mode, blob)
    return found


def read_files(git: Git, listed: Mapping[str, Listed]) -> Tree:
    """The contents of plain files."""
    contents = read_blobs(git, [entry.blob for entry in listed.values()])
    return {
        path: File(content, _MODES[entry.mode])
        for (path, entry), content in zip(listed.items(), contents, strict=True)
    }


def read_commit(git: Git, commit: str) -> Tree | None:
    """All files of a commit; None where it holds anything but plain files (links, submodules)."""
    listed = list_commit(git, commit)
    if not all(entry.is_plain for entry in listed.values()):
        return None
    return read_files(git, listed)


def read_blobs(git: Git, names: Sequence[str]) -> list[bytes]:
    """The contents of blobs; a name is an object's or `COMMIT:PATH`.

    Raises `UnavailableError` where one is missing.
    """
    if not names:
        return []
    output = git.call("cat-file", "--batch", input="".join(f"{n}\n" for n in names).encode()).stdout
    contents, at = [], 0
    for name in names:
        end = output.index(b"\n", at)
        header = output[at:end].split(b" ")
        if len(header) != 3:
            raise UnavailableError(
                f"git does not have {name}", "`git fsck` says what is wrong with the repository."
            )
        size = int(header[2])
        contents.append(output[end + 1 : end + 1 + size])
        at = end + size + 2
    return contents


def write_blobs(git: Git, contents: Iterable[bytes]) -> list[str]:
    """Store contents as they are, and return the names of their blobs."""
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as folder:
        paths = []
        for number, content in enumerate(contents):
            path = Path(folder, str(number))
            path.write_bytes(content)
            paths.append(str(path))
        if not paths:
            return []
        names = git.run(
            *("hash-object", "-w", "--no-filters", "--stdin-paths"),
            input="".join(f"{path}\n" for path in paths).encode(),
        )
        return names.split("\n")


def write_tree(git: Git, files: Mapping[str, File], onto: str | None = None) -> str:
    """Store files as a git tree and return its name.

    `onto` is a tree, or a commit, that they are put over.
    """
    blobs = write_blobs(git, (file.content for file in files.values()))
    entries = {
        path: Listed("100755" if file.executable else "100644", blob)
        for (path, file), blob in zip(files.items(), blobs, strict=True)
    }
    return write_entries(git, entries, onto)


def write_entries(git: Git, entries: Mapping[str, Listed], onto: str | None = None) -> str:
    """Make a git tree of files that are stored already, as `write_tree` does."""
    lines = [f"{entry.mode} {entry.blob}\t{path}\0" for path, entry in entries.items()]
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as folder:
        apart = git.given({"GIT_INDEX_FILE": str(Path(folder, "index"))})
        if onto is not None:
            apart.run("read-tree", onto)
        listing = "".join(lines).encode(errors="surrogateescape")
        apart.run("update-index", "-z", "--index-info", input=listing)
        return apart.run("write-tree")


def write_commit(
    git: Git, tree: str, parents: Sequence[str], message: str, *, sign: bool = False
) -> str:
    """Make a commit of a tree, on no branch, and return its name."""
    links = [word for parent in parents for word in ("-p", parent)]
    signed = ["-S"] if sign else []
    return git.run("commit-tree", tree, *links, *signed, "-F", "-", input=message.encode())


def tree_of(git: Git, commit: str) -> str:
    """The name of a commit's tree."""
    return git.run("rev-parse", "--verify", f"{commit}^{{tree}}")


def is_ancestor(git: Git, older: str, newer: str) -> bool:
    """Whether the commit `newer` has `older` in its history, or is it."""
    return git.call("merge-base", "--is-ancestor", older, newer, check=False).status == 0

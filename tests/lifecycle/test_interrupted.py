"""Updates that are killed: the repository stays usable, and the next run finishes the work."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.tree import File
from tests.lifecycle.scenarios import README, RELEASED, RULES, SCRIPT, VALUES
from tests.lifecycle.world import World, git, merged_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.lifecycle.world import Content, Hand, Merged

LARGE = b"".join(b"line %d\n" % number for number in range(40_000))
MANY: dict[str, Content] = {
    "components/web/values.yaml": VALUES,
    "README.md": README,
    "run.sh": SCRIPT,
    "to-folder": README,
    "to-file/inner.yaml": RULES,
    "gone.yaml": RULES,
    "windows.txt": README,
    "large.txt": LARGE,
    ".gitattributes": "windows.txt text eol=crlf\n",
}
MANY_LATER: dict[str, Content] = {
    "components/web/values.yaml": RELEASED,
    "components/web/new.yaml": RULES,
    "README.md": README + "\nMore.\n",
    "run.sh": File(SCRIPT.encode(), executable=True),
    "to-folder/inner.yaml": README,
    "to-file": RULES,
    "windows.txt": README + "\nMore.\n",
    "large.txt": LARGE + b"the end\n",
    ".gitattributes": "windows.txt text eol=crlf\n",
}
PATH = "components/web/values.yaml"


def edit_elsewhere(hand: Hand) -> None:
    hand.edit(PATH, "logging: info", "logging: debug")
    hand.move("README.md", "docs/README.md")
    hand.write("mine.yaml", RULES)


def edit_the_same(hand: Hand) -> None:
    edit_elsewhere(hand)
    hand.edit(PATH, "tag: v1", "tag: ours")
    hand.edit("gone.yaml", "port: 80\n", "port: 81\n")
    hand.write("windows.txt", README.replace("\n", "\r\n") + "Ours.\r\n")


@dataclass(frozen=True)
class Killed:
    """A repository whose update is to be killed, and what comes of one that is not."""

    world: World
    right: Merged
    steps: int

    @classmethod
    def prepare(cls, folder: Path, hand: Callable[[Hand], None]) -> Killed:
        """A repository with `hand`'s edits whose blueprints have a new version."""
        return cls.of(folder, MANY, hand, MANY_LATER)

    @classmethod
    def of(
        cls,
        folder: Path,
        before: Mapping[str, Content],
        hand: Callable[[Hand], None],
        after: Mapping[str, Content],
    ) -> Killed:
        folder.mkdir()
        world = World(folder, before)
        hand(world.hand)
        world.commit()
        world.git("branch", "other", "HEAD~0")
        world.set_blueprints(after)
        copy = folder / "undisturbed"
        shutil.copytree(world.root, copy, symlinks=True)
        done = start_run(world, copy)
        assert done.returncode in (0, 4), done.stderr
        return cls(world, merged_state(copy), int(done.stdout))

    @property
    def is_clean(self) -> bool:
        return not self.right.is_under_way

    def copy(self, folder: Path) -> Killed:
        """The same, to be killed in another way."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.world.folder, folder, symlinks=True)
        world = object.__new__(World)
        world.folder, world.root = folder, folder / "home"
        world.hand = type(self.world.hand)(world.root)
        world.skeleton = folder / "blueprints/repository"
        world.components = []
        return Killed(world, self.right, self.steps)

    def kill(self, at: int, whom: str) -> None:
        """Let a run die at one of its steps."""
        done = start_run(self.world, self.world.root, str(at), whom)
        assert done.returncode == -signal.SIGKILL, done.stderr

    def check_usable(self) -> None:
        """git works, without any repair, in what a killed run has left."""
        root = self.world.root
        git(root, "status")
        git(root, "log", "--all", "--oneline")
        git(root, "fsck", "--strict", "--no-dangling")
        assert (root / "mine.yaml").read_bytes() == RULES.encode()
        if not git(root, "ls-files", "--unmerged"):
            (root / "unrelated.txt").write_text("x\n")
            before = git(root, "rev-parse", "HEAD")
            head = git(root, "symbolic-ref", "HEAD").strip()
            git(root, "checkout", "--quiet", "--detach")
            git(root, "add", "unrelated.txt")
            git(root, "commit", "--quiet", "--message", "Unrelated", "--", "unrelated.txt")
            assert git(root, "show", "--format=", "--name-only", "HEAD") == "unrelated.txt\n"
            git(root, "symbolic-ref", "HEAD", head)
            git(root, "rm", "--quiet", "--cached", "unrelated.txt")
            (root / "unrelated.txt").unlink()
            assert git(root, "rev-parse", "HEAD") == before

    def check_finished(self) -> None:
        """Another run comes to what an undisturbed one comes to."""
        git_dir = self.world.root / ".git"
        if (git_dir / "MERGE_HEAD").exists() and not (git_dir / "gitopsgen-update.json").exists():
            # All was done but for the last tidying: a merge for the person to finish.
            with pytest.raises(UsageError, match="a merge is under way"):
                self.world.update()
        else:
            assert self.world.update().is_clean == self.is_clean
        assert merged_state(self.world.root) == self.right
        assert self.leftovers() == set()
        assert self.world.git("for-each-ref", "refs/gitopsgen") == ""
        if self.is_clean:
            assert self.world.update().commit == ""

    def leftovers(self) -> set[str]:
        """What gitopsgen keeps in the git directory only while it is at work, and locks."""
        names = {path.name for path in (self.world.root / ".git").iterdir()}
        return {n for n in names if "gitopsgen" in n or n.endswith(".lock")} - {"gitopsgen.lock"}

    def check_conflict(self) -> None:
        """A merge with conflicts can be taken back, and can be committed."""
        resolved = self.copy(self.world.folder.with_name("resolved")).world
        resolved.git("add", "--all")
        resolved.git("commit", "--quiet", "--no-edit")
        parents = resolved.git("log", "-1", "--format=%P").split()
        assert parents[1:] == [resolved.git("rev-parse", RENDER_BRANCH).strip()]
        assert resolved.update().commit == ""
        self.world.git("merge", "--abort")
        assert not self.world.is_dirty()


def start_run(world: World, root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A run of update in a process of its own."""
    command = [sys.executable, "-m", "tests.lifecycle.killed", str(root)]
    command += [str(world.folder / "blueprints"), "", *arguments]
    place = Path(__file__).parents[2]
    return subprocess.run(command, cwd=place, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Killed]:
    """A repository whose update is clean, and one whose update ends in conflicts."""
    hands = {"clean": edit_elsewhere, "conflict": edit_the_same}
    place = tmp_path_factory.mktemp("prepared")
    return {name: Killed.prepare(place / name, hand) for name, hand in hands.items()}


# The last steps, in which files move, and a few of those before.
@pytest.mark.parametrize("before_end", [*range(10), 12, 20, 40, 80])
@pytest.mark.parametrize("kind", ["clean", "conflict"])
def test_a_run_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, prepared: Mapping[str, Killed], kind: str, before_end: int
) -> None:
    killed = prepared[kind].copy(tmp_path / "w")
    killed.kill(killed.steps - before_end, "alone" if before_end % 2 else "all")
    killed.check_usable()
    killed.check_finished()
    if not killed.is_clean:
        killed.check_conflict()

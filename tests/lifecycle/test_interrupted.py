"""Updates that are killed: the repository stays usable, and the next run finishes the work."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.tree import File
from tests.lifecycle.scenarios import README, RELEASED, RULES, SCENARIOS, SCRIPT, VALUES
from tests.lifecycle.world import World, git, merged_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.lifecycle.scenarios import Scenario
    from tests.lifecycle.world import Content, Hand, Merged

PLACE = Path(__file__).parents[2]
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
        """git works, without any repair, in what a killed run has left.

        Only a lock that a git which was killed itself has left is cleared by the next run.
        """
        root = self.world.root
        git(root, "status")
        git(root, "log", "--all", "--oneline")
        git(root, "fsck", "--strict", "--no-dangling")
        assert (root / "mine.yaml").read_bytes() == RULES.encode()
        under_way = (root / ".git/MERGE_HEAD").exists() or git(root, "ls-files", "--unmerged")
        if not under_way and not self.locks_of_git():
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

    def locks_of_git(self) -> list[str]:
        """The locks that a git was about to make when it was killed, by the run's own note."""
        note = self.world.root / ".git/gitopsgen-refs.json"
        noted = json.loads(note.read_text() or "[]") if note.exists() else []
        return [lock for lock in noted if Path(lock).exists()]

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


def run_command(world: World, root: Path) -> list[str]:
    blueprints = str(world.folder / "blueprints")
    return [sys.executable, "-m", "tests.lifecycle.killed", str(root), blueprints, ""]


def start_run(
    world: World, root: Path, *arguments: str, limit: int = 0
) -> subprocess.CompletedProcess[bytes]:
    """A run of update in a process of its own; `limit` is the KiB that it may write to a file."""
    command = [*run_command(world, root), *arguments]
    if limit:
        command = ["bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash", *command]
    return subprocess.run(command, cwd=PLACE, capture_output=True, timeout=60)


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


@pytest.mark.parametrize("name", ["binary file changed by both", "file renamed by both"])
def test_conflicts_are_in_the_index_of_files_that_stay_as_they_were(
    tmp_path: Path, name: str
) -> None:
    (scenario, *_) = (one for one in SCENARIOS if one.name.startswith(name))

    def hand(hand: Hand) -> None:
        scenario.hand(hand)
        hand.write("mine.yaml", RULES)

    whole = Killed.of(tmp_path / "whole", scenario.before, hand, scenario.after)
    states = set()
    for before_end in range(2, 6):
        killed = whole.copy(tmp_path / "w")
        killed.kill(whole.steps - before_end, "all")
        git_dir = killed.world.root / ".git"
        unmerged = bool(killed.world.git("ls-files", "--unmerged"))
        states.add((unmerged, (git_dir / "MERGE_HEAD").exists()))
        killed.check_finished()
    assert (True, False) in states


# A filter of the person's, which git runs for every file that it writes.
_FILTER = """\
#!/bin/sh
cat > "$1.content"
if [ -s "$1" ]; then
    read -r left < "$1"
    if [ "$left" = 0 ]; then
        rm "$1"
        [ "$2" = alone ] || kill -KILL "$PPID"
        kill -KILL "$KILLED_RUN"
        sleep 0.05
        # Where git has died nobody reads on: a large file would be offered for ever.
        exec timeout 3 cat "$1.content"
    else
        echo $((left - 1)) > "$1"
    fi
fi
cat "$1.content"
"""


def kill_while_files_move(killed: Killed, after: int, whom: str) -> None:
    """Let a run die when git has written that many files; `alone` lets git go on."""
    folder = killed.world.folder
    (folder / "filter.sh").write_text(_FILTER)
    count = folder / "count"
    count.write_text(f"{after}\n")
    info = killed.world.root / ".git/info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("* filter=deadly\n")
    killed.world.git("config", "filter.deadly.clean", "cat")
    command = f"sh '{folder}/filter.sh' '{count}' {whom}"
    killed.world.git("config", "filter.deadly.smudge", command)
    assert start_run(killed.world, killed.world.root).returncode == -signal.SIGKILL
    assert (killed.world.root / ".git/gitopsgen-update.json").exists()


@pytest.mark.parametrize(
    ("kind", "after", "whom"),
    [
        ("clean", 0, "all"),
        ("clean", 3, "all"),
        ("clean", 6, "all"),
        ("clean", 2, "alone"),
        ("conflict", 1, "all"),
        ("conflict", 5, "all"),
        ("conflict", 3, "alone"),
    ],
)
def test_a_run_that_was_killed_while_git_wrote_files(
    tmp_path: Path, prepared: Mapping[str, Killed], kind: str, after: int, whom: str
) -> None:
    killed = prepared[kind].copy(tmp_path / "w")
    kill_while_files_move(killed, after, whom)
    if whom == "all":
        killed.check_usable()
    killed.check_finished()


@pytest.mark.parametrize("size", [0, 1000, len(LARGE)])
def test_a_file_that_was_written_halfway(
    tmp_path: Path, prepared: Mapping[str, Killed], size: int
) -> None:
    killed = prepared["clean"].copy(tmp_path / "w")
    kill_while_files_move(killed, 5, "all")
    large = killed.world.root / "large.txt"
    large.write_bytes((LARGE + b"the end\n")[:size])
    (killed.world.root / "windows.txt").write_bytes(README.replace("\n", "\r\n").encode()[:20])
    killed.check_finished()


def test_a_file_that_was_edited_since_is_not_overwritten(
    tmp_path: Path, prepared: Mapping[str, Killed]
) -> None:
    killed = prepared["clean"].copy(tmp_path / "w")
    kill_while_files_move(killed, 5, "all")
    world = killed.world
    world.hand.write("mine.yaml", "mine: 1\n")
    world.hand.write("run.sh", "mine\n")
    with pytest.raises(UsageError, match=r"files were changed: mine\.yaml, run\.sh") as caught:
        world.update()
    assert "git stash" in caught.value.hint
    assert world.hand.read("mine.yaml") == "mine: 1\n"
    assert world.hand.read("run.sh") == "mine\n"
    world.git("stash", "--quiet")
    killed.check_finished()


@pytest.mark.parametrize("after", range(5))
def test_half_an_update_that_was_committed_is_still_merged_with_the_rest(
    tmp_path: Path, after: int
) -> None:
    before: dict[str, Content] = {f"{n}.yaml": VALUES.replace("web", f"w{n}") for n in range(4)}
    later: dict[str, Content] = {f"{n}.yaml": RELEASED.replace("web", f"w{n}") for n in range(4)}

    def hand(hand: Hand) -> None:
        hand.write("mine.yaml", RULES)
        hand.edit("0.yaml", "logging: info", "logging: debug")
        hand.edit("3.yaml", "logging: info", "logging: trace")

    killed = Killed.of(tmp_path / "w", before, hand, {**later, "2-new.yaml": SCRIPT})
    kill_while_files_move(killed, after, "all")
    world = killed.world
    # git had made room for the file that the filter was to give it.
    world.git("checkout", "--quiet", "--", *world.git("ls-files", "--deleted").split())
    world.git("commit", "--quiet", "--allow-empty", "--all", "--message", "What is this?")
    killed.check_finished()


@pytest.mark.parametrize("stage", ["files", "index"])
def test_an_update_that_was_taken_back_and_committed_over_leaves_nothing_in_the_way(
    tmp_path: Path, prepared: Mapping[str, Killed], stage: str
) -> None:
    killed = prepared["clean"].copy(tmp_path / "w")
    world = killed.world
    if stage == "files":
        kill_while_files_move(killed, 6, "all")
    else:
        killed.kill(killed.steps - 6, "all")
    world.git("reset", "--quiet", "--hard")
    world.hand.write("later.yaml", "mine: 1\n")
    world.git("add", "later.yaml")
    world.git("commit", "--quiet", "--message", "Later")
    outcome = world.update()
    assert outcome.commit
    assert world.hand.read("later.yaml") == "mine: 1\n"
    found = merged_state(world.root).files
    assert {**found, "later.yaml": None} == {**killed.right.files, "later.yaml": None}
    assert not world.is_dirty()


def test_another_branch_is_checked_out_since(
    tmp_path: Path, prepared: Mapping[str, Killed]
) -> None:
    killed = prepared["clean"].copy(tmp_path / "w")
    world = killed.world
    world.git("branch", "older", "HEAD~1")
    kill_while_files_move(killed, 6, "all")
    world.git("checkout", "--quiet", "--force", "older")
    world.update()
    assert not world.is_dirty()
    world.git("checkout", "--quiet", "main")
    killed.check_finished()


def test_a_result_that_git_has_cleaned_away(tmp_path: Path, prepared: Mapping[str, Killed]) -> None:
    killed = prepared["clean"].copy(tmp_path / "w")
    kill_while_files_move(killed, 3, "all")
    killed.world.git("reset", "--quiet", "--hard")
    killed.world.git("clean", "--quiet", "-fd")
    killed.world.git("reflog", "expire", "--expire=now", "--all")
    killed.world.git("gc", "--quiet", "--prune=now")
    killed.check_finished()


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    # Files are larger in the work tree than anywhere else.
    attributes = "*.txt text eol=crlf\n"
    before: dict[str, Content] = {".gitattributes": attributes, "a.txt": "1\n", "large.txt": LARGE}
    later = {**before, "a.txt": "2\n", "large.txt": LARGE + b"the end\n"}
    killed = Killed.of(tmp_path / "w", before, lambda hand: hand.write("mine.yaml", RULES), later)
    done = start_run(killed.world, killed.world.root, limit=len(LARGE) // 1024 + 20)
    assert done.returncode == 9, done
    assert b"git read-tree" in done.stderr
    assert b"Traceback" not in done.stderr
    killed.check_usable()
    killed.check_finished()


@pytest.mark.parametrize("name", ["gitopsgen.lock", "gitopsgen-update.tmp", "gitopsgen-index"])
def test_a_git_directory_that_cannot_be_written(
    tmp_path: Path, prepared: Mapping[str, Killed], name: str
) -> None:
    killed = prepared["clean"].copy(tmp_path / "w")
    before = merged_state(killed.world.root)
    (killed.world.root / ".git" / name).mkdir()
    with pytest.raises(UnavailableError, match=name):
        killed.world.update()
    assert merged_state(killed.world.root) == before
    (killed.world.root / ".git" / name).rmdir()
    killed.check_finished()


@pytest.mark.slow
@pytest.mark.parametrize("whom", ["alone", "all"])
@pytest.mark.parametrize("kind", ["clean", "conflict"])
def test_every_step(tmp_path: Path, prepared: Mapping[str, Killed], kind: str, whom: str) -> None:
    for at in range(1, prepared[kind].steps + 1):
        killed = prepared[kind].copy(tmp_path / "w")
        killed.kill(at, whom)
        if whom == "all":
            killed.check_usable()
        killed.check_finished()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["clean", "conflict"])
def test_random_moments(
    tmp_path: Path, prepared: Mapping[str, Killed], kind: str, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        killed = prepared[kind].copy(tmp_path / "w")
        run = subprocess.Popen(
            run_command(killed.world, killed.world.root),
            cwd=PLACE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(chance.uniform(0.15, 0.6))
        kill_all(run.pid)
        run.wait()
        killed.check_usable()
        killed.check_finished()


def kill_all(pid: int) -> None:
    """Kill a process and all that it has started, whatever session that is in."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in children:
            kill_all(int(child))
        os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_last_steps_of_every_scenario(tmp_path: Path, scenario: Scenario) -> None:
    def hand(hand: Hand) -> None:
        scenario.hand(hand)
        hand.write("mine.yaml", RULES)

    whole = Killed.of(tmp_path / "whole", scenario.before, hand, scenario.after)
    for before_end in range(24):
        killed = whole.copy(tmp_path / "w")
        killed.kill(whole.steps - before_end, "all")
        killed.check_usable()
        killed.check_finished()

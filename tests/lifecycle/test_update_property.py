"""For any trees and any edits an update is git's merge, and no line of a person's is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitopsgen.repository.layout import CLUSTER_FILE
from tests.lifecycle.test_update_matrix import update_as_git
from tests.lifecycle.world import World, merged_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.tree import Tree

# Few names and few words, so that both sides meet in the same places.
PATHS = ("a", "b", "c/d", "c/e", "c/f/g")
WORDS = ("name: web", "port: 80", "- item", "", "  enabled: true", "image: x:1")

Lines = list[str]
Files = dict[str, Lines]

lines = st.lists(st.sampled_from(WORDS), max_size=12)
trees = st.dictionaries(st.sampled_from(PATHS), lines, min_size=1, max_size=4)


class Edits:
    """Random edits of files in memory; what one side writes carries its mark."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int], mark: str) -> None:
        self._draw = draw
        self._mark = mark
        self._count = 0

    def apply(self, files: Files) -> Files:
        edited = {path: list(content) for path, content in files.items()}
        for _ in range(self._number(4)):
            kind = ("insert", "delete", "replace", "rename", "drop", "add")[self._number(5)]
            getattr(self, f"_{kind}")(edited)
        return edited

    def _number(self, highest: int) -> int:
        return self._draw(st.integers(0, highest))

    def _line(self) -> str:
        self._count += 1
        return f"{self._mark} {self._count}"

    def _path(self, files: Files) -> str | None:
        return sorted(files)[self._number(len(files) - 1)] if files else None

    def _insert(self, files: Files) -> None:
        if (path := self._path(files)) is not None:
            files[path].insert(self._number(len(files[path])), self._line())

    def _delete(self, files: Files) -> None:
        if (path := self._path(files)) is not None and files[path]:
            del files[path][self._number(len(files[path]) - 1)]

    def _replace(self, files: Files) -> None:
        if (path := self._path(files)) is not None and files[path]:
            files[path][self._number(len(files[path]) - 1)] = self._line()

    def _rename(self, files: Files) -> None:
        new = f"{PATHS[self._number(len(PATHS) - 1)]}.moved"
        if (path := self._path(files)) is not None and new not in files:
            files[new] = files.pop(path)

    def _drop(self, files: Files) -> None:
        if (path := self._path(files)) is not None:
            del files[path]

    def _add(self, files: Files) -> None:
        path = f"new{self._number(1)}"
        files.setdefault(path, [self._line()])


@st.composite
def histories(draw: st.DrawFn) -> tuple[Files, Files, Files, Files]:
    """Blueprints before, what a person makes of that, blueprints after, and after that."""
    before = draw(trees)
    theirs = Edits(draw, "theirs")
    after = theirs.apply(before)
    return before, Edits(draw, "mine").apply(before), after, theirs.apply(after)


def as_files(files: Files) -> dict[str, str | bytes]:
    return {path: "".join(f"{line}\n" for line in content) for path, content in files.items()}


def check(history: tuple[Files, Files, Files, Files]) -> None:
    before, ours, after, later = history
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), as_files(before))
        base = world.render()
        for path in before.keys() - ours.keys():
            world.hand.remove(path)
        for path, content in as_files(ours).items():
            world.hand.write(path, content)
        world.commit()
        mine = {line for content in ours.values() for line in content if line.startswith("mine")}
        if check_update(world, base, after, mine):
            base = world.render()
            for path in own_files(world):
                world.hand.write(path, f"mine in {path}\n{world.hand.read(path)}")
                mine.add(f"mine in {path}")
            world.commit()
            check_update(world, base, later, mine)


def check_update(world: World, base: Tree, after: Files, mine: set[str]) -> bool:
    """Update to the blueprints `after`; returns whether that was clean."""
    state = merged_state(world.root)
    world.set_blueprints(as_files(after))
    outcome = update_as_git(world, base)
    written = {line for path in own_files(world) for line in world.hand.read(path).splitlines()}
    assert mine <= written
    if not outcome.is_clean:
        world.git("merge", "--abort")
        assert merged_state(world.root) == state
        return False
    assert not world.is_dirty()
    assert not any(line.startswith("<<<<<<<") for line in written)
    assert world.update().commit == ""
    return True


def own_files(world: World) -> list[str]:
    """The files in the work tree, those left out that gitopsgen writes itself."""
    files = merged_state(world.root).files
    return [path for path in files if path != CLUSTER_FILE and not path.startswith(".gitopsgen/")]


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_an_update_loses_no_line(history: tuple[Files, Files, Files, Files]) -> None:
    check(history)


@pytest.mark.slow
@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_a_thousand_updates_lose_no_line(history: tuple[Files, Files, Files, Files]) -> None:
    check(history)

"""Watching with which arguments programs are started: everybody on a machine can see those."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it was seen; one that executes another program is seen as both.

    `environment` is empty unless it was asked for, or where the system does not show it.
    """

    pid: int
    arguments: tuple[str, ...]
    environment: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The name of the program, without its folder."""
        return Path(self.arguments[0]).name


@dataclass(frozen=True, slots=True)
class _Kin:
    parent: int
    group: int
    session: int


class ProcessWatcher:
    """Sees all descendants of a process (this one, unless `root` is given) while it is open.

    /proc is read again and again in a thread, with `interval` seconds between. A process that
    lives for less than a millisecond may go unseen: prove with `programs` that the ones in
    question were seen. Orphans are found by their session and their process group.
    """

    def __init__(
        self, root: int | None = None, *, environments: bool = False, interval: float = 0.0002
    ) -> None:
        self._root = os.getpid() if root is None else root
        self._environments = environments
        self._interval = interval
        self._seen: dict[Process, None] = {}
        self._family = {self._root}
        self._strangers: set[int] = set()
        self._groups: set[int] = set()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        root_kin = _kin(self._root)
        self._shared = {root_kin.group, root_kin.session} if root_kin is not None else set()

    @property
    def seen(self) -> list[Process]:
        """All processes that were seen, in order; not the root itself."""
        return list(self._seen)

    @property
    def programs(self) -> set[str]:
        """The names of the programs that were seen."""
        return {process.program for process in self.seen}

    def with_argument(self, text: str) -> list[Process]:
        """The processes with `text` in an argument."""
        return [
            process
            for process in self.seen
            if any(text in argument for argument in process.arguments)
        ]

    def with_variable(self, text: str) -> list[Process]:
        """The processes with `text` in their environment."""
        return [
            process
            for process in self.seen
            if any(text in variable for variable in process.environment)
        ]

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._done.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._done.wait(self._interval):
            self._look()

    def _look(self) -> None:
        running = {int(name) for name in os.listdir(_PROC) if name.isdigit()}  # noqa: PTH208
        self._family &= running | {self._root}
        self._strangers &= running
        self._welcome(running - self._family - self._strangers)
        for pid in self._family - {self._root}:
            arguments = _strings(pid, "cmdline")
            if arguments:
                environment = _strings(pid, "environ") if self._environments else ()
                self._seen.setdefault(Process(pid, arguments, environment))

    def _welcome(self, pids: set[int]) -> None:
        """Find out which of these processes are descendants; parents may be among them."""
        kin = {pid: found for pid in sorted(pids) if (found := _kin(pid)) is not None}
        while related := [pid for pid, known in kin.items() if self._is_related(known)]:
            for pid in related:
                known = kin.pop(pid)
                self._family.add(pid)
                self._groups |= {known.group, known.session} - self._shared
        self._strangers |= kin.keys()

    def _is_related(self, kin: _Kin) -> bool:
        return kin.parent in self._family or not self._groups.isdisjoint((kin.group, kin.session))


def _kin(pid: int) -> _Kin | None:
    """Parent, process group and session of a process; None where it has ended."""
    try:
        # The name of the program stands in brackets and may hold everything but a line's end.
        words = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return _Kin(int(words[1]), int(words[2]), int(words[3]))


def _strings(pid: int, file: str) -> tuple[str, ...]:
    content = b""
    with suppress(OSError):
        content = (_PROC / str(pid) / file).read_bytes()
    return tuple(os.fsdecode(part) for part in content.removesuffix(b"\0").split(b"\0") if content)


class GitTrace:
    """What git itself tells of every git that runs, and of every program that git starts.

    Complete where a watcher may miss somebody. `home` is where $HOME points to. A password in a
    URL comes as `<REDACTED>` from newer versions of git. https://git-scm.com/docs/api-trace2
    """

    def __init__(self, home: Path, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        with (home / ".gitconfig").open("a", encoding="utf-8") as settings:
            settings.write(f'[trace2]\n\teventTarget = "{folder}"\n')

    @property
    def arguments(self) -> list[tuple[str, ...]]:
        """The arguments of all programs, the name of the program first."""
        lines = [
            line
            for file in sorted(self._folder.iterdir())
            for line in file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        ]
        return [tuple(event["argv"]) for event in map(json.loads, lines) if "argv" in event]

    def with_argument(self, text: str) -> list[tuple[str, ...]]:
        """The arguments of those programs that have `text` in one."""
        return [given for given in self.arguments if any(text in argument for argument in given)]

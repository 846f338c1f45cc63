"""The watcher of processes sees what is started, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.publishing.processes import GitTrace, ProcessWatcher

TOKEN = "ghp_thisisasecret"


def test_an_argument_is_seen() -> None:
    with ProcessWatcher() as watcher:
        subprocess.run(["sh", "-c", "sleep 0.2; true", TOKEN], check=True)

    assert {process.program for process in watcher.with_argument(TOKEN)} == {"sh"}
    assert {"sh", "sleep"} <= watcher.programs


def test_an_argument_of_a_program_that_a_program_starts_is_seen() -> None:
    inner = f"sh -c 'sleep 0.2; true' {TOKEN}"
    with ProcessWatcher() as watcher:
        subprocess.run(
            ["sh", "-c", 'sh -c "$INNER"; true'], env={**os.environ, "INNER": inner}, check=True
        )

    assert watcher.with_argument(TOKEN)


def test_both_programs_of_one_process_are_seen() -> None:
    with ProcessWatcher() as watcher:
        subprocess.run(["sh", "-c", "sleep 0.1; exec sleep 0.15", TOKEN], check=True)

    # A process that sh starts has the arguments of sh at first.
    shells = {process.pid for process in watcher.with_argument(TOKEN)}
    last = {process.pid for process in watcher.seen if process.arguments == ("sleep", "0.15")}
    assert len(last) == 1
    assert last <= shells


def test_a_variable_is_no_argument() -> None:
    with ProcessWatcher(environments=True) as watcher:
        subprocess.run(["sleep", "0.1"], env={**os.environ, "SECRET": TOKEN}, check=True)

    assert watcher.with_argument(TOKEN) == []
    assert "sleep" in {process.program for process in watcher.with_variable(f"SECRET={TOKEN}")}


def test_environments_are_read_only_where_asked_for() -> None:
    with ProcessWatcher() as watcher:
        subprocess.run(["sleep", "0.1"], env={**os.environ, "SECRET": TOKEN}, check=True)

    assert "sleep" in watcher.programs
    assert watcher.with_variable(TOKEN) == []


def test_an_orphan_in_a_session_of_its_own_is_seen() -> None:
    code = (
        "import os, subprocess, time\n"
        "time.sleep(0.1)\n"
        f"subprocess.Popen(['sh', '-c', 'sleep 0.3; true', {TOKEN!r}])\n"
    )
    read, write = os.pipe()
    with ProcessWatcher() as watcher:
        subprocess.run(
            [sys.executable, "-c", code], start_new_session=True, pass_fds=[write], check=True
        )
        os.close(write)
        with os.fdopen(read) as open_by_the_orphan:
            open_by_the_orphan.read()

    assert watcher.with_argument(TOKEN)


def test_others_are_not_seen() -> None:
    with (
        subprocess.Popen(["sleep", "5"]) as root,
        ProcessWatcher(root.pid) as watcher,
    ):
        subprocess.run(["sh", "-c", "sleep 0.1; true", TOKEN], check=True)
        root.kill()

    assert watcher.seen == []


def test_what_a_real_program_starts_is_seen(tmp_path: Path) -> None:
    with ProcessWatcher() as watcher:
        subprocess.run(["git", "-c", "alias.a=!sleep 0.1; true", "a"], cwd=tmp_path, check=True)

    assert {"git", "sleep"} <= watcher.programs


def test_git_tells_what_it_starts(tmp_path: Path) -> None:
    trace = GitTrace(Path.home(), tmp_path / "trace")

    subprocess.run(["git", "-c", f"alias.a=!true {TOKEN}", "a"], cwd=tmp_path, check=True)
    subprocess.run(["git", "init", "--quiet", "x"], cwd=tmp_path, check=True)

    assert trace.with_argument(TOKEN)
    assert ("git", "init", "--quiet", "x") in trace.arguments


def test_git_tells_nothing_that_is_not_started(tmp_path: Path) -> None:
    trace = GitTrace(Path.home(), tmp_path / "trace")

    subprocess.run(
        ["git", "init", "--quiet", "x"],
        cwd=tmp_path,
        env={**os.environ, "SECRET": TOKEN},
        check=True,
    )

    assert trace.arguments == [("git", "init", "--quiet", "x")]
    assert trace.with_argument(TOKEN) == []

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bootstrap.room import STAND_IN, Room, render_text, sample_text, variants

PROGRAMS = Path(sys.executable).parent


def check(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def scripts(tmp_path: Path) -> list[Path]:
    """bootstrap.sh as every variant renders it, and the stand-in for what it calls."""
    files = [STAND_IN]
    for name, text in variants().items():
        file = tmp_path / f"{name.replace(' ', '-')}.sh"
        file.write_bytes(render_text(text)["bootstrap/bootstrap.sh"].content)
        files.append(file)
    return files


def test_bash_reads_it(scripts: list[Path]) -> None:
    for script in scripts:
        assert check("bash", "-n", script) == ""


def test_shellcheck_finds_nothing(scripts: list[Path]) -> None:
    # What renders alike is one file to look at.
    different = {script.read_bytes(): script for script in scripts}
    assert check(PROGRAMS / "shellcheck", *different.values()) == ""


def test_shfmt_would_change_nothing(scripts: list[Path]) -> None:
    assert check(PROGRAMS / "shfmt", "-d", "-i", "2", "-ci", *scripts) == ""


def test_it_may_be_executed() -> None:
    assert render_text(sample_text())["bootstrap/bootstrap.sh"].executable


def test_a_dry_run_runs_nothing_and_needs_nothing(room: Room) -> None:
    room.secrets.unlink()
    done = room.run("--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert room.calls() == []
    assert list(room.state.iterdir()) == []
    # It shows what would run.
    for command in ("k3sup install --ip 192.168.1.11", "k3sup join --ip 192.168.1.23", "helm"):
        assert f"+ {command} " in done.stdout
    assert "  | cluster-cidr: 10.42.0.0/16\n" in done.stdout


def test_a_dry_run_works_where_a_program_is_missing(room: Room) -> None:
    (room.programs / "k3sup").unlink()
    done = room.run("--dry-run")
    assert (done.returncode, done.stderr) == (0, "warning: missing here: k3sup\n")
    refused = room.run()
    assert refused.returncode == 1
    assert "missing here: k3sup (k3sup: version " in refused.stderr
    assert room.calls() == []


def test_the_dry_run_names_what_the_run_does(finished: Room) -> None:
    shown = finished.run("--dry-run").stdout
    for call in finished.calls():
        if call.program == "k3sup" and call.arguments[0] in {"install", "join"}:
            assert f"+ {call}\n" in shown


def test_help_and_wrong_arguments(room: Room) -> None:
    assert room.run("--help").stdout.startswith("usage: bootstrap.sh ")
    wrong = room.run("--force")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("usage: bootstrap.sh ")
    without_value = room.run("--secrets")
    assert without_value.returncode == 1
    assert "--secrets needs a file" in without_value.stderr
    assert room.calls() == []

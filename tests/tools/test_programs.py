from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from gitopsgen.tools.programs import ProgramError, Running, run

if TYPE_CHECKING:
    from pathlib import Path


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_input_goes_in_and_bytes_come_out() -> None:
    program = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])"
    assert run(python(program), input=b"\xff\x00a").stdout == b"a\x00\xff"


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="nowhere cannot be run: No such file") as caught:
        run([tmp_path / "nowhere"])
    assert "gitopsgen doctor" in caught.value.hint


def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with pytest.raises(ProgramError, match="text cannot be run: Permission denied"):
        run([tmp_path / "text"])


def test_a_failure_says_how_it_was_called_and_what_it_said() -> None:
    with pytest.raises(ProgramError, match=r"exit status 3.*it broke"):
        run(python("import sys; sys.exit(print('it broke', file=sys.stderr) or 3)"))


def test_a_failure_may_be_looked_at_instead() -> None:
    completed = run(python("import sys; print('out'); sys.exit(4)"), check=False)
    assert (completed.status, completed.output) == (4, "out")


def test_a_time_out_ends_the_program_and_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    started = time.monotonic()
    with pytest.raises(ProgramError, match=r"longer than 0\.3 s"):
        run(python(parent), timeout=0.3)
    assert time.monotonic() - started < 1.4
    # Past the moment at which a surviving child would have left its mark.
    while time.monotonic() - started < 2:
        run(python("pass"))
    assert not mark.exists()


def test_leaving_the_block_early_ends_the_program() -> None:
    started = time.monotonic()
    with Running(python("import time; time.sleep(30)")):
        pass
    assert time.monotonic() - started < 5


def test_output_is_cut_one_byte_over_its_limit() -> None:
    program = (
        "import sys; sys.stdout.write('x' * 3_000_000); sys.stderr.write('y' * 3_000_000 + 'z')"
    )
    completed = run(python(program), output_limit=1000)
    assert completed.stdout == b"x" * 1001
    assert completed.stderr == b"y" * (len(completed.stderr) - 1) + b"z"
    assert len(completed.stderr) <= 1 << 20


def test_output_within_its_limit_is_all_there() -> None:
    program = "import sys; print('out'); print('error', file=sys.stderr)"
    completed = run(python(program), output_limit=4)
    assert (completed.stdout, completed.stderr) == (b"out\n", b"error\n")

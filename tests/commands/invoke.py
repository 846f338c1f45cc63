"""Running the command line inside the test's own process, as `main` runs it."""

from __future__ import annotations

import gc
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Result:
    """What a command printed and the status it exited with."""

    status: int
    out: str
    err: str


def invoke(*arguments: str | Path, stdin: bytes = b"") -> Result:
    """Run `gitopsgen ARGUMENTS`; standard input is not a terminal."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return Result(int(stop.code or 0), out.getvalue(), err.getvalue())
    finally:
        sys.stdin = before
        # A command ends soon and looks for no cycles; this process goes on.
        gc.enable()
    raise AssertionError("main() always exits")

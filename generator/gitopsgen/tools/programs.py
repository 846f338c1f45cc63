"""Running other programs: one place for time-outs, errors and the end of a child process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import IO

_SHOWN_LINES = 12
# More of what a program says about its errors than any person reads.
_MOST_ERRORS = 1 << 20


class ProgramError(UnavailableError):
    """A program could not be run, took too long, or failed; the message has its last output."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that has ended: how it was called, its exit status and its output."""

    arguments: tuple[str, ...]
    status: int
    stdout: bytes
    stderr: bytes

    @property
    def output(self) -> str:
        """The last lines that it wrote, errors first, for a message to people."""
        text = (self.stderr.strip() or self.stdout.strip()).decode(errors="replace")
        return "\n".join(text.split("\n")[-_SHOWN_LINES:])


class Running:
    """A program that runs beside this one; `finish` waits for it and gives what it said.

    As a context manager it ends the program and its children when the block is left early.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        takes_input: bool = False,
        memory_limit: int | None = None,
        output_limit: int | None = None,
        inherited: Sequence[int] = (),
    ) -> None:
        self._arguments = tuple(str(argument) for argument in arguments)
        self._timeout = timeout
        self._output = None if output_limit is None else _Output(output_limit)
        out, err = (subprocess.PIPE, subprocess.PIPE)
        if self._output is not None:
            out, err = self._output.out.fileno(), self._output.err.fileno()
        try:
            # A session of its own, so that a time-out ends what the program started, too.
            self._process = subprocess.Popen(
                self._arguments,
                cwd=cwd,
                env=env,
                stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                pass_fds=tuple(inherited),
            )
        except OSError as error:
            if self._output is not None:
                self._output.close()
            raise ProgramError(
                f"{self._name} cannot be run: {error.strerror}",
                "`gitopsgen doctor` shows what is installed and where.",
            ) from error
        except ValueError as error:
            raise ProgramError(f"{self._name} cannot be run: {error}") from error
        if memory_limit is not None:
            _limit_memory(self._process.pid, memory_limit)

    @property
    def _name(self) -> str:
        return Path(self._arguments[0]).name

    def finish(self, input: bytes | None = None, *, check: bool = True) -> Completed:
        """Wait for the end. Raises `ProgramError` on a time-out or, with `check`, a failure."""
        try:
            stdout, stderr = self._process.communicate(input, timeout=self._timeout)
        except subprocess.TimeoutExpired as error:
            self.stop()
            raise ProgramError(
                f"{self._name} was stopped: it took longer than {self._timeout:g} s ({self._shown})"
            ) from error
        except BaseException:
            self.stop()
            raise
        if self._output is not None:
            stdout, stderr = self._output.read()
        completed = Completed(self._arguments, self._process.returncode, stdout, stderr)
        if check and completed.status != 0:
            how = f"exit status {completed.status}"
            if completed.status < 0:
                how = f"killed by signal {-completed.status}"
            raise ProgramError(f"{self._shown} failed ({how}): {completed.output}")
        return completed

    def stop(self) -> None:
        """End the program and everything that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        if self._output is not None:
            self._output.close()

    @property
    def _shown(self) -> str:
        """How it was called, short: settings and long values tell a person nothing."""
        words = [self._name]
        rest = iter(self._arguments[1:])
        for word in rest:
            if word == "-c" and self._name == "git":
                next(rest, None)
                continue
            words.append(word if len(word) <= 60 else f"{word[:57]}...")
        return " ".join(words[:6])

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.returncode is None:
            self.stop()


class _Output:
    """What a program writes, in files: it may be more than there is memory for."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        with contextlib.ExitStack() as opened:
            self.out: IO[bytes] = opened.enter_context(tempfile.TemporaryFile())
            self.err: IO[bytes] = opened.enter_context(tempfile.TemporaryFile())
            self._opened = opened.pop_all()

    def close(self) -> None:
        """Let go of what was written."""
        self._opened.close()

    def read(self) -> tuple[bytes, bytes]:
        """The output up to one byte over the limit, and the end of the errors."""
        with self._opened:
            self.out.seek(0)
            self.err.seek(max(0, self.err.seek(0, os.SEEK_END) - _MOST_ERRORS))
            return self.out.read(self._limit + 1), self.err.read()


def _limit_memory(pid: int, limit: int) -> None:
    """Bound the address space of a process that runs; only Linux can do that from outside."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))


def run(
    arguments: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    input: bytes | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
    check: bool = True,
    memory_limit: int | None = None,
    output_limit: int | None = None,
    inherited: Sequence[int] = (),
) -> Completed:
    """Run a program to its end; `env` replaces the environment, `timeout` is in seconds.

    `memory_limit` bounds its address space in bytes, where the system can do that. With an
    `output_limit`, in bytes, the output is cut one byte over it, and nothing of it is kept in
    memory while the program runs. `inherited` are descriptors of files that stay open in it.

    Secrets never belong into `arguments`: every process on the machine can read them.
    Raises `ProgramError` where it cannot be run, takes too long or, with `check`, fails.
    """
    with Running(
        arguments,
        cwd=cwd,
        env=env,
        timeout=timeout,
        takes_input=input is not None,
        memory_limit=memory_limit,
        output_limit=output_limit,
        inherited=inherited,
    ) as running:
        return running.finish(input, check=check)

"""Running other programs: one place for time-outs, errors and the end of a child process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_SHOWN_LINES = 12


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
        inherited: Sequence[int] = (),
    ) -> None:
        self._arguments = tuple(str(argument) for argument in arguments)
        self._timeout = timeout
        try:
            # A session of its own, so that a time-out ends what the program started, too.
            self._process = subprocess.Popen(
                self._arguments,
                cwd=cwd,
                env=env,
                stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                pass_fds=tuple(inherited),
            )
        except OSError as error:
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
    inherited: Sequence[int] = (),
) -> Completed:
    """Run a program to its end; `env` replaces the environment, `timeout` is in seconds.

    `memory_limit` bounds its address space in bytes, where the system can do that. `inherited`
    are descriptors of files that stay open in it.

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
        inherited=inherited,
    ) as running:
        return running.finish(input, check=check)

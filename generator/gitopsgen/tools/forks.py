"""Work in a forked process, beside what this one does."""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def may_fork() -> bool:
    """Whether a fork is safe here: on Linux, in a process with one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


class Turns:
    """The numbers from 0 up to `count` (256 at most), for this process and its forks to share.

    Whoever is ready takes the next: every number goes to one process.
    """

    def __init__(self, count: int) -> None:
        self._numbers, write_end = os.pipe()
        os.write(write_end, bytes(range(count)))
        os.close(write_end)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._numbers, 1):
            yield number[0]

    def close(self) -> None:
        """Take no more numbers in this process."""
        os.close(self._numbers)


class Forked:
    """A function that runs in a forked process; it knows all that this one knows.

    What it returns is made of what `marshal` knows: lists, dicts, texts, numbers and the like.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self._read_end, write_end = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _work(work, write_end)
        os.close(write_end)

    def result(self) -> Any:
        """What the function returned; None where it failed."""
        try:
            with os.fdopen(self._read_end, "rb") as pipe:
                content = pipe.read()
            _, status = os.waitpid(self._process, 0)
            return marshal.loads(content) if status == 0 else None
        except (OSError, ValueError, EOFError, TypeError):
            return None


def _work(work: Callable[[], Any], write_end: int) -> None:
    """Work, write, and end this process without a trace of its parent's."""
    status = 1
    with contextlib.suppress(BaseException):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # Looking at the parent's objects would copy them all.
        gc.freeze()
        found = work()
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(marshal.dumps(found))
        status = 0
    os._exit(status)

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
    from collections.abc import Callable


def may_fork() -> bool:
    """Whether a fork is safe here: on Linux, in a process with one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


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

"""Functions that run in forked processes."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from gitopsgen.tools.forks import Forked, may_fork


def _exit() -> None:
    os._exit(1)


def _raise() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("value", [{"a": [1, "b", None]}, "x" * 1_000_000, [], None])
def test_what_a_function_returns(value: Any) -> None:
    assert Forked(lambda: value).result() == value


def test_it_is_another_process() -> None:
    assert Forked(os.getpid).result() not in (None, os.getpid())


@pytest.mark.parametrize("work", [_exit, _raise, object], ids=["exit", "raise", "not plain data"])
def test_a_function_that_fails(work: Any) -> None:
    assert Forked(work).result() is None


def test_threads_forbid_it() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    allowed = may_fork()
    done.set()
    thread.join()
    assert not allowed

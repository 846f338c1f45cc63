"""yamllint over one file, within bounds of time."""

from __future__ import annotations

import os
import re
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitopsgen.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamllint.config import YamlLintConfig

# What one file may take of this process; yamllint needs a tenth of it.
_FILE_SECONDS = 20.0
_CHARACTERS_A_SECOND = 10_000
CONFIG_RULE = "yamllint/config"
_DISABLED = re.compile(r"#\s*yamllint disable-file\s*$")


class _TooLongError(BaseException):
    """The time for a file is over; no `except Exception` of yamllint is meant to stop it."""


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Raise `_TooLongError` when this process has worked for so many seconds.

    Settings may hold regular expressions, which Python lets a signal interrupt. Signals arrive in
    the first thread of a process only, and not on every system: elsewhere nothing is bounded.
    """
    if threading.current_thread() is not threading.main_thread() or os.name == "nt":
        yield
        return

    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def style_problems(file: str, text: str, config: YamlLintConfig) -> list[Finding]:
    """What yamllint finds in the text of a file that is known to be valid YAML.

    Its own way to look for syntax errors first, by a parser in Python, takes a third of its time.
    """
    from yamllint import linter

    if _DISABLED.match(text.partition("\n")[0]):
        return []
    try:
        with _bounded(_FILE_SECONDS + len(text) / _CHARACTERS_A_SECOND):
            return [
                Finding(
                    f"yamllint/{problem.rule or 'syntax'}",
                    Severity(problem.level),
                    file,
                    problem.line,
                    problem.column,
                    problem.desc,
                )
                for problem in linter.get_cosmetic_problems(text, config, file)
            ]
    except _TooLongError:
        message = "yamllint did not come to an end: a pattern in its settings may take for ever"
        return [Finding(CONFIG_RULE, Severity.ERROR, file, 1, 1, message)]
    except Exception as error:
        # Whatever a rule of yamllint stumbles over must not hide what is wrong elsewhere.
        message = f"yamllint cannot read the file ({type(error).__name__})"
        return [Finding("yamllint/syntax", Severity.ERROR, file, 1, 1, message)]

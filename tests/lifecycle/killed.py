"""A run of `update` in a process of its own that dies where a test says.

Run as a program: `python -m tests.lifecycle.killed ROOT BLUEPRINTS COMPONENTS [AT [WHOM]]`. The
process dies by SIGKILL at the AT-th of its steps: files opened to be written, linked, renamed or
removed, programs started, and programs that are at work. WHOM is `alone`, or `all` for the
programs as well. Without AT it runs to its end and prints the number of its steps.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.blueprints.catalogue import Catalogue
from gitopsgen.blueprints.metadata import load_component
from gitopsgen.errors import GitopsgenError
from gitopsgen.lifecycle.update import update_repository
from gitopsgen.tools import programs

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVENTS = {"os.link", "os.rename", "os.remove", "subprocess.Popen", "shutil.copyfile"}


class Steps:
    """Counts what the process does to the repository, and ends it at one of the steps."""

    def __init__(self, root: Path, at: int, *, whole: bool) -> None:
        self.count = 0
        self._root = str(root)
        self._at = at
        self._whole = whole

    def watch(self) -> None:
        """Begin to count; a step is counted just before it is made."""
        sys.addaudithook(self._hear)
        finish = programs.Running.finish

        def finish_counted(running: programs.Running, *given: Any, **named: Any) -> Any:
            self._next(running)
            return finish(running, *given, **named)

        programs.Running.finish = finish_counted  # type: ignore[method-assign, assignment]

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if event == "subprocess.Popen" or (
            (writes or event in _EVENTS) and str(arguments[0]).startswith(self._root)
        ):
            self._next(None)

    def _next(self, running: programs.Running | None) -> None:
        self.count += 1
        if self.count == self._at:
            if running is not None and self._whole:
                os.killpg(running._process.pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    """Run the update; the exit status is 0, or 4 with conflicts, or 9 where it is refused."""
    root, blueprints, components = Path(arguments[0]), Path(arguments[1]), arguments[2]
    at = int(arguments[3]) if len(arguments) > 3 else 0
    loaded = [load_component(blueprints / name) for name in components.split(",") if name]
    steps = Steps(root, at, whole=arguments[4:] == ["all"])
    steps.watch()
    os.environ["KILLED_RUN"] = str(os.getpid())
    try:
        outcome = update_repository(
            root, lambda _: Catalogue(blueprints / "repository", tuple(loaded)), wait=30
        )
    except GitopsgenError as error:
        print(error, file=sys.stderr)
        return 9
    print(steps.count)
    return 0 if outcome.is_clean else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

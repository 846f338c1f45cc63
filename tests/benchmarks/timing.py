"""Timing commands side by side: in turn, as whole processes, so that a drifting machine is fair."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(slots=True)
class Subject:
    """A command to time, what puts its world in order before each run, and what was measured."""

    name: str
    command: Sequence[str | Path]
    prepare: Callable[[], object] = lambda: None
    allowed_statuses: tuple[int, ...] = (0,)
    seconds: list[float] = field(default_factory=list)
    peak_mebibytes: float = 0.0

    @property
    def median(self) -> float:
        """The median wall time in seconds."""
        return statistics.median(self.seconds)


def measure(
    subjects: Sequence[Subject],
    runs: int,
    environment: Mapping[str, str],
    *,
    warm_up: bool = True,
) -> None:
    """Run all subjects in turn, `runs` times, after one run of each that is not counted."""
    for turn in range(-1 if warm_up else 0, runs):
        for subject in subjects:
            subject.prepare()
            started = time.perf_counter()
            completed = subprocess.run(
                list(map(str, subject.command)),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            elapsed = time.perf_counter() - started
            if completed.returncode not in subject.allowed_statuses:
                raise SystemExit(
                    f"{subject.name} exited with {completed.returncode}:\n"
                    f"{completed.stdout.decode()}{completed.stderr.decode()}"
                )
            if turn >= 0:
                subject.seconds.append(elapsed)
            # The largest child so far: meaningful where subjects run from small to large.
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            subject.peak_mebibytes = usage.ru_maxrss / 1024


def table(subjects: Sequence[Subject], baseline: Subject) -> str:
    """A Markdown table of medians and the ratio of each to the baseline's."""
    lines = ["| command | median | fastest | ratio |", "|---|---|---|---|"]
    for subject in subjects:
        ratio = subject.median / baseline.median
        lines.append(
            f"| {subject.name} | {subject.median * 1000:.0f} ms "
            f"| {min(subject.seconds) * 1000:.0f} ms | {ratio:.2f} |"
        )
    return "\n".join(lines)

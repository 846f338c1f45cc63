"""Validates mutants one after the other, in one copy of the sample, and tells what each brought."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

from gitopsgen.charts.fetch import Fetcher, FetchError
from gitopsgen.errors import UsageError
from gitopsgen.validation.service import Options, validate
from tests.mutation.standins import write_charts
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.findings import Finding, Report
    from tests.mutation.mutant import Mutant

# The git remote of a checkout: what cluster.yaml says may be what is wrong.
URL = "https://github.com/owner/home-cluster"
_REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding that the sample does not have; `rule` is "refused" where nothing was validated."""

    rule: str
    severity: str
    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a mutant: what was found, and what had to be checked and could not be."""

    mutant: Mutant
    hits: tuple[Hit, ...]
    unchecked: tuple[str, ...]

    @property
    def is_found(self) -> bool:
        """Whether a person would hear of it: the exit status, or what is printed, is another."""
        return bool(self.hits or self.unchecked)

    @property
    def is_there(self) -> bool:
        """Whether a finding is at a line where the mistake is."""
        mutant = self.mutant
        files = {file for file, text in mutant.texts.items() if text is not None} | {mutant.file}
        return any(hit.file in files and hit.line in mutant.lines for hit in self.hits)


class Runner:
    """Knows what the sample itself brings, with the charts that stand in for the real ones."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "repository"
        self._charts = folder / "charts"
        shutil.copytree(SAMPLE, self._root)
        write_charts(self._charts)
        self.baseline = self._validate()
        self._known = Counter(_identity(finding) for finding in self.baseline.findings)
        self._unchecked = {str(item.what) for item in self.baseline.unchecked}

    def run(self, mutants: Iterable[Mutant]) -> Iterator[Outcome]:
        """What came of each mutant, in their order."""
        for mutant in mutants:
            yield self.one(mutant)

    def one(self, mutant: Mutant) -> Outcome:
        """What came of a mutant; the copy of the sample is as before afterwards."""
        try:
            for file, text in mutant.texts.items():
                _write(self._root / file, text)
            report = self._validate()
        except UsageError as error:
            hit = Hit(_REFUSED, "error", mutant.file, min(mutant.lines, default=1), error.message)
            return Outcome(mutant, (hit,), ())
        finally:
            for file in mutant.texts:
                original = SAMPLE / file
                _write(
                    self._root / file,
                    original.read_text(encoding="utf-8") if original.is_file() else None,
                )
        return Outcome(mutant, tuple(self._new(report)), self._newly_unchecked(report))

    def _validate(self) -> Report:
        options = Options(charts_dir=self._charts, repository_urls=(URL,), lint=False, jobs=1)
        with patch.object(Fetcher, "fetch", _no_network):
            return validate(self._root, options)

    def _new(self, report: Report) -> Iterator[Hit]:
        """The findings that are not those of the sample, wherever lines have moved to."""
        known = self._known.copy()
        for finding in report.findings:
            identity = _identity(finding)
            if known[identity]:
                known[identity] -= 1
            else:
                yield Hit(
                    finding.rule, finding.severity, finding.file, finding.line, finding.message
                )

    def _newly_unchecked(self, report: Report) -> tuple[str, ...]:
        found = (item for item in report.unchecked if item.what not in self._unchecked)
        return tuple(f"{item.what}: {item.reason}" for item in found)


def _identity(finding: Finding) -> tuple[str, str]:
    """What makes a finding the same in a mutant: not its place, nor the name of the object."""
    return (finding.rule, finding.message)


def _no_network(_: Fetcher, reference: ChartReference) -> Path:
    raise FetchError(f"there is no chart {reference.name} {reference.version}")


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

"""Getting charts: from a folder that a person gives, from the cache, from the network."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.archive import ArchiveError
from gitopsgen.charts.cache import ChartCache
from gitopsgen.charts.directory import find_in
from gitopsgen.charts.fetch import Fetcher, FetchError
from gitopsgen.charts.folder import read_metadata
from gitopsgen.charts.versions import is_same
from gitopsgen.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gitopsgen.charts.model import ChartReference


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that was got; `folder` is unpacked and nobody's to write to.

    `version` is the one that Chart.yaml says: exact where a range was asked for. `digest` is that
    of the archive, `sha256:` and 64 hex digits, and empty for an unpacked folder.
    """

    reference: ChartReference
    folder: Path
    version: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ChartMissing:
    """A chart that could not be had; `reason` is one line that names it and its host."""

    reference: ChartReference
    reason: str


class ChartStore:
    """Gets charts, each once in its life: a second call has the same answers.

    `helm` gives the program, and is called only where the network is needed. `charts_dir` is
    looked into first; a relative one that is not here is below `repository_root`. An exact
    version is kept in the cache for ever, a range is resolved anew by every store. `jobs` charts
    are fetched at once; `timeout`, in seconds, bounds each call of helm. `progress` is told how
    many of the charts that have to be fetched are done, and how many there are, by the thread
    that calls `get`.
    """

    def __init__(
        self,
        *,
        helm: Callable[[], Path],
        charts_dir: Path | None = None,
        repository_root: Path | None = None,
        jobs: int = 4,
        timeout: float = 60,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._charts_dir = charts_dir
        if charts_dir is not None and repository_root is not None and not charts_dir.is_dir():
            self._charts_dir = repository_root / charts_dir
        self._helm = _Once(helm)
        self._jobs = max(jobs, 1)
        self._timeout = timeout
        self._progress = progress
        self._fetches: Fetcher | None = None
        self._cache = ChartCache.default()
        self._answers: dict[ChartReference, Chart | ChartMissing] = {}

    def get(
        self, references: Sequence[ChartReference]
    ) -> dict[ChartReference, Chart | ChartMissing]:
        """Get charts; whatever goes wrong is part of the answer."""
        wanted = dict.fromkeys(references)
        missing = []
        for reference in wanted:
            if reference not in self._answers:
                here = self._without_network(reference)
                if here is None:
                    missing.append(reference)
                else:
                    self._answers[reference] = here
        if missing:
            self._fetch(missing)
        return {reference: self._answers[reference] for reference in wanted}

    def _without_network(self, reference: ChartReference) -> Chart | ChartMissing | None:
        if self._charts_dir is not None:
            found = find_in(self._charts_dir, reference)
            if found is not None and found.is_archive:
                return self._open(reference, found.path, str(found.path))
            if found is not None:
                return Chart(reference, found.path.absolute(), found.version)
        cached = self._cache.find(reference)
        if cached is None:
            return None
        chart = self._open(reference, cached, f"chart {reference.name}")
        return chart if isinstance(chart, Chart) else None

    def _fetch(self, references: Iterable[ChartReference]) -> None:
        waiting = list(references)
        fetcher = self._fetcher()
        with ThreadPoolExecutor(min(self._jobs, len(waiting)), "charts") as pool:
            futures = {pool.submit(self._fetch_one, fetcher, item): item for item in waiting}
            try:
                self._tell(0, len(waiting))
                for done, future in enumerate(as_completed(futures), start=1):
                    self._answers[futures[future]] = future.result()
                    self._tell(done, len(waiting))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                fetcher.stop()
                self._fetches = None
                raise

    def _fetcher(self) -> Fetcher:
        """The one that lives as long as the store: it fetches the index of a repository once."""
        if self._fetches is None:
            folder = tempfile.mkdtemp(prefix="gitopsgen-charts-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._fetches = Fetcher(self._helm, Path(folder), timeout=self._timeout)
        return self._fetches

    def _tell(self, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(done, total)

    def _fetch_one(self, fetcher: Fetcher, reference: ChartReference) -> Chart | ChartMissing:
        what = f"chart {reference.name} {reference.version}"
        try:
            pulled = fetcher.fetch(reference)
            kept = self._cache.keep(pulled)
            chart = self._open(reference, kept, f"{what} from {reference.repository}")
            # A range is another version tomorrow; a version is the same chart for ever.
            if isinstance(chart, Chart) and is_same(chart.version, reference.version):
                self._cache.put(reference, kept)
        except FetchError as error:
            return ChartMissing(reference, str(error))
        except UnavailableError as error:
            return ChartMissing(reference, f"{what}: {error.message.split(chr(10))[0]}")
        except OSError as error:
            return ChartMissing(reference, f"{what} {_not_kept(error)}")
        return chart

    def _open(self, reference: ChartReference, archive: Path, what: str) -> Chart | ChartMissing:
        try:
            folder = self._cache.unpacked(archive)
        except ArchiveError as error:
            return ChartMissing(reference, f"{what} {error}")
        except OSError as error:
            return ChartMissing(reference, f"{what} {_not_kept(error)}")
        metadata = read_metadata(folder)
        if metadata is None:
            return ChartMissing(reference, f"{what} has a Chart.yaml that cannot be read")
        # The unpacked folder is named by the digest of its archive.
        return Chart(reference, folder, metadata.version, f"sha256:{folder.name}")


class _Once:
    """Calls a function once, whichever thread is first, and keeps what it gave or raised."""

    def __init__(self, call: Callable[[], Path]) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._given: Path | UnavailableError | None = None

    def __call__(self) -> Path:
        with self._lock:
            if self._given is None:
                try:
                    self._given = self._call()
                except UnavailableError as error:
                    self._given = error
        if isinstance(self._given, UnavailableError):
            raise self._given
        return self._given


def _not_kept(error: OSError) -> str:
    where = f" {os.fspath(error.filename)}" if error.filename else ""
    return f"cannot be read or kept: {error.strerror or error}{where}"

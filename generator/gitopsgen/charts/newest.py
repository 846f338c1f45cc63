"""The newest versions of charts, asked of their repositories anew each time."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.causes import cause_of, host_of
from gitopsgen.charts.fetch import shown_version
from gitopsgen.charts.helm_client import (
    ALIAS,
    FetchError,
    HelmClient,
    check_address,
    in_registry,
    is_registry,
)
from gitopsgen.charts.semver import is_exact, is_newer, newest, parse
from gitopsgen.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitopsgen.charts.model import ChartReference


@dataclass(frozen=True, slots=True)
class Newest:
    """What a repository has of a chart.

    `current` is the pinned version, or what a range comes to now. `same_major` and `newest` are
    newer versions, "" where there is none; pre-releases count only where `current` is one.
    """

    current: str
    is_range: bool = False
    same_major: str = ""
    newest: str = ""

    @property
    def is_outdated(self) -> bool:
        """Whether there is a newer version."""
        return bool(self.newest)


@dataclass(frozen=True, slots=True)
class NewestUnknown:
    """Versions that could not be had; `reason` is one line that names chart and host."""

    reason: str


Answers = dict["ChartReference", "Newest | NewestUnknown"]


def find_newest(
    references: Sequence[ChartReference],
    helm: Callable[[], Path],
    *,
    jobs: int = 8,
    timeout: float = 60,
    progress: Callable[[int, int], None] | None = None,
) -> Answers:
    """Look up charts, `jobs` at once; whatever goes wrong is part of the answer.

    `helm` gives the program. `timeout`, in seconds, bounds each of its calls. `progress` is told
    how many are done, and of how many. Raises `UnavailableError` without helm.
    """
    wanted = list(dict.fromkeys(references))
    if not wanted:
        return {}
    program = helm()
    answers: Answers = {}
    with tempfile.TemporaryDirectory(prefix="gitopsgen-versions-") as folder:
        client = HelmClient(lambda: program, Path(folder), timeout=timeout)
        with ThreadPoolExecutor(min(jobs, len(wanted)), "versions") as pool:
            futures = {pool.submit(_look_up, client, item): item for item in wanted}
            try:
                for done, future in enumerate(as_completed(futures), start=1):
                    answers[futures[future]] = future.result()
                    if progress is not None:
                        progress(done, len(wanted))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                client.stop()
                raise
    return answers


def _look_up(client: HelmClient, reference: ChartReference) -> Newest | NewestUnknown:
    url, name = reference.repository, reference.name
    what = f"chart {name}"
    try:
        check_address(url, name)
        with client.asking(what, url):
            if is_registry(url):
                return _in_registry(client, reference)
            return _in_index(client, reference)
    except FetchError as error:
        return NewestUnknown(str(error))
    except UnavailableError as error:
        return NewestUnknown(f"{what}: {error.message.partition(chr(10))[0]}")
    except OSError as error:
        return NewestUnknown(f"{what} cannot be looked up: {error.strerror or error}")


def _in_index(client: HelmClient, reference: ChartReference) -> Newest:
    name, version = reference.name, reference.version
    home = client.home_of(f"chart {name}", reference.repository)
    known = client.versions_in_index(name, home)
    if not known:
        raise FetchError(f"{host_of(reference.repository)} has no chart {name}")
    # `1.2` is a range to helm, unless the repository has a version of that name.
    if is_exact(version) or version in known:
        return _compared(known, version, is_range=False)
    full = f"{ALIAS}/{name}"
    done = client.run(["search", "repo", full, f"--version={version}", "-o", "json"], home)
    try:
        fitting = [item["version"] for item in json.loads(done.stdout) if item["name"] == full]
    except (ValueError, TypeError, KeyError):
        fitting = []
    if not fitting:
        raise _nothing_fits(reference)
    return _compared(known, str(fitting[0]), is_range=True)


def _compared(known: Sequence[str], current: str, *, is_range: bool) -> Newest:
    found = (newest(known, current, same_major=True), newest(known, current))
    same_major, best = (version if is_newer(version, current) else "" for version in found)
    return Newest(current, is_range, same_major, best)


def _in_registry(client: HelmClient, reference: ChartReference) -> Newest:
    exact = is_exact(reference.version)
    current = reference.version if exact else _resolve(client, reference, reference.version)
    version = parse(current)
    if version is None:
        raise _nothing_fits(reference)
    # In a range a version with a `-` lets in pre-releases.
    mark = "" if version.is_release else "-0"
    best = _resolve(client, reference, f">=0.0.0{mark}")
    if not best:
        raise FetchError(f"{host_of(reference.repository)} has no chart {reference.name}")
    found = parse(best)
    same_major = best
    if found is not None and found.major != version.major:
        this, following = version.major, version.major + 1
        same_major = _resolve(client, reference, f">={this}.0.0{mark}, <{following}.0.0{mark}")
    return _compared([best, same_major], current, is_range=not exact)


def _resolve(client: HelmClient, reference: ChartReference, wanted: str) -> str:
    """The newest version within a range, "" where there is none."""
    chart, *flags = in_registry(reference.repository, reference.name)
    shown = b""

    def show() -> str | None:
        nonlocal shown
        arguments = ["show", "chart", chart, *flags, f"--version={wanted}"]
        done = client.run(arguments, client.registries)
        shown = done.stdout
        return None if done.status == 0 else done.stderr.decode(errors="replace")

    failed = client.persist(show)
    if failed is None:
        return shown_version(shown)
    cause = cause_of(failed)
    if cause.absent or "Could not locate a version" in failed:
        return ""
    raise client.error(f"chart {reference.name}", reference.repository, cause)


def _nothing_fits(reference: ChartReference) -> FetchError:
    host = host_of(reference.repository)
    return FetchError(f"{host} has no chart {reference.name} {reference.version}")

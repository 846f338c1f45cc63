"""Fetching charts with helm from chart repositories and OCI registries."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.causes import cause_of, host_of
from gitopsgen.charts.helm_client import (
    ALIAS,
    FetchError,
    HelmClient,
    check_address,
    in_registry,
    is_registry,
)
from gitopsgen.charts.versions import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.charts.model import ChartReference

__all__ = ["FetchError", "Fetcher"]


class Fetcher:
    """Fetches charts below `folder`; safe to be used from several threads.

    `timeout` bounds each call of helm, in seconds. `pause` waits before another try.
    """

    def __init__(
        self,
        helm: Callable[[], Path],
        folder: Path,
        *,
        timeout: float,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._folder = folder
        self._client = HelmClient(helm, folder, timeout=timeout, pause=pause)

    def fetch(self, reference: ChartReference) -> Path:
        """Fetch the archive of a chart.

        Raises `FetchError`, `OSError` where it cannot be kept, `UnavailableError` without helm.
        """
        check_address(reference.repository, reference.name)
        with self._client.asking(_named(reference), reference.repository):
            if is_registry(reference.repository):
                return self._from_registry(reference)
            return self._from_repository(reference)

    def stop(self) -> None:
        """End what other threads are fetching: nobody waits for it any more."""
        self._client.stop()

    def _from_repository(self, reference: ChartReference) -> Path:
        url = reference.repository
        home = self._client.home_of(_named(reference), url)
        arguments = ["pull", f"{ALIAS}/{reference.name}", f"--version={reference.version}"]
        done = self._pull(arguments, reference, home)
        if isinstance(done, Path):
            return done
        if "no chart name found" in done or "no chart version found" in done:
            raise self._no_such(reference, home)
        raise self._client.error(_named(reference), url, cause_of(done))

    def _from_registry(self, reference: ChartReference) -> Path:
        chart, *flags = in_registry(reference.repository, reference.name)
        home = self._client.registries
        arguments = ["pull", chart, f"--version={reference.version}", *flags]
        done = self._pull(arguments, reference, home)
        if isinstance(done, Path):
            return done
        cause = cause_of(done)
        if cause.absent or "Could not locate a version" in done:
            newest = self._newest([chart, *flags], home)
            hint = f"; the newest is {newest}" if newest else ""
            raise FetchError(f"{host_of(reference.repository)} has no {_named(reference)}{hint}")
        raise self._client.error(_named(reference), reference.repository, cause)

    def _pull(self, arguments: list[str], reference: ChartReference, home: Path) -> Path | str:
        """The archive that helm pulls, or what it wrote when it failed."""
        key = json.dumps([reference.repository, reference.name, reference.version])
        into = self._folder / "pulled" / hashlib.sha256(key.encode()).hexdigest()[:16]
        into.mkdir(parents=True, exist_ok=True)

        def pull() -> str | None:
            done = self._client.run([*arguments, "--destination", str(into)], home)
            return None if done.status == 0 else done.stderr.decode(errors="replace")

        failed = self._client.persist(pull)
        if failed is not None:
            return failed
        pulled = next(into.glob("*.tgz"), None)
        return pulled if pulled is not None else "helm wrote no archive"

    def _no_such(self, reference: ChartReference, home: Path) -> FetchError:
        host = host_of(reference.repository)
        known = self._client.versions_in_index(reference.name, home)
        if not known:
            return FetchError(f"{host} has no chart {reference.name}")
        near = ", ".join(nearest(reference.version, known))
        return FetchError(f"{host} has no {_named(reference)}; the nearest versions: {near}")

    def _newest(self, arguments: list[str], home: Path) -> str:
        done = self._client.run(["show", "chart", *arguments, "--version=>=0.0.0-0"], home)
        return shown_version(done.stdout) if done.status == 0 else ""


def shown_version(chart: bytes) -> str:
    """The version in a Chart.yaml as `helm show chart` prints it, "" where there is none."""
    found = re.search(rb"^version: *['\"]?([\w.+-]+)", chart, re.MULTILINE)
    return found[1].decode() if found else ""


def _named(reference: ChartReference) -> str:
    return f"chart {reference.name} {reference.version}"

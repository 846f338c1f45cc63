"""Fetching charts with helm from chart repositories and OCI registries."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import re
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.causes import Cause, cause_of, host_of
from gitopsgen.charts.helm_home import environment, write_repository
from gitopsgen.charts.versions import nearest
from gitopsgen.tools.programs import ProgramError, Running

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.charts.model import ChartReference
    from gitopsgen.tools.programs import Completed

# Waits before the second, the third and the last try of what failed for a temporary reason.
_BACKOFF_SECONDS = (0.5, 1.0, 2.0)
_MEMORY_LIMIT = 4 << 30
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
# The name that a chart repository has in its own small home of helm's.
_ALIAS = "repository"


class FetchError(Exception):
    """A chart that could not be had; the text is one line that names host and chart."""


@dataclass(slots=True)
class _Repository:
    """A chart repository whose index is fetched once; `failed` says why it could not be."""

    home: Path
    lock: threading.Lock = field(default_factory=threading.Lock)
    fetched: bool = False
    failed: Cause | None = None


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
        self._helm = helm
        self._folder = folder
        self._timeout = timeout
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait
        self._running: set[Running] = set()
        self._lock = threading.Lock()
        self._repositories: dict[str, _Repository] = {}
        self._unreachable: dict[str, Cause] = {}

    def fetch(self, reference: ChartReference) -> Path:
        """Fetch the archive of a chart.

        Raises `FetchError`, `OSError` where it cannot be kept, `UnavailableError` without helm.
        """
        url = reference.repository
        scheme, separator, rest = url.partition("://")
        if not _NAME.fullmatch(reference.name):
            raise FetchError(f"{reference.name!r} is not the name of a chart")
        if re.search(r"\s", url) or not host_of(url):
            raise FetchError(f"chart {reference.name}: {url!r} is not the URL of a repository")
        if separator and scheme.lower() not in {"http", "https", "oci"}:
            raise FetchError(
                f"chart {reference.name}: {scheme}:// is no address of a chart repository "
                "(https://, http://, oci:// are)"
            )
        known = self._unreachable.get(host_of(url))
        if known is not None:
            raise self._error(reference, known)
        try:
            if separator and scheme.lower() != "oci":
                return self._from_repository(reference)
            return self._from_registry(reference, rest if separator else url)
        except ProgramError as error:
            if "took longer" not in error.message:
                raise
            text = f"it did not answer within {self._timeout:g} s"
            raise self._error(reference, Cause(text, unreachable=True)) from error

    def stop(self) -> None:
        """End what other threads are fetching: nobody waits for it any more."""
        self._stopped.set()
        with self._lock:
            running = list(self._running)
        for program in running:
            # Its own thread may be the first to see that it has ended.
            with contextlib.suppress(OSError, ValueError):
                program.stop()

    def _from_repository(self, reference: ChartReference) -> Path:
        repository = self._repository(reference.repository)
        with repository.lock:
            if not repository.fetched:
                repository.failed = self._fetch_index(reference.repository, repository.home)
                repository.fetched = True
        if repository.failed is not None:
            raise self._error(reference, repository.failed)
        arguments = ["pull", f"{_ALIAS}/{reference.name}", f"--version={reference.version}"]
        done = self._pull(arguments, reference, repository.home)
        if isinstance(done, Path):
            return done
        if "no chart name found" in done or "no chart version found" in done:
            raise self._no_such(reference, repository.home)
        raise self._error(reference, cause_of(done))

    def _from_registry(self, reference: ChartReference, path: str) -> Path:
        chart = f"oci://{path.rstrip('/')}/{reference.name}"
        home = self._folder / "registries"
        plain = ["--plain-http"] if _is_loopback(host_of(reference.repository)) else []
        arguments = ["pull", chart, f"--version={reference.version}", *plain]
        done = self._pull(arguments, reference, home)
        if isinstance(done, Path):
            return done
        cause = cause_of(done)
        if cause.absent or "Could not locate a version" in done:
            newest = self._newest([chart, *plain], home)
            what = f"chart {reference.name} {reference.version}"
            hint = f"; the newest is {newest}" if newest else ""
            raise FetchError(f"{host_of(reference.repository)} has no {what}{hint}")
        raise self._error(reference, cause)

    def _repository(self, url: str) -> _Repository:
        key = url.rstrip("/")
        with self._lock:
            if key not in self._repositories:
                name = hashlib.sha256(key.encode()).hexdigest()[:16]
                self._repositories[key] = _Repository(self._folder / name)
            return self._repositories[key]

    def _fetch_index(self, url: str, home: Path) -> Cause | None:
        """Fetch the index of a repository; None when it is there."""
        write_repository(home, _ALIAS, url)
        index = home / "repository" / f"{_ALIAS}-index.yaml"

        def update() -> str | None:
            done = self._run(["repo", "update", _ALIAS], home)
            return None if index.is_file() else (done.stderr + done.stdout).decode(errors="replace")

        failed = self._persist(update)
        if failed is None:
            return None
        cause = cause_of(failed)
        if cause.absent:
            return Cause("it has no index.yaml (404): it is no chart repository")
        if "error converting YAML" in failed or "no API version" in failed:
            return Cause("its index.yaml is not the index of a chart repository")
        return cause

    def _pull(self, arguments: list[str], reference: ChartReference, home: Path) -> Path | str:
        """The archive that helm pulls, or what it wrote when it failed."""
        key = json.dumps([reference.repository, reference.name, reference.version])
        into = self._folder / "pulled" / hashlib.sha256(key.encode()).hexdigest()[:16]
        into.mkdir(parents=True, exist_ok=True)

        def pull() -> str | None:
            done = self._run([*arguments, "--destination", str(into)], home)
            return None if done.status == 0 else done.stderr.decode(errors="replace")

        failed = self._persist(pull)
        if failed is not None:
            return failed
        pulled = next(into.glob("*.tgz"), None)
        return pulled if pulled is not None else "helm wrote no archive"

    def _persist(self, act: Callable[[], str | None]) -> str | None:
        """Do something until it works or fails for good; what helm wrote the last time, or None."""
        for seconds in _BACKOFF_SECONDS:
            failed = act()
            if failed is None or not cause_of(failed).temporary:
                return failed
            self._pause(seconds)
        return act()

    def _run(self, arguments: list[str], home: Path) -> Completed:
        if self._stopped.is_set():
            raise FetchError("it was stopped")
        with Running(
            [self._helm(), *arguments],
            env=environment(home),
            timeout=self._timeout,
            memory_limit=_MEMORY_LIMIT,
        ) as program:
            with self._lock:
                self._running.add(program)
            try:
                return program.finish(check=False)
            finally:
                with self._lock:
                    self._running.discard(program)

    def _no_such(self, reference: ChartReference, home: Path) -> FetchError:
        host = host_of(reference.repository)
        name = f"{_ALIAS}/{reference.name}"
        done = self._run(["search", "repo", name, "--versions", "--devel", "-o", "json"], home)
        try:
            found = json.loads(done.stdout)
            known = [item["version"] for item in found if item["name"] == name]
        except (ValueError, TypeError, KeyError):
            known = []
        if not known:
            return FetchError(f"{host} has no chart {reference.name}")
        near = ", ".join(nearest(reference.version, known))
        return FetchError(
            f"{host} has no chart {reference.name} {reference.version}; "
            f"the nearest versions: {near}"
        )

    def _newest(self, arguments: list[str], home: Path) -> str:
        done = self._run(["show", "chart", *arguments, "--version=>=0.0.0-0"], home)
        found = re.search(rb"^version: *['\"]?([\w.+-]+)", done.stdout, re.MULTILINE)
        return found[1].decode() if done.status == 0 and found else ""

    def _error(self, reference: ChartReference, cause: Cause) -> FetchError:
        """The error for a person; a host that cannot be reached is not tried again."""
        host = host_of(reference.repository)
        blamed = cause.host or host
        if cause.unreachable:
            self._unreachable[blamed] = replace(cause, host="")
        elsewhere = f", whose archives are on {blamed}" if blamed != host else ""
        return FetchError(
            f"chart {reference.name} {reference.version} cannot be had from {host}{elsewhere}: "
            f"{cause.text}"
        )


def _is_loopback(host: str) -> bool:
    """Whether a registry is on this machine, where none speaks TLS."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False

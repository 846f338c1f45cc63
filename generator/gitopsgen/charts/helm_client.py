"""helm as a client of chart repositories and OCI registries, in a home of its own."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import re
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gitopsgen.charts.causes import Cause, cause_of, host_of
from gitopsgen.charts.helm_home import environment, write_repository
from gitopsgen.tools.programs import ProgramError, Running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gitopsgen.tools.programs import Completed

# The name that a chart repository has in its own small home of helm's.
ALIAS = "repository"

# Waits before the second, the third and the last try of what failed for a temporary reason.
_BACKOFF_SECONDS = (0.5, 1.0, 2.0)
_MEMORY_LIMIT = 4 << 30
# What helm says of an index.yaml that is something else, such as a page to log in on.
_NO_INDEX = ("error converting YAML", "error unmarshaling JSON", "no API version")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class FetchError(Exception):
    """A chart that could not be had; the text is one line that names host and chart."""


@dataclass(slots=True)
class _Repository:
    """A chart repository whose index is fetched once; `failed` says why it could not be."""

    home: Path
    lock: threading.Lock = field(default_factory=threading.Lock)
    fetched: bool = False
    failed: Cause | None = None


class HelmClient:
    """Asks chart repositories and registries; safe to be used from several threads.

    What it needs is kept below `folder`, the index of a repository is fetched once. `timeout`
    bounds each call of helm, in seconds. `pause` waits before another try. Everywhere `what`
    names the chart in errors.
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

    @property
    def registries(self) -> Path:
        """The home of helm's for all OCI registries."""
        return self._folder / "registries"

    def stop(self) -> None:
        """End what other threads are fetching: nobody waits for it any more."""
        self._stopped.set()
        with self._lock:
            running = list(self._running)
        for program in running:
            # Its own thread may be the first to see that it has ended.
            with contextlib.suppress(OSError, ValueError):
                program.stop()

    @contextlib.contextmanager
    def asking(self, what: str, url: str) -> Iterator[None]:
        """Ask a repository for something; `FetchError` where its host is known to be down."""
        known = self._unreachable.get(host_of(url))
        if known is not None:
            raise self.error(what, url, known)
        try:
            yield
        except ProgramError as error:
            if "took longer" not in error.message:
                raise
            text = f"it did not answer within {self._timeout:g} s"
            raise self.error(what, url, Cause(text, unreachable=True)) from error

    def home_of(self, what: str, url: str) -> Path:
        """The home of helm's that has the index of a chart repository. Raises `FetchError`."""
        key = url.rstrip("/")
        with self._lock:
            if key not in self._repositories:
                name = hashlib.sha256(key.encode()).hexdigest()[:16]
                self._repositories[key] = _Repository(self._folder / name)
            repository = self._repositories[key]
        with repository.lock:
            if not repository.fetched:
                repository.failed = self._fetch_index(url, repository.home)
                repository.fetched = True
        if repository.failed is not None:
            raise self.error(what, url, repository.failed)
        return repository.home

    def versions_in_index(self, name: str, home: Path) -> list[str]:
        """All versions of a chart in the index that a home has."""
        full = f"{ALIAS}/{name}"
        done = self.run(["search", "repo", full, "--versions", "--devel", "-o", "json"], home)
        try:
            found = json.loads(done.stdout)
            return [str(item["version"]) for item in found if item["name"] == full]
        except (ValueError, TypeError, KeyError):
            return []

    def persist(self, act: Callable[[], str | None]) -> str | None:
        """Do something until it works or fails for good; what helm wrote the last time, or None."""
        for seconds in _BACKOFF_SECONDS:
            failed = act()
            if failed is None or not cause_of(failed).temporary:
                return failed
            self._pause(seconds)
        return act()

    def run(self, arguments: list[str], home: Path) -> Completed:
        """Run helm in a home; its status may be anything."""
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

    def error(self, what: str, url: str, cause: Cause) -> FetchError:
        """The error for a person; a host that cannot be reached is not tried again."""
        host = host_of(url)
        blamed = cause.host or host
        if cause.unreachable:
            self._unreachable[blamed] = replace(cause, host="")
        elsewhere = f", whose archives are on {blamed}" if blamed != host else ""
        return FetchError(f"{what} cannot be had from {host}{elsewhere}: {cause.text}")

    def _fetch_index(self, url: str, home: Path) -> Cause | None:
        """Fetch the index of a repository; None when it is there."""
        write_repository(home, ALIAS, url)
        index = home / "repository" / f"{ALIAS}-index.yaml"

        def update() -> str | None:
            done = self.run(["repo", "update", ALIAS], home)
            return None if index.is_file() else (done.stderr + done.stdout).decode(errors="replace")

        failed = self.persist(update)
        if failed is None:
            return None
        cause = cause_of(failed)
        if cause.absent:
            return Cause("it has no index.yaml (404): it is no chart repository")
        if any(words in failed for words in _NO_INDEX):
            return Cause("its index.yaml is not the index of a chart repository")
        return cause


def check_address(url: str, name: str) -> None:
    """Raise `FetchError` for what can be no chart repository, or no chart in one."""
    scheme, separator, _ = url.partition("://")
    if not _NAME.fullmatch(name):
        raise FetchError(f"{name!r} is not the name of a chart")
    if re.search(r"\s", url) or not host_of(url):
        raise FetchError(f"chart {name}: {url!r} is not the URL of a repository")
    if separator and scheme.lower() not in {"http", "https", "oci"}:
        raise FetchError(
            f"chart {name}: {scheme}:// is no address of a chart repository "
            "(https://, http://, oci:// are)"
        )


def is_registry(url: str) -> bool:
    """Whether a repository is an OCI registry: Argo CD wants no scheme there, helm `oci://`."""
    scheme, separator, _ = url.partition("://")
    return not separator or scheme.lower() == "oci"


def in_registry(url: str, name: str) -> list[str]:
    """How helm names a chart in a registry, and the flags that it needs to reach it."""
    path = url.partition("://")[2] or url
    plain = ["--plain-http"] if _is_loopback(host_of(url)) else []
    return [f"oci://{path.rstrip('/')}/{name}", *plain]


def _is_loopback(host: str) -> bool:
    """Whether a registry is on this machine, where none speaks TLS."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False

"""Finding a program, or installing its pinned version into the cache."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import GitopsgenError, UnavailableError
from gitopsgen.tools.cache import cache_dir
from gitopsgen.tools.download import fetch_member
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.tools.pins import Tool

_RELEASES = "https://github.com"
_GO_INSTALL_SECONDS = 600


def find_tool(tool: Tool) -> Path | None:
    """Where the program is: named by its variable, on PATH, or in the cache; None if nowhere.

    Raises `UnavailableError` where the variable names something that cannot be run.
    """
    if named := os.environ.get(tool.override):
        if found := shutil.which(named):
            return Path(found).absolute()
        raise UnavailableError(
            f"{tool.override} names {named}, which is not a program",
            f"Name an executable file, or unset {tool.override}.",
        )
    if found := shutil.which(tool.name):
        return Path(found).absolute()
    cached = cached_path(tool)
    return cached if os.access(cached, os.X_OK) else None


def cached_path(tool: Tool) -> Path:
    """Where the cache keeps the program: the path carries the version."""
    return cache_dir() / "tools" / f"{tool.name}-{tool.version}" / tool.name


def ensure_tool(tool: Tool) -> Path:
    """Find the program, or install it. Raises `UnavailableError` with the ways to get it."""
    return find_tool(tool) or install_tool(tool)


def install_tool(tool: Tool) -> Path:
    """Install the pinned version into the cache, unless it is there; returns its path.

    A pinned release comes first, `go install` of the same version second. Two runs at once do
    the work once. Raises `UnavailableError` that says what was tried and why it failed.
    """
    target = cached_path(tool)
    ways: tuple[tuple[str, Callable[[Tool, Path], None]], ...] = (
        ("its release", _from_release),
        ("go install", _from_go),
    )
    try:
        with _lock(target.parent):
            if os.access(target, os.X_OK):
                return target
            for left_behind in target.parent.glob("tmp*"):  # by a run that was killed
                shutil.rmtree(left_behind, ignore_errors=True)
            failures = []
            for name, way in ways:
                try:
                    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
                        fresh = Path(temporary) / tool.name
                        way(tool, fresh)
                        fresh.chmod(0o755)
                        fresh.replace(target)
                        return target
                except GitopsgenError as error:
                    failures.append(f"{name}: {error.message}")
    except OSError as error:
        raise UnavailableError(
            f"{tool.name} cannot be installed into {target.parent}: {error.strerror or error}",
            "Make that folder writable, or set GITOPSGEN_CACHE to a folder that is.",
        ) from error
    raise UnavailableError(
        f"{tool.name} is missing and could not be installed\n  " + "\n  ".join(failures),
        f"Put {tool.name} {tool.version} on PATH, or install Go and run "
        f"`go install {tool.go_module}@v{tool.version}`, or name it in {tool.override}.",
    )


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def release_platform() -> str:
    """This machine in the words of Go releases: `linux-amd64`, `darwin-arm64` …"""
    machine = platform.machine().lower()
    known = {"x86_64": "amd64", "aarch64": "arm64"}
    return f"{platform.system().lower()}-{known.get(machine, machine)}"


def _from_release(tool: Tool, target: Path) -> None:
    digest = tool.digests.get(release_platform())
    if digest is None:
        raise UnavailableError(f"no release with a known digest for {release_platform()}")
    base = os.environ.get("GITOPSGEN_RELEASES", _RELEASES).rstrip("/")
    url = f"{base}/{tool.archive.format(platform=release_platform())}"
    target.write_bytes(fetch_member(url, digest, tool.name))


def _from_go(tool: Tool, target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise UnavailableError("Go is not on PATH")
    environment = {**os.environ, "GOBIN": str(target.parent)}
    run(
        [go, "install", f"{tool.go_module}@v{tool.version}"],
        env=environment,
        timeout=_GO_INSTALL_SECONDS,
    )
    if not target.exists():
        raise UnavailableError("it made no program")

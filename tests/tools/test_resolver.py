from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UnavailableError
from gitopsgen.tools import download
from gitopsgen.tools.pins import KUBECONFORM, TOOLS, Tool
from gitopsgen.tools.resolver import (
    cached_path,
    ensure_tool,
    find_tool,
    install_tool,
    release_platform,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = b"#!/bin/sh\necho hello\n"


def archive(member: str = "gadget", content: bytes = PROGRAM) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as opened:
        info = tarfile.TarInfo(member)
        info.size = len(content)
        opened.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Releases:
    """A loopback server of release archives."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.hang = threading.Event()
        releases = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                releases.requests.append(self.path)
                content = releases.files.get(self.path)
                if self.path == "/hang":
                    releases.hang.wait(10)
                if content is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Releases]:
    """A server, an empty cache, and a PATH with nothing on it."""
    served = Releases()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("GITOPSGEN_RELEASES", served.address)
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    yield served
    served.hang.set()
    served.server.shutdown()
    served.server.server_close()
    thread.join()


def gadget(served: Releases | None = None, content: bytes | None = None) -> Tool:
    """A tool whose release is `content`."""
    packed = archive() if content is None else content
    if served is not None:
        served.files["/o/gadget.tar.gz"] = packed
    return Tool(
        name="gadget",
        version="1.2.3",
        purpose="tests",
        go_module="example.invalid/gadget",
        version_arguments=(),
        archive="o/gadget.tar.gz",
        digests={release_platform(): hashlib.sha256(packed).hexdigest()},
    )


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_release_with_the_right_digest_is_installed_once(releases: Releases) -> None:
    tool = gadget(releases)
    assert find_tool(tool) is None
    path = ensure_tool(tool)
    assert path.read_bytes() == PROGRAM
    assert path == cached_path(tool) == find_tool(tool) == ensure_tool(tool)
    assert "gadget-1.2.3" in str(path)
    assert releases.requests == ["/o/gadget.tar.gz"]


def test_two_installs_at_once_do_the_work_once(releases: Releases) -> None:
    tool = gadget(releases)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: install_tool(tool), range(4)))) == 1
    assert len(releases.requests) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive("other"), "holds no readable gadget"),
        (archive("../gadget"), "holds no readable gadget"),
        (archive()[:60], "holds no readable gadget"),
        (b"<html>", "holds no readable gadget"),
    ],
    # Archives carry the time at which they were made, and each worker makes its own.
    ids=["another member", "a path that leaves", "cut off", "a page"],
)
def test_a_wrong_archive_is_not_used(releases: Releases, content: bytes, message: str) -> None:
    with pytest.raises(UnavailableError, match=message) as caught:
        ensure_tool(gadget(releases, content))
    assert "Go is not on PATH" in caught.value.message
    assert "go install example.invalid/gadget@v1.2.3" in caught.value.hint
    assert "GITOPSGEN_GADGET" in caught.value.hint


def test_a_wrong_digest_is_not_used(releases: Releases) -> None:
    tool = replace(gadget(releases), digests={release_platform(): "0" * 64})
    with pytest.raises(UnavailableError, match=r"has SHA-256 .*, not 0{64}: it was not used"):
        ensure_tool(tool)
    assert not cached_path(tool).exists()


def test_a_missing_release_and_a_server_that_hangs_are_named(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnavailableError, match="answered 404"):
        ensure_tool(gadget())
    monkeypatch.setattr(download, "_TIMEOUT_SECONDS", 0.2)
    with pytest.raises(UnavailableError, match="timed out"):
        ensure_tool(replace(gadget(), archive="hang"))


def test_a_server_that_is_not_there_is_named(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITOPSGEN_RELEASES", "http://127.0.0.1:1")
    with pytest.raises(UnavailableError, match="cannot be reached"):
        ensure_tool(gadget())


def test_a_platform_without_a_digest_downloads_nothing(releases: Releases) -> None:
    with pytest.raises(UnavailableError, match="no release with a known digest"):
        ensure_tool(replace(gadget(releases), digests={}))
    assert releases.requests == []


def test_go_builds_the_same_version_where_there_is_no_release(
    releases: Releases, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    program(
        tmp_path / "bin/go",
        f'#!/bin/sh\necho "$@" >> {log}\necho built > "$GOBIN/gadget"\n',
    )
    assert ensure_tool(gadget()).read_text() == "built\n"
    assert log.read_text() == "install example.invalid/gadget@v1.2.3\n"


def test_what_a_killed_install_left_behind_is_removed(releases: Releases) -> None:
    tool = gadget(releases)
    program(cached_path(tool).parent / "tmpabcdef/gadget")
    installed = ensure_tool(tool)
    assert {entry.name for entry in installed.parent.iterdir()} == {".lock", "gadget"}


def test_a_go_that_fails_is_quoted(releases: Releases, tmp_path: Path) -> None:
    program(tmp_path / "bin/go", "#!/bin/sh\necho 'no such module' >&2\nexit 1\n")
    with pytest.raises(UnavailableError, match="no such module"):
        ensure_tool(gadget())


def test_path_comes_before_the_cache_and_the_variable_before_both(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = gadget(releases)
    cached = install_tool(tool)
    assert find_tool(tool) == cached
    on_path = program(tmp_path / "bin/gadget")
    assert find_tool(tool) == on_path
    named = program(tmp_path / "mine/gadget")
    monkeypatch.setenv("GITOPSGEN_GADGET", str(named))
    assert find_tool(tool) == named
    monkeypatch.setenv("GITOPSGEN_GADGET", str(tmp_path / "nothing"))
    with pytest.raises(UnavailableError, match=r"GITOPSGEN_GADGET names .* not a program"):
        find_tool(tool)


def test_a_cache_that_cannot_be_written_is_named(releases: Releases, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(UnavailableError, match="cannot be installed into"):
        ensure_tool(gadget(releases))


def test_the_pins_are_complete() -> None:
    assert KUBECONFORM in TOOLS
    for tool in TOOLS:
        assert all(len(digest) == 64 for digest in tool.digests.values())
        assert bool(tool.archive) == bool(tool.digests)
        assert tool.version in tool.archive or not tool.archive

"""Chart repositories that answer with anything but an index and archives of charts."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from tests.charts.servers import ChartRepository
from tests.hostile.bounds import Run, validate, write
from tests.hostile.test_cache import path_with_tools
from tests.hostile.test_charts import CHART, REMOTE, archive
from tests.hostile.test_texts import LAUGHS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

INDEX, ARCHIVE = "/index.yaml", "/web-1.0.0.tgz"
MANY = ",".join(
    f'"c{n}": [{{"name": "c{n}", "version": "1.0.0", "urls": ["a"]}}]' for n in range(100_000)
)


class Endless(ChartRepository):
    """A chart repository that never comes to the end of one of its files."""

    endless = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as others do, or go on until nobody listens."""
        if handler.path != self.endless:
            super().answer(handler)
            return
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"a" * 65536)


@pytest.fixture
def repository() -> Iterator[Endless]:
    """A chart repository of one good chart."""
    with Endless() as served:
        served.add("web", "1.0.0", archive(*CHART))
        yield served


def entry(**other: object) -> bytes:
    """An index of one chart."""
    chart = {"apiVersion": "v2", "name": "web", "version": "1.0.0", "urls": [ARCHIVE[1:]], **other}
    return json.dumps({"apiVersion": "v1", "entries": {"web": [chart]}}).encode()


def validate_from(
    repository: ChartRepository, folder: Path, *, seconds: float = 20, memory: int = 250
) -> Run:
    """Validate an Application with a chart of this repository, which no cache has."""
    text = REMOTE.replace("https://charts.nowhere.internal", repository.url)
    root = write(folder / "repository", {"app.yaml": text})
    env = {"GITOPSGEN_CACHE": str(folder / "cache"), "PATH": path_with_tools()}
    return validate(root, seconds=seconds, memory=memory, env=env)


def test_a_good_one(repository: Endless, tmp_path: Path) -> None:
    run = validate_from(repository, tmp_path)
    assert (run.status, run.findings, run.unchecked) == (0, [], [])


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (LAUGHS.encode(), "its index.yaml is not the index of a chart repository"),
        (b"null", "its index.yaml is not the index of a chart repository"),
        (bytes(range(256)) * 1000, "its index.yaml is not the index of a chart repository"),
        (b"[" * 1_000_000, "its index.yaml is not the index of a chart repository"),
        (b'{"apiVersion": [], "entries": {"web": 3}}', "cannot unmarshal array"),
        (b'{"apiVersion": "v1", "entries": {"web": [null, {}]}}', "has no chart web"),
        (f'{{"apiVersion": "v1", "entries": {{{MANY}}}}}'.encode(), "has no chart web"),
        (entry(name="../../owned"), "has no chart web"),
        (entry(urls=["file:///etc/passwd"]), 'scheme "file" not supported'),
        (entry(urls=["../../../etc/passwd"]), "not found (404)"),
        (entry(urls=["\x1b]0;owned\x07\n::error::x"]), "invalid chart URL format"),
        (entry(urls=[]), "has no downloadable URLs"),
        (entry(urls={"a": 1}), "cannot unmarshal object"),
    ],
    ids=[
        "a bomb of aliases",
        "null",
        "binary",
        "deep",
        "wrong types",
        "nothing",
        "many charts",
        "a path for a name",
        "a file",
        "a path upwards",
        "control characters",
        "no URL",
        "a mapping of URLs",
    ],
)
def test_an_index(repository: Endless, tmp_path: Path, index: bytes, reason: str) -> None:
    repository.files[INDEX] = index
    run = validate_from(repository, tmp_path, memory=500)
    assert run.status == 3
    [unchecked] = run.unchecked
    assert reason in unchecked
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "repository"]


@pytest.mark.parametrize("content", [b"<html>", b"\x1f\x8b", b""])
def test_an_archive_that_is_none(repository: Endless, tmp_path: Path, content: bytes) -> None:
    repository.files[ARCHIVE] = content
    run = validate_from(repository, tmp_path)
    assert run.status == 3
    [unchecked] = run.unchecked
    assert "is no readable archive" in unchecked


@pytest.mark.slow
@pytest.mark.parametrize("path", [INDEX, ARCHIVE])
def test_an_answer_without_an_end(repository: Endless, tmp_path: Path, path: str) -> None:
    repository.endless = path
    run = validate_from(repository, tmp_path, seconds=100, memory=4 << 10)
    assert run.status == 3
    [unchecked] = run.unchecked
    assert "it sends more than there is memory for" in unchecked

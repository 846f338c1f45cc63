"""Commands that are killed at any moment: given again, they finish the work."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gitopsgen.tools.pins import HELM
from gitopsgen.tools.resolver import ensure_tool
from tests.charts.servers import ChartRepository, write_chart
from tests.commands.invoke import invoke
from tests.commands.repositories import edit, git, make_repository
from tests.commands.test_bump import application
from tests.lifecycle.test_interrupted import kill_all
from tests.lifecycle.world import everything, merged_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EDITED = "components/loopia/manifests/certificate.yaml"
LOCK = """\
charts:
  gadget:
    repository: @@
    version: 1.2.3
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
"""


@dataclass(frozen=True)
class Work:
    """A command on a repository, what it leaves behind, its exit status, and its seconds."""

    start: Path
    arguments: tuple[str, ...]
    right: object
    status: int
    seconds: float

    @classmethod
    def measure(cls, start: Path, *arguments: str, status: int = 0) -> Work:
        root = start.with_name("undisturbed")
        shutil.copytree(start, root, symlinks=True)
        begin = time.monotonic()
        assert run(root, *arguments).wait() == status
        seconds = time.monotonic() - begin
        return cls(start, arguments, state(root), status, seconds)

    def kill(self, root: Path, moment: float) -> None:
        """Kill the command after a share of its time, and give it again."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.start, root, symlinks=True)
        running = run(root, *self.arguments)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(moment * self.seconds)
        kill_all(running.pid)
        running.wait()
        if (root / ".git").exists():
            git(root, "status")
            git(root, "fsck", "--strict", "--no-dangling")
        done = invoke(*self.arguments, "--repository", root)
        if done.status != self.status:
            # All was done: a component is there, or gone, or a merge is for the person to finish.
            said = ("is installed already", "is not installed", "a merge is under way")
            assert done.status == 2, done
            assert any(words in done.err for words in said), done.err
        assert state(root) == self.right


def run(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gitopsgen", *arguments, "--repository", str(root)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )


def state(root: Path) -> object:
    """All that a person sees of a repository."""
    if (root / ".git").exists():
        left = {path.name for path in (root / ".git").iterdir() if "gitopsgen" in path.name}
        return merged_state(root), left - {"gitopsgen.lock"}
    return {path: content for path, (_, _, content) in everything(root).items()}


@pytest.fixture(scope="module")
def charts() -> Iterator[ChartRepository]:
    with ChartRepository() as served:
        for version in ("1.2.3", "1.3.0"):
            served.add("gadget", version)
            served.add("other", version)
        yield served


def prepare(folder: Path, kind: str, charts: ChartRepository) -> Work:
    """The command that is to be killed, and its repository."""
    start = folder / "start"
    if kind == "bump":
        files = {f"apps/app{n}.yaml": application(f"app{n}", charts.url) for n in range(6)}
        files["apps/other.yaml"] = application("other", charts.url, "other")
        write_chart(start, {**files, ".gitopsgen/lock.yaml": LOCK.replace("@@", charts.url)})
        return Work.measure(start, "bump")
    make_repository(start)
    if kind == "remove":
        return Work.measure(start, "remove", "loopia")
    if kind == "remove with conflicts":
        edit(start, EDITED, "apiVersion: ", "# Mine.\napiVersion: ")
        return Work.measure(start, "remove", "loopia", status=4)
    assert invoke("remove", "loopia", "--repository", start).status == 0
    return Work.measure(start, "add", "loopia", "--set", "zones=[example.net]")


KINDS = ("add", "remove", "remove with conflicts", "bump")


@pytest.fixture(params=KINDS)
def work(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    charts: ChartRepository,
    monkeypatch: pytest.MonkeyPatch,
) -> Work:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    if request.param == "bump":
        monkeypatch.setenv("GITOPSGEN_HELM", str(ensure_tool(HELM)))
        monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    return prepare(tmp_path, request.param, charts)


@pytest.mark.parametrize("work", ["remove", "bump"], indirect=True)
def test_when_most_is_done(tmp_path: Path, work: Work) -> None:
    work.kill(tmp_path / "root", 0.8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_random_moments(tmp_path: Path, work: Work, seed: int) -> None:
    chance = random.Random(f"{work.arguments} {work.status} {seed}")
    for _ in range(25):
        work.kill(tmp_path / "root", chance.uniform(0.05, 1.0))

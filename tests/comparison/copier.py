"""Running scenarios with copier, installed for the occasion."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.tree import File
from tests.comparison.judging import Result
from tests.lifecycle.world import Hand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.lifecycle.scenarios import Scenario
    from tests.lifecycle.world import Content

VERSION = "9.19.1"

_IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Ada"), ("EMAIL", "ada@example.net"))
}


@dataclass(frozen=True)
class Copier:
    """A copier in a virtual environment of its own."""

    program: Path

    def update(self, folder: Path, scenario: Scenario) -> Result:
        """Go through a scenario in `folder`, and return what has become of the repository.

        The template is a git repository with a tag for each version, as copier wants it; its
        files are copied as they are.
        """
        template, root = folder / "template", folder / "home"
        template.mkdir(parents=True)
        (template / "copier.yml").write_text("_subdirectory: files\n")
        _git(template, "init", "--quiet", "--initial-branch=main")
        self._release(template, scenario.before, "1.0.0")
        done = self._run(folder, "copy", "--defaults", str(template), str(root))
        if done.returncode != 0:
            return Result(root, done.returncode, failed=True)
        _git(root, "init", "--quiet", "--initial-branch=main")
        _commit(root)
        scenario.hand(Hand(root))
        _commit(root)
        self._release(template, scenario.after, "2.0.0")
        done = self._run(root, "update", "--defaults")
        return Result(root, done.returncode, failed=b"Traceback" in done.stderr)

    def _release(self, template: Path, files: Mapping[str, Content], version: str) -> None:
        _git(template, "rm", "--quiet", "-r", "--ignore-unmatch", "files")
        answers = template / "files/{{_copier_conf.answers_file}}.jinja"
        answers.parent.mkdir(exist_ok=True)
        answers.write_text("{{ _copier_answers|to_nice_yaml }}")
        for path, content in files.items():
            content = content.encode() if isinstance(content, str) else content
            file = content if isinstance(content, File) else File(content)
            target = template / "files" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
            target.chmod(0o755 if file.executable else 0o644)
        _commit(template)
        _git(template, "tag", version)

    def _run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.program, *arguments],
            cwd=folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **_IDENTITY},
        )


def install(folder: Path) -> Copier:
    """Install copier from the package index into a virtual environment in `folder`."""
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin/pip", "install", "--quiet", f"copier=={VERSION}"],
        check=True,
        stdout=sys.stderr,
    )
    return Copier(folder / "bin/copier")


def _commit(root: Path) -> None:
    _git(root, "add", "--all", "--force")
    _git(root, "commit", "--quiet", "--allow-empty", "--message", "x")


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "tag.gpgSign=false", *arguments],
        cwd=root,
        check=True,
        env={**os.environ, **_IDENTITY},
    )

"""Repositories as `gitopsgen new` makes them, for tests of what happens to them later."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from gitopsgen.blueprints.render import JINJA_SETTINGS
from tests.commands.invoke import invoke
from tests.commands.test_new_blueprints import APPLICATION, BLUEPRINT, DEPLOYMENT
from tests.sample import SAMPLE

CLUSTER = (SAMPLE / "cluster.yaml").read_text()


# Goes when Python ends.
_KEPT = TemporaryDirectory(prefix="gitopsgen-test-")


@cache
def _made(cluster: str) -> Path:
    folder = Path(mkdtemp(dir=_KEPT.name))
    (folder / "cluster.yaml").write_text(cluster)
    done = invoke("new", folder / "home", "--config", folder / "cluster.yaml", "--no-input")
    assert done.status == 0, done.out + done.err
    return folder / "home"


def make_repository(target: Path, cluster: str = CLUSTER) -> Path:
    """A new repository in `target`, with a name for git; each cluster is rendered once."""
    shutil.copytree(_made(cluster), target)
    git(target, "config", "user.name", "Ada")
    git(target, "config", "user.email", "ada@example.net")
    return target


def own_component(folder: Path) -> Path:
    """A folder of blueprints with the component whoami, which needs a host."""
    component = folder / "whoami"
    files = component / "#{cookiecutter.name}#"
    for path, text in {
        component / "blueprint.yaml": BLUEPRINT,
        component / "cookiecutter.json": json.dumps(
            {"name": "home", "_jinja2_env_vars": JINJA_SETTINGS}
        ),
        files / "apps/whoami.yaml": APPLICATION,
        files / "components/whoami/manifests/deployment.yaml": DEPLOYMENT,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def git(root: Path, *arguments: str) -> str:
    """What git prints, without the last newline."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.rstrip("\n")


def edit(root: Path, file: str, old: str, new: str, *, commit: bool = True) -> None:
    """Edit a file by hand, and commit that."""
    text = (root / file).read_bytes().decode()
    assert old in text
    (root / file).write_bytes(text.replace(old, new).encode())
    if commit:
        git(root, "commit", "--quiet", "--all", "--message", f"Edit {file}")

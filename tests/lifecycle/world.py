"""A repository, the blueprints that it comes from, and an independent `git merge` to compare with.

The blueprints are a folder of a test's own: a new version of gitopsgen is the folder changed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.blueprints.catalogue import Catalogue
from gitopsgen.blueprints.metadata import METADATA_FILE, load_component
from gitopsgen.cluster.model import Repository
from gitopsgen.lifecycle.create import RENDER_BRANCH, commit_tree, publish
from gitopsgen.lifecycle.render import read_input, render_repository
from gitopsgen.lifecycle.update import Outcome, update_repository
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE
from gitopsgen.tree import File, Tree, digest, write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

CLUSTER = """\
apiVersion: gitopsgen/v1
name: home
domain: example.net
kubernetes: v1.35.7+k3s1
repository: {url: https://github.com/owner/home, branch: main}
ssh: {user: ubuntu, port: 22}
nodes:
  - {name: k-m1, address: 192.168.1.11, role: server}
network:
  subnet: 192.168.1.0/24
  gateway: 192.168.1.1
  dns: [192.168.1.1]
  interface: eth0
  api_address: 192.168.1.20
  load_balancer_pool: 192.168.1.30-192.168.1.49
  pod_cidr: 10.42.0.0/16
  service_cidr: 10.43.0.0/16
components: {}
"""

Content = str | bytes | File
"""A file of a blueprint: text, bytes, or a `File` that says whether it is executable."""

_ROOT = "#{cookiecutter.name}#"


@dataclass(frozen=True)
class Hand:
    """Edits by hand in the folder `root`."""

    root: Path

    def read(self, path: str) -> str:
        """The text of a file, line ends as they are."""
        return (self.root / path).read_bytes().decode()

    def write(self, path: str, content: str | bytes) -> None:
        """Write a file, which keeps its mode."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_bytes(content))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a piece of a file that is there once."""
        before = (self.root / path).read_bytes()
        assert before.count(old.encode()) == 1, (path, old)
        self.write(path, before.replace(old.encode(), new.encode()))

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        target = self.root / path
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()

    def move(self, old: str, new: str) -> None:
        """Move a file or a folder."""
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def link(self, path: str, target: str) -> None:
        """Put a symbolic link where a file may have been."""
        (self.root / path).unlink(missing_ok=True)
        (self.root / path).symlink_to(target)

    def allow_running(self, path: str) -> None:
        """Make a file executable."""
        (self.root / path).chmod(0o755)


class World:
    """A person's repository in `root`, made from blueprints that a test changes.

    `files` are what the skeleton renders, `components` what each component does, by its name;
    files are templates, as they are in real blueprints.
    """

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, Content],
        components: Mapping[str, Mapping[str, Content]] | None = None,
        cluster: str = CLUSTER,
    ) -> None:
        self.folder = folder
        self.root = folder / "home"
        self.hand = Hand(self.root)
        self.set_blueprints(files, components)
        tree = self.render(cluster)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            content, git_home = Path(temporary, "content"), Path(temporary, "git")
            content.mkdir()
            git_home.mkdir()
            write_tree(content, tree)
            address = Repository(url="https://github.com/owner/home", branch="main")
            commit_tree(content, git_home, digest(tree, leave_out=[LOCK_FILE]), address)
            (git_home / ".git").rename(content / ".git")
            publish(content, self.root)
        self.git("config", "user.name", "Ada")
        self.git("config", "user.email", "ada@example.net")
        self.git("remote", "remove", "origin")

    def set_blueprints(
        self,
        files: Mapping[str, Content],
        components: Mapping[str, Mapping[str, Content]] | None = None,
        chart: str = "",
    ) -> None:
        """Bring a new version of the blueprints; `chart` is what every component's one is."""
        blueprints = self.folder / "blueprints"
        shutil.rmtree(blueprints, ignore_errors=True)
        self.skeleton = blueprints / "repository"
        _write_template(self.skeleton, files)
        self.components = [blueprints / name for name in components or {}]
        for name, own in (components or {}).items():
            _write_template(blueprints / name, own)
            (blueprints / name / METADATA_FILE).write_text(
                f"name: {name}\nversion: 1\nsummary: s\nwave: 5\nnamespace: {name}\n"
                f"options: {{}}\n{chart}"
            )

    def catalogue(self, root: Path | None = None) -> Catalogue:
        """The blueprints as they are now."""
        return Catalogue(self.skeleton, tuple(load_component(path) for path in self.components))

    def render(self, cluster: str | None = None) -> Tree:
        """What the blueprints as they are now make of cluster.yaml, by default the repository's."""
        lock = ""
        if cluster is None:
            cluster = (self.root / CLUSTER_FILE).read_text()
            lock = (self.root / LOCK_FILE).read_text()
        catalogue = self.catalogue()
        source = read_input(cluster, catalogue, CLUSTER_FILE)
        assert source.result.cluster is not None, source.result.findings
        return render_repository(source.result.cluster, source, catalogue, lock)

    def render_of(self, files: Mapping[str, Content]) -> Tree:
        """What the skeleton made of these files renders to; the blueprints are these then."""
        self.set_blueprints(files)
        return self.render()

    def update(self, *, dry_run: bool = False) -> Outcome:
        """Run the update of the repository."""
        return update_repository(self.root, self.catalogue, dry_run=dry_run)

    def git(self, *arguments: str) -> str:
        """What git prints in the repository."""
        return git(self.root, *arguments)

    def commit(self, message: str = "By hand") -> str:
        """Commit everything in the work tree, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def blob(self, name: str) -> bytes:
        """The content that git has stored under an object's name."""
        command = ["git", "cat-file", "blob", name]
        return subprocess.run(command, cwd=self.root, capture_output=True, check=True).stdout

    def tree_of(self, tree: Tree) -> str:
        """The name that git gives to a tree of files."""
        return _store(self.root, tree)

    def everything(self) -> dict[str, tuple[int, int, bytes]]:
        """Every file of the repository, those of git too: its mode, its time and its content."""
        return everything(self.root)

    def is_dirty(self) -> bool:
        """Whether git sees anything that is not committed."""
        return self.git("status", "--porcelain") != ""


def git(root: Path, *arguments: str, input: bytes | None = None) -> str:
    """What git prints; it has to succeed."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, input=input)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout.decode(errors="surrogateescape")


def everything(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder below `root`: its mode, its time and its content.

    The times of git's objects are left out: git renews them when it meets an object again.
    """
    found = {}
    for path in sorted(root.rglob("*")):
        state, is_file = path.lstat(), path.is_file()
        time = 0 if is_file and ".git/objects/" in path.as_posix() else state.st_mtime_ns
        name = path.relative_to(root).as_posix()
        found[name] = (state.st_mode, time, path.read_bytes() if is_file else b"")
    return found


@dataclass(frozen=True)
class Merged:
    """What a merge has left: files of the work tree by path (links as their target), the index
    with its stages, and the tree of HEAD with whether a merge is under way.
    """

    files: dict[str, tuple[str, bytes]]
    index: str
    head: str
    is_under_way: bool
    status: str


def merged_state(root: Path) -> Merged:
    """What is in a work tree, its index and its HEAD now."""
    files = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] == ".git":
            continue
        if path.is_symlink():
            files[name] = ("link", str(path.readlink()).encode())
        elif path.is_file():
            mode = "executable" if path.stat().st_mode & 0o100 else "file"
            files[name] = (mode, path.read_bytes())
    return Merged(
        files,
        git(root, "ls-files", "--stage", "-z"),
        git(root, "rev-parse", "HEAD^{tree}"),
        (root / ".git/MERGE_HEAD").exists(),
        git(root, "status", "--porcelain", "-z"),
    )


def merge_with_git(world: World, base: Tree, theirs: Tree) -> Merged:
    """What plain `git merge` makes of HEAD in a copy of the repository.

    The render `base` is the parent of two commits, with HEAD's tree and with the render
    `theirs`: git finds its merge base by itself.
    """
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "copy")
        shutil.copytree(world.root, copy, symlinks=True)
        common = _commit(copy, _store(copy, base))
        ours = _commit(copy, git(copy, "rev-parse", "HEAD^{tree}").strip(), common)
        render = _commit(copy, _store(copy, theirs), common)
        git(copy, "reset", "--quiet", "--hard", ours)
        git(copy, "branch", "--force", RENDER_BRANCH, render)
        subprocess.run(
            ["git", "merge", "--quiet", "--no-edit", RENDER_BRANCH], cwd=copy, capture_output=True
        )
        return merged_state(copy)


def _store(root: Path, tree: Tree) -> str:
    """Store a tree by git's own fast-import, and return its name."""
    commands = [b"commit refs/scratch\ncommitter A <a@b> 0 +0000\ndata 0\ndeleteall\n"]
    for path, file in tree.items():
        quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        mode = "100755" if file.executable else "100644"
        commands.append(f'M {mode} inline "{quoted}"\ndata {len(file.content)}\n'.encode())
        commands.append(file.content + b"\n")
    git(root, "fast-import", "--quiet", "--force", input=b"".join(commands))
    return git(root, "rev-parse", "refs/scratch^{tree}").strip()


def _commit(root: Path, tree: str, *parents: str) -> str:
    links = [word for parent in parents for word in ("-p", parent)]
    return git(root, "commit-tree", tree, *links, "-m", "x").strip()


def _write_template(folder: Path, files: Mapping[str, Content]) -> None:
    (folder / _ROOT).mkdir(parents=True)
    (folder / "cookiecutter.json").write_text(json.dumps({"name": "home"}))
    for path, content in files.items():
        file = content if isinstance(content, File) else File(_bytes(content))
        target = folder / _ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        target.chmod(0o755 if file.executable else 0o644)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content

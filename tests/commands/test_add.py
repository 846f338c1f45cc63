from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.commands import add
from tests.commands.invoke import Result, invoke
from tests.commands.repositories import CLUSTER, edit, git, make_repository, own_component

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

LOOPIA = "  loopia: {zones: [example.net]}\n"
INGRESS = "  ingress-nginx: {address: 192.168.1.30}\n"
WITHOUT = CLUSTER.replace(LOOPIA, "")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample without loopia."""
    return make_repository(tmp_path / "home", WITHOUT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one component of a person's own."""
    return own_component(tmp_path / "blueprints")


def adding(root: Path, *arguments: str | Path, stdin: bytes = b"") -> Result:
    return invoke("add", *arguments, "--repository", root, stdin=stdin)


def state(root: Path) -> str:
    return git(root, "rev-parse", "HEAD") + git(root, "status", "--porcelain")


def test_a_component_is_added_and_merged(root: Path) -> None:
    edit(root, "cluster.yaml", "name: home\n", "name: 'home'   # ours\n")
    edit(root, "README.md", "# home\n", "# home\n\nBy hand.\n")
    before = (root / "cluster.yaml").read_text()
    done = adding(root, "loopia", "--set", "zones=[example.net]")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Add loopia: merged as ")
    assert "  new      apps/loopia.yaml\n" in done.out
    assert "validated without charts: 0 errors" in done.out
    assert "needs the Secret cert-manager/loopia-credentials (username, password)" in done.out
    assert (root / "cluster.yaml").read_text() == before + LOOPIA
    assert "By hand." in (root / "README.md").read_text()
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "log", "-1", "--format=%s") == "Add loopia"
    assert adding(root, "loopia").status == 2


def test_a_component_is_added_to_a_repository_that_nobody_has_touched(root: Path) -> None:
    done = adding(root, "loopia", "--set", "zones=[example.net]")
    assert done.status == 0
    assert (root / "cluster.yaml").read_text() == CLUSTER
    assert (root / "apps/loopia.yaml").exists()


def test_a_component_of_ones_own_is_added_and_its_folder_remembered(
    root: Path, folder: Path
) -> None:
    done = adding(root, "whoami", "--set", "host=who.example.net", "--blueprints", folder)
    assert done.status == 0
    assert "  whoami: {host: who.example.net}\n" in (root / "cluster.yaml").read_text()
    assert str(folder) in (root / ".gitopsgen/lock.yaml").read_text()
    assert invoke("list", root).out.count("whoami") == 1


def test_what_is_missing_is_named_with_what_would_do(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "home", CLUSTER.replace(INGRESS, ""))
    before = state(root)
    done = adding(root, "ingress-nginx")
    assert done.status == 2
    assert 'missing key "address" in components.ingress-nginx' in done.out
    assert "gitopsgen add ingress-nginx --set address=192.168.1.30\n" in done.err
    assert state(root) == before


def test_everything_wrong_is_said_at_once(root: Path) -> None:
    before = state(root)
    done = adding(root, "loopia", "--set", "zones=[nowhere]", "--set", "zone=a", "--set", "x.z=1")
    assert done.status == 2
    assert "components.loopia.zones[0]" in done.out
    assert 'unknown key "zone" in components.loopia' in done.out
    assert 'unknown key "x" in components.loopia' in done.out
    assert "3 errors" in done.out
    assert " |   loopia: {zones: [nowhere], zone: a, x: {z: 1}}" in done.out
    assert "nothing was changed" in done.err
    assert state(root) == before


def test_what_it_needs_is_named(tmp_path: Path) -> None:
    cluster = CLUSTER.replace(LOOPIA, "").replace(
        "  cert-manager: {email: ops@example.net, environment: staging}\n", ""
    )
    root = make_repository(tmp_path / "home", cluster)
    done = adding(root, "loopia", "--set", "zones=[example.net]")
    assert done.status == 2
    assert "plan-component-needs" in done.out
    assert "cert-manager" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("loopi",), "there is no component loopi\n  Did you mean loopia?"),
        (("quite-another",), "There are: loopia."),
        (("argocd",), "argocd is installed already"),
        (("loopia", "--set", "zones"), "--set zones: not OPTION=VALUE"),
        (("loopia", "--set", "zones=["), "the value is not YAML"),
        (("loopia", "--set", "=a"), "not a path"),
    ],
)
def test_wrong_calls(root: Path, arguments: tuple[str, ...], message: str) -> None:
    before = state(root)
    done = adding(root, *arguments)
    assert done.status == 2
    assert message in done.err
    assert state(root) == before


def test_a_dry_run_shows_the_diff_and_touches_nothing(root: Path) -> None:
    before = state(root) + git(root, "for-each-ref")
    done = adding(root, "loopia", "--set", "zones=[example.net]", "--dry-run")
    assert done.status == 0
    assert "+  loopia: {zones: [example.net]}\n" in done.out
    assert "+++ b/apps/loopia.yaml" in done.out
    assert state(root) + git(root, "for-each-ref") == before


def test_a_dirty_tree_is_refused_before_anything_is_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add, "on_terminal", lambda: True)
    edit(root, "README.md", "# home\n", "# mine\n", commit=False)
    done = adding(root, "loopia")
    assert done.status == 2
    assert "changes that are not committed: README.md" in done.err


def test_outside_of_a_repository(tmp_path: Path) -> None:
    done = adding(tmp_path, "loopia")
    assert done.status == 2
    assert "is not in a git work tree" in done.err


def test_on_a_terminal_it_asks_for_what_has_no_safe_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add, "on_terminal", lambda: True)
    pool = "192.168.1.30-192.168.1.49"
    cluster = CLUSTER.replace(INGRESS, "").replace(pool, "192.168.1.31-192.168.1.49")
    root = make_repository(tmp_path / "home", cluster)
    done = adding(root, "ingress-nginx", stdin=b"192.168.1\n\n")
    assert done.status == 0
    assert (
        "address: The address that all hosts of the cluster resolve to, out of the pool" in done.out
    )
    assert "[192.168.1.31]" in done.out
    assert '"192.168.1" is not an IPv4 address such as 192.168.1.30' in done.out
    assert "ingress-nginx: {address: 192.168.1.31}" in (root / "cluster.yaml").read_text()


def test_on_a_terminal_lists_are_asked_for_as_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add, "on_terminal", lambda: True)
    done = adding(root, "loopia", stdin=b"example.net, example.org\n")
    assert done.status == 0
    assert "zones: [example.net, example.org]" in (root / "cluster.yaml").read_text()
    done = adding(root, "loopia", "--no-input")
    assert done.status == 2

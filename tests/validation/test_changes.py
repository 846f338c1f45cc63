from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.findings import Finding, Report, Severity, Unchecked
from gitopsgen.validation import changes
from gitopsgen.validation.changes import validate_changes
from gitopsgen.validation.history import check_out, find_commit, renamed_files
from gitopsgen.validation.selection import Selection
from gitopsgen.validation.service import Options

if TYPE_CHECKING:
    from pathlib import Path

# What else is said of repositories this small does not matter here.
ABOUT = Selection(only=("schema-invalid", "yaml", "waiver-unused"))
OPTIONS = Options(charts="skip", selection=ABOUT)

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.net}
spec:
  group: example.net
  scope: Namespaced
  names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer}}}
"""


def config_map(name: str, *fields: str) -> str:
    """A ConfigMap with some fields that it must not have."""
    lines = ["apiVersion: v1", "kind: ConfigMap", f"metadata: {{name: {name}}}"]
    return "\n".join([*lines, *(f"{field}: 1" for field in fields)]) + "\n"


def git(root: Path, *arguments: str) -> str:
    """Run git as nobody in particular; what it printed."""
    person = ["-c", "user.name=a", "-c", "user.email=a@example.net"]
    command = ["git", *person, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def write(root: Path, files: dict[str, str]) -> None:
    """Write files below `root`."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def commit(root: Path, files: dict[str, str]) -> None:
    """Make a repository, or go on with it, whose newest commit adds these files."""
    root.mkdir(exist_ok=True)
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
        git(root, "remote", "add", "origin", "git@github.com:o/r.git")
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a commit")


def brought(root: Path, ref: str = "HEAD", options: Options = OPTIONS) -> list[str]:
    """The findings of a change: file, line and message."""
    report = validate_changes(root, options, ref)
    return [f"{f.file}:{f.line}: {f.message}" for f in report.findings]


def unknown(place: str, field: str) -> str:
    """How an unknown field is reported."""
    return f'{place}: unknown field "{field}"'


@pytest.fixture(autouse=True)
def _kubeconform(kubeconform: Path) -> None:
    """Every test needs kubeconform."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one fault that it has had since its only commit."""
    commit(tmp_path / "r", {"a.yaml": config_map("a", "old"), "b.yaml": config_map("b")})
    return tmp_path / "r"


def test_old_findings_are_left_out(root: Path) -> None:
    assert brought(root) == []
    write(root, {"b.yaml": config_map("b", "new")})
    assert brought(root) == [unknown("b.yaml:4", "new")]


def test_committed_changes_count_as_those_that_are_not(root: Path) -> None:
    git(root, "tag", "v1")
    commit(root, {"b.yaml": config_map("b", "new")})
    assert brought(root, "v1") == [unknown("b.yaml:4", "new")]
    assert brought(root, "main~1") == brought(root, "v1")
    assert brought(root) == []


def test_a_finding_that_is_gone_does_not_make_up_for_a_new_one(root: Path) -> None:
    write(root, {"a.yaml": config_map("a", "new")})
    assert brought(root) == [unknown("a.yaml:4", "new")]
    write(root, {"a.yaml": config_map("a")})
    assert brought(root) == []


def test_moved_lines_are_the_same_finding(root: Path) -> None:
    write(root, {"a.yaml": "# why\n\n" + config_map("z") + "---\n" + config_map("a", "old")})
    assert brought(root) == []


def test_the_same_fault_once_more_is_new_and_at_its_own_place(root: Path) -> None:
    text = config_map("a", "old")
    write(root, {"a.yaml": text + "---\n" + text.replace("old: 1", "old: 2")})
    assert brought(root) == [unknown("a.yaml:9", "old")]
    # Also when it comes before the old one.
    write(root, {"a.yaml": text.replace("old: 1", "old: 2") + "---\n" + text})
    assert brought(root) == [unknown("a.yaml:4", "old")]


def test_a_change_in_one_file_may_break_another(tmp_path: Path) -> None:
    root = tmp_path / "r"
    gadget = "apiVersion: example.net/v1\nkind: Gadget\nmetadata: {name: a}\nspec: {size: 1}\n"
    commit(root, {"crd.yaml": CRD, "gadget.yaml": gadget})
    assert brought(root) == []
    write(root, {"crd.yaml": CRD.replace("size", "length")})
    assert brought(root) == [unknown("gadget.yaml:4", "size")]


@pytest.mark.parametrize("staged", [True, False])
def test_a_renamed_file_keeps_its_findings(root: Path, *, staged: bool) -> None:
    if staged:
        git(root, "mv", "a.yaml", "c.yaml")
    else:
        (root / "a.yaml").rename(root / "c.yaml")
    assert brought(root) == []
    (root / "c.yaml").write_text(config_map("a", "old", "new"))
    assert brought(root) == [unknown("c.yaml:5", "new")]


def test_a_copied_file_brings_its_findings_again(root: Path) -> None:
    write(root, {"c.yaml": config_map("c", "old")})
    assert brought(root) == [unknown("c.yaml:4", "old")]


def test_the_commits_own_settings_count_for_its_findings(root: Path) -> None:
    settings = 'waivers: [{rule: schema-invalid, path: "a.yaml", reason: meant}]\n'
    commit(root, {".gitopsgen/validate.yaml": settings})
    (root / ".gitopsgen/validate.yaml").unlink()
    assert brought(root) == [unknown("a.yaml:4", "old")]


def test_broken_settings_of_the_commit_are_said_and_everything_is_reported(root: Path) -> None:
    commit(root, {".gitopsgen/validate.yaml": "waiver: []\n"})
    (root / ".gitopsgen/validate.yaml").unlink()
    report = validate_changes(root, OPTIONS, "HEAD")
    assert [finding.file for finding in report.findings] == ["a.yaml"]
    (note,) = (item for item in report.unchecked if "HEAD" in item.what)
    assert note.reason.startswith(".gitopsgen/validate.yaml cannot be used")
    assert not note.required


def test_a_commit_with_nothing_to_validate_brings_everything(tmp_path: Path) -> None:
    commit(tmp_path / "r", {"README.md": "notes\n"})
    write(tmp_path / "r", {"a.yaml": config_map("a", "new")})
    report = validate_changes(tmp_path / "r", OPTIONS, "HEAD")
    assert [finding.file for finding in report.findings] == ["a.yaml"]
    assert not any(str(tmp_path.parent) in item.reason for item in report.unchecked)


def test_a_folder_of_a_work_tree_is_compared_with_itself(tmp_path: Path) -> None:
    files = {"home/a.yaml": config_map("a", "old"), "lab/a.yaml": config_map("a", "other")}
    commit(tmp_path / "r", files)
    home = tmp_path / "r/home"
    assert brought(home) == []
    (home / "a.yaml").rename(home / "z.yaml")
    write(home, {"b.yaml": config_map("b", "new")})
    assert brought(home) == [unknown("b.yaml:4", "new")]
    write(tmp_path / "r", {"new/a.yaml": config_map("a", "new")})
    assert brought(tmp_path / "r/new") == [unknown("a.yaml:4", "new")]


def test_the_repository_is_left_as_it_was(root: Path) -> None:
    write(root, {"b.yaml": config_map("b", "new"), "staged.yaml": config_map("s", "x")})
    git(root, "add", "staged.yaml")
    (root / "a.yaml").rename(root / "c.yaml")

    def state() -> dict[str, bytes]:
        # git refreshes the times in its index whenever it looks; what it says stays.
        files = {p for p in root.rglob("*") if p.is_file() and p.name != "index"}
        return {str(path.relative_to(root)): path.read_bytes() for path in files}

    before, status = state(), git(root, "status", "--porcelain=v2")
    assert brought(root) == [unknown("b.yaml:4", "new"), unknown("staged.yaml:4", "x")]
    assert state() == before
    assert git(root, "status", "--porcelain=v2") == status


def test_no_program_that_the_repository_names_is_run(root: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "post-index-change", "pre-commit"):
        (hooks / hook).symlink_to(program)
    git(root, "config", "core.fsmonitor", str(program))
    write(root, {"b.yaml": config_map("b", "new")})
    (tmp_path / "ran").unlink(missing_ok=True)
    assert find_commit(root, "HEAD")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert check_out(root, "HEAD", folder) is not None
    renamed_files(root, "HEAD")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "ref", ["nowhere", "", "-h", "--all", "HEAD~9", "a..b", "\udcff", "main:a.yaml"]
)
def test_an_unknown_commit_is_wrong_usage(root: Path, ref: str) -> None:
    with pytest.raises(UsageError, match="git knows no commit") as caught:
        validate_changes(root, OPTIONS, ref)
    assert "git branch --all" in caught.value.hint


def test_a_branch_that_only_the_remote_has_is_proposed(root: Path) -> None:
    git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    with pytest.raises(UsageError) as caught:
        find_commit(root, "trunk")
    assert caught.value.hint == "Did you mean origin/trunk?"


def test_a_shallow_clone_is_told_how_to_get_its_history(root: Path, tmp_path: Path) -> None:
    commit(root, {"b.yaml": config_map("b", "new")})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    with pytest.raises(UsageError) as caught:
        find_commit(tmp_path / "shallow", "HEAD~1")
    assert "fetch-depth: 0" in caught.value.hint


def test_outside_of_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": config_map("a")})
    with pytest.raises(UsageError, match="is not in a git work tree"):
        validate_changes(tmp_path, OPTIONS, "HEAD")


def test_a_repository_without_commits_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.yaml": config_map("a")})
    with pytest.raises(UsageError, match="git knows no commit 'HEAD'"):
        validate_changes(tmp_path, OPTIONS, "HEAD")


def test_what_git_says_of_a_repository_that_it_cannot_read_is_shown(root: Path) -> None:
    (root / ".git/config").write_text("[core\n")
    with pytest.raises(UsageError, match="git cannot read the repository") as caught:
        find_commit(root, "HEAD")
    assert "bad config line 1" in caught.value.hint


def test_the_index_may_be_missing_and_names_may_be_odd(root: Path, tmp_path: Path) -> None:
    commit(root, {"ü\n b.yaml": config_map("ü", "x", "y", "z")})
    (root / ".git/index").unlink()
    (root / "ü\n b.yaml").rename(root / "ö'\".yaml")
    assert renamed_files(root, "HEAD") == {"ü\n b.yaml": "ö'\".yaml"}


def test_where_a_tree_lies_is_not_part_of_a_fault(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A program's own message may name files by where they are.
    def validate(tree: Path, options: Options) -> Report:
        message = f"cannot load {tree.resolve()}/web/Chart.yaml"
        return Report((Finding("chart-render", Severity.ERROR, "a.yaml", 1, 1, message),))

    monkeypatch.setattr(changes, "validate", validate)
    assert brought(root) == []


@pytest.mark.parametrize(
    ("now", "notes"),
    [
        (Unchecked("chart x 1.1", "charts were skipped", "web"), 0),
        (Unchecked("chart x 1.1", "no such host", "web"), 1),
        (Unchecked("chart x 1.1", "charts were skipped", "other"), 1),
    ],
)
def test_what_could_not_be_compared_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch, now: Unchecked, notes: int
) -> None:
    fault = Finding("k8s-port", Severity.ERROR, "a.yaml", 1, 1, "new")
    then = Unchecked("chart x 1.0", "charts were skipped", "web")
    answers = iter([Report((fault,), (now,)), Report((), (then,))])
    monkeypatch.setattr(changes, "validate", lambda tree, options: next(answers))
    report = validate_changes(root, OPTIONS, "HEAD")
    assert report.findings == (fault,)
    assert [item.what for item in report.unchecked[1:]] == ["chart x 1.0 at HEAD"] * notes

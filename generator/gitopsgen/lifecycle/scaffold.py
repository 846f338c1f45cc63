"""`gitopsgen new`: plan the whole repository, check it, then write it."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.documents.reader import decode
from gitopsgen.errors import UsageError
from gitopsgen.findings import Report
from gitopsgen.lifecycle.create import check_target, commit_tree, publish
from gitopsgen.lifecycle.render import read_input, render_repository
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE
from gitopsgen.tree import digest, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.cluster.model import Cluster
    from gitopsgen.lifecycle.render import ClusterInput
    from gitopsgen.tree import Tree

__all__ = [
    "CLUSTER_FILE",
    "Scaffold",
    "apply_assignments",
    "check_target",
    "input_report",
    "planned",
    "read_config",
    "read_input",
]

# What `--set` alone starts from.
_BLANK = "apiVersion: gitopsgen/v1\n"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A repository that is rendered and checked, and lies in a temporary folder until published."""

    cluster: Cluster
    tree: Tree
    report: Report
    content: Path

    def read_text(self, file: str) -> str | None:
        """The text of one of its files, or None."""
        found = self.tree.get(file)
        return None if found is None else found.content.decode(errors="replace")

    def publish(self, target: Path) -> None:
        """Move the repository to `target`: all of it, or nothing (`create.publish`)."""
        publish(self.content, target)


def read_config(config: Path | None) -> tuple[str, str]:
    """The text of a cluster.yaml and the name to report it by; `-` is standard input.

    None stands for a file that says nothing yet. Raises `UsageError` where the file cannot be
    read as text.
    """
    if config is None:
        return _BLANK, CLUSTER_FILE
    name = "standard input" if str(config) == "-" else str(config)
    try:
        content = sys.stdin.buffer.read() if str(config) == "-" else config.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read: {error.strerror}", "Name a cluster.yaml with --config."
        ) from error
    text, problem = decode(content)
    if problem is not None:
        where = f"{name}:{problem.line}:{problem.column}"
        raise UsageError(f"{where}: {problem.message}", problem.hint)
    return text, name


def apply_assignments(text: str, assignments: Sequence[str]) -> str:
    """Splice every `KEY=VALUE` into cluster.yaml's text and leave all else as it is.

    Raises `UsageError` that lists the assignments that have no `=`.
    """
    if wrong := [item for item in assignments if "=" not in item]:
        raise UsageError(
            f"--set {', '.join(wrong)}: not KEY=VALUE",
            "Write, for example, --set network.gateway=192.168.1.1.",
        )
    if not assignments:
        return text
    from gitopsgen.cluster.edit import set_values

    pairs = [item.split("=", 1) for item in assignments]
    return set_values(text, [(key, value) for key, value in pairs])


def input_report(source: ClusterInput) -> Report:
    """What is wrong with a cluster.yaml, as a report."""
    findings = sorted(source.result.findings, key=lambda finding: finding.sort_key)
    return Report(findings=tuple(findings))


@contextmanager
def planned(
    cluster: Cluster, source: ClusterInput, catalogue: Catalogue, *, with_git: bool
) -> Iterator[Scaffold]:
    """Render the repository and validate it as `gitopsgen validate` would, charts left out.

    It lies in a temporary folder, already committed if `with_git`, and is gone with the context
    unless it was published. yamllint is left out: it is slow, and what it looks at does not
    depend on the input. Raises `UsageError` for a wrong blueprint and `UnavailableError` where
    kubeconform or git is missing.
    """
    from gitopsgen.validation.service import Options, validate_content

    tree = render_repository(cluster, source, catalogue)
    with tempfile.TemporaryDirectory(prefix="gitopsgen-") as temporary:
        content, git_home = Path(temporary, "content"), Path(temporary, "git")
        for folder in (content, git_home):
            folder.mkdir()
        content.chmod(0o755)
        write_tree(content, tree)
        options = Options(charts="skip", lint=False, repository_urls=(cluster.repository.url,))
        with ThreadPoolExecutor(1) as beside:
            # Both mostly wait for other programs: git commits while kubeconform checks.
            committed = (
                beside.submit(_commit, content, git_home, tree, cluster) if with_git else None
            )
            report = validate_content(content, digest(tree), options)
            if committed is not None:
                committed.result()
        if with_git:
            (git_home / ".git").rename(content / ".git")
        yield Scaffold(cluster, tree, report, content)


def _commit(content: Path, git_home: Path, tree: Tree, cluster: Cluster) -> None:
    render_digest = digest(tree, leave_out=[LOCK_FILE])
    commit_tree(content, git_home, render_digest, cluster.repository)

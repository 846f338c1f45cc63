"""What a change brings: the findings of a work tree without those that a commit has already.

Both trees are validated as a whole, since a change in one file can break another one. A finding
is an old one where the commit's tree has one like it (`gitopsgen.validation.identity`), in the
same file or in the one that git takes it to be renamed from.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.findings import Unchecked
from gitopsgen.validation.history import check_out, find_commit, renamed_files
from gitopsgen.validation.identity import identity, in_new_names
from gitopsgen.validation.remotes import remote_urls
from gitopsgen.validation.service import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.findings import Finding, Report
    from gitopsgen.validation.identity import Identity
    from gitopsgen.validation.service import Options


def validate_changes(root: Path, options: Options, ref: str) -> Report:
    """Check the repository in `root`, and report what the commit `ref` did not have.

    Raises what `validate` does, and `UsageError` where `root` is in no git work tree or `ref` is
    no commit of it.
    """
    commit = find_commit(root, ref)
    report = validate(root, options)
    if not report.findings:
        return report
    # A tree that was checked out has no remotes, but has to be known by the same URLs.
    urls = (*options.repository_urls, *remote_urls(root))
    options = replace(options, repository_urls=urls, as_committed=True)
    with tempfile.TemporaryDirectory(prefix="gitopsgen-base-") as folder:
        base = check_out(root, commit, Path(folder))
        if base is None:
            return report
        try:
            before = validate(base, options)
        except UsageError as error:
            reason = error.message.replace(str(base), "its tree")
            return _with_note(report, f"the findings of {ref}", f"{reason}: all are reported")
        renames = renamed_files(root, commit)
        old = _by_identity(before.findings, _Tree(base), renames)
    report = replace(report, findings=_new(report.findings, _Tree(root), old))
    # Another version of a chart that nobody looks at now either is no loss.
    same = {(item.application, item.reason) for item in report.unchecked}
    lost = [item for item in before.unchecked if (item.application, item.reason) not in same]
    if lost and report.findings:
        reason = f"{lost[0].reason}: what is reported may be older than the change"
        return _with_note(report, f"{lost[0].what} at {ref}", reason)
    return report


def _with_note(report: Report, what: str, reason: str) -> Report:
    return replace(report, unchecked=(*report.unchecked, Unchecked(what, reason)))


class _Tree:
    """A tree of files that was validated."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._files: dict[str, list[bytes]] = {}

    def identity(self, finding: Finding, renames: Mapping[str, str]) -> Identity:
        """A finding's identity, wherever the tree is and under the new names of files."""
        message = finding.message.replace(f"{self._root}/", "")
        return identity(in_new_names(replace(finding, message=message), renames))

    def line(self, finding: Finding) -> bytes:
        """The line that a finding is at, without its indentation."""
        lines = self._files.get(finding.file)
        if lines is None:
            try:
                lines = (self._root / finding.file).read_bytes().split(b"\n")
            except OSError:
                lines = []
            self._files[finding.file] = lines
        return lines[finding.line - 1].strip() if finding.line <= len(lines) else b""


def _by_identity(
    findings: Iterable[Finding], tree: _Tree, renames: Mapping[str, str]
) -> dict[Identity, Counter[bytes]]:
    """For each identity, under the new names of files, the lines where it was found."""
    found: dict[Identity, Counter[bytes]] = defaultdict(Counter)
    for finding in findings:
        found[tree.identity(finding, renames)][tree.line(finding)] += 1
    return found


def _new(
    findings: tuple[Finding, ...], tree: _Tree, old: Mapping[Identity, Counter[bytes]]
) -> tuple[Finding, ...]:
    """The findings that are more than the old ones of their identity, in order.

    Of several with one identity, those whose line was there before are the old ones.
    """
    left = {key: Counter(texts) for key, texts in old.items()}
    changed: dict[Identity, list[Finding]] = defaultdict(list)
    for finding in findings:
        key, text = tree.identity(finding, {}), tree.line(finding)
        if key in left and left[key][text]:
            left[key][text] -= 1
        else:
            changed[key].append(finding)
    new: set[Finding] = set()
    for key, pending in changed.items():
        new.update(pending[left.get(key, Counter()).total() :])
    return tuple(finding for finding in findings if finding in new)

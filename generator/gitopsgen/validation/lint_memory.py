"""yamllint's findings from run to run: a file that did not change is not looked at again."""

from __future__ import annotations

from collections import defaultdict
from importlib import metadata
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Finding
from gitopsgen.repository.layout import YAMLLINT_FILES
from gitopsgen.tools.results import result_key
from gitopsgen.validation.lint import lint
from gitopsgen.validation.lint_file import CONFIG_RULE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.memory import Memory

_NOTE = "lint"


def remembered_lint(
    files: RepositoryFiles,
    paths: Sequence[str],
    checked: Collection[str],
    jobs: int,
    memory: Memory,
) -> list[Finding]:
    """What `lint` finds in files of a repository, most of it known from an earlier run."""
    key = _settings_key(files)
    if key is None:
        return []
    known = _recalled(memory, key)
    keys = {path: f"{path} {digest} {path in checked}" for path, digest in _digests(files, paths)}
    fresh = [path for path in paths if keys.get(path) not in known]
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in lint(files.root, fresh, checked, jobs) if fresh else ():
        found[finding.file].append(finding)
    findings = [finding for of_file in found.values() for finding in of_file]
    if any(finding.rule == CONFIG_RULE for finding in findings):
        return findings
    for path in fresh:
        if path in keys:
            known[keys[path]] = found.get(path, [])
    kept = {item: known[item] for item in keys.values()}
    new = frozenset(fresh)
    findings += [f for path, item in keys.items() if path not in new for f in known[item]]
    memory.note(
        _NOTE,
        {
            "key": key,
            "clean": [item for item, of_file in kept.items() if not of_file],
            "found": {item: [f.as_plain() for f in of] for item, of in kept.items() if of},
        },
    )
    return findings


def _settings_key(files: RepositoryFiles) -> str | None:
    """A key of yamllint and its settings; None where a repository has none."""
    name = next((name for name in YAMLLINT_FILES if name in files), None)
    settings = files.read(name) if name is not None else None
    if settings is None:
        return None
    # Settings may name other files: presets, and lists of files to ignore.
    named = [
        (path, digest)
        for path in files.paths
        if path in settings.text and (digest := _digest(files, path)) is not None
    ]
    return result_key("lint", metadata.version("yamllint"), name, settings.digest, named)


def _digests(files: RepositoryFiles, paths: Sequence[str]) -> list[tuple[str, str]]:
    pairs = ((path, _digest(files, path)) for path in paths if path.endswith((".yaml", ".yml")))
    return [(path, digest) for path, digest in pairs if digest]


def _digest(files: RepositoryFiles, path: str) -> str | None:
    file = files.read(path)
    return None if file is None else file.digest


def _recalled(memory: Memory, key: str) -> dict[str, list[Finding]]:
    note: Any = memory.notes.get(_NOTE)
    if not isinstance(note, dict) or note.get("key") != key:
        return {}
    known: dict[str, list[Finding]] = {item: [] for item in note["clean"]}
    for item, found in note["found"].items():
        known[item] = [Finding.from_plain(f) for f in found]
    return known

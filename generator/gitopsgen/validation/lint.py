"""The yamllint stage: a repository's files under the repository's own yamllint settings."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from gitopsgen.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from yamllint.config import YamlLintConfig

CONFIGURATIONS = (".yamllint", ".yamllint.yaml", ".yamllint.yml")
# Where a repository has no settings of its own: what hides mistakes, and no matter of taste.
_DEFAULT = """\
rules:
  anchors: enable
  colons: {max-spaces-before: 0, max-spaces-after: -1}
  key-duplicates: enable
  octal-values: enable
"""
# The YAML stage reports these itself, for the files that Argo CD reads.
_OURS = frozenset({"key-duplicates"})
# Fewer files are linted sooner than worker processes start.
_FILES_FOR_WORKERS = 100
_CHUNK = 20


def lint(
    root: Path, files: Sequence[str], checked: frozenset[str] = frozenset(), jobs: int = 1
) -> tuple[Finding, ...]:
    """Run yamllint over `files`, which are relative to `root`.

    `checked` are the files that the YAML stage reads: syntax errors and duplicate keys in them
    are left to it. Settings that yamllint refuses are one finding, at the settings file.
    """
    name = next((name for name in CONFIGURATIONS if (root / name).is_file()), None)
    try:
        config = _configuration(root, name)
        wanted = [file for file in files if _is_wanted(config, file)]
        if jobs > 1 and len(wanted) >= _FILES_FOR_WORKERS:
            with ProcessPoolExecutor(jobs) as pool:
                tasks = [
                    pool.submit(_lint_files, root, name, wanted[start : start + _CHUNK])
                    for start in range(0, len(wanted), _CHUNK)
                ]
                found = [finding for task in tasks for finding in task.result()]
        else:
            found = _lint_files(root, name, wanted)
    except _SettingsError as error:
        message = f"yamllint refuses these settings: {error}"
        return (Finding("yamllint/config", Severity.ERROR, name or "", 1, 1, message),)
    return tuple(finding for finding in found if not _is_ours(finding, checked))


class _SettingsError(Exception):
    """yamllint refuses the repository's settings."""


def _configuration(root: Path, name: str | None) -> YamlLintConfig:
    from yamllint.config import YamlLintConfig, YamlLintConfigError

    try:
        text = _DEFAULT if name is None else (root / name).read_text(encoding="utf-8")
        return YamlLintConfig(text)
    except (YamlLintConfigError, OSError, UnicodeDecodeError) as error:
        raise _SettingsError(" ".join(str(error).split())) from error
    except (AttributeError, TypeError, ValueError) as error:
        # yamllint itself trips over settings that are no mapping.
        raise _SettingsError("not a mapping of rules") from error


def _is_wanted(config: YamlLintConfig, file: str) -> bool:
    return bool(config.is_yaml_file(file)) and not config.is_file_ignored(file)


def _lint_files(root: Path, name: str | None, files: Iterable[str]) -> list[Finding]:
    from yamllint import linter

    config = _configuration(root, name)
    findings: list[Finding] = []
    for file in files:
        try:
            content = (root / file).read_bytes()
        except OSError:
            continue  # said where it matters: among what is unchecked
        try:
            problems = list(linter.run(content, config, file))
        except (UnicodeError, RecursionError):
            continue  # the YAML stage says so
        for problem in problems:
            severity = Severity.ERROR if problem.level == "error" else Severity.WARNING
            rule = f"yamllint/{problem.rule or 'syntax'}"
            findings.append(
                Finding(rule, severity, file, problem.line, problem.column, str(problem.desc))
            )
    return findings


def _is_ours(finding: Finding, checked: frozenset[str]) -> bool:
    rule = finding.rule.removeprefix("yamllint/")
    return finding.file in checked and (rule == "syntax" or rule in _OURS)

"""The YAML stage: what is wrong with the text of the files that Argo CD reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.repository.files import RepositoryFiles

YAML_RULES = (
    Rule(
        "yaml-syntax",
        (Severity.ERROR,),
        "The file does not parse.",
        "Argo CD applies nothing of an Application that has one such file.",
        'key: "value',
        'key: "value"',
    ),
    Rule(
        "yaml-duplicate-key",
        (Severity.ERROR,),
        "A key is twice in one mapping.",
        "The later one silently wins.",
        "replicas: 1\nreplicas: 2",
        "replicas: 2",
    ),
    Rule(
        "yaml-ambiguous-scalar",
        (Severity.WARNING,),
        "A value that the parsers of this ecosystem read as different types.",
        "What a person sees as text may arrive as a truth value or a number.",
        "mode: 0o14",
        'mode: "0o14"',
    ),
)
_SEVERITIES = {rule.id: rule.severities[0] for rule in YAML_RULES}


def yaml_findings(files: RepositoryFiles, paths: Iterable[str]) -> list[Finding]:
    """Syntax errors, repeated keys and ambiguous values in these files."""
    findings = []
    for path in dict.fromkeys(paths):
        file = files.read(path)
        for problem in file.contents.problems if file else ():
            findings.append(
                Finding(
                    problem.rule,
                    _SEVERITIES[problem.rule],
                    path,
                    problem.line,
                    problem.column,
                    problem.message,
                    problem.hint,
                )
            )
    return findings

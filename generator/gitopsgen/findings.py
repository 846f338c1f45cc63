"""What a check found: findings, things left unchecked, and the report that holds both."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is: an error breaks the cluster, a warning deserves a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, at the place to change.

    `file` is relative to the repository, with `/`; `line` and `column` are 1-based and count
    characters. `resource` reads `group/version/Kind namespace/name`, with no `group/` for the
    core group and no `namespace/` for cluster-scoped objects; it and `application` may be empty.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    resource: str = ""
    application: str = ""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Findings are reported in this order: by place, then by rule and message."""
        return (self.file, self.line, self.column, self.rule, self.message)

    def as_plain(self) -> dict[str, Any]:
        """The finding as plain texts and numbers, by field."""
        return {**asdict(self), "severity": str(self.severity)}

    @classmethod
    def from_plain(cls, fields: dict[str, Any]) -> Finding:
        """The finding that `as_plain` was made of."""
        return cls(**{**fields, "severity": Severity(fields["severity"])})


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something that could not be checked; it is never counted as passed.

    `required` is true where the caller asked for it to be checked (a chart with
    `--charts require`): then the exit status says so.
    """

    what: str
    reason: str
    application: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was looked at."""

    files: int = 0
    documents: int = 0
    applications: int = 0
    charts: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run: findings in order, what was left unchecked, and the counts."""

    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    counts: Counts = field(default_factory=Counts)

    @property
    def errors(self) -> int:
        """The number of findings that are errors."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """The number of findings that are warnings."""
        return sum(finding.severity is Severity.WARNING for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says and why, with an example that breaks it and one that does not.

    A rule that may be an error or a warning lists both severities.
    """

    id: str
    severities: tuple[Severity, ...]
    says: str
    why: str
    bad: str
    good: str

"""Which rules a person wants to hear of: `--only` and `--skip`."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.findings import Finding


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that `only` names (none: all of them) without those that `skip` names.

    A pattern is a rule's id, the first words of it (`k8s`, `argo-project`, `yamllint`) or a
    glob (`*-duplicate-*`).
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def selects(self, rule: str) -> bool:
        """Whether findings of the rule are wanted."""
        wanted = not self.only or any(_matches(pattern, rule) for pattern in self.only)
        return wanted and not self.skips(rule)

    def skips(self, rule: str) -> bool:
        """Whether the rule was named to be left out."""
        return any(_matches(pattern, rule) for pattern in self.skip)

    def of(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of selected rules."""
        if not self.only and not self.skip:
            return list(findings)
        known: dict[str, bool] = {}
        kept = []
        for finding in findings:
            rule = finding.rule
            if rule not in known:
                known[rule] = self.selects(rule)
            if known[rule]:
                kept.append(finding)
        return kept


EVERY_RULE = Selection()


def parse_selection(only: Iterable[str], skip: Iterable[str]) -> Selection:
    """The selection that the values of `--only` and `--skip` stand for: lists with commas.

    Raises `UsageError` for a pattern that fits no rule, and where no rule is left.
    """
    only, skip = list(only), list(skip)
    if not only and not skip:
        return EVERY_RULE
    from gitopsgen.validation.explanations import rule_ids

    known = list(rule_ids())
    selection = Selection(_patterns("--only", only, known), _patterns("--skip", skip, known))
    if not any(map(selection.selects, known)):
        raise UsageError("--only and --skip leave no rule to check")
    return selection


def _patterns(option: str, values: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    patterns = tuple(
        pattern for value in values for word in value.split(",") if (pattern := word.strip())
    )
    if values and not patterns:
        raise UsageError(f"{option} names no rule", "`gitopsgen rules` lists them.")
    for pattern in patterns:
        if not any(_matches(pattern, rule) for rule in known):
            from gitopsgen.validation.explanations import unknown_rule

            raise unknown_rule(pattern, known)
    return patterns


def _matches(pattern: str, rule: str) -> bool:
    if rule.startswith(pattern) and rule[len(pattern) : len(pattern) + 1] in ("", "-", "/"):
        return True
    return fnmatchcase(rule, pattern)

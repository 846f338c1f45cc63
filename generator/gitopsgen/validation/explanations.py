"""What each rule says, yamllint's rules among them, and which rule a misspelt name may mean."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from gitopsgen.errors import UsageError
from gitopsgen.validation.rules.registry import all_rules
from gitopsgen.validation.yamllint_rules import YAMLLINT, yamllint_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.findings import Rule


def find_rule(rule_id: str) -> Rule | None:
    """The rule of that id, one of yamllint's included; None where there is none."""
    if rule_id.startswith(YAMLLINT):
        return yamllint_rules().get(rule_id)
    return all_rules().get(rule_id)


def explain(rule_id: str) -> Rule:
    """The rule of that id. Raises `UsageError` with the nearest id where there is none."""
    rule = find_rule(rule_id)
    if rule is None:
        raise unknown_rule(rule_id, rule_ids())
    return rule


def rule_ids() -> Iterator[str]:
    """Every id that a finding may have."""
    yield from all_rules()
    yield from yamllint_rules()


def unknown_rule(name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that no rule has; it proposes the nearest of `known`."""
    known = list(known)
    wanted = name.lower().strip("-/*")
    # Part of a name (`port` for k8s-port) need not be near to any.
    close = difflib.get_close_matches(wanted, known, n=1) or [
        rule for rule in known if wanted and wanted in rule
    ]
    hint = f"Did you mean {close[0]}?" if close else "`gitopsgen rules` lists them."
    return UsageError(f"there is no rule {name!r}", hint)

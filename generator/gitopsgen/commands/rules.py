"""`gitopsgen rules`: every rule in one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import output_option, write_out
from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.findings import Rule


@click.command("rules")
@output_option
def command(output: str) -> ExitStatus:
    """List the rules of `gitopsgen validate`; `gitopsgen explain RULE` tells more of one."""
    from gitopsgen.validation.rules.registry import all_rules

    rules = all_rules().values()
    write_out(_json(rules) if output == "json" else _table(rules), _encoding(output))
    return ExitStatus.OK


def _encoding(output: str) -> str | None:
    return "utf-8" if output == "json" else None


def _table(rules: Iterable[Rule]) -> str:
    rows = [(rule.id, ", ".join(rule.severities), rule.says) for rule in rules]
    rows.append(
        ("yamllint/<rule>", "as configured", "What yamllint finds with the repository's settings.")
    )
    name, severity = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "".join(f"{row[0]:<{name}}  {row[1]:<{severity}}  {row[2]}\n" for row in rows)


def _json(rules: Iterable[Rule]) -> str:
    document = {
        "version": 1,
        "rules": [
            {
                "id": rule.id,
                "severities": [severity.value for severity in rule.severities],
                "says": rule.says,
                "why": rule.why,
                "bad": rule.bad,
                "good": rule.good,
            }
            for rule in rules
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

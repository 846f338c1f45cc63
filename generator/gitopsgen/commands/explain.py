"""`gitopsgen explain`: what a rule says, why, and an example of each side."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import write_out
from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from gitopsgen.findings import Rule

_WIDTH = 80


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> ExitStatus:
    """Say what RULE means, why it is one, and show what breaks it and what does not.

    `gitopsgen rules` lists the rules. Exit status: 0, or 2 where there is no such rule.
    """
    from gitopsgen.validation.explanations import explain

    write_out(_page(explain(rule)))
    return ExitStatus.OK


def _page(rule: Rule) -> str:
    blocks = [f"{rule.id} ({' or '.join(rule.severities)})", _paragraph(rule.says)]
    blocks += [_paragraph(rule.why)] if rule.why else []
    for title, example in (("Wrong:", rule.bad), ("Right:", rule.good)):
        if example:
            blocks.append(f"{title}\n{textwrap.indent(example, '    ')}")
    return "\n\n".join(blocks) + "\n"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)

"""yamllint's rules, described from yamllint's own documentation of them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

YAMLLINT = "yamllint/"
# A repository's settings decide how severe a rule is.
_SEVERITIES = (Severity.ERROR, Severity.WARNING)
# The documentation is reStructuredText: examples by settings, each with snippets.
_EXAMPLE = re.compile(r"^#\. With ``(?P<settings>.+?)``", re.MULTILINE | re.DOTALL)
_SNIPPET = re.compile(
    r"would \*\*(?P<result>PASS|FAIL)\*\*:\s*\n\s*::\n\n(?P<code>(?:    .*\n|[ ]*\n)+)"
)

_OURS = (
    Rule(
        "yamllint/config",
        (Severity.ERROR,),
        "yamllint cannot use the repository's settings.",
        "With settings that mean nothing, nothing is checked.",
        "rules: {line-length: {maximum: 120}}",
        "rules: {line-length: {max: 120}}",
    ),
    Rule(
        "yamllint/syntax",
        (Severity.ERROR,),
        "A file that Argo CD does not read does not parse.",
        "Whatever does read it (a CI service, an editor) cannot use it either.",
        'key: "value',
        'key: "value"',
    ),
)


@cache
def yamllint_rules() -> Mapping[str, Rule]:
    """Every rule of the installed yamllint, by its id in findings (`yamllint/colons`)."""
    # yamllint costs 60 ms to import.
    from yamllint.rules import _RULES

    known = {f"{YAMLLINT}{name}": _describe(name, module) for name, module in _RULES.items()}
    return {**known, **{rule.id: rule for rule in _OURS}}


def _describe(name: str, module: ModuleType) -> Rule:
    documentation = module.__doc__ or ""
    says = " ".join(documentation.strip().split("\n\n")[0].split()).replace("``", "`")
    bad, good = _examples(documentation)
    why = "The repository's own yamllint settings ask for it."
    return Rule(f"{YAMLLINT}{name}", _SEVERITIES, says, why, bad, good)


def _examples(documentation: str) -> tuple[str, str]:
    """A snippet that fails and one that passes: the shortest two under one setting, if any."""
    starts = [start.start() for start in _EXAMPLE.finditer(documentation)] or [0]
    ends = [*starts[1:], len(documentation)]
    found = [_pair(documentation[start:end]) for start, end in zip(starts, ends, strict=True)]
    pairs = [pair for pair in found if all(pair)]
    if pairs:
        return min(pairs, key=lambda pair: len("".join(pair)))
    bad = next((pair[0] for pair in found if pair[0]), "")
    good = next((pair[1] for pair in found if pair[1]), "")
    return bad, good


def _pair(example: str) -> tuple[str, str]:
    """The first snippet that fails and the first that passes, "" where there is none."""
    settings = _EXAMPLE.match(example)
    heading = [f"# {' '.join(settings['settings'].split())}"] if settings else []
    snippets: dict[str, str] = {}
    for snippet in _SNIPPET.finditer(example):
        lines = [line.removeprefix("    ") for line in snippet["code"].rstrip().split("\n")]
        snippets.setdefault(snippet["result"], "\n".join([*heading, *lines]))
    return snippets.get("FAIL", ""), snippets.get("PASS", "")

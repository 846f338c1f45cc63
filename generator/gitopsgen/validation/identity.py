"""When two findings are the same fault, though the lines around it have moved."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.findings import Finding

    # Rule, severity, file, resource and message.
    Identity = tuple[str, str, str, str, str]

# A place that a message names: "also in apps/web.yaml:12:3", "at line 7, column 2".
_POSITION = re.compile(r"(\.(?:ya?ml|json):|\bline |\bcolumn )\d+(?::\d+)?")
# Of which object and release a rendered manifest is; the object is in `resource` already, and a
# fault that two releases of a chart share is not a new one.
_ORIGIN = re.compile(r" \(in [^()]+, from [^()]+\)\Z")
# What may be the name of a file in a message.
_WORD = re.compile(r"[^\s\"'`(),:;]+")


def identity(finding: Finding) -> Identity:
    """What makes a finding this one; equal findings of one file are told apart by their number."""
    return (
        finding.rule,
        finding.severity.value,
        finding.file,
        finding.resource,
        _POSITION.sub(r"\1", _ORIGIN.sub("", finding.message)),
    )


def in_new_names(finding: Finding, renames: Mapping[str, str]) -> Finding:
    """The finding as if files had their new names already; `renames` maps old ones to new ones."""
    if not renames:
        return finding
    message = _WORD.sub(lambda word: renames.get(word[0], word[0]), finding.message)
    return replace(finding, file=renames.get(finding.file, finding.file), message=message)

"""Texts of a report that are too long for anybody: a name may have a million characters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.findings import Finding, Unchecked

_LONGEST = 2200
_START, _END = 1500, 500


def shortened(text: str) -> str:
    """The text, of a very long one its start and its end."""
    return text if len(text) <= _LONGEST else f"{text[:_START]} … {text[-_END:]}"


def short_finding(finding: Finding) -> Finding:
    """A finding whose texts are all of a length that can be read."""
    texts = (finding.message, finding.hint, finding.resource, finding.application)
    if max(map(len, texts)) <= _LONGEST:
        return finding
    message, hint, resource, application = map(shortened, texts)
    return replace(finding, message=message, hint=hint, resource=resource, application=application)


def short_unchecked(item: Unchecked) -> Unchecked:
    """The same for what was left unchecked."""
    texts = (item.what, item.reason, item.application)
    if max(map(len, texts)) <= _LONGEST:
        return item
    what, reason, application = map(shortened, texts)
    return replace(item, what=what, reason=reason, application=application)

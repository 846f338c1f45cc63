"""Texts whose real value is not known."""

from __future__ import annotations

from gitopsgen.validation.rules.k8s_templating import is_templated
from gitopsgen.validation.rules.placeholder_forms import placeholder_in


def is_unfilled(value: str) -> bool:
    """Whether something or somebody has yet to fill in a text; the rule placeholder says so."""
    return is_templated(value) or bool(placeholder_in(value))

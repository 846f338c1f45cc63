"""Merging of parameters and templates as Argo CD does it. Source: dario.cat/mergo."""

from __future__ import annotations

from typing import Any, Final

# Argo CD keeps these as raw JSON: one is taken whole, or the other.
_RAW: Final = frozenset({"valuesObject"})


def override(target: dict[str, Any], source: dict[str, Any]) -> None:
    """Put `source` over `target`, maps within maps too (mergo's WithOverride)."""
    for key, value in source.items():
        known = target.get(key)
        if isinstance(value, dict) and isinstance(known, dict) and known:
            override(known, value)
        else:
            target[key] = value


def fill(target: dict[str, Any], source: dict[str, Any]) -> None:
    """Put into `target` what it lacks or has empty, maps within maps too (mergo's default)."""
    for key, value in source.items():
        known = target.get(key)
        if isinstance(value, dict) and isinstance(known, dict) and known:
            fill(known, value)
        elif not known and value is not None:
            target[key] = value


def merged_template(own: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """A generator's own template, completed from the one of the set; both stay as they are."""
    result = dict(base)
    for key, value in own.items():
        known = base.get(key)
        if key not in _RAW and isinstance(value, dict) and isinstance(known, dict):
            result[key] = merged_template(value, known)
        elif value or key not in base:
            result[key] = value
    return result

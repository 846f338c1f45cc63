"""Texts that something else fills in before they reach the cluster."""

from __future__ import annotations

import re

# Templates of Go and Python, shell-like variables (envsubst, Flux), argocd-vault-plugin, sed.
_MARK = re.compile(r"\{\{|\{\w+\}|\$[({]|<path:|<%|__[A-Z][A-Z0-9_]*__")


def is_templated(value: str) -> bool:
    """Whether a text holds a mark of a templating language: its real value is not known."""
    return _MARK.search(value) is not None

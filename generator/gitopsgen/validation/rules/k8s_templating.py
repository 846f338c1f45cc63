"""Texts that something else fills in before they reach the cluster."""

from __future__ import annotations

import re

# Go templates, shell-like variables (envsubst, Flux), references of argocd-vault-plugin.
_MARK = re.compile(r"\{\{|\$[({]|<path:|<%")


def is_templated(value: str) -> bool:
    """Whether a text holds a mark of a templating language: its real value is not known."""
    return _MARK.search(value) is not None

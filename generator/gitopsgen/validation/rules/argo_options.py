"""The sync options that Argo CD knows, and which one was meant by a misspelt one.

Source: Argo CD's controller/sync.go and gitops-engine's pkg/sync/common/types.go (3.4 to 3.6).
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.argo_order import sync_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Resource

_BOOLEAN = ("true", "false")
_CONFIRM = ("false", "confirm", "true")
_EVERYWHERE = {
    "Delete": _CONFIRM,
    "Prune": _CONFIRM,
    "PruneLast": _BOOLEAN,
    "Replace": _BOOLEAN,
    "ServerSideApply": _BOOLEAN,
    "SkipDryRunOnMissingResource": _BOOLEAN,
    "Validate": _BOOLEAN,
}
OF_APPLICATIONS = {
    **_EVERYWHERE,
    "ApplyOutOfSyncOnly": _BOOLEAN,
    "ClientSideApplyMigration": _BOOLEAN,
    "CreateNamespace": _BOOLEAN,
    "FailOnSharedResource": _BOOLEAN,
    "PrunePropagationPolicy": ("foreground", "background", "orphan"),
    "RespectIgnoreDifferences": _BOOLEAN,
}
OF_RESOURCES = {**_EVERYWHERE, "Force": _BOOLEAN}


def options_of(application: Application) -> frozenset[str]:
    """The sync options of an Application, misspelt ones as they are meant.

    A misspelt option is a finding of its own: what it fails to do need not be another one.
    """
    return _meant(application.sync_options, OF_APPLICATIONS)


def options_on(resource: Resource) -> frozenset[str]:
    """The same for the options that a resource's own annotation names."""
    return _meant(sync_options(resource), OF_RESOURCES)


def meant(option: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """The known option that one is, or is meant to be."""
    name, separator, value = option.partition("=")
    if separator and value in known.get(name, ()):
        return option
    name, _, value = (part.strip() for part in option.replace(":", "=", 1).partition("="))
    near = nearest(name, known)
    right = nearest(value, dict.fromkeys(known[near])) if near else None
    return f"{near}={right}" if right else None


def _meant(options: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(meant(option, known) or option for option in options)


def nearest(word: str, known: Mapping[str, Any]) -> str | None:
    """The known word that is most like one, None where none is."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower()[:60], list(by_lower), n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None

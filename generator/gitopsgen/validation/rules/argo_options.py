"""The sync options that Argo CD knows, and which one was meant by a misspelt one.

Source: Argo CD's controller/sync.go and gitops-engine's pkg/sync/common/types.go (3.4 to 3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.nearest import nearest
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
    right = nearest(value, known[near]) if near else ""
    return f"{near}={right}" if right else None


def _meant(options: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(meant(option, known) or option for option in options)

"""Names by which objects refer to others: one that no object can have is refused.

Source: Kubernetes' pkg/apis/core/validation and pkg/apis/networking/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.api_server.forms import (
    data_key_refusal,
    label_refusal,
    port_name_refusal,
    subdomain_refusal,
)
from gitopsgen.validation.rules.api_server.problem import refused
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

    Found = tuple[LocalProblem, ...]


def check_name(holder: Mapping[str, Any], path: Path, field: str, what: str) -> Found:
    """Whether a field of the mapping at a path, if it is there, can be the name of an object."""
    return _check(holder, path, field, f"the name of a {what}", subdomain_refusal)


def check_label(holder: Mapping[str, Any], path: Path, field: str, what: str) -> Found:
    """Whether a field of the mapping at a path, if it is there, can be a name without dots."""
    return _check(holder, path, field, f"the name of a {what}", label_refusal)


def check_data_key(holder: Mapping[str, Any], path: Path, field: str) -> Found:
    """Whether a field of the mapping at a path can be a key of a ConfigMap or Secret."""
    return _check(holder, path, field, "a key", data_key_refusal)


def check_port_name(holder: Mapping[str, Any], path: Path, field: str) -> Found:
    """Whether a field of the mapping at a path can name a port; k8s_ports looks at numbers."""
    value = holder.get(field)
    if not isinstance(value, str) or value.isdecimal():
        return ()
    return _check(holder, path, field, "the name of a port", port_name_refusal)


def _check(
    holder: Mapping[str, Any], path: Path, field: str, what: str, refusal: Callable[[str], str]
) -> Found:
    value = holder.get(field)
    if not value or not isinstance(value, str):
        return ()
    why = refusal(value)
    if not why or is_unfilled(value):
        return ()
    message = f'"{value[:60]}" cannot be {what}: {why}'
    return (refused((*path, field), message, "Mend the name."),)

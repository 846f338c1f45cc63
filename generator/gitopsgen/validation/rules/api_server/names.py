"""Names by which objects refer to others: one that no object can have is refused.

Source: Kubernetes' pkg/apis/core/validation and pkg/apis/networking/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.api_server.forms import (
    data_key_refusal,
    label_refusal,
    port_name_refusal,
    subdomain_refusal,
)
from gitopsgen.validation.rules.api_server.problem import refused
from gitopsgen.validation.rules.k8s_templating import is_templated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem


def check_name(data: Mapping[str, Any], path: Path, what: str) -> Iterator[LocalProblem]:
    """Whether the text at a path, if there is one, can be the name of an object of a kind."""
    return _check(data, path, f"the name of a {what}", subdomain_refusal)


def check_label(data: Mapping[str, Any], path: Path, what: str) -> Iterator[LocalProblem]:
    """Whether the text at a path, if there is one, can be a name without dots."""
    return _check(data, path, f"the name of a {what}", label_refusal)


def check_data_key(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """Whether the text at a path, if there is one, can be a key of a ConfigMap or Secret."""
    return _check(data, path, "a key", data_key_refusal)


def check_port_name(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    """Whether the text at a path, if there is one, can name a port; k8s_ports looks at numbers."""
    value = at(data, *path)
    if isinstance(value, str) and value.isdecimal():
        return iter(())
    return _check(data, path, "the name of a port", port_name_refusal)


def _check(
    data: Mapping[str, Any], path: Path, what: str, refusal: Callable[[str], str]
) -> Iterator[LocalProblem]:
    value = at(data, *path)
    if isinstance(value, str) and value and (why := refusal(value)) and not is_templated(value):
        yield refused(path, f'"{value[:60]}" cannot be {what}: {why}', "Mend the name.")

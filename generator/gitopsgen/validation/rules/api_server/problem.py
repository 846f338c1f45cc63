"""A problem of the rule k8s-invalid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Severity
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path

RULE = "k8s-invalid"


def refused(path: Path, message: str, hint: str, *, key: bool = False) -> LocalProblem:
    """Something at a path of an object, for which the API server refuses all of it.

    `key` points at the key there, not at its value.
    """
    return LocalProblem(RULE, Severity.ERROR, path, message, hint, key)


def lacking(path: Path, message: str, hint: str) -> LocalProblem:
    """Something that is not there, or empty, and for which the API server refuses the object."""
    return refused(path, message, hint, key=True)

"""Why an ApplicationSet, or a part of it, generates nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.repository.applicationsets.gotemplate.errors import (
    MissingKeyError,
    NotSupportedError,
    TemplateError,
)

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path

__all__ = [
    "FailedAtError",
    "GeneratorError",
    "MissingAtError",
    "MissingKeyError",
    "NotSupportedError",
    "TemplateError",
]


class GeneratorError(TemplateError):
    """A generator that fails in Argo CD, too."""


class FailedAtError(TemplateError):
    """A failure, with the path of the text or value that causes it."""

    def __init__(self, error: TemplateError, path: Path) -> None:
        super().__init__(str(error))
        self.hint = error.hint
        self.path = path


class MissingAtError(MissingKeyError):
    """A missing key, with the path of the text that uses it."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name)
        self.path = path

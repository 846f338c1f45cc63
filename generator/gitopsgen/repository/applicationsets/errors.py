"""Why an ApplicationSet, or a part of it, generates nothing here."""

from __future__ import annotations

from gitopsgen.repository.applicationsets.gotemplate.errors import (
    MissingKeyError,
    NotSupportedError,
    TemplateError,
)

__all__ = ["GeneratorError", "MissingKeyError", "NotSupportedError", "TemplateError"]


class GeneratorError(TemplateError):
    """A generator that fails in Argo CD, too."""

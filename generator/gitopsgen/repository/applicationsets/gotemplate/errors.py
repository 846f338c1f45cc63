"""How rendering a Go template can fail."""

from __future__ import annotations


class TemplateError(Exception):
    """Argo CD could not render this template either: its syntax, its types, an explicit `fail`."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class MissingKeyError(TemplateError):
    """A key that the data lacks, under `missingkey=error`; `name` is how the template calls it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"nothing supplies {name}")
        self.name = name


class NotSupportedError(Exception):
    """Argo CD may well render this; it is only not evaluated here."""

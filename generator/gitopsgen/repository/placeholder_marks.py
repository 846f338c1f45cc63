"""Whether a text can hold a placeholder, told without a closer look."""

from __future__ import annotations

# A text without any of these, in small letters, holds no placeholder.
_MARKS = (
    *("<", "xample.com", "xample.net", "xample.org", "change", "replace", "insert", "your"),
    *("todo", "tbd", "fixme", "xxxx", "here", "enter_", "put_", "add_"),
)


def may_hold_placeholders(value: str) -> bool:
    """Whether a closer look at a text, or at many put together, could find something."""
    lower = value.lower()
    # A generator would take several times as long as what it looks for.
    for mark in _MARKS:  # noqa: SIM110
        if mark in lower:
            return True
    return False


def source_may_hold_placeholders(source: str) -> bool:
    r"""Whether a value within a YAML source could be a text that may hold placeholders.

    The marks have no white space, so YAML's folding of lines cannot make them: only an escape
    within double quotes can, and the tag `!!binary`.
    """
    return "\\" in source or "!" in source or may_hold_placeholders(source)

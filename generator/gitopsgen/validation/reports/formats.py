"""The formats of a report, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.findings import Report

FORMATS = ("text", "json", "junit", "sarif", "github")


@dataclass(frozen=True, slots=True)
class Setting:
    """What formats need to know beside the report.

    `read_text` gives a file's text, or None where there is none to show. `prefix` is the
    repository's folder within the checkout that a CI service shows, empty or with a `/` at its
    end. `strict` says that warnings fail the run.
    """

    read_text: Callable[[str], str | None]
    prefix: str = ""
    strict: bool = False


def format_report(report: Report, output: str, setting: Setting) -> str:
    """The report in the format `output`, one of `FORMATS`; it ends with a line break.

    A format's module is imported when it is asked for, not before.
    """
    match output:
        case "json":
            from gitopsgen.validation.reports import json

            return json.format_report(report)
        case "junit":
            from gitopsgen.validation.reports import junit

            return junit.format_report(report, strict=setting.strict)
        case "sarif":
            from gitopsgen.validation.reports import sarif

            return sarif.format_report(report, setting.prefix)
        case "github":
            from gitopsgen.validation.reports import github

            return github.format_report(report, setting.prefix)
        case "text":
            from gitopsgen.validation.reports import text

            return text.format_report(report, setting.read_text)
    raise ValueError(f"{output} is none of {', '.join(FORMATS)}")

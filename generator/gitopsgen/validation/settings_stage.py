"""Reading a repository's .gitopsgen/validate.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.cluster.schema_findings import schema_problems
from gitopsgen.errors import UsageError
from gitopsgen.repository.layout import SETTINGS_FILE
from gitopsgen.repository.settings import SETTINGS_SCHEMA, Settings
from gitopsgen.validation.causes import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.source_file import SourceFile


_AMBIGUOUS = "yaml-ambiguous-scalar"


def read_settings(files: RepositoryFiles) -> Settings:
    """The settings of a repository; those of an absent or empty file say nothing.

    Raises `UsageError` that lists everything wrong with the file: with settings that mean
    something else than their author thinks no check is worth its name.
    """
    file = files.read(SETTINGS_FILE) if SETTINGS_FILE in files else None
    if file is None:
        return Settings()
    problems = list(_problems(file))
    if problems:
        raise UsageError(
            f"{SETTINGS_FILE} cannot be used\n  " + "\n  ".join(problems),
            "docs/rules.md shows what it may say.",
        )
    documents = file.contents.documents
    data = documents[0].data if documents else None
    return Settings.from_data(data or {})


def _problems(file: SourceFile) -> Iterator[str]:
    broken = [problem for problem in file.contents.problems if problem.rule != _AMBIGUOUS]
    for problem in broken:
        yield f"{file.path}:{problem.line}:{problem.column}: {problem.message}"
    documents = file.contents.documents
    if broken or not documents or documents[0].data is None:
        return
    data = documents[0].data
    if not isinstance(data, dict):
        yield f"{file.path}:{documents[0].line}:1: it has to be a mapping"
        return
    for wrong in schema_problems(SETTINGS_SCHEMA, data, file.path):
        locate = file.locator.key if wrong.at_key else file.locator.value
        place = locate(0, wrong.path)
        hint = f" ({wrong.hint})" if wrong.hint else ""
        if "must be a string" in wrong.message and isinstance(value_at(data, wrong.path), float):
            hint = " (Quote it.)"
        yield f"{file.path}:{place.line}:{place.column}: {wrong.message}{hint}"

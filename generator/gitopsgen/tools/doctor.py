"""What `gitopsgen doctor` reports: which programs are there, where, and in which version."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import GitopsgenError
from gitopsgen.tools.pins import TOOLS
from gitopsgen.tools.programs import run
from gitopsgen.tools.resolver import cached_path, find_tool, install_tool

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One program: `path` is None where it is missing, and `problem` says why."""

    name: str
    purpose: str
    required: bool
    path: Path | None = None
    version: str = ""
    problem: str = ""


def diagnose(*, install: bool) -> tuple[Diagnosis, ...]:
    """Look for every program, and with `install` install the missing ones that can be."""
    found = []
    for tool in TOOLS:
        diagnosis = Diagnosis(tool.name, tool.purpose, tool.required)
        try:
            path = find_tool(tool) or (install_tool(tool) if install else None)
        except GitopsgenError as error:
            found.append(_with(diagnosis, problem=error.message))
            continue
        if path is None:
            problem = "not found; `gitopsgen doctor --install` installs it"
            found.append(_with(diagnosis, problem=problem))
        elif path == cached_path(tool):
            # A program built by `go install` says it is a development version: the path knows.
            found.append(_with(diagnosis, path=path, version=tool.version))
        else:
            found.append(_asked(diagnosis, path, tool.version_arguments))
    for name, purpose, required in (
        ("git", "keeps the repository and its history", True),
        ("go", "builds the programs above where no release can be downloaded", False),
    ):
        where = shutil.which(name)
        diagnosis = Diagnosis(name, purpose, required)
        if where is None:
            found.append(_with(diagnosis, problem="not found"))
        else:
            arguments = ["version"] if name == "go" else ["--version"]
            found.append(_asked(diagnosis, Path(where), arguments))
    return tuple(found)


def _with(
    diagnosis: Diagnosis, path: Path | None = None, version: str = "", problem: str = ""
) -> Diagnosis:
    return Diagnosis(diagnosis.name, diagnosis.purpose, diagnosis.required, path, version, problem)


def _asked(diagnosis: Diagnosis, path: Path, arguments: Sequence[str]) -> Diagnosis:
    try:
        output = run([path, *arguments], timeout=10).stdout.decode(errors="replace")
    except GitopsgenError as error:
        return _with(diagnosis, problem=error.message)
    return _with(diagnosis, path=path, version=output.strip().split("\n")[0][:60])

"""Go modules as sources of facts: fetched by the go command, checked against pinned sums."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# In go.sum's format; a source is brought up to date by changing its line.
SUMS = Path(__file__).with_name("modules.sum")


@dataclass(frozen=True, slots=True)
class Module:
    """A pinned Go module: its path, its version, and its hash as go.sum writes it."""

    path: str
    version: str
    sum: str


@cache
def pinned_modules() -> Mapping[str, tuple[Module, ...]]:
    """The pinned versions of each module, in the order of the file: module path -> versions."""
    pins: dict[str, tuple[Module, ...]] = {}
    for line in SUMS.read_text(encoding="utf-8").splitlines():
        module = Module(*line.split(" "))
        pins[module.path] = (*pins.get(module.path, ()), module)
    return pins


def module_files(module: Module, pattern: str) -> Iterator[tuple[str, str]]:
    """The text files of a module whose path inside it matches a pattern, sorted: (path, text).

    Raises `UnavailableError` when the module cannot be had or is not the pinned one.
    """
    archive = _download(module)
    prefix = f"{module.path}@{module.version}/"
    with zipfile.ZipFile(archive) as files:
        found = _digest(files)
        if found != module.sum:
            raise UnavailableError(
                f"{module.path} {module.version} is not the module that {SUMS.name} pins",
                f"it has the sum {found}: if that is meant, write it there",
            )
        for name in sorted(files.namelist()):
            path = name.removeprefix(prefix)
            if re.fullmatch(pattern, path):
                yield path, files.read(name).decode()


def _download(module: Module) -> Path:
    """The module's zip file in Go's module cache.

    A module that asks for a newer Go is downloaded all the same: go reports an error and says
    where the file is. Only the file matters here, since nothing is compiled.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = run(
            ["go", "mod", "download", "-json", f"{module.path}@{module.version}"],
            cwd=Path(folder),
            env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOWORK": "off"},
            timeout=300,
            check=False,
        )
    try:
        return Path(json.loads(result.stdout)["Zip"])
    except (json.JSONDecodeError, KeyError):
        raise UnavailableError(
            f"go cannot download {module.path} {module.version}: {result.output}"
        ) from None


def _digest(files: zipfile.ZipFile) -> str:
    """The module's hash, as golang.org/x/mod/sumdb/dirhash defines `h1:`."""
    lines = "".join(
        f"{hashlib.sha256(files.read(name)).hexdigest()}  {name}\n"
        for name in sorted(files.namelist())
    )
    return f"h1:{base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()}"

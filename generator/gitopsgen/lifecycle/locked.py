"""What .gitopsgen/lock.yaml says: read strictly, since `update` relies on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import decode, read_documents
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.repository.layout import LOCK_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HINT = "Restore it from git: `git log -- .gitopsgen/lock.yaml` shows its last versions."


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock.yaml: what made the repository.

    `render` is the digest of the render, "" where it is not there; `blueprints` are the versions
    of the blueprints by component; `folders` are the extra blueprint folders as they are written:
    absolute, or relative to the repository's root.
    """

    generator: str = ""
    render: str = ""
    blueprints: Mapping[str, int] | None = None
    folders: tuple[str, ...] = ()


def read_lock(root: Path) -> Lock | None:
    """Read the lock.yaml of the repository in `root`; None where it has none.

    Raises `UsageError` where it is not what gitopsgen writes, `UnavailableError` where it cannot
    be read.
    """
    path = root / LOCK_FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    text, problem = decode(content)
    if problem is not None:
        raise UsageError(f"{path}: {problem.message}", _HINT)
    return parse_lock(text, str(path))


def parse_lock(text: str, name: str = LOCK_FILE) -> Lock:
    """Read the text of a lock.yaml, which messages call `name`. Raises `UsageError`."""
    contents = read_documents(text)
    if contents.problems:
        first = contents.problems[0]
        raise UsageError(f"{name}:{first.line}:{first.column}: {first.message}", _HINT)
    data = contents.documents[0].data if contents.documents else None
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise UsageError(f"{name} is not a mapping", _HINT)
    wrong = [what for key, (fits, what) in _FORMS.items() if key in data and not fits(data[key])]
    if wrong:
        raise UsageError("\n".join(f"{name}: {what}" for what in wrong), _HINT)
    return Lock(
        generator=data.get("generator", ""),
        render=data.get("render", ""),
        blueprints=data.get("blueprints"),
        folders=tuple(data.get("folders", ())),
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_versions(value: Any) -> bool:
    return isinstance(value, dict) and all(type(item) is int for item in value.values())


def _is_folders(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) and item for item in value)


_FORMS = {
    "generator": (_is_text, "generator is not a version"),
    "render": (_is_text, "render is not a digest"),
    "blueprints": (_is_versions, "blueprints is not a mapping from components to numbers"),
    "folders": (_is_folders, "folders is not a list of folders"),
}

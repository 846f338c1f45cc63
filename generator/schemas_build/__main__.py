"""`python -m schemas_build`: makes the data in gitopsgen/schemas/data, or checks it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gitopsgen.errors import GitopsgenError
from gitopsgen.schemas.archive import contents, pack
from gitopsgen.schemas.custom import ARCHIVE, INDEX
from gitopsgen.schemas.kubernetes import archive_file, available_versions
from gitopsgen.schemas.layout import DATA
from schemas_build.custom import build_custom
from schemas_build.definitions import minor_versions
from schemas_build.kinds import build_kinds
from schemas_build.kubernetes import build_kubernetes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A file and its content, in which an archive is told by its schemas.
Made = tuple["Path", "str | dict[str, str]"]


@click.command()
@click.option("--check", is_flag=True, help="Only say what would change; exit 1 if anything would.")
@click.argument("what", nargs=-1, type=click.Choice(["kinds", "kubernetes", "custom"]))
def main(*, check: bool, what: tuple[str, ...]) -> None:
    """Make the shipped schemas anew: all of them, or only what is named.

    `kinds` and `custom` need the go command and its module proxy, `kubernetes` only the
    development dependencies. A file is written only if its content changed: another liblzma
    may pack the same content into other bytes.
    """
    changed = False
    try:
        for path, content in _made(what):
            if not _is_current(path, content):
                changed = True
                click.echo(f"{path.name}: {'differs' if check else 'written'}")
                if not check:
                    _write(path, content)
    except GitopsgenError as error:
        raise click.ClickException(f"{error.message}\n{error.hint}") from error
    sys.exit(int(changed and check))


def _made(what: tuple[str, ...]) -> Iterator[Made]:
    """The files, in the order in which they build on each other."""
    steps = {"kinds": _kinds, "kubernetes": _kubernetes, "custom": _custom}
    for name, make in steps.items():
        if name in (what or steps):
            yield from make()


def _kinds() -> Iterator[Made]:
    yield DATA / "kinds.json", build_kinds()


def _kubernetes() -> Iterator[Made]:
    for minor in minor_versions():
        yield archive_file(minor), build_kubernetes(minor)
    for minor in sorted(set(available_versions()) - set(minor_versions())):
        yield archive_file(minor), {}


def _custom() -> Iterator[Made]:
    custom = build_custom()
    yield ARCHIVE, custom.schemas
    yield INDEX, custom.index


def _is_current(path: Path, content: str | dict[str, str]) -> bool:
    if not path.exists():
        return not content
    if isinstance(content, str):
        return path.read_text(encoding="utf-8") == content
    return contents(path.read_bytes()) == content


def _write(path: Path, content: str | dict[str, str]) -> None:
    if not content:
        path.unlink()
    elif isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        path.write_bytes(pack(content))


if __name__ == "__main__":
    main(prog_name="python -m schemas_build")

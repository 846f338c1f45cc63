"""Options, output and exit statuses that several commands share."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.errors import ExitStatus, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitopsgen.findings import Report
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.sources import LocalSources

blueprints_option = click.option(
    "--blueprints",
    "blueprint_folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of your own component blueprints, beside those shipped. May be repeated.",
)

output_option = click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of what is printed.",
)

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def print_report(
    report: Report,
    output: str,
    read_text: Callable[[str], str | None],
    *,
    strict: bool = False,
    prefix: str = "",
) -> None:
    """Print `report` to standard output in the format `output`; `read_text` gives its sources.

    `strict` and `prefix` are those of `gitopsgen.validation.reports.formats.Setting`.
    """
    from gitopsgen.validation.reports.formats import Setting, format_report

    formatted = format_report(report, output, Setting(read_text, prefix, strict))
    # Programs that read JSON and XML expect UTF-8, whatever the terminal's encoding is.
    write_out(formatted, None if output in ("text", "github") else "utf-8")


def write_out(text: str, encoding: str | None = None) -> None:
    """Write `text` to standard output, in its own encoding or in the one given.

    What the encoding lacks is shown as `?`. A reader that went away (`gitopsgen … | head`) is no
    fault: the rest is dropped, and the exit status is what it would have been. Raises
    `UnavailableError` where it cannot be written, to a full disk for example.
    """
    stream = sys.stdout
    if stream is None:  # Standard output was closed (`>&-`).
        return
    encoding = encoding or getattr(stream, "encoding", None) or "utf-8"
    # A file's name need not be valid UTF-8; what is printed has to be.
    content = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode(encoding, "replace")
    try:
        binary = getattr(stream, "buffer", None)
        if binary is None:
            stream.write(content.decode(encoding))
        else:
            stream.flush()
            binary.write(content)
        stream.flush()
    except BrokenPipeError:
        _discard_output()
    except OSError as error:
        _discard_output()
        raise UnavailableError(f"standard output cannot be written: {error.strerror}") from error


def _discard_output() -> None:
    """Let what is still buffered go nowhere: Python writes it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def exit_status(report: Report, *, strict: bool = False) -> ExitStatus:
    """The exit status that a report stands for: findings win over what was left unchecked."""
    if report.errors or (strict and report.warnings):
        return ExitStatus.FINDINGS
    if any(item.required for item in report.unchecked):
        return ExitStatus.UNAVAILABLE
    return ExitStatus.OK


def checkout_prefix(repository: Path) -> str:
    """The folder of `repository` within the checkout that a CI service shows, with a `/`, or "".

    The checkout is $GITHUB_WORKSPACE, elsewhere the working directory.
    """
    checkout = os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or ".")
    relative = os.path.relpath(os.path.realpath(repository), checkout)
    if relative == "." or relative.split("/")[0] == "..":
        return ""
    return f"{relative}/"


def reader(root: Path) -> Callable[[str], str | None]:
    """A function that gives the text of a file below `root`, or None where it has none."""

    def read(file: str) -> str | None:
        try:
            return (root / file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    return read


def open_repository(
    root: Path, repository_urls: Sequence[str] = ()
) -> tuple[RepositoryFiles, LocalSources]:
    """The files of a repository, and what is known of the URLs that mean it."""
    from gitopsgen.repository.discovery import local_sources
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.validation.cluster_stage import check_cluster
    from gitopsgen.validation.remotes import remote_urls
    from gitopsgen.validation.settings_stage import read_settings

    files = RepositoryFiles(root)
    urls = [*repository_urls, *read_settings(files).repository, *remote_urls(root)]
    plan = check_cluster(files)
    if plan is not None and plan.cluster is not None:
        urls.append(plan.cluster.repository.url)
    return files, local_sources(files, urls)


def show_progress(done: int, total: int, what: str = "fetching charts") -> None:
    """One line that counts, on a terminal only; it goes when all is done."""
    if sys.stderr is not None and sys.stderr.isatty():
        text = f"{what}: {done} of {total}" if done < total else ""
        click.echo(f"\r\033[K{text}", nl=False, err=True)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines of columns, each as wide as its widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 chart`, `2 charts`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""`gitopsgen outdated`: newer versions of the charts that a repository pins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitopsgen.commands.common import (
    counted,
    open_repository,
    output_option,
    show_progress,
    table,
    write_out,
)
from gitopsgen.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from gitopsgen.charts.newest import Answers, Newest
    from gitopsgen.charts.pins import Pin


@click.command("outdated")
@click.argument(
    "repository",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where a chart has a newer version.")
@output_option
def command(repository: Path, exit_code: bool, output: str) -> ExitStatus:
    """Show for every chart that REPOSITORY pins which newer versions its repository has.

    These are the charts of Applications, of ApplicationSets and of kustomizations (helmCharts).
    Pre-releases count only where one is pinned. Ranges of versions are shown with what they come
    to now. `gitopsgen bump` writes newer versions; Renovate may do so as well.

    Exit status: 0, 1 with --exit-code where there are newer versions, 3 a repository of charts
    could not be asked.
    """
    pins = all_pins(repository)
    answers = look_up(pins)
    if output == "json":
        write_out(json.dumps(_data(pins, answers), indent=2) + "\n", "utf-8")
    else:
        _show(pins, answers)
    known = _known(pins, answers)
    if exit_code and any(newest.is_outdated for _, newest in known):
        return ExitStatus.FINDINGS
    return ExitStatus.OK if len(known) == len(pins) else ExitStatus.UNAVAILABLE


def all_pins(repository: Path) -> list[Pin]:
    """The charts that a repository pins: in files, by ApplicationSets and by kustomizations.

    Raises `UsageError` where there is nothing that Argo CD reads.
    """
    from gitopsgen.charts.pins import generated_pins, pins_in
    from gitopsgen.charts.uses import applications_in
    from gitopsgen.kustomize.pins import pins_of_kustomizations

    files, sources = open_repository(repository)
    pins = [*pins_in(files), *pins_of_kustomizations(files)]
    applications = applications_in(files, sources)
    if not pins and not applications:
        raise UsageError(
            f"{repository}: there is no Application",
            "Name the folder of a repository that Argo CD reads.",
        )
    return [*pins, *generated_pins(applications, pins)]


def look_up(pins: list[Pin]) -> Answers:
    """Ask for the newest versions, with progress on a terminal."""
    from gitopsgen.charts.newest import find_newest
    from gitopsgen.tools.pins import HELM
    from gitopsgen.tools.resolver import ensure_tool

    def progress(done: int, total: int) -> None:
        show_progress(done, total, "looking up charts")

    references = [pin.reference for pin in pins]
    return find_newest(references, lambda: ensure_tool(HELM), progress=progress)


def _known(pins: list[Pin], answers: Answers) -> list[tuple[Pin, Newest]]:
    from gitopsgen.charts.newest import Newest

    found = ((pin, answers[pin.reference]) for pin in pins)
    return [(pin, answer) for pin, answer in found if isinstance(answer, Newest)]


def _show(pins: list[Pin], answers: Answers) -> None:
    from gitopsgen.charts.newest import Newest

    rows = [("APPLICATION", "FILE", "CHART", "PINNED", "SAME MAJOR", "NEWEST")]
    reasons: dict[str, None] = {}
    for pin in pins:
        answer = answers[pin.reference]
        cells = ("?", "?")
        pinned = pin.reference.version
        if isinstance(answer, Newest):
            cells = (answer.same_major or "-", answer.newest or "-")
            pinned = f"{pinned} ({answer.current})" if answer.is_range else pinned
        else:
            reasons[answer.reason] = None
        rows.append((pin.name, place_of(pin), pin.reference.name, pinned, *cells))
    if not pins:
        click.echo("nothing takes a chart from a repository of charts")
        return
    write_out(table(rows))
    known = _known(pins, answers)
    outdated = sum(newest.is_outdated for _, newest in known)
    unknown = len(pins) - len(known)
    rest = f", {unknown} not looked up" if unknown else ""
    click.echo(f"\n{counted(len(pins), 'chart')}, {outdated} with a newer version{rest}")
    if outdated:
        click.echo("gitopsgen bump [NAME…] writes those of the same major version")
    for reason in reasons:
        click.echo(f"not looked up: {reason}", err=True)


def place_of(pin: Pin) -> str:
    """Where a version stands, as `file:line`."""
    return f"{pin.file} (generated)" if pin.generated else f"{pin.file}:{pin.line}"


def _data(pins: list[Pin], answers: Answers) -> dict[str, Any]:
    from gitopsgen.charts.newest import Newest

    charts, unchecked = [], []
    for pin in pins:
        answer = answers[pin.reference]
        entry = {
            "application": pin.name,
            "kind": pin.kind,
            "file": pin.file,
            "line": pin.line,
            "generated": pin.generated,
            "chart": pin.reference.name,
            "repository": pin.reference.repository,
            "pinned": pin.reference.version,
        }
        if isinstance(answer, Newest):
            charts.append(
                entry
                | {
                    "range": answer.is_range,
                    "current": answer.current,
                    "same_major": answer.same_major or None,
                    "newest": answer.newest or None,
                    "outdated": answer.is_outdated,
                }
            )
        else:
            unchecked.append(entry | {"reason": answer.reason})
    return {"version": 1, "charts": charts, "unchecked": unchecked}

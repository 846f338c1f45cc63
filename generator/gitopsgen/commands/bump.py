"""`gitopsgen bump`: newer versions of charts, written where they are pinned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import counted, show_progress
from gitopsgen.commands.outdated import all_pins, look_up, place_of
from gitopsgen.errors import ExitStatus, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.charts.pins import Pin
    from gitopsgen.charts.store import ChartStore
    from gitopsgen.lifecycle.bumping import Bump, BumpPlan

_GENERATED = "an ApplicationSet generates it: edit what it is made from"


@click.command("bump")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--to",
    "version",
    metavar="VERSION",
    help="Write this version; the NAMEs are then of one chart.",
)
@click.option("--major", is_flag=True, help="Take the newest version, also of another major one.")
@click.option(
    "--repository",
    default=".",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; by default the folder that this runs in.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def command(
    names: tuple[str, ...], version: str | None, major: bool, repository: Path, dry_run: bool
) -> ExitStatus:
    """Raise the versions of charts that are pinned: of all, or of those that NAMEs name.

    A NAME is that of an Application, an ApplicationSet or a chart, or the folder of a
    kustomization with helmCharts. Without --major a chart stays within its major version. Quotes
    and comments stay; lock.yaml gets the new version and its digest where the chart is in it.
    Nothing is committed.

    Exit status: 0, 3 where a chart could not be looked up, had or written.
    """
    from gitopsgen.lifecycle.bumping import carry_out, plan_bumps

    if version is not None and (major or not names):
        what = "--to and --major exclude each other" if major else "--to needs the NAME of a chart"
        raise UsageError(what, "Write, for example: gitopsgen bump cert-manager --to v1.20.2")
    pins = all_pins(repository)
    chosen = _chosen(pins, names)
    if version is not None:
        bumps, left = _all_to(chosen, version), _generated(chosen)
    else:
        bumps, left = _newer(chosen, major=major, named=bool(names))
    plan = plan_bumps(repository, bumps, pins, _store())
    if not dry_run:
        carry_out(repository, plan)
    _show(plan, dry_run=dry_run)
    for line in left:
        click.echo(line, err=True)
    return ExitStatus.UNAVAILABLE if plan.left or left else ExitStatus.OK


def _chosen(pins: Sequence[Pin], names: Sequence[str]) -> list[Pin]:
    known = {name for pin in pins for name in (pin.name, pin.reference.name)}
    if unknown := [name for name in names if name not in known]:
        raise UsageError(
            "\n".join(f"no Application and no chart is named {name}" for name in unknown),
            "\n  ".join(did_you_mean(name, known) for name in unknown),
        )
    return [pin for pin in pins if not names or {pin.name, pin.reference.name} & set(names)]


def _all_to(pins: Sequence[Pin], version: str) -> list[Bump]:
    from gitopsgen.charts.semver import parse
    from gitopsgen.lifecycle.bumping import Bump

    if parse(version) is None:
        raise UsageError(f"--to {version}: not a version", "Write, for example, --to 1.4.2.")
    charts = sorted({pin.reference.name for pin in pins})
    if len(charts) > 1:
        raise UsageError(
            f"--to names one version, and these are several charts: {', '.join(charts)}",
            "Name one of the charts.",
        )
    changed = [pin for pin in pins if pin.reference.version != version]
    return [Bump(pin, version) for pin in changed if not pin.generated]


def _generated(pins: Sequence[Pin]) -> list[str]:
    return [f"{pin.name} was left: {_GENERATED}" for pin in pins if pin.generated]


def _newer(pins: list[Pin], *, major: bool, named: bool) -> tuple[list[Bump], list[str]]:
    """The newer versions, and what to say of those that are left although they should not be."""
    from gitopsgen.charts.newest import NewestUnknown
    from gitopsgen.lifecycle.bumping import Bump, wanted_version

    bumps: list[Bump] = []
    left: list[str] = []
    answers = look_up(pins)
    for pin in pins:
        answer = answers[pin.reference]
        if isinstance(answer, NewestUnknown):
            left.append(f"{pin.name} was left: {answer.reason}")
            continue
        if not major and answer.newest not in ("", answer.same_major):
            named_so = f"{pin.reference.name} {answer.newest}"
            click.echo(f"{pin.name}: {named_so} is another major version: --major takes it")
        if wanted := wanted_version(answer, major=major):
            if pin.generated:
                left.append(f"{pin.name} was left ({wanted} is there): {_GENERATED}")
            elif not answer.is_range:
                bumps.append(Bump(pin, wanted))
            elif named:
                left.append(
                    f"{pin.name} was left: {pin.reference.version} is a range (now "
                    f"{answer.current}, {wanted} is there): pin a version by --to"
                )
    return bumps, list(dict.fromkeys(left))


def _store() -> ChartStore:
    from gitopsgen.charts.store import ChartStore
    from gitopsgen.tools.pins import HELM
    from gitopsgen.tools.resolver import ensure_tool

    return ChartStore(helm=lambda: ensure_tool(HELM), progress=show_progress)


def _show(plan: BumpPlan, *, dry_run: bool) -> None:
    for bump in plan.bumps:
        pin = bump.pin
        named = pin.name if pin.name == pin.reference.name else f"{pin.name}: {pin.reference.name}"
        click.echo(f"{named} {pin.reference.version} -> {bump.version}  ({place_of(pin)})")
    for pin, reason in plan.left:
        click.echo(f"{pin.name} was left: {reason}", err=True)
    if plan.note:
        click.echo(plan.note, err=True)
    if plan.locked:
        click.echo(f".gitopsgen/lock.yaml: the digest of {counted(len(plan.locked), 'chart')}")
    if not plan.texts:
        click.echo("nothing to write: no version changes")
        return
    if dry_run:
        click.echo("nothing was written (--dry-run)")
        return
    click.echo("\nNothing is committed. Next: read the charts' release notes, then")
    click.echo("  gitopsgen validate && git diff")

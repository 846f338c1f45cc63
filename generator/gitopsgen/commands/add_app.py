"""`gitopsgen add app`: an application of a person's own, with its AppProject."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitopsgen.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from gitopsgen.lifecycle.own_app import Site
    from gitopsgen.lifecycle.own_app_files import OwnApp


@click.command("app")
@click.argument("name")
@click.option("--chart", metavar="CHART", help="The chart that it is installed from.")
@click.option("--repo", metavar="URL", help="The repository of the chart: https://…, or oci://….")
@click.option("--version", metavar="VERSION", help="The chart's version; by default the newest.")
@click.option(
    "--path", metavar="PATH", help="Instead of a chart: a folder of manifests; made where it lacks."
)
@click.option("--repo-url", metavar="URL", help="The git repository of PATH, if not this one.")
@click.option("--revision", metavar="REV", help="The tag or commit of that repository.")
@click.option("--namespace", metavar="NS", help="Where it is installed; by default NAME.")
@click.option(
    "--project", metavar="NAME", help="Its AppProject; by default one of its own, called NAME."
)
@click.option("--wave", type=int, help="Its sync wave; by default one after every component.")
@click.option(
    "--repository",
    default=".",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; by default the folder that this runs in.",
)
@click.option("--offline", is_flag=True, help="Do not look at the chart; needs --version.")
@click.option("--dry-run", is_flag=True, help="Show the files, and write nothing.")
def command(
    name: str,
    repository: Path,
    offline: bool,
    dry_run: bool,
    **asked: Any,
) -> ExitStatus:
    """Add an application of your own called NAME, from a chart or from a folder of manifests.

    It gets an Application in apps/, where the root Application sees it, an AppProject in projects/
    that permits its sources and its namespace and, cluster-wide, only the kinds that its chart
    brings, and a file for the chart's values. Nothing is overwritten and nothing is committed.
    """
    from gitopsgen.lifecycle import own_app
    from gitopsgen.lifecycle.own_app_checks import project_gaps
    from gitopsgen.lifecycle.own_app_files import files_of, folder_notes

    site = own_app.open_site(repository)
    request = own_app.Request(name, **asked)
    app = own_app.plan(site, request)
    notes: list[str] = []
    app = _with_chart(site, app, notes, offline=offline)
    if gaps := project_gaps(site, app):
        raise UsageError(
            f"the AppProject {app.project} does not permit all of it:\n"
            + "\n".join(f"  {gap}" for gap in gaps),
            "Add that there, or leave --project out: then it gets a project of its own.",
        )
    files = files_of(app)
    for path, text in folder_notes(app).items():
        if not (site.root / path).parent.exists():
            files[path] = text
    if dry_run:
        for path, text in sorted(files.items()):
            click.echo(f"# {path}\n{text}")
    else:
        own_app.write(site.root, files)
        for path in sorted(files):
            click.echo(f"new  {path}")
    for note in notes:
        click.echo(f"note: {note}", err=True)
    _show_next(app, dry_run=dry_run)
    return ExitStatus.OK


def _with_chart(site: Site, app: OwnApp, notes: list[str], *, offline: bool) -> OwnApp:
    """The application with what is known of its chart: the newest version, and its kinds."""
    from gitopsgen.lifecycle.own_app_files import Chart

    chart = app.source
    if not isinstance(chart, Chart):
        return app
    if offline:
        if not chart.version:
            raise UsageError("--offline needs --version", "Name the version of the chart.")
        notes.append(
            "the chart was not looked at: cluster-wide its project permits nothing but a namespace"
        )
        return app
    from gitopsgen.lifecycle.own_chart import newest_version, read_chart
    from gitopsgen.tools.pins import HELM
    from gitopsgen.tools.resolver import ensure_tool

    program = ensure_tool(HELM)
    if not chart.version:
        chart = replace(chart, version=newest_version(chart, lambda: program))
    contents = read_chart(app, chart, lambda: program, site.cluster.kubernetes_minor)
    if contents.error:
        notes.append(f"the chart does not render without values ({contents.error}): its project")
        notes[-1] += " may have to permit more kinds, which `gitopsgen validate` says"
    for namespace in contents.elsewhere:
        notes.append(
            f"the chart puts something into the namespace {namespace} as well: if it has to, add "
            f"that to spec.destinations in projects/{app.project}.yaml"
        )
    return replace(app, source=chart, cluster_kinds=contents.cluster_kinds)


def _show_next(app: OwnApp, *, dry_run: bool) -> None:
    from gitopsgen.lifecycle.own_app_files import Chart

    if dry_run:
        click.echo("nothing was written (--dry-run)", err=True)
        return
    if isinstance(app.source, Chart):
        what = f"write its values to components/{app.name}/values.yaml, then"
    elif app.source.is_own:
        what = f"put its manifests into {app.source.path}/, then"
    else:
        what = ""
    click.echo(f"\nNothing is committed. Next: {what}".rstrip())
    click.echo(f'  gitopsgen validate && git add --all && git commit -m "Add {app.name}"')

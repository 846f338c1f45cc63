"""`gitopsgen push`: check a repository, and publish it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitopsgen.commands.common import (
    counted,
    exit_status,
    print_report,
    reader,
    show_progress,
)
from gitopsgen.commands.outcome import wait_notice
from gitopsgen.errors import ExitStatus

if TYPE_CHECKING:
    from gitopsgen.findings import Report
    from gitopsgen.lifecycle.workspace import Workspace
    from gitopsgen.publishing.publish import Plan
    from gitopsgen.publishing.target import Settings, Target


@click.command("push")
@click.argument(
    "repository",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--remote",
    default="",
    metavar="NAME|URL",
    help="Where to push: a remote of the repository, or a URL (Gitea, GitLab, any git server).  "
    "[default: origin]",
)
@click.option("--create", is_flag=True, help="Make the repository on GitHub where there is none.")
@click.option("--public", is_flag=True, help="With --create: for everybody to read.")
@click.option(
    "--deploy-key/--no-deploy-key",
    default=True,
    show_default=True,
    help="Register a read-only deploy key for Argo CD where the repository is private.",
)
@click.option("--renew-deploy-key", is_flag=True, help="Make and register another deploy key.")
@click.option(
    "--api-url",
    envvar="GITHUB_API_URL",
    default="https://api.github.com",
    show_default=True,
    metavar="URL",
    help="GitHub's REST API; a GitHub Enterprise Server has https://HOST/api/v3. Given here, it "
    "says that the remote is there, whatever its host is called.",
)
@click.option(
    "--charts",
    type=click.Choice(["require", "auto", "skip"]),
    default="require",
    show_default=True,
    help="What to do about Helm charts in the check before, as for `gitopsgen validate`.",
)
@click.option(
    "--charts-dir",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take charts from this folder, as NAME/ or NAME-VERSION.tgz.",
)
@click.option("--dry-run", is_flag=True, help="Check, ask, and say what would be done.")
@click.pass_context
def command(
    context: click.Context,
    repository: Path,
    remote: str,
    create: bool,
    public: bool,
    deploy_key: bool,
    renew_deploy_key: bool,
    api_url: str,
    charts: str,
    charts_dir: Path | None,
    dry_run: bool,
) -> ExitStatus:
    """Publish REPOSITORY: its branch and gitopsgen/render, in one step and never by force.

    What is committed is validated before. The token for GitHub is taken from GH_TOKEN,
    GITHUB_TOKEN or `gh auth token`; for other servers from GIT_USERNAME and GIT_TOKEN, or git
    knows one. Run again, this changes nothing. Exit status: 1 the check found errors, 3 the
    remote cannot be reached, refuses it, or has commits that are not here.
    """
    from gitopsgen.lifecycle.workspace import alone, open_workspace
    from gitopsgen.publishing.target import Settings, find_target

    given = context.get_parameter_source("api_url") is click.core.ParameterSource.COMMANDLINE
    settings = Settings(
        remote=remote,
        create=create,
        private=not public,
        deploy_key=deploy_key,
        renew_deploy_key=renew_deploy_key,
        api_url=api_url,
        is_github=given,
    )
    workspace = open_workspace(repository)
    with alone(workspace, wait_notice):
        # Another run may have ended just now.
        workspace = open_workspace(repository)
        target = find_target(workspace, settings)
        report = _checked(target, charts, charts_dir)
        if (status := _show_report(workspace, report)) is not ExitStatus.OK:
            click.echo("nothing was pushed", err=True)
            return status
        return _publish(target, settings, dry_run=dry_run)


def _checked(target: Target, charts: str, charts_dir: Path | None) -> Report:
    """Validate the commit that is pushed: what is not committed is neither checked nor pushed."""
    from gitopsgen.validation.history import check_out
    from gitopsgen.validation.remotes import remote_urls
    from gitopsgen.validation.service import Options, validate

    root = target.workspace.root
    urls = (*remote_urls(root), target.repository_url)
    options = Options(charts=charts, charts_dir=charts_dir, repository_urls=urls)
    if not _differs(target.workspace):
        return validate(root, options, show_progress)
    with tempfile.TemporaryDirectory(prefix="gitopsgen-push-") as folder:
        tree = check_out(root, target.workspace.head, Path(folder))
        options = replace(options, as_committed=True)
        return validate(tree or root, options, show_progress)


def _differs(workspace: Workspace) -> bool:
    """Whether the work tree has anything that the commit has not; that is said."""
    status = workspace.git.call("status", "--porcelain=v1", "-z", "--ignore-submodules=dirty")
    entries = [entry for entry in status.stdout.decode(errors="replace").split("\0") if entry]
    if entries:
        number = counted(len(entries), "change")
        click.echo(f"note: {number} that nobody has committed yet: left here", err=True)
    return bool(entries)


def _show_report(workspace: Workspace, report: Report) -> ExitStatus:
    status = exit_status(report)
    if status is ExitStatus.OK and not report.findings and not report.unchecked:
        click.echo("validated: nothing wrong")
    else:
        print_report(report, "text", reader(workspace.root))
    return status


def _publish(target: Target, settings: Settings, *, dry_run: bool) -> ExitStatus:
    from gitopsgen.publishing.publish import plan, publish

    if target.hub is None and target.remote.place.host == target.host:
        note = "no token for GitHub: neither its settings nor a deploy key are looked at"
        click.echo(f"note: {note}", err=True)
    planned = plan(target, settings)
    for note in (*target.notes, *planned.notes):
        click.echo(f"note: {note}", err=True)
    if planned.is_empty:
        click.echo(f"nothing to do: {target.remote.shown} has all of it")
        return ExitStatus.OK
    if not dry_run:
        publish(target, settings, planned)
    _show(target, planned, done=not dry_run)
    return ExitStatus.OK


def _show(target: Target, planned: Plan, *, done: bool) -> None:
    """Say what was done, or would be."""
    what = target.hub.what if target.hub is not None else ""

    def say(past: str, verb: str, rest: str) -> None:
        click.echo(f"{past if done else f'would {verb}'} {rest}")

    if planned.creates:
        say("created", "create", f"{what}, {'private' if planned.is_private else 'public'}")
    if planned.pushed:
        names = " and ".join(branch for branch, _ in planned.pushed)
        say("pushed", "push", f"{names} to {target.remote.shown}")
    if planned.default_branch and not planned.creates:
        say("made", "make", f"{planned.default_branch} the default branch of {what}")
    if planned.key is not None:
        say("registered", "register", f"a read-only deploy key at {what}: {planned.key}")
        click.echo(_next_step(target, planned.key))


def _next_step(target: Target, key: Path) -> str:
    file = f"GIT_SSH_PRIVATE_KEY_FILE={key}"
    if not target.repository_url.startswith(("https://", "http://")):
        return f"  for the secrets of bootstrap.sh: {file}"
    return (
        f"  Argo CD reads {target.repository_url}, for which bootstrap.sh wants GIT_USERNAME\n"
        "  and GIT_TOKEN. With an ssh URL in cluster.yaml (and `gitopsgen update`) it reads with\n"
        f"  the key: {file}"
    )

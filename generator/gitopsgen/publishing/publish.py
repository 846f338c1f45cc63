"""Publishing a repository: what there is to do, and doing it; never by force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError
from gitopsgen.lifecycle.create import RENDER_BRANCH
from gitopsgen.lifecycle.objects import is_ancestor
from gitopsgen.publishing.deploy_key import TITLE, KeyState, key_file, key_state, make_key_pair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gitopsgen.publishing.github import GitHub, Hosted
    from gitopsgen.publishing.target import Settings, Target


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push would change.

    `pushed` are branches with their commits, `creates` says whether the repository is made first,
    `key` is the file of a deploy key that would be registered, `default_branch` the branch that
    GitHub would show.
    """

    pushed: tuple[tuple[str, str], ...]
    creates: bool = False
    is_private: bool = False
    key: Path | None = None
    default_branch: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.pushed or self.creates or self.key or self.default_branch)


def plan(target: Target, settings: Settings) -> Plan:
    """Ask GitHub and the remote what there is to do; nothing is changed.

    Raises `UnavailableError` where the token may not do it, the remote cannot be asked, or has
    commits that are not here.
    """
    hub = target.hub
    if hub is None:
        there = target.remote.branches([branch for branch, _ in target.commits])
        return Plan(_forward(target, there))
    hosted = _look(hub, target, settings)
    if hosted is None:
        wanted = settings.private and settings.deploy_key
        file = key_file(target.host, hub.owner, hub.name)
        return Plan(
            target.commits,
            creates=True,
            is_private=settings.private,
            key=file if wanted else None,
            default_branch=target.branch,
        )
    shown = hosted.default_branch
    names = {branch for branch, _ in target.commits} | {shown}
    there = target.remote.branches(sorted(filter(None, names)))
    # An empty repository shows a branch that it does not have.
    is_shown = shown == target.branch or (shown in there and shown != RENDER_BRANCH)
    key, note = _deploy_key(hub, hosted, target, settings)
    return Plan(
        _forward(target, there),
        is_private=hosted.is_private,
        key=key,
        default_branch="" if is_shown or not hosted.may_administer else target.branch,
        notes=(note,) if note else (),
    )


def publish(target: Target, settings: Settings, planned: Plan) -> None:
    """Carry out a plan; done again, it changes nothing. Raises what `plan` does."""
    hub = target.hub
    public = ""
    if planned.key is not None and hub is not None:
        # What can fail on this machine does so before anything changes elsewhere.
        public = make_key_pair(planned.key, hub.what, renew=settings.renew_deploy_key)
    shown = ""
    if planned.creates and hub is not None:
        made = hub.create(private=settings.private, description=target.description)
        shown = made.default_branch
    if planned.pushed:
        target.remote.push(planned.pushed)
        target.remote.follow(target.branch)
    if hub is None:
        return
    if planned.default_branch not in ("", shown):
        hub.set_default_branch(planned.default_branch)
    if public:
        hub.add_deploy_key(TITLE, public)


def _look(hub: GitHub, target: Target, settings: Settings) -> Hosted | None:
    """The repository on GitHub, if what is asked for can be done to it."""
    hosted = hub.find()
    is_public = not settings.private if hosted is None else not hosted.is_private
    needed = [("repo", "public_repo") if is_public else ("repo",)]
    if target.has_workflows and target.remote.place.is_http:
        needed.append(("workflow",))
    hub.check_scopes(needed)
    if hosted is None:
        if not settings.create:
            raise UnavailableError(
                f"{hub.what} is not there, or the token from {hub.token.source} cannot see it",
                "`gitopsgen push --create` makes it, private unless --public is given.",
            )
        return None
    if hosted.is_archived:
        raise UnavailableError(f"{hub.what} is archived", "Unarchive it in its settings.")
    if not hosted.may_push:
        raise UnavailableError(
            f"the token from {hub.token.source} may not push to {hub.what}",
            "Ask its owner for the permission.",
        )
    return hosted


def _deploy_key(
    hub: GitHub, hosted: Hosted, target: Target, settings: Settings
) -> tuple[Path | None, str]:
    """The file of the key that is to be registered, if any, and what a person should know."""
    if not hosted.is_private or not settings.deploy_key:
        return None, ""
    if not hosted.may_administer:
        return None, f"only who administers {hub.what} can see and add its deploy keys"
    private = key_file(target.host, hub.owner, hub.name)
    try:
        registered = hub.deploy_keys()
    except UnavailableError as error:
        raise UnavailableError(
            error.message,
            f"{error.hint}\n  This was about the deploy keys, by which Argo CD reads a private "
            "repository; --no-deploy-key leaves them alone.",
        ) from error
    state = key_state(private, registered)
    if state is KeyState.MISSING or settings.renew_deploy_key:
        return private, ""
    if state is KeyState.ELSEWHERE:
        return None, (
            f"a deploy key is registered whose private half is not in {private}: copy it there "
            "from the machine that made it, or make another one with --renew-deploy-key"
        )
    if state is KeyState.WRITABLE:
        return None, (
            f"the deploy key of {private} may write, which Argo CD does not need: delete it in "
            f"the settings of {hub.what}, then push again"
        )
    return None, ""


def _forward(target: Target, there: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The branches that the remote lacks commits of.

    Raises `UnavailableError` where it has commits that are not here. Renders that others have
    made are no obstacle as long as none was made here beside them.
    """
    git = target.workspace.git
    pushed, ahead = [], []
    for branch, here in target.commits:
        known = there.get(branch)
        if known == here:
            continue
        if known is None or is_ancestor(git, known, here):
            pushed.append((branch, here))
            continue
        if branch == RENDER_BRANCH:
            target.remote.fetch(branch)
            if is_ancestor(git, here, known):
                continue
        ahead.append(branch)
    if ahead:
        raise _gone_on(target, ahead)
    return tuple(pushed)


def _gone_on(target: Target, ahead: Sequence[str]) -> UnavailableError:
    remote = target.remote
    steps = [f"git fetch {remote.name or remote.shown}"]
    if target.branch in ahead:
        merged = f"{remote.name}/{target.branch}" if remote.name else "FETCH_HEAD"
        steps = [f"{steps[0]}{'' if remote.name else f' {target.branch}'}", f"git merge {merged}"]
    if RENDER_BRANCH in ahead:
        # It makes a render that comes after both.
        steps.append("gitopsgen update")
    return UnavailableError(
        f"{remote.shown} has commits on {' and '.join(ahead)} that are not here; "
        "nothing was pushed",
        f"Take them in: {'; '.join(steps)}; then push again.",
    )

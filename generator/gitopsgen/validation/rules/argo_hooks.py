"""Rules on hooks: Argo CD compares their texts, and runs what it does not know at no time.

Source: Argo CD's gitops-engine/pkg/sync/hook and controller/hook.go (3.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.nearest import nearest
from gitopsgen.validation.rules.argo_hints import misspelt
from gitopsgen.validation.rules.argo_order import HOOK, is_synced, options_in
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.validation.model import LocalContext, Resource

RULES = (
    Rule(
        "argo-hook",
        (Severity.ERROR, Severity.WARNING),
        "A hook or its deletion policy is unknown or misspelt.",
        "Argo CD never applies a hook of an unknown phase, and says nothing; it ignores an unknown "
        "policy.",
        "kind: Job\nmetadata:\n  annotations: {argocd.argoproj.io/hook: preSync}",
        "kind: Job\nmetadata:\n  annotations: {argocd.argoproj.io/hook: PreSync}",
    ),
)
_POLICY: Final = "argocd.argoproj.io/hook-delete-policy"
_HELM_HOOK: Final = "helm.sh/hook"
_HOOKS: Final = ("PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip")
_POLICIES: Final = ("HookSucceeded", "HookFailed", "BeforeHookCreation")


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """The annotations of a hook."""
    del context
    annotations = resource.annotations
    yield from misspelt(annotations, HOOK, "argo-hook", "it applies this along with all else")
    if isinstance(annotations.get(HOOK), str):
        yield from _hooks(resource)
    for policy in options_in(annotations.get(_POLICY)):
        if policy not in _POLICIES:
            yield LocalProblem(
                "argo-hook",
                Severity.WARNING,
                ("metadata", "annotations", _POLICY),
                f'Argo CD ignores the deletion policy "{policy}"',
                _hint(policy, _POLICIES),
            )


def _hooks(resource: Resource) -> Iterator[LocalProblem]:
    place = ("metadata", "annotations", HOOK)
    hooks = options_in(resource.annotations[HOOK])
    # Where it knows none of them Helm's own count.
    never = not {*hooks} & {*_HOOKS} and not (
        _HELM_HOOK in resource.annotations and is_synced(resource)
    )
    if not hooks and never:
        message = "a hook of no phase: Argo CD never applies it"
        yield LocalProblem("argo-hook", Severity.ERROR, place, message, _hint("", _HOOKS))
    for hook in hooks:
        if hook not in _HOOKS:
            outcome = "never applies it" if never else "ignores that"
            yield LocalProblem(
                "argo-hook",
                Severity.ERROR,
                place,
                f'"{hook}" is no phase of a sync: Argo CD {outcome}',
                _hint(hook, _HOOKS),
            )


def _hint(word: str, known: tuple[str, ...]) -> str:
    near = nearest(word.replace("-", "").replace("_", ""), known)
    return f"Did you mean {near}?" if near else f"There are {', '.join(known)}."

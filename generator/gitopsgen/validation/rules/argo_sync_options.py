"""Rules on sync options: Argo CD compares their texts, and ignores what it does not know.

Source: Argo CD's controller/sync.go and gitops-engine's pkg/sync/common/types.go (3.4 to 3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.nearest import nearest
from gitopsgen.validation.rules.access import at, sequence
from gitopsgen.validation.rules.argo_hints import misspelt
from gitopsgen.validation.rules.argo_options import OF_APPLICATIONS, OF_RESOURCES, meant
from gitopsgen.validation.rules.argo_order import SYNC_OPTIONS, options_in
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import LocalContext, Resource

_POLICIES: Mapping[tuple[str, str], Path] = {
    ("argoproj.io", "Application"): ("spec", "syncPolicy", "syncOptions"),
    ("argoproj.io", "ApplicationSet"): ("spec", "template", "spec", "syncPolicy", "syncOptions"),
}

_COMPARE_OPTIONS = "argocd.argoproj.io/compare-options"
_COMPARE = (
    "IgnoreExtraneous",
    "IncludeMutationWebhook=true",
    "ServerSideDiff=false",
    "ServerSideDiff=true",
)

RULES = (
    Rule(
        "argo-sync-option",
        (Severity.ERROR,),
        "A sync option or a compare option is unknown or misspelt.",
        "Argo CD ignores it without a word: options are case-sensitive, with no blanks around =.",
        "kind: Application\nspec:\n  syncPolicy:\n    syncOptions: [CreateNamespace=True]",
        "kind: Application\nspec:\n  syncPolicy:\n    syncOptions: [CreateNamespace=true]",
    ),
)


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """Sync options of an Application, of what an ApplicationSet makes, or in an annotation."""
    del context
    annotation = resource.annotations.get(SYNC_OPTIONS)
    yield from misspelt(
        resource.annotations, SYNC_OPTIONS, "argo-sync-option", "it ignores the sync options"
    )
    for option in options_in(annotation) if annotation is not None else ():
        place = ("metadata", "annotations", SYNC_OPTIONS)
        yield from _check(option, place, OF_RESOURCES, OF_APPLICATIONS)
    for option in options_in(resource.annotations.get(_COMPARE_OPTIONS)):
        if option not in _COMPARE:
            near = nearest(option, _COMPARE)
            yield LocalProblem(
                "argo-sync-option",
                Severity.ERROR,
                ("metadata", "annotations", _COMPARE_OPTIONS),
                f'Argo CD ignores the compare option "{option}"',
                f'Did you mean "{near}"?' if near else f"The options are {', '.join(_COMPARE)}.",
            )
    path = _POLICIES.get((resource.group, resource.kind))
    if path is not None:
        for index, item in enumerate(sequence(at(resource.data, *path))):
            # A parameter of an ApplicationSet may become anything.
            if isinstance(item, str) and "{{" not in item:
                yield from _check(item, (*path, index), OF_APPLICATIONS, OF_RESOURCES)


def _check(
    option: str,
    path: Path,
    known: Mapping[str, tuple[str, ...]],
    elsewhere: Mapping[str, tuple[str, ...]],
) -> Iterator[LocalProblem]:
    name, separator, value = option.partition("=")
    if separator and value in known.get(name, ()):
        return
    yield LocalProblem(
        "argo-sync-option",
        Severity.ERROR,
        path,
        f'Argo CD ignores the sync option "{option}"',
        _hint(option, known, elsewhere),
    )


def _hint(
    option: str, known: Mapping[str, tuple[str, ...]], elsewhere: Mapping[str, tuple[str, ...]]
) -> str:
    name = option.replace(":", "=", 1).partition("=")[0].strip()
    if name in elsewhere and name not in known:
        if "CreateNamespace" in known:
            return f"{name} works in the annotation {SYNC_OPTIONS} of a resource alone."
        return f"{name} works in spec.syncPolicy.syncOptions of an Application alone."
    if "," in option:
        return "Each option is an item of its own."
    near = nearest(name, known)
    if not near:
        return f"The options are {', '.join(sorted(known))}."
    right = meant(option, known)
    return f'Did you mean "{right}"?' if right else f"{near} takes {' or '.join(known[near])}."

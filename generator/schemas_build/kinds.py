"""kinds.json: which kinds each version of Kubernetes has, their scope, and what replaced them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from schemas_build.definitions import kinds_of, minor_versions
from schemas_build.go_types import GO_FILES, Facts, read_facts
from schemas_build.modules import module_files, pinned_modules
from schemas_build.rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.schemas.layout import GroupVersionKind

_MODULES = ("k8s.io/api", "k8s.io/apiextensions-apiserver", "k8s.io/kube-aggregator")


def build_kinds() -> str:
    """The text of kinds.json. Raises `UnavailableError` when a Go module cannot be had."""
    facts = Facts()
    for path in _MODULES:
        for module in pinned_modules()[path]:
            facts.update(read_facts(module_files(module, GO_FILES)))
    minors = minor_versions()
    served = _served(facts, minors)
    kinds = [[*kind, facts.namespaced[kind], *served[kind]] for kind in sorted(served)]
    removed = [
        [*kind, minor, list(instead) if instead else None]
        for kind, (minor, instead) in sorted(_removed(facts, served, minors).items())
    ]
    return f'{{\n"kinds": {rows(kinds)},\n"removed": {rows(removed)}\n}}\n'


def _served(facts: Facts, minors: tuple[str, ...]) -> dict[GroupVersionKind, tuple[str, str]]:
    """The first and the last minor version that has each kind, of those at hand."""
    served: dict[GroupVersionKind, tuple[str, str]] = {}
    for index, minor in enumerate(minors):
        for kind in kinds_of(minor).keys() & facts.namespaced.keys():
            first, last = served.get(kind, (minor, minor))
            if last not in (minor, minors[index - 1]):
                raise ValueError(f"{kind} is gone after {last} and back in {minor}")
            served[kind] = (first, minor)
    return served


def _removed(
    facts: Facts, served: dict[GroupVersionKind, tuple[str, str]], minors: tuple[str, ...]
) -> dict[GroupVersionKind, tuple[str, GroupVersionKind | None]]:
    """The kinds that versions at hand no longer have: since when, and what to use instead."""
    since = {
        kind: minors[minors.index(last) + 1]
        for kind, (_, last) in served.items()
        if last != minors[-1]
    }
    oldest = int(minors[0].partition(".")[2])
    for kind, minor in facts.removed_in.items():
        # The marks say when a later version is meant to drop a kind: only the past is a fact.
        if kind in facts.namespaced and kind not in served and minor <= oldest:
            since[kind] = f"1.{minor}"
    return {
        kind: (minor, _marked_replacement(kind, facts) or _successor(kind, served))
        for kind, minor in since.items()
    }


def _marked_replacement(gone: GroupVersionKind, facts: Facts) -> GroupVersionKind | None:
    """What the source names, unless that is no resource (IngressClassList, once)."""
    replacement = facts.replacement.get(gone)
    return replacement if replacement in facts.namespaced else None


def _successor(
    gone: GroupVersionKind, served: Iterable[GroupVersionKind]
) -> GroupVersionKind | None:
    """The most mature version of the same kind in the same group, if it is more than `gone`."""
    versions = [kind for kind in served if (kind.group, kind.kind) == (gone.group, gone.kind)]
    best = max(versions, key=lambda kind: _maturity(kind.version), default=gone)
    return best if _maturity(best.version) > _maturity(gone.version) else None


def _maturity(version: str) -> tuple[int, ...]:
    """Kubernetes' order of API versions: v1alpha1 < v1alpha2 < v1beta1 < v1 < v2."""
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    if match is None:
        return (-1,)
    stage = {"alpha": 0, "beta": 1, None: 2}[match[2]]
    return (stage, int(match[1]), int(match[3] or 0))

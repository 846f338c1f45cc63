"""Roles and bindings.

Source: Kubernetes' pkg/apis/rbac/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import mapping, mappings
from gitopsgen.validation.rules.api_server.names import check_name
from gitopsgen.validation.rules.api_server.problem import lacking, refused
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_GROUP = "rbac.authorization.k8s.io"
_SUBJECT_GROUPS = {"ServiceAccount": ("",), "User": (_GROUP,), "Group": (_GROUP,)}


def check_role(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One Role or ClusterRole."""
    namespaced = data.get("kind") == "Role"
    for path, rule in mappings(data, ("rules",)):
        yield from _rule(path, rule, namespaced=namespaced)


def _rule(path: Path, rule: Mapping[str, Any], *, namespaced: bool) -> Iterator[LocalProblem]:
    if not rule.get("verbs"):
        hint = "Add the verbs that it grants, such as get, list and watch."
        yield lacking((*path, "verbs"), "the rule has no verb", hint)
    if rule.get("nonResourceURLs"):
        place = (*path, "nonResourceURLs")
        if namespaced:
            message = "a Role has no nonResourceURLs"
            yield refused(place, message, "Make it a ClusterRole.", key=True)
        elif rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            message = "a rule is about resources or nonResourceURLs, not both"
            yield refused(place, message, "Make two rules of it.", key=True)
        return
    for field, what in (("apiGroups", "API group"), ("resources", "resource")):
        if not rule.get(field):
            hint = '"" is the core group.' if field == "apiGroups" else "Add what it is about."
            yield refused((*path, field), f"the rule has no {what}", hint, key=True)


def check_binding(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One RoleBinding or ClusterRoleBinding; the kinds that it may name are k8s_enums' matter."""
    name = mapping(data.get("roleRef")).get("name")
    if name == "":
        yield refused(("roleRef", "name"), "the role has no name", "Write its name.")
    elif isinstance(name, str) and ("/" in name or "%" in name) and not is_unfilled(name):
        message = f'"{name[:60]}" cannot be the name of a role: it takes neither / nor %'
        yield refused(("roleRef", "name"), message, "Write its name alone.")
    # In a RoleBinding, an account without a namespace is one of the binding's own.
    placed = data.get("kind") == "RoleBinding"
    for path, subject in mappings(data, ("subjects",)):
        yield from _subject(path, subject, placed=placed)
        if subject.get("kind") == "ServiceAccount":
            yield from check_name(subject, path, "name", "ServiceAccount")


def _subject(path: Path, subject: Mapping[str, Any], *, placed: bool) -> Iterator[LocalProblem]:
    kind, group = subject.get("kind"), subject.get("apiGroup")
    if kind not in _SUBJECT_GROUPS:
        return
    if isinstance(group, str) and group not in ("", *_SUBJECT_GROUPS[kind]):
        known = _SUBJECT_GROUPS[kind][0]
        hint = f"Write {known}, or leave it out." if known else "Leave it out."
        yield refused((*path, "apiGroup"), f"a {kind} is not of the group {group[:60]}", hint)
    if kind == "ServiceAccount" and not placed and not subject.get("namespace"):
        message = "a ServiceAccount needs its namespace here"
        yield lacking((*path, "namespace"), message, "Add the namespace of the ServiceAccount.")
    if subject.get("name") == "":
        yield refused((*path, "name"), "the subject has no name", "Write its name.")

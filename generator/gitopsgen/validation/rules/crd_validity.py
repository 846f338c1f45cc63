"""The rule on CustomResourceDefinitions that an API server refuses.

Source: k8s.io/apiextensions-apiserver, pkg/apis/apiextensions/validation/validation.go (1.36).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at, mapping, mappings, sequence
from gitopsgen.validation.rules.problem import LocalProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.schemas.problems import CrdProblem
    from gitopsgen.validation.model import LocalContext, Resource

_KIND = ("apiextensions.k8s.io", "CustomResourceDefinition")
_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_STRATEGIES = ("None", "Webhook")
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_SCALE_PATHS = {
    "labelSelectorPath": (".spec.", ".status."),
    "specReplicasPath": (".spec.",),
    "statusReplicasPath": (".status.",),
}
_APPROVED = "api-approved.kubernetes.io"
_APPROVAL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+.*|unapproved.*", re.DOTALL)

RULES = (
    Rule(
        "crd-invalid",
        (Severity.ERROR,),
        "A CustomResourceDefinition is not structural, or breaks the naming rules.",
        "The API server refuses it, and with it every resource of its kind.",
        "kind: CustomResourceDefinition\nmetadata: {name: gadget.example.com}\nspec:\n"
        "  group: example.com\n  names: {plural: gadgets, kind: Gadget}",
        "kind: CustomResourceDefinition\nmetadata: {name: gadgets.example.com}\nspec:\n"
        "  group: example.com\n  names: {plural: gadgets, kind: Gadget}",
    ),
)


def check_resource(resource: Resource, context: LocalContext) -> Iterator[LocalProblem]:
    """What the API server has against a CRD."""
    del context
    if (resource.group, resource.kind) != _KIND or resource.version != "v1":
        return
    from gitopsgen.schemas.crd import read_crd

    for problem in read_crd(resource.data).problems:
        if _is_missing(resource.data, problem):
            continue
        message = f"the API server refuses {_named(problem.path)}: {problem.message}"
        yield _problem(problem.path, message, key=problem.key)
    spec = mapping(resource.data.get("spec"))
    yield from _names(resource.name, spec)
    yield from _versions(spec)
    yield from _conversion(resource.data)
    for path, version in mappings(resource.data, ("spec", "versions")):
        yield from _columns(resource.data, path)
        yield from _scale(mapping(version.get("subresources")), (*path, "subresources"))
    yield from _approval(resource, spec)


def _is_missing(data: Mapping[str, Any], problem: CrdProblem) -> bool:
    """Whether it is about a field that is not there: the schema of CRDs says so itself."""
    *parents, step = problem.path or ("",)
    holder = at(data, *parents)
    return bool(parents) and not problem.key and isinstance(holder, dict) and step not in holder


def _names(name: str, spec: Mapping[str, Any]) -> Iterator[LocalProblem]:
    names = mapping(spec.get("names"))
    group, plural, kind = spec.get("group"), names.get("plural"), names.get("kind")
    well_formed = (
        isinstance(group, str)
        and "." in group
        and isinstance(plural, str)
        and _LABEL.fullmatch(plural)
    )
    if well_formed and name != f"{plural}.{group}":
        yield _problem(
            ("metadata", "name"),
            f'a CRD is named after its plural and group, "{plural}.{group}"',
            f"Name it {plural}.{group}, or change spec.names.plural or spec.group.",
        )
    if isinstance(kind, str) and names.get("listKind") == kind:
        yield _problem(("spec", "names", "listKind"), "kind and listKind are the same")
    for key in ("singular", "listKind"):
        value = names.get(key)
        if isinstance(value, str) and value:
            word = value.lower() if key == "listKind" else value
            yield from _label(word, value, ("spec", "names", key))
    for key in ("shortNames", "categories"):
        for index, value in enumerate(sequence(names.get(key))):
            if isinstance(value, str):
                yield from _label(value, value, ("spec", "names", key, index))


def _label(word: str, value: str, path: Path) -> Iterator[LocalProblem]:
    if not _LABEL.fullmatch(word):
        yield _problem(
            path,
            f'"{value}" is not a DNS label: a letter, then letters, digits and "-", in lower case',
        )


def _versions(spec: Mapping[str, Any]) -> Iterator[LocalProblem]:
    stored, seen = [], set()
    data = {"versions": spec.get("versions")}
    for path, version in mappings(data, ("versions",)):
        name = version.get("name")
        if version.get("storage") is True:
            stored.append(name)
        if isinstance(name, str) and name in seen:
            yield _problem(("spec", *path, "name"), f'there are two versions "{name}"')
        if isinstance(name, str):
            seen.add(name)
    if seen and len(stored) != 1:
        found = ", ".join(map(str, stored)) or "none"
        yield _problem(
            ("spec", "versions"),
            f"exactly one version has storage: true, and here it is {found}",
        )


def _conversion(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    path: Path = ("spec", "conversion")
    conversion = at(data, *path)
    if not isinstance(conversion, dict):
        return
    strategy, webhook = conversion.get("strategy"), conversion.get("webhook")
    if isinstance(strategy, str) and strategy not in _STRATEGIES:
        message = f'strategy cannot be "{strategy[:60]}"'
        yield _problem((*path, "strategy"), message, "Write None or Webhook.")
    elif strategy == "Webhook":
        if not isinstance(mapping(webhook).get("clientConfig"), dict):
            message = "the strategy Webhook needs webhook.clientConfig"
            yield _problem((*path, "webhook"), message, key=True)
        elif not at(conversion, "webhook", "conversionReviewVersions"):
            message = "the strategy Webhook needs webhook.conversionReviewVersions"
            yield _problem((*path, "webhook"), message, "Write [v1].", key=True)
    elif strategy == "None" and webhook is not None:
        message = "webhook is only for the strategy Webhook"
        yield _problem((*path, "webhook"), message, key=True)


def _columns(data: Mapping[str, Any], version: Path) -> Iterator[LocalProblem]:
    for path, column in mappings(data, (*version, "additionalPrinterColumns")):
        kind, json_path = column.get("type"), column.get("jsonPath")
        if isinstance(kind, str) and kind not in _COLUMN_TYPES:
            hint = f"It is one of {', '.join(_COLUMN_TYPES)}."
            yield _problem((*path, "type"), f'a column cannot be of type "{kind[:60]}"', hint)
        if isinstance(json_path, str) and not json_path.startswith("."):
            yield _no_path((*path, "jsonPath"), json_path, ".")


def _scale(subresources: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    scale = mapping(subresources.get("scale"))
    for name, roots in _SCALE_PATHS.items():
        json_path = scale.get(name)
        if isinstance(json_path, str) and json_path and not json_path.startswith(roots):
            yield _no_path((*path, "scale", name), json_path, " or ".join(roots))


def _no_path(path: Path, json_path: str, start: str) -> LocalProblem:
    return _problem(path, f'the path "{json_path[:60]}" does not begin with {start}')


def _approval(resource: Resource, spec: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """Groups of the Kubernetes community need a link to the review of their API."""
    group = spec.get("group")
    if not isinstance(group, str) or not f".{group}".endswith((".k8s.io", ".kubernetes.io")):
        return
    approval = at(resource.data, "metadata", "annotations", _APPROVED)
    if not isinstance(approval, str) or not _APPROVAL.fullmatch(approval):
        yield _problem(
            ("spec", "group"),
            f'the group "{group}" is protected: the annotation {_APPROVED} must hold the URL of '
            'the API\'s review, or begin with "unapproved"',
            "A group of your own ends in a domain of your own.",
        )


def _named(path: Path) -> str:
    """The last name in a path."""
    names = [step for step in path if isinstance(step, str)]
    return names[-1] if names else "the CRD"


def _problem(path: Path, message: str, hint: str = "", *, key: bool = False) -> LocalProblem:
    return LocalProblem("crd-invalid", Severity.ERROR, path, message, hint, key)

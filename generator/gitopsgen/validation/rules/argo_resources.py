"""Rules on resources that Argo CD cannot apply, does not look at, or may delete with its data."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import mapping, sequence
from gitopsgen.validation.rules.argo_config import parse, read_config
from gitopsgen.validation.rules.argo_options import options_of, options_on
from gitopsgen.validation.rules.argo_order import SYNC_OPTIONS, is_hook, is_synced
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

    # Patterns of groups, and kinds (`*` is every one) that are left out of these groups.
    Exclusions = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]

# All annotations of an object together (k8s.io/apimachinery, TotalAnnotationSizeLimitB).
_LIMIT = 256 * 1024
_NAME = ("metadata", "name")
_LARGE_KINDS = (("apiextensions.k8s.io", "CustomResourceDefinition"), ("", "ConfigMap"))
_DATA_KINDS = {
    ("", "Namespace"): "all that is in it",
    ("", "PersistentVolumeClaim"): "its data",
    ("apiextensions.k8s.io", "CustomResourceDefinition"): "all resources of its kind",
}
# Argo CD leaves these out whatever it is told (util/settings/resources_filter.go).
_ALWAYS_EXCLUDED: Exclusions = (
    (("events.k8s.io", "metrics.k8s.io"), ("*",)),
    (("",), ("Event",)),
    (("coordination.k8s.io",), ("Lease",)),
)
# resource.exclusions as Argo CD 3 comes with it (manifests/base/config/argocd-cm.yaml).
_DEFAULT_EXCLUDED: Exclusions = (
    (("", "discovery.k8s.io"), ("Endpoints", "EndpointSlice")),
    (
        ("authentication.k8s.io", "authorization.k8s.io"),
        (
            "SelfSubjectReview",
            "TokenReview",
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ),
    ),
    (("certificates.k8s.io",), ("CertificateSigningRequest",)),
    (("cert-manager.io",), ("CertificateRequest",)),
    (("cilium.io",), ("CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice")),
    (
        ("kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"),
        (
            "PolicyReport",
            "ClusterPolicyReport",
            "EphemeralReport",
            "ClusterEphemeralReport",
            "AdmissionReport",
            "ClusterAdmissionReport",
            "BackgroundScanReport",
            "ClusterBackgroundScanReport",
            "UpdateRequest",
        ),
    ),
)

RULES = (
    Rule(
        "argo-large-resource",
        (Severity.ERROR,),
        "A CRD or a ConfigMap is too large for a client-side apply.",
        "Client-side apply keeps a copy of the object in an annotation, and all annotations "
        "together may have 262,144 bytes.",
        "# the Application of a ConfigMap with 300,000 bytes\nspec:\n  syncPolicy: {}",
        "spec:\n  syncPolicy: {syncOptions: [ServerSideApply=true]}",
    ),
    Rule(
        "argo-excluded",
        (Severity.WARNING,),
        "Argo CD leaves out a manifest of this kind.",
        "Its resource.exclusions drop what controllers are expected to make: the manifest in git "
        "is never applied.",
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: nas}",
        "# argocd-cm, with a list of one's own\ndata:\n  resource.exclusions: |\n    []",
    ),
    Rule(
        "argo-prune-danger",
        (Severity.WARNING,),
        "Automated prune may delete what holds data.",
        "When the file is renamed or moved, Argo CD deletes the object, and the data with it.",
        "kind: PersistentVolumeClaim\nmetadata: {name: data}",
        "kind: PersistentVolumeClaim\nmetadata:\n  name: data\n"
        "  annotations: {argocd.argoproj.io/sync-options: Prune=false}",
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Resources that are too large, left out, or in danger."""
    yield from _large(model)
    yield from _excluded(model)
    yield from _in_danger(model)


def _large(model: Model) -> Iterator[RuleProblem]:
    for kind in _LARGE_KINDS:
        for resource in model.of_kind(*kind):
            application = resource.application
            if application is None or not is_synced(resource) or _fits(resource, application):
                continue
            size = _applied_size(resource.data)
            if size > _LIMIT:
                yield RuleProblem(
                    "argo-large-resource",
                    Severity.ERROR,
                    resource.manifest,
                    _NAME,
                    f"{resource.kind} {resource.name} has {size:,} bytes: a client-side apply "
                    f"takes no more than {_LIMIT:,}",
                    f"Add ServerSideApply=true to the syncOptions of {application.name}.",
                )


def _fits(resource: Resource, application: Application) -> bool:
    """Whether an apply keeps no copy of the object."""
    own, common = options_on(resource), options_of(application)
    if "Replace=true" in own | common:
        return True
    if "ServerSideApply=false" in own:
        return False
    return "ServerSideApply=true" in own | common


def _applied_size(data: Mapping[str, Any]) -> int:
    """The bytes of an object as client-side apply keeps it; Go's JSON escapes <, > and &."""
    try:
        whole = json.dumps(data, separators=(",", ":"), ensure_ascii=False, default=str)
    except (ValueError, RecursionError, TypeError):
        return 0
    return len(whole.encode(errors="replace")) + 5 * sum(map(whole.count, "<>&"))


def _excluded(model: Model) -> Iterator[RuleProblem]:
    is_excluded = _exclusions(model)
    for group, kind in model.kinds():
        if not is_excluded(group, kind):
            continue
        for resource in model.of_kind(group, kind):
            if resource.application is not None:
                yield RuleProblem(
                    "argo-excluded",
                    Severity.WARNING,
                    resource.manifest,
                    ("kind",),
                    f"Argo CD leaves out every {kind}: {resource.name} is never applied",
                    "Set resource.exclusions in argocd-cm, or let a controller make it.",
                )


def _exclusions(model: Model) -> Callable[[str, str], bool]:
    """What Argo CD leaves out, by its defaults or by the configuration in the repository."""
    listed = _DEFAULT_EXCLUDED
    own = read_config(model).text_of("resource.exclusions")
    if own:
        listed = tuple(
            (_texts(item.get("apiGroups")) or ("*",), _texts(item.get("kinds")) or ("*",))
            for item in map(mapping, sequence(parse(own)))
            if not item.get("clusters")
        )

    def is_excluded(group: str, kind: str) -> bool:
        return any(
            any(fnmatchcase(group, pattern) for pattern in groups)
            and (kind in kinds or "*" in kinds)
            for groups, kinds in (*_ALWAYS_EXCLUDED, *listed)
        )

    return is_excluded


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in sequence(value) if isinstance(item, str))


def _in_danger(model: Model) -> Iterator[RuleProblem]:
    for (group, kind), what in _DATA_KINDS.items():
        for resource in model.of_kind(group, kind):
            application = resource.application
            if application is None or not application.prunes or is_hook(resource):
                continue
            # What a chart renders has no file that could go, and no place for the annotation.
            if _is_of_chart(resource, model) or _stays(resource, application):
                continue
            yield RuleProblem(
                "argo-prune-danger",
                Severity.WARNING,
                resource.manifest,
                _NAME,
                f"{application.name} prunes {kind} {resource.name}, and {what}, when its file goes",
                f"Annotate it with {SYNC_OPTIONS}: Prune=false.",
            )


def _is_of_chart(resource: Resource, model: Model) -> bool:
    source = resource.source
    if resource.manifest.rendering is None or source is None:
        return False
    return bool(source.chart) or model.sources.tool(source) == "Helm"


def _stays(resource: Resource, application: Application) -> bool:
    """Whether a prune leaves a resource alone: its own option wins over the Application's."""
    for options in (options_on(resource), options_of(application)):
        for option in options:
            name, _, value = option.partition("=")
            if name == "Prune":
                return value in {"false", "confirm"}
    return False

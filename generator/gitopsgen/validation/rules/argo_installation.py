"""Argo CD's own installation, as far as the repository tells: where it lives, whom it watches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, sequence, text
from gitopsgen.validation.rules.argo_order import LOCAL, cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.validation.model import Model

DEFAULT_NAMESPACE = "argocd"
GROUP = "argoproj.io"
_SETTINGS = frozenset({"argocd-cm", "argocd-cmd-params-cm", "argocd-rbac-cm"})
_PARAMETERS = "argocd-cmd-params-cm"
_WATCHED = "application.namespaces"
_WATCHED_PARAMETER = "configs.params.application\\.namespaces"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where Argo CD lives, and in which further namespaces it looks for Applications.

    `namespaces` is one, or several where the repository has several of Argo CD. `watched` are
    patterns, None where nothing here says.
    """

    namespaces: frozenset[str]
    watched: tuple[str, ...] | None

    @property
    def namespace(self) -> str:
        """The namespace to name to people."""
        return min(self.namespaces)


def read_installation(model: Model) -> Installation:
    """Find Argo CD's namespace and the namespaces that it watches."""
    return Installation(_namespaces(model), _watched(model))


def parameters(model: Model, name: str) -> Iterator[str]:
    """What the repository sets a parameter of Argo CD's programs to, wherever it does."""
    for item in model.of_kind("", "ConfigMap"):
        if item.name == _PARAMETERS:
            yield text(at(item.data, "data", name))
    for use in model.charts:
        for part in use.values:
            for holder in (part.data, *map(mapping, part.data.values())):
                yield text(at(holder, "configs", "params", name))


def _namespaces(model: Model) -> frozenset[str]:
    """That of its settings or its chart; else the one that Applications and projects share."""
    sure = {
        item.namespace
        for item in model.of_kind("", "ConfigMap")
        if item.name in _SETTINGS and cluster_of(item.application) == LOCAL
    }
    sure |= {item.namespace for item in model.of_kind(GROUP, "ArgoCD")}
    sure |= {
        application.destination.namespace
        for application, _ in _charts(model)
        if cluster_of(application) == LOCAL
    }
    if sure - {""}:
        return frozenset(sure - {""})
    # Only what somebody wrote: where objects without a namespace land may be the mistake.
    used = Counter(
        name
        for kind in ("AppProject", "Application", "ApplicationSet")
        for item in model.of_kind(GROUP, kind)
        if (name := text(at(item.data, "metadata", "namespace")))
    )
    # Somebody may apply by hand what no Application does.
    by_hand = {
        name
        for item in model.unapplied
        if (item.group, item.kind) == (GROUP, "ArgoCD")
        and (name := text(at(item.data, "metadata", "namespace")))
    }
    if not used:
        return frozenset(by_hand or {DEFAULT_NAMESPACE})
    most = min(used, key=lambda name: (-used[name], name != DEFAULT_NAMESPACE, name))
    # Most may belong to a second Argo CD, beside the one of the usual name.
    usual = {DEFAULT_NAMESPACE} if DEFAULT_NAMESPACE in used else set()
    return frozenset({most} | usual | by_hand)


def _watched(model: Model) -> tuple[str, ...] | None:
    found: list[str] = []
    known = False
    for item in model.of_kind("", "ConfigMap"):
        if item.name == _PARAMETERS:
            known = True
            found.append(text(at(item.data, "data", _WATCHED)))
    for item in model.of_kind(GROUP, "ArgoCD"):
        known = True
        found += [text(name) for name in sequence(at(item.data, "spec", "sourceNamespaces"))]
    for application, source in _charts(model):
        texts, complete = _of_chart(model, application, source)
        if not complete and not any(texts):
            return None
        known = True
        found += texts
    for use in model.charts:
        found += [entry for part in use.values for entry in _in_values(part.data)]
    names = tuple(name.strip() for part in found for name in part.split(",") if name.strip())
    return names if known or names else None


def _charts(model: Model) -> Iterator[tuple[Application, Source]]:
    """The Applications that install Argo CD with its own chart."""
    for application in model.applications:
        for source in application.sources:
            if source.chart == "argo-cd":
                yield application, source


def _of_chart(model: Model, application: Application, source: Source) -> tuple[list[str], bool]:
    from gitopsgen.charts.options import helm_options
    from gitopsgen.repository.value_files import ValueFileState

    options = helm_options(application, source, model.sources)
    found = [entry for part in options.parts for entry in _in_values(part.data)]
    for item in map(mapping, sequence(source.helm.get("parameters"))):
        if item.get("name") == _WATCHED_PARAMETER:
            found.append(text(item.get("value")).replace("\\,", ","))
    in_chart = any(file.state is ValueFileState.IN_CHART for file in options.files)
    return found, not (options.obstacle or in_chart)


def _in_values(values: Mapping[str, Any]) -> Iterator[str]:
    """What values of argo-cd say, or of a chart that has it among its dependencies."""
    for holder in (values, *map(mapping, values.values())):
        found = text(at(holder, "configs", "params", _WATCHED))
        if found:
            yield found

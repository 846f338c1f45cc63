"""What templates see: the cluster, its components, and what follows from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gitopsgen import __version__
from gitopsgen.cluster.addresses import address_table, free_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.blueprints.metadata import Component, GroupKind
    from gitopsgen.cluster.model import Cluster


def build_context(cluster: Cluster, components: Sequence[Component]) -> dict[str, Any]:
    """The variables of a render, those under `cookiecutter.` in templates.

    `components` are the installed ones in wave order. Everything but `name` is private to
    cookiecutter (a leading underscore), so that the plain cookiecutter command never prompts
    for it.
    """
    described = {item.name: _describe(item, cluster) for item in components}
    specs = [component.spec for component in components]
    return {
        "name": cluster.name,
        "_cluster": cluster.as_context(),
        "_servers": [asdict(node) for node in cluster.servers],
        "_workers": [asdict(node) for node in cluster.workers],
        "_components": described,
        "_roles": {c.spec.role: c.name for c in components if c.spec.role},
        "_project": _project(cluster, components),
        "_addresses": address_table(cluster, specs),
        "_waves": _waves(components),
        "_pool_free": free_ranges(cluster, specs),
        "_kubernetes_minor": cluster.kubernetes_minor,
        "_generator_version": __version__,
    }


def _describe(component: Component, cluster: Cluster) -> dict[str, Any]:
    spec = component.spec
    retired = None
    if spec.lifecycle_state != "active":
        retired = {"message": spec.lifecycle_message, "instead": spec.lifecycle_instead}
    return {
        "name": component.name,
        "summary": spec.summary,
        "role": spec.role,
        "wave": component.wave,
        "namespace": component.namespace,
        "version": component.version,
        "chart": asdict(component.chart) if component.chart else None,
        "keep": component.keep,
        "options": dict(cluster.components[component.name]),
        "retired": retired,
        "secrets": [{**asdict(secret), "keys": list(secret.keys)} for secret in component.secrets],
    }


def _project(cluster: Cluster, components: Sequence[Component]) -> dict[str, Any]:
    """What the platform's AppProject permits: the union of what its components need."""
    sources = {cluster.repository.url}
    namespaces: set[str] = set()
    cluster_kinds: set[GroupKind] = set()
    namespaced_kinds: set[GroupKind] = set()
    for component in components:
        if component.chart:
            sources.add(component.chart.repository)
        sources.update(component.needs.sources)
        namespaces.update((component.namespace, *component.needs.namespaces))
        cluster_kinds.update(component.needs.cluster_kinds)
        namespaced_kinds.update(component.needs.namespaced_kinds)
    return {
        "sources": sorted(sources),
        "namespaces": sorted(namespaces),
        "cluster_kinds": [asdict(kind) for kind in sorted(cluster_kinds)],
        "namespaced_kinds": [asdict(kind) for kind in sorted(namespaced_kinds)],
    }


def _waves(components: Sequence[Component]) -> list[dict[str, Any]]:
    waves: dict[int, list[str]] = {}
    for component in components:
        waves.setdefault(component.wave, []).append(component.name)
    return [{"wave": wave, "components": names} for wave, names in sorted(waves.items())]

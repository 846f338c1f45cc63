"""Rules on sync waves: that they are numbers, that they order, that they can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.access import at
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_hints import misspelt
from gitopsgen.validation.rules.argo_order import (
    WAVE,
    Order,
    When,
    atoi,
    cluster_of,
    is_synced,
    wave_of,
)
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

    # What brings an Ingress class, None for what stands by hand, and in which of its waves.
    Controller = tuple[Application | None, int]

_GROUP = "argoproj.io"
_PATH = ("metadata", "annotations", WAVE)
_CLASS = "kubernetes.io/ingress.class"
_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
_INGRESS = ("networking.k8s.io", "Ingress")
# The class that the chart of a controller brings, for charts that were not rendered.
_CHART_CLASSES = {
    "haproxy-ingress": "haproxy",
    "ingress-nginx": "nginx",
    "kubernetes-ingress": "haproxy",
    "nginx-ingress": "nginx",
    "traefik": "traefik",
}
_HEALTH_KEY = "resource.customizations.health.argoproj.io_Application"

RULES = (
    Rule(
        "argo-wave-invalid",
        (Severity.ERROR,),
        "A sync-wave annotation is not an integer in quotes.",
        "A bare number breaks the parent Application; a word or a fraction counts as wave 0, "
        "without a word.",
        "metadata:\n  annotations: {argocd.argoproj.io/sync-wave: 5}",
        'metadata:\n  annotations: {argocd.argoproj.io/sync-wave: "5"}',
    ),
    Rule(
        "argo-wave-without-health",
        (Severity.WARNING,),
        "Applications have sync waves, but Argo CD does not ask for the health of Applications.",
        "Without a health customization for its own kind Argo CD takes an Application for healthy "
        "as soon as it exists: the waves order nothing.",
        "# values of the chart argo-cd, while apps/ has waves\nconfigs:\n  cm: {}",
        "configs:\n  cm:\n"
        "    resource.customizations.health.argoproj.io_Application: |\n"
        '      local hs = {status = "Progressing"}\n'
        "      if obj.status ~= nil and obj.status.health ~= nil then\n"
        "        hs.status = obj.status.health.status\n"
        "      end\n"
        "      return hs",
    ),
    Rule(
        "argo-ingress-before-controller",
        (Severity.WARNING,),
        "An Application with an Ingress syncs before its Ingress controller, or in its wave.",
        "An Ingress without an address stays Progressing, so the wave never ends and the "
        "controller's may never begin.",
        "# of an Application with an Ingress; the controller has wave 2\n"
        'metadata:\n  annotations: {argocd.argoproj.io/sync-wave: "1"}',
        'metadata:\n  annotations: {argocd.argoproj.io/sync-wave: "3"}',
    ),
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Waves that are no numbers, that order nothing, or that wait for an Ingress for ever."""
    yield from _invalid(model.resources)
    config = read_config(model)
    if config.has_health_of(_GROUP, "Application"):
        if not config.has_health_of(*_INGRESS):
            yield from _ingresses(model)
    elif config.found:
        yield from _orderless(model)


def _invalid(resources: Iterable[Resource]) -> Iterator[RuleProblem]:
    for resource in resources:
        annotations = resource.annotations
        for found in misspelt(annotations, WAVE, "argo-wave-invalid", "the sync wave is 0"):
            yield found.of(resource.manifest)
        if WAVE in annotations and atoi(annotations[WAVE]) is None:
            message, hint = _why_invalid(annotations[WAVE])
            yield RuleProblem(
                "argo-wave-invalid", Severity.ERROR, resource.manifest, _PATH, message, hint
            )


def _why_invalid(value: Any) -> tuple[str, str]:
    if isinstance(value, str):
        return f'sync wave "{value}" is not an integer: it counts as 0', 'Write a number: "5".'
    if value is None:
        return "the sync wave is empty: it counts as 0", 'Write a number in quotes: "5".'
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"sync wave {shown} is not a text: nothing is applied", f'Quote it: "{shown}".'
    if not isinstance(value, float | bool):
        shown = f"of the type {type(value).__name__}"
    return f"sync wave {shown} is not a text: nothing is applied", 'Write a number in quotes: "5".'


def _orderless(model: Model) -> Iterator[RuleProblem]:
    """The first Application with a wave below each parent whose Applications differ in theirs."""
    for waves, children in _siblings(model).values():
        waved = [child for child in children if WAVE in child.annotations]
        if len(waves) > 1 and waved:
            yield RuleProblem(
                "argo-wave-without-health",
                Severity.WARNING,
                waved[0].manifest,
                _PATH,
                f"the sync waves of {len(waved)} Application{'s' if len(waved) > 1 else ''} order "
                "nothing: Argo CD's configuration has no health customization for Applications",
                f"Add {_HEALTH_KEY} to argocd-cm (configs.cm in the chart argo-cd).",
            )


def _siblings(model: Model) -> Mapping[Application, tuple[set[int], list[Application]]]:
    """The Applications below each parent, with the waves that they have."""
    found: dict[Application, tuple[set[int], list[Application]]] = {}
    for child in model.applications:
        for parent in model.parents(child):
            if parent is not child:
                waves, children = found.setdefault(parent, (set(), []))
                waves.add(wave_of(child.annotations))
                children.append(child)
    return found


def _ingresses(model: Model) -> Iterator[RuleProblem]:
    ingresses = [r for r in model.of_kind(*_INGRESS) if is_synced(r) and r.application is not None]
    controllers = _controllers(model) if ingresses else {}
    if not controllers:
        return
    order = Order(model)
    # Where all waves are equal nothing comes later that an Ingress could hold.
    waved = {parent for parent, (waves, _) in _siblings(model).items() if len(waves) > 1}
    told: set[Application] = set()
    for ingress in ingresses:
        application = ingress.application
        assert application is not None
        if application in told or waved.isdisjoint(order.above(application)):
            continue
        key = (cluster_of(application), _class_of(ingress))
        for holder, when in _latest(controllers.get(key, ()), ingress, order):
            told.add(application)
            yield _too_early(ingress, application, holder, when)


def _latest(
    controllers: Sequence[Controller], ingress: Resource, order: Order
) -> Iterator[tuple[Application, When]]:
    """The controller that comes with an Ingress or after it, if none comes before."""
    found = [
        (holder, when)
        for holder, wave in controllers
        if (when := order.when_in(holder, wave, ingress)) in {When.EQUAL, When.LATER}
        and holder is not None
    ]
    if found and len(found) == len(controllers):
        yield found[0]


def _too_early(
    ingress: Resource, application: Application, holder: Application, when: When
) -> RuleProblem:
    return RuleProblem(
        "argo-ingress-before-controller",
        Severity.WARNING,
        application.manifest,
        _PATH,
        f"{application.name} holds Ingress {ingress.name}, whose controller, {holder.name}, comes "
        f"{when.value}: an Ingress without an address holds all later waves",
        f"Give {application.name} a later wave than {holder.name}.",
    )


def _controllers(model: Model) -> Mapping[tuple[str, str], Sequence[Controller]]:
    """What brings each Ingress class of each cluster; the class "" is the default one."""
    found: dict[tuple[str, str], list[Controller]] = {}
    defaults: dict[str, list[tuple[str, str]]] = {}
    for resource in model.of_kind("networking.k8s.io", "IngressClass"):
        key = (cluster_of(resource.application), resource.name)
        found.setdefault(key, []).append((resource.application, wave_of(resource.annotations)))
        if resource.annotations.get(_DEFAULT_CLASS) == "true":
            defaults.setdefault(key[0], []).append(key)
    for application in model.applications:
        if not model.is_complete(application):
            for source in application.sources:
                name = _CHART_CLASSES.get(source.chart or "")
                key = (cluster_of(application), name or "")
                if name is not None and key not in found:
                    found[key] = [(application, 0)]
    for cluster, keys in defaults.items():
        found[(cluster, "")] = [one for key in keys for one in found[key]]
    return found


def _class_of(ingress: Resource) -> str:
    named = at(ingress.data, "spec", "ingressClassName") or ingress.annotations.get(_CLASS)
    return named if isinstance(named, str) else ""

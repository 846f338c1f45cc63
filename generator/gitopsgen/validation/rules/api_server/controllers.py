"""What makes pods, scales them, and says how many of them may be gone.

Source: Kubernetes' pkg/apis/apps, batch, autoscaling and policy, their validation; for schedules
github.com/robfig/cron/v3, its ParseStandard.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, mappings, text
from gitopsgen.validation.rules.api_server.fields import below
from gitopsgen.validation.rules.api_server.problem import refused
from gitopsgen.validation.rules.api_server.schedules import schedule_refusal
from gitopsgen.validation.rules.api_server.selectors import check_selector
from gitopsgen.validation.rules.api_server.storage import check_claim
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.rules.problem import LocalProblem

_PERCENT = re.compile(r"[0-9]+%")
_CLAIMS: Path = ("spec", "volumeClaimTemplates")
_STRATEGY: Path = ("spec", "strategy")
# The type of a metric of an autoscaler, and the key that has to go with it.
_METRICS = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}


def check_workload(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """What all kinds with a selector and a number of replicas have in common."""
    yield from check_selector(below(data, "spec"), ("spec",), "selector")
    yield from _not_negative(data, ("spec", "replicas"))
    yield from _not_negative(data, ("spec", "minReadySeconds"))


def check_deployment(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One Deployment."""
    yield from check_workload(data)
    strategy = mapping(at(data, *_STRATEGY))
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        message = "the strategy Recreate has no rollingUpdate"
        place = (*_STRATEGY, "rollingUpdate")
        yield refused(place, message, "Leave it out, or write type: RollingUpdate.", key=True)
    elif isinstance(rolling, dict):
        yield from _rolling(data, (*_STRATEGY, "rollingUpdate"))
    deadline = at(data, "spec", "progressDeadlineSeconds")
    ready = at(data, "spec", "minReadySeconds") or 0
    if isinstance(deadline, int) and isinstance(ready, int) and deadline <= ready:
        message = f"progressDeadlineSeconds {deadline} is not more than minReadySeconds {ready}"
        yield refused(("spec", "progressDeadlineSeconds"), message, "Raise it.")


def check_daemon_set(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One DaemonSet."""
    yield from check_workload(data)
    path = ("spec", "updateStrategy", "rollingUpdate")
    if at(data, "spec", "updateStrategy", "type") != "OnDelete":
        yield from _rolling(data, path, surge=0)


def check_stateful_set(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One StatefulSet."""
    yield from check_workload(data)
    for path, _ in mappings(data, _CLAIMS):
        yield from check_claim(data, path)


def claims_of(data: Mapping[str, Any]) -> frozenset[str]:
    """The names of the volumes that a StatefulSet adds to its pods."""
    names = (mapping(claim.get("metadata")).get("name") for _, claim in mappings(data, _CLAIMS))
    return frozenset(name for name in names if isinstance(name, str))


def _rolling(data: Mapping[str, Any], path: Path, surge: object = "25%") -> Iterator[LocalProblem]:
    """A rolling update that may neither add a pod nor take one away never ends."""
    rolling = at(data, *path)
    if not isinstance(rolling, dict):
        return
    default = 1 if surge == 0 else "25%"
    for field in ("maxSurge", "maxUnavailable"):
        yield from _number_or_percent(data, (*path, field))
    more = rolling.get("maxSurge")
    less = rolling.get("maxUnavailable")
    if (surge if more is None else more) in (0, "0%") and (default if less is None else less) in (
        0,
        "0%",
    ):
        message = "maxSurge and maxUnavailable are both 0: no pod could ever be replaced"
        yield refused((*path, "maxUnavailable"), message, "Raise one of them.")


def check_job(data: Mapping[str, Any], path: Path = ()) -> Iterator[LocalProblem]:
    """One Job, or the template of one at a path."""
    spec = (*path, "spec")
    for field in ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds"):
        yield from _not_negative(data, (*spec, field))
    yield from _not_negative(data, (*spec, "ttlSecondsAfterFinished"))
    if at(data, *spec, "completionMode") == "Indexed" and at(data, *spec, "completions") is None:
        message = "a Job with completionMode Indexed needs completions"
        yield refused((*spec, "completionMode"), message, "Add completions.")


def check_cron_job(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One CronJob."""
    schedule = at(data, "spec", "schedule")
    known = isinstance(schedule, str) and not is_unfilled(schedule)
    if known and (why := schedule_refusal(schedule)):
        message = f'"{schedule[:60]}" is no schedule: {why}'
        hint = "Write five fields, as in 30 4 * * 1-5, or @daily and the like."
        yield refused(("spec", "schedule"), message, hint)
    for field in (
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ):
        yield from _not_negative(data, ("spec", field))
    yield from check_job(data, ("spec", "jobTemplate"))


def check_autoscaler(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One HorizontalPodAutoscaler."""
    least, most = at(data, "spec", "minReplicas"), at(data, "spec", "maxReplicas")
    if isinstance(least, int) and least < 0:
        yield refused(("spec", "minReplicas"), "minReplicas is below zero", "Write 1 or more.")
    if isinstance(most, int) and most < 1:
        yield refused(("spec", "maxReplicas"), "maxReplicas is below 1", "Write 1 or more.")
    elif isinstance(most, int) and isinstance(least, int) and least > most:
        message = f"maxReplicas {most} is less than minReplicas {least}"
        yield refused(("spec", "maxReplicas"), message, "Raise it.")
    for place, metric in mappings(data, ("spec", "metrics")):
        key = _METRICS.get(text(metric.get("type")))
        if key and metric.get(key) is None:
            message = f"a metric of type {metric['type']} needs {key}"
            yield refused((*place, "type"), message, f"Add {key}, or name the type that is there.")


def check_disruption_budget(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One PodDisruptionBudget."""
    spec = mapping(data.get("spec"))
    yield from check_selector(below(data, "spec"), ("spec",), "selector")
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        message = "a budget has minAvailable or maxUnavailable, not both"
        yield refused(("spec", "maxUnavailable"), message, "Leave one of them out.", key=True)
    for field in ("minAvailable", "maxUnavailable"):
        yield from _number_or_percent(data, ("spec", field))


def _number_or_percent(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    value = at(data, *path)
    if isinstance(value, str) and not is_unfilled(value):
        number = int(value[:-1]) if _PERCENT.fullmatch(value) and len(value) < 10 else -1
        if number < 0:
            message = f'{path[-1]}: "{value[:60]}" is neither a number nor a percentage'
            yield refused(path, message, "Write a number without quotes, or one with %.")
        elif number > 100 and path[-1] != "maxSurge":
            yield refused(path, f"{path[-1]} is more than 100%", "Write 100% or less.")
    else:
        yield from _not_negative(data, path)


def _not_negative(data: Mapping[str, Any], path: Path) -> Iterator[LocalProblem]:
    value = at(data, *path)
    if isinstance(value, int) and value < 0:
        yield refused(path, f"{path[-1]} is below zero", "Write 0 or more.")

"""The default storage class of a cluster."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gitopsgen.findings import Rule, Severity
from gitopsgen.validation.rules.argo_environments import Claims, Environments
from gitopsgen.validation.rules.argo_order import LOCAL
from gitopsgen.validation.rules.k3s_extras import LOCAL_PATH, LOCAL_STORAGE, keeps
from gitopsgen.validation.rules.problem import RuleProblem
from gitopsgen.validation.rules.ref_lookup import Lookup, located
from gitopsgen.validation.rules.ref_storage import STORAGE_CLASS, claims, classes_in_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.documents.positions import Path
    from gitopsgen.validation.model import Model, Resource
    from gitopsgen.validation.rules.ref_storage import Claim

RULES = (
    Rule(
        "storage-default-class",
        (Severity.ERROR, Severity.WARNING),
        "A cluster has two default StorageClasses (error), or none though claims leave the "
        "class to it (warning).",
        "With two, which one a claim gets depends on which was made last; with none, claims "
        "without a class stay Pending for ever.",
        "# both StorageClasses of the cluster say\nmetadata:\n  annotations:\n"
        '    storageclass.kubernetes.io/is-default-class: "true"',
        "# one StorageClass of the cluster says\nmetadata:\n  annotations:\n"
        '    storageclass.kubernetes.io/is-default-class: "true"',
    ),
)
_ANNOTATIONS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def check(model: Model) -> Iterator[RuleProblem]:
    """Clusters with two default classes, or with none."""
    classes: dict[str, dict[str, Resource]] = defaultdict(dict)
    for cluster, resource in located(model.of_kind(*STORAGE_CLASS)):
        classes[cluster].setdefault(resource.name, resource)
    without: set[str] = set()
    default_claims = Claims(Environments(model))
    for cluster, known in classes.items():
        defaults = [item for item in known.values() if _default_path(item)]
        if keeps(model, cluster, LOCAL_STORAGE) and LOCAL_PATH not in known:
            for item in defaults:
                yield _second(item, LOCAL_PATH, "k3s brings it")
            continue
        for item in defaults:
            first = default_claims.first(cluster, item)
            if first is not item:
                yield _second(item, first.name, first.manifest.file)
        if not defaults:
            without.add(cluster)
    yield from _none(model, classes, without)


def _second(item: Resource, first: str, origin: str) -> RuleProblem:
    return RuleProblem(
        "storage-default-class",
        Severity.ERROR,
        item.manifest,
        _default_path(item),
        f"{item.name} is a second default StorageClass: {first} ({origin}) is one already",
        'Say "false" in one of them.',
    )


def _none(
    model: Model, classes: dict[str, dict[str, Resource]], without: set[str]
) -> Iterator[RuleProblem]:
    """One warning for a cluster without a default class that needs one.

    A cluster that cluster.yaml describes has the classes of its repository and no others; of any
    other one, only what leaves the class to it while the repository brings classes is told.
    """
    lookup = Lookup(model)
    open_claims: dict[str, Claim] = {}
    for cluster, claim in claims(model):
        if claim.class_name is None and not claim.is_bound:
            open_claims.setdefault(cluster, claim)
    planned = {LOCAL} if model.cluster is not None else set()
    for cluster in sorted((without & (set(open_claims) | planned)) | (planned & set(open_claims))):
        if classes.get(cluster) and cluster not in without:
            continue
        if keeps(model, cluster, LOCAL_STORAGE):
            continue
        if not lookup.knows_cluster(cluster, STORAGE_CLASS) or classes_in_texts(model):
            continue
        first = next(iter(classes.get(cluster, {}).values()), None)
        needy = open_claims.get(cluster)
        if first is not None:
            manifest, path = first.manifest, _declared_path(first)
        elif needy is not None:
            manifest, path = needy.resource.manifest, needy.path
        else:
            continue
        yield RuleProblem(
            "storage-default-class",
            Severity.WARNING,
            manifest,
            path,
            "no StorageClass is the default, so claims that name none stay Pending",
            f'Annotate one with {_ANNOTATIONS[0]}: "true".',
        )


def _default_path(resource: Resource) -> Path:
    """Where a class says that it is the default; empty where it is not."""
    annotations = resource.annotations
    for key in _ANNOTATIONS:
        if annotations.get(key) == "true":
            return ("metadata", "annotations", key)
    return ()


def _declared_path(resource: Resource) -> Path:
    """Where a class says that it is not the default, else its name."""
    declared = (key for key in _ANNOTATIONS if key in resource.annotations)
    key = next(declared, None)
    return ("metadata", "annotations", key) if key else ("metadata", "name")

"""The first stage: cluster.yaml and the plan in it, where a repository has one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gitopsgen.cluster.document import ClusterResult, read_cluster
from gitopsgen.cluster.model import minor_version
from gitopsgen.cluster.schema import compose, specs_from_schema
from gitopsgen.findings import Finding, Severity, Unchecked
from gitopsgen.repository.layout import CLUSTER_FILE, SCHEMA_FILE
from gitopsgen.schemas.kubernetes import available_versions
from gitopsgen.validation.yaml_stage import yaml_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitopsgen.cluster.components import ComponentSpec
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.settings import Settings


def check_cluster(files: RepositoryFiles) -> ClusterResult | None:
    """What cluster.yaml says and what is wrong with it; None where there is none of ours."""
    file = files.read(CLUSTER_FILE) if CLUSTER_FILE in files else None
    if file is None:
        return None
    if file.text == "" and file.contents.problems:
        return ClusterResult(None, tuple(yaml_findings(files, [CLUSTER_FILE])))
    # Somebody else's cluster.yaml has another format: only our own is checked.
    documents = file.contents.documents
    data = documents[0].data if documents else None
    if SCHEMA_FILE not in files and not _is_ours(data):
        return None
    specs, damage = _components(files)
    result = read_cluster(file.text, compose(specs), specs, CLUSTER_FILE)
    return ClusterResult(result.cluster, (*damage, *result.findings))


def _is_ours(data: object) -> bool:
    return isinstance(data, dict) and str(data.get("apiVersion", "")).startswith("gitopsgen/")


def _components(files: RepositoryFiles) -> tuple[Sequence[ComponentSpec], list[Finding]]:
    """The components of the schema that the repository carries: it knows a person's own, too.

    Where it has none, or one that is damaged (a finding), they are those shipped.
    """
    damage: list[Finding] = []
    stored = files.read(SCHEMA_FILE) if SCHEMA_FILE in files else None
    if stored is not None:
        try:
            return specs_from_schema(json.loads(stored.text)), []
        except (ValueError, RecursionError) as error:
            damage.append(_damaged(error))
    from gitopsgen.blueprints.catalogue import load_catalogue

    return load_catalogue().specs, damage


def _damaged(error: ValueError | RecursionError) -> Finding:
    line, column, message = 1, 1, str(error)
    if isinstance(error, json.JSONDecodeError):
        line, column, message = error.lineno, error.colno, error.msg
    hint = f"Restore it from git, or write it again: gitopsgen schema > {SCHEMA_FILE}"
    return Finding(
        "plan-schema", Severity.ERROR, SCHEMA_FILE, line, column, f"damaged: {message}", hint
    )


def kubernetes_minor(
    cluster: ClusterResult | None, settings: Settings
) -> tuple[str, list[Unchecked]]:
    """The minor version to check against, and what that leaves unchecked.

    cluster.yaml decides, then the settings; otherwise the newest that gitopsgen knows.
    """
    known = available_versions()
    if cluster is not None and cluster.cluster is not None:
        wanted = minor_version(cluster.cluster.kubernetes)
    elif settings.kubernetes is not None:
        wanted = settings.kubernetes
    else:
        return known[-1], []
    if wanted in known:
        return wanted, []
    nearest = known[-1] if _number(wanted) > _number(known[-1]) else known[0]
    reason = f"this gitopsgen has schemas of {known[0]} to {known[-1]}; {nearest} was used"
    return nearest, [Unchecked(f"Kubernetes {wanted}", reason)]


def _number(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split("."))

"""From cluster.yaml's text to the whole repository, in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.blueprints.context import build_context
from gitopsgen.blueprints.render import render
from gitopsgen.cluster.document import read_cluster
from gitopsgen.cluster.schema import compose
from gitopsgen.errors import UsageError
from gitopsgen.lifecycle.lock import lock_file
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE, SCHEMA_FILE
from gitopsgen.tree import File, Tree

if TYPE_CHECKING:
    from gitopsgen.blueprints.catalogue import Catalogue
    from gitopsgen.cluster.document import ClusterResult
    from gitopsgen.cluster.model import Cluster

_OWN_FILES = frozenset({CLUSTER_FILE, SCHEMA_FILE, LOCK_FILE})


@dataclass(frozen=True, slots=True)
class ClusterInput:
    """cluster.yaml as a person gave it, with the schema it was read against."""

    text: str
    schema: dict[str, Any]
    result: ClusterResult


def read_input(text: str, catalogue: Catalogue, file: str) -> ClusterInput:
    """Read cluster.yaml's `text` against the core schema and all components of `catalogue`."""
    schema = compose(catalogue.specs)
    return ClusterInput(text, schema, read_cluster(text, schema, catalogue.specs, file))


def schema_text(schema: dict[str, Any]) -> str:
    """The JSON Schema of cluster.yaml as it is printed and stored."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def render_repository(
    cluster: Cluster, source: ClusterInput, catalogue: Catalogue, lock: str = ""
) -> Tree:
    """Render every file of the repository; the same input gives the same bytes.

    `lock` is the text of the lock.yaml that the repository has so far.
    Raises `UsageError` where a blueprint is wrong.
    """
    components = catalogue.select(cluster.components)
    tree = render(catalogue.skeleton, components, build_context(cluster, components))
    if taken := sorted(_OWN_FILES & tree.keys()):
        raise UsageError(
            f"a blueprint renders {', '.join(taken)}, which gitopsgen writes itself",
            "Remove the file from the blueprint.",
        )
    tree[CLUSTER_FILE] = File(source.text.encode())
    tree[SCHEMA_FILE] = File(schema_text(source.schema).encode())
    tree[LOCK_FILE] = lock_file(tree, catalogue, components, lock)
    return dict(sorted(tree.items()))

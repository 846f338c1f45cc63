"""Items of one key in the list maps of custom resources, which API servers refuse.

Source: ValidateListSetsAndMaps of k8s.io/apiextensions-apiserver (pkg/apiserver/schema/listtype).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.validation.kubeconform_messages import SchemaProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.schemas.lookup import SchemaTree, SchemaTrees

_TYPE: Final = "x-kubernetes-list-type"
_KEYS: Final = "x-kubernetes-list-map-keys"
# Documents as deep as that are refused elsewhere.
_DEEPEST: Final = 100


class ListMaps:
    """Finds repeated items by the schemas of kinds.

    Kubernetes' own kinds are left aside: their servers have checks of their own.
    """

    def __init__(self, trees: SchemaTrees) -> None:
        self._trees = trees
        self._with_maps: dict[SchemaTree, bool] = {}

    def problems(self, data: Mapping[str, Any]) -> list[SchemaProblem]:
        """The items of an object whose keys another item before them has."""
        if "." not in data["apiVersion"].rpartition("/")[0]:
            return []
        tree = self._trees.of(data)
        if tree not in self._with_maps:
            self._with_maps[tree] = _has_list_maps(tree.root)
        return list(_walk(tree, tree.root, data, "", 0)) if self._with_maps[tree] else []


def with_list_maps(
    problems: Mapping[int, tuple[SchemaProblem, ...]],
    manifests: Sequence[Manifest],
    trees: SchemaTrees,
) -> dict[int, tuple[SchemaProblem, ...]]:
    """Problems by index of manifest, with those that list maps have."""
    maps = ListMaps(trees)
    found = dict(problems)
    for index, manifest in enumerate(manifests):
        if more := maps.problems(manifest.data):
            found[index] = (*found.get(index, ()), *more)
    return found


def _has_list_maps(schema: object) -> bool:
    """Whether any list of a schema is a map."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get(_TYPE) == "map":
                return True
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return False


def _walk(
    tree: SchemaTree, nodes: Sequence[Mapping[str, Any]], data: object, pointer: str, depth: int
) -> Iterator[SchemaProblem]:
    if depth > _DEEPEST or not nodes:
        return
    if isinstance(data, list):
        for keys in (node[_KEYS] for node in nodes if node.get(_TYPE) == "map"):
            yield from _repeated(tree, nodes, data, keys, pointer)
    items: Any = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for step, value in items:
        if isinstance(value, dict | list):
            written = str(step).replace("~", "~0").replace("/", "~1")
            below = tree.below(nodes, str(step))
            yield from _walk(tree, below, value, f"{pointer}/{written}", depth + 1)


def _repeated(
    tree: SchemaTree,
    nodes: Sequence[Mapping[str, Any]],
    data: Sequence[object],
    keys: Sequence[str],
    pointer: str,
) -> Iterator[SchemaProblem]:
    seen: dict[str, int] = {}
    for index, item in enumerate(data):
        if not isinstance(item, dict):
            continue
        below = tree.below(nodes, str(index))
        values = [item.get(key, _default(tree, below, key)) for key in keys]
        if None in values:
            continue
        first = seen.setdefault(json.dumps(values), index)
        if first != index:
            said = ", ".join(f"{key} {value}" for key, value in zip(keys, values, strict=True))
            message = f"{said} is that of item {first + 1} already"
            given = next((key for key in keys if key in item), "")
            yield SchemaProblem("invalid", f"{pointer}/{index}/{given}".rstrip("/"), message)


def _default(tree: SchemaTree, nodes: Sequence[Mapping[str, Any]], key: str) -> object:
    return next((node["default"] for node in tree.below(nodes, key) if "default" in node), None)

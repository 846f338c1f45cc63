"""Adding and removing components in a person's cluster.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.edit_add import add_first, add_to, add_to_nothing
from gitopsgen.cluster.edit_remove import remove_entry
from gitopsgen.cluster.edit_tree import compose
from gitopsgen.documents.encoding import BYTE_ORDER_MARK
from gitopsgen.documents.reader import read_documents
from gitopsgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.cluster.edit_tree import Node

_COMPONENTS = "components"
_BY_HAND = "Edit cluster.yaml by hand, then run `gitopsgen update`."


def add_component(text: str, name: str, options: Mapping[str, Any]) -> str:
    """Add a component at the end of `components` in the text of a cluster.yaml.

    Every byte that is there stays; the new key is written in the style of its neighbours. Raises
    `UsageError` where the component is there already, where the text is no cluster.yaml, and
    where an alias or a merge key makes the edit unsafe.
    """
    mark, text = _without_mark(text)
    data = _data(text)
    installed = _installed(data)
    if name in installed:
        raise UsageError(f"{name} is already in cluster.yaml", "Edit its options there.")
    root = compose(text)
    value = dict(options)
    if root is None:
        edited = add_to_nothing(text, _COMPONENTS, {name: value})
    elif (found := _components(root)) is None:
        edited = add_to(text, root, _COMPONENTS, {name: value}) if root.pairs else ""
    elif found[1].pairs:
        edited = add_to(text, found[1], name, value)
    else:
        edited = add_first(text, root, *found, name, value)
    _check(edited, {**(data or {}), _COMPONENTS: {**installed, name: value}}, name)
    return mark + edited


def remove_component(text: str, name: str) -> str:
    """Remove a component from `components` in the text of a cluster.yaml.

    Comments that belong to it go: those right above it, at its end, and below it further to the
    right. Every other line stays byte for byte. Raises `UsageError` where the component is not
    there, where the text is no cluster.yaml, and where an alias or a merge key makes the edit
    unsafe.
    """
    mark, text = _without_mark(text)
    data = _data(text)
    installed = _installed(data)
    if name not in installed:
        raise UsageError(f"{name} is not in cluster.yaml", _known(installed))
    root = compose(text)
    found = None if root is None else _components(root)
    if root is None or found is None:
        raise _unsafe(f"{name} comes from a merge key (<<)")
    holder, mapping = found
    indexes = [i for i, (key, _) in enumerate(mapping.pairs) if key.text == name]
    if not indexes:
        raise _unsafe(f"{name} comes from a merge key (<<), and others may use it too")
    if len(indexes) > 1:
        raise _unsafe(f"{name} is there {len(indexes)} times")
    _refuse_used_anchors(root, mapping.pairs[indexes[0]], name)
    edited = remove_entry(text, holder, mapping, indexes[0])
    if edited is None:
        raise _unsafe(f"{name} cannot be told from what stands beside it")
    left = {key: value for key, value in installed.items() if key != name}
    _check(edited, {**(data or {}), _COMPONENTS: left}, name)
    return mark + edited


def _without_mark(text: str) -> tuple[str, str]:
    bare = text.removeprefix(BYTE_ORDER_MARK)
    return text[: len(text) - len(bare)], bare


def _data(text: str) -> dict[str, Any] | None:
    contents = read_documents(text)
    for problem in contents.problems:
        if problem.rule in ("yaml-syntax", "yaml-duplicate-key"):
            where = f"cluster.yaml:{problem.line}:{problem.column}"
            raise UsageError(f"{where}: {problem.message}", problem.hint)
    data = contents.documents[0].data if contents.documents else None
    if data is not None and not isinstance(data, dict):
        raise UsageError("cluster.yaml is not a mapping")
    return data


def _installed(data: dict[str, Any] | None) -> dict[str, Any]:
    components = (data or {}).get(_COMPONENTS)
    if components is not None and not isinstance(components, dict):
        raise UsageError("components in cluster.yaml is not a mapping", "Write `components: {}`.")
    return components or {}


def _components(root: Node) -> tuple[Node, Node] | None:
    """The key `components` and its mapping, which may be empty."""
    for key, value in root.pairs:
        if key.text == _COMPONENTS:
            if value.kind == "alias":
                raise _unsafe(f"components is an alias (*{value.text}) of what stands elsewhere")
            return key, value
    return None


def _refuse_used_anchors(root: Node, entry: tuple[Node, Node], name: str) -> None:
    within = [node for part in entry for node in part.walk()]
    anchors = {node.anchor for node in within if node.anchor}
    if not anchors:
        return
    inside = set(map(id, within))
    for node in root.walk():
        if node.kind == "alias" and node.text in anchors and id(node) not in inside:
            raise _unsafe(f"{name} holds the anchor &{node.text}, which is used elsewhere")


def _check(edited: str, expected: dict[str, Any], name: str) -> None:
    # An edit that changed anything else would be a wrong one: better to refuse than to guess.
    contents = read_documents(edited)
    syntax = any(problem.rule == "yaml-syntax" for problem in contents.problems)
    if syntax or not contents.documents or contents.documents[0].data != expected:
        raise _unsafe(f"{name} cannot be edited where it stands")


def _known(installed: Mapping[str, Any]) -> str:
    return f"Installed: {', '.join(installed)}." if installed else "Nothing is installed."


def _unsafe(why: str) -> UsageError:
    return UsageError(f"cluster.yaml: {why}", _BY_HAND)

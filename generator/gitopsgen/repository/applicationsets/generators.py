"""From generators to sets of parameters.

Source: Argo CD's applicationset/generators, generator_spec_processor.go above all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.applicationsets.combination import matrix, merge
from gitopsgen.repository.applicationsets.errors import (
    FailedAtError,
    GeneratorError,
    NotSupportedError,
)
from gitopsgen.repository.applicationsets.git_generator import GitGenerator
from gitopsgen.repository.applicationsets.gotemplate.values import from_json
from gitopsgen.repository.applicationsets.parameters import flat_texts
from gitopsgen.repository.applicationsets.selectors import read_selector

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applicationsets.parameters import Parameters
    from gitopsgen.repository.applicationsets.rendering import Renderer
    from gitopsgen.repository.sources import LocalSources

MAX_SETS: Final = 5000
"""So many sets of parameters are made for one ApplicationSet, not more."""

_COMBINING: Final = ("matrix", "merge")
_ELSEWHERE: Final = {
    "clusters": "what it generates depends on the clusters that Argo CD knows",
    "scmProvider": "what it generates depends on the repositories of a hosting service",
    "clusterDecisionResource": "what it generates depends on a resource in the cluster",
    "pullRequest": "what it generates depends on the open pull requests",
    "plugin": "what it generates depends on a plugin",
}
# In this order Argo CD runs those that stand in one item.
KINDS: Final = (
    "list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix",
    "merge", "plugin",
)  # fmt: skip
# A matrix or merge may hold one more of its kind, and that one no further.
_MAX_DEPTH: Final = 2


@dataclass(frozen=True, slots=True)
class Generated:
    """What one generator gave: its kind, and its sets of parameters."""

    kind: str
    sets: list[Parameters]


class Generators:
    """Runs the generators of one ApplicationSet."""

    def __init__(self, renderer: Renderer, sources: LocalSources) -> None:
        self._renderer = renderer
        self._git = GitGenerator(renderer, sources, MAX_SETS)
        # Combined generators run others many times over.
        self._left = 20 * MAX_SETS

    def run(
        self, generator: Any, path: Path, given: Parameters | None = None, depth: int = 0
    ) -> list[Generated]:
        """Run an item of `generators`, with parameters of the one before it where it has them.

        Raises `TemplateError` where Argo CD fails too, `NotSupportedError` where nobody here knows.
        """
        if not isinstance(generator, dict):
            raise GeneratorError("a generator is no mapping")
        selects = read_selector(generator.get("selector"))
        kinds = [kind for kind in KINDS if generator.get(kind) is not None]
        if depth >= _MAX_DEPTH:
            kinds = [kind for kind in kinds if kind not in _COMBINING]
        if given:
            generator = self._renderer.generator(generator, given, path)
        found = []
        for kind in kinds:
            sets = self._sets(kind, generator[kind], (*path, kind), depth)
            self._count(len(sets))
            if generator.get("selector") is not None:
                sets = [each for each in sets if selects(flat_texts(each))]
            found.append(Generated(kind, sets))
        return found

    def _count(self, sets: int) -> None:
        self._left -= 1 + sets
        if sets > MAX_SETS or self._left < 0:
            raise NotSupportedError(f"it generates more than {MAX_SETS} Applications")

    def _sets(self, kind: str, settings: Any, path: Path, depth: int) -> list[Parameters]:
        if kind in _ELSEWHERE:
            raise NotSupportedError(f"the {kind} generator is not evaluated: {_ELSEWHERE[kind]}")
        if not isinstance(settings, dict):
            raise GeneratorError(f"the {kind} generator is no mapping")
        match kind:
            case "list":
                return self._list(settings, path)
            case "git":
                return self._git.sets(settings, path)
        children = settings.get("generators")
        children = children if isinstance(children, list) else []

        def child(index: int, given: Parameters | None = None) -> list[Parameters]:
            where = (*path, "generators", index)
            return self._only(self.run(children[index], where, given, depth + 1))

        if kind == "matrix":
            return matrix(len(children), child, go=self._renderer.go, most=MAX_SETS)
        keys = settings.get("mergeKeys")
        return merge(len(children), child, keys, go=self._renderer.go)

    def _only(self, found: list[Generated]) -> list[Parameters]:
        if not found:
            raise GeneratorError("a generator in it is of no kind that Argo CD knows")
        if len(found) > 1:
            raise GeneratorError("one item of its generators is of several kinds")
        return found[0].sets

    def _list(self, settings: dict[str, Any], path: Path) -> list[Parameters]:
        elements = settings.get("elements") or []
        if not isinstance(elements, list):
            raise GeneratorError("elements of the list generator is no list")
        self._count(len(elements))
        read = _element if self._renderer.go else _flat_element
        sets = [read(each, (*path, "elements", i)) for i, each in enumerate(elements)]
        text = settings.get("elementsYaml")
        return sets + _elements_in(text) if isinstance(text, str) and text else sets


def _element(element: Any, path: Path) -> Parameters:
    if not isinstance(element, dict):
        raise FailedAtError(GeneratorError("an element of the list generator is no mapping"), path)
    data: Parameters = from_json(element)
    return data


def _flat_element(element: Any, path: Path) -> Parameters:
    """Without Go templates all values are text; only `values` may be a mapping of text."""
    result: Parameters = {}
    for key, value in _element(element, path).items():
        where = (*path, key)
        if key != "values":
            result[key] = _text(value, key, where)
        elif isinstance(value, dict):
            texts = {f"{key}.{k}": _text(v, f"{key}.{k}", (*where, k)) for k, v in value.items()}
            result.update(texts)
        else:
            error = GeneratorError("values of an element of the list generator is no mapping")
            raise FailedAtError(error, where)
    return result


def _text(value: Any, key: str, path: Path) -> str:
    if not isinstance(value, str):
        error = GeneratorError(
            f"{key} of an element of the list generator is no text",
            "Quote it, or set goTemplate: true.",
        )
        raise FailedAtError(error, path)
    return value


def _elements_in(text: str) -> list[Parameters]:
    contents = read_documents(text)
    broken = any(problem.rule == "yaml-syntax" for problem in contents.problems)
    data = contents.documents[0].data if contents.documents else None
    if (broken and data is None) or not isinstance(data, list | None):
        raise GeneratorError("elementsYaml of the list generator is no YAML list")
    return [{} if element is None else _element(element, ()) for element in data or []]

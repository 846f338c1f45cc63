"""The git generator, for the repository that is looked at.

Source: Argo CD's applicationset/generators/git.go and reposerver/repository/repository.go.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.applicationsets.errors import (
    GeneratorError,
    MissingAtError,
    MissingKeyError,
    NotSupportedError,
)
from gitopsgen.repository.applicationsets.globbing import match_path, match_pathspec
from gitopsgen.repository.applicationsets.gotemplate.values import StringMap, from_json, show
from gitopsgen.repository.applicationsets.parameters import (
    file_parameters,
    flatten,
    path_parameters,
)
from gitopsgen.repository.doublestar import PatternError, expand
from gitopsgen.repository.paths import normal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applicationsets.parameters import Parameters
    from gitopsgen.repository.applicationsets.rendering import Renderer
    from gitopsgen.repository.sources import LocalSources

# An item of `directories` or `files`: a pattern, and whether it excludes.
Pattern = tuple[str, bool]


class GitGenerator:
    """Generates from the folders or the files of this repository; other ones nobody can read."""

    def __init__(self, renderer: Renderer, sources: LocalSources, most: int) -> None:
        self._renderer = renderer
        self._sources = sources
        self._most = most
        self._listed: dict[tuple[str, tuple[Pattern, ...]], list[str]] = {}
        self._globs: dict[str, frozenset[str]] = {}
        self._parsed: dict[str, list[Parameters]] = {}

    def sets(self, settings: dict[str, Any], path: Path) -> list[Parameters]:
        """One set for each folder, or for each object in each file."""
        url = settings.get("repoURL")
        if not isinstance(url, str) or not self._sources.is_own_url(url):
            what = self._sources.distant(str(url))
            raise NotSupportedError(f"the git generator reads {what}")
        prefix = settings.get("pathParamPrefix")
        prefix = prefix if isinstance(prefix, str) else ""
        found: list[Parameters] = []
        if directories := _patterns(settings, "directories"):
            for folder in self._list("directories", directories):
                found.append(path_parameters(folder, prefix, filename=None, go=self._renderer.go))
        elif files := _patterns(settings, "files"):
            for file in self._list("files", files):
                found += self._of_file(file, prefix)
                self._bound(found)
        else:
            raise GeneratorError("the git generator names neither directories nor files")
        self._bound(found)
        values = settings.get("values")
        if isinstance(values, dict) and values:
            for parameters in found:
                self._add_values(values, parameters, (*path, "values"))
        return found

    def _bound(self, found: list[Parameters]) -> None:
        if len(found) > self._most:
            raise NotSupportedError(f"it generates more than {self._most} Applications")

    def _list(self, what: str, patterns: tuple[Pattern, ...]) -> list[str]:
        """The folders or files that patterns name; in a matrix many runs ask for the same."""
        key = (what, patterns)
        if key not in self._listed:
            matches, known = self._matching(what)
            includes = [pattern for pattern, excludes in patterns if not excludes]
            excludes = [pattern for pattern, excludes in patterns if excludes]
            self._listed[key] = [
                path
                for path in known
                if any(matches(pattern, path) for pattern in includes)
                and not any(matches(pattern, path) for pattern in excludes)
            ]
        return self._listed[key]

    def _matching(self, what: str) -> tuple[Callable[[str, str], bool], list[str]]:
        """How patterns match, and what they may match."""
        if what == "directories":
            return match_path, self._folders()
        paths = list(self._sources.files.paths)
        if not self._sources.has_new_globbing:
            return match_pathspec, paths
        return lambda pattern, path: path in self._globbed(pattern), paths

    def _globbed(self, pattern: str) -> frozenset[str]:
        """What the newer globs name, in which `*` stops at `/` and `**` does not."""
        if pattern not in self._globs:
            plain = normal(pattern)
            if plain is None:
                raise GeneratorError(f"{pattern} is outside of the repository")
            try:
                self._globs[pattern] = frozenset(expand(plain, self._sources.files.paths))
            except PatternError as error:
                raise GeneratorError(f"the pattern {pattern}: {error}") from error
        return self._globs[pattern]

    def _folders(self) -> list[str]:
        """All folders below the root, parents first; Argo CD skips hidden ones."""
        folders = (folder.split("/") for folder in self._sources.files.folders if folder)
        visible = (parts for parts in folders if not any(part[0] == "." for part in parts))
        return ["/".join(parts) for parts in sorted(visible)]

    def _of_file(self, path: str, prefix: str) -> list[Parameters]:
        facts = file_parameters(path, prefix, go=self._renderer.go)
        objects = copy.deepcopy(self._objects(path)) if self._renderer.go else self._objects(path)
        return [{**each, **facts} for each in objects]

    def _objects(self, path: str) -> list[Parameters]:
        if path not in self._parsed:
            file = self._sources.files.read(path)
            if file is None:
                raise NotSupportedError(f"{path} cannot be read")
            contents = file.contents
            if not contents.documents and contents.problems:
                raise GeneratorError(f"{path} of the git generator does not parse")
            data = contents.documents[0].data if contents.documents else None
            objects = [_object(each, path) for each in (data if isinstance(data, list) else [data])]
            if not self._renderer.go:
                objects = [{k: show(v) for k, v in flatten(each).items()} for each in objects]
            self._parsed[path] = objects
        return self._parsed[path]

    def _add_values(self, values: dict[str, Any], parameters: Parameters, path: Path) -> None:
        """The generator's own `values`, which may use the parameters but not each other."""
        rendered: dict[str, str] = {}
        for key, value in values.items():
            if not isinstance(value, str):
                raise GeneratorError(f"the value {key} of the git generator is no text")
            try:
                rendered[key] = self._renderer.text(value, parameters)[0]
            except MissingKeyError as error:
                raise MissingAtError(error.name, (*path, key)) from error
        if self._renderer.go:
            parameters["values"] = StringMap(rendered)
        else:
            parameters.update({f"values.{key}": value for key, value in rendered.items()})


def _object(data: Any, path: str) -> Parameters:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise GeneratorError(f"{path} of the git generator holds no mapping and no list of them")
    result: Parameters = from_json(data)
    return result


def _patterns(settings: dict[str, Any], key: str) -> tuple[Pattern, ...]:
    items = settings.get(key)
    return tuple(
        (str(item.get("path") or ""), item.get("exclude") is True)
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    )

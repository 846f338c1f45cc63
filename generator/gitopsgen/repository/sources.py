"""The sources of Applications that lie in this repository, and why others cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.globs import matches
from gitopsgen.repository.urls import same_repository_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.files import RepositoryFiles

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True, slots=True)
class LocalSources:
    """The repository's files as sources see them.

    `own` are the keys of the URLs that mean this repository (`same_repository_key`); `special`
    are the folders that Argo CD hands to a tool, each with the tool's name.
    """

    files: RepositoryFiles
    own: frozenset[str]
    special: Mapping[str, str]

    def is_own(self, source: Source) -> bool:
        """Whether a source names this repository."""
        return same_repository_key(source.repo_url) in self.own

    def directory(self, source: Source) -> str | None:
        """The folder of a directory source in this repository, or None for any other source."""
        if source.chart or source.path is None or source.forced_type or not self.is_own(source):
            return None
        folder = _normal(source.path)
        if folder is None or folder not in self.files.folders or folder in self.special:
            return None
        return folder

    def files_of(self, application: Application) -> set[str]:
        """The files of an Application's directory sources in this repository."""
        return {
            path
            for source in application.sources
            if (folder := self.directory(source)) is not None
            for path in self._in_directory(folder, source)
        }

    def _in_directory(self, folder: str, source: Source) -> Iterator[str]:
        for path in self.files.below(folder, recurse=source.recurse):
            relative = path.removeprefix(f"{folder}/")
            if not path.endswith(YAML_SUFFIXES):
                continue
            if source.exclude and matches(source.exclude, relative):
                continue
            if source.include and not matches(source.include, relative):
                continue
            file = self.files.read(path)
            if file is not None and not file.is_a_template:
                yield path

    def value_files(self, applications: Iterable[Application]) -> Iterator[str]:
        """The files of this repository that Applications take Helm values from."""
        for application in applications:
            refs = {s.ref for s in application.sources if s.ref and self.is_own(s)}
            for source in application.sources:
                for value_file in source.value_files:
                    ref, _, rest = value_file.removeprefix("$").partition("/")
                    path = _normal(rest)
                    if value_file.startswith("$") and ref in refs and path in self.files:
                        yield str(path)

    def jsonnet_of(self, source: Source) -> Iterator[str]:
        """The Jsonnet files of a directory source, which Argo CD evaluates and nobody here does."""
        folder = self.directory(source)
        if folder is not None:
            for path in self.files.below(folder, recurse=source.recurse):
                if path.endswith(".jsonnet"):
                    yield path

    def why_unchecked(self, source: Source) -> str | None:
        """Why nobody here can look at a source; None where it is read."""
        if not self.is_own(source):
            return f"it is in another repository, {source.repo_url}"
        if source.forced_type:
            return f"{source.forced_type} sources are not built"
        folder = _normal(source.path or "")
        if folder is None or folder not in self.files.folders:
            return "there is no such folder in this repository"
        if folder in self.special:
            return f"{self.special[folder]} sources are not built"
        return None


def special_folders(files: RepositoryFiles) -> dict[str, str]:
    """Folders that Argo CD hands to a tool: charts and kustomizations."""
    found: dict[str, str] = {}
    for path in files.paths:
        folder, _, name = path.rpartition("/")
        if name in _KUSTOMIZATIONS:
            found.setdefault(folder, "Kustomize")
        elif name == "Chart.yaml":
            found[folder] = "Helm"
    return found


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, at any depth; the root is the empty string."""
    return not folder or path.startswith(f"{folder}/")


def _normal(path: str) -> str | None:
    """A path relative to the repository in its shortest form; None where it leaves it."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)

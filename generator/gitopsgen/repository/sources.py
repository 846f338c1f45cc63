"""The sources of Applications that lie in this repository, and why others cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitopsgen.repository.applicationsets.settings import has_new_globbing
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.globs import matches
from gitopsgen.repository.paths import normal
from gitopsgen.repository.urls import same_repository_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.applications import Source
    from gitopsgen.repository.files import RepositoryFiles

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_FORCED = {"helm": "Helm", "kustomize": "Kustomize"}


@dataclass(frozen=True, slots=True)
class LocalSources:
    """The repository's files as sources see them.

    `own` are the keys of the URLs that mean this repository (`same_repository_key`), `own_urls`
    the URLs as far as they were given, not guessed; `special` are the folders that Argo CD
    hands to a tool, each with the tool's name. `around` are keys of the repository that this
    folder is only a part of: paths are from its root, so nothing of it can be found here.
    """

    files: RepositoryFiles
    own: frozenset[str]
    special: Mapping[str, str]
    own_urls: tuple[str, ...] = ()
    around: frozenset[str] = frozenset()
    _folders: dict[Source, str | None] = field(default_factory=dict, repr=False, compare=False)
    _listed: dict[Source, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _globbing: list[bool] = field(default_factory=list, repr=False, compare=False)

    @property
    def has_new_globbing(self) -> bool:
        """Whether `*` of a git file generator stops at `/` for the repository's own Argo CD."""
        if not self._globbing:
            self._globbing.append(has_new_globbing(self.files))
        return self._globbing[0]

    def is_own(self, source: Source) -> bool:
        """Whether a source names this repository."""
        return self.is_own_url(source.repo_url)

    def is_own_url(self, url: str) -> bool:
        """Whether a URL means this repository."""
        return same_repository_key(url) in self.own

    def is_around(self, url: str) -> bool:
        """Whether a URL means the repository that this folder is only a part of."""
        return same_repository_key(url) in self.around and not self.is_own_url(url)

    def distant(self, url: str) -> str:
        """What a URL means that is not this repository, in words."""
        if self.is_around(url):
            return "the repository that this folder is only a part of: validate that one"
        return f"another repository, {url}"

    @property
    def given(self) -> frozenset[str]:
        """The keys of this repository that are known for sure; those that were guessed else."""
        return frozenset(map(same_repository_key, self.own_urls)) or self.own

    def folder(self, source: Source) -> str | None:
        """The folder of this repository that a source names, None where it names none."""
        if source not in self._folders:
            self._folders[source] = self._folder(source)
        return self._folders[source]

    def _folder(self, source: Source) -> str | None:
        if source.chart or source.path is None or not self.is_own(source):
            return None
        folder = normal(source.path)
        if folder is None or folder in self.files.folders:
            return folder
        # Argo CD hands a link to a folder to a tool, but walks none for manifests.
        behind = self.files.real(folder)
        walked = behind in self.special or folder not in self.files.links
        return behind if behind in self.files.folders and walked else None

    def tool(self, source: Source) -> str | None:
        """The tool for a folder of this repository: Helm, Kustomize, plugin, or None for none."""
        forced = source.forced_type
        if forced == "directory":
            return None
        if forced is not None:
            return _FORCED.get(forced, forced)
        folder = self.folder(source)
        return None if folder is None else self.special.get(folder)

    def directory(self, source: Source) -> str | None:
        """The folder of a directory source in this repository, or None for any other source."""
        folder = self.folder(source)
        return folder if folder is not None and self.tool(source) is None else None

    def files_of(self, source: Source) -> tuple[str, ...]:
        """The manifest files of a directory source in this repository, in order."""
        if source not in self._listed:
            self._listed[source] = tuple(self._list(source))
        return self._listed[source]

    def _list(self, source: Source) -> Iterator[str]:
        folder = self.directory(source)
        if folder is None:
            return
        prefix = f"{folder}/" if folder else ""
        include, exclude = source.include, source.exclude
        for path in self.files.below(folder, recurse=source.recurse):
            relative = path.removeprefix(prefix)
            if not path.endswith(YAML_SUFFIXES) or path in self.files.templates:
                continue
            if exclude and matches(exclude, relative):
                continue
            if include and not matches(include, relative):
                continue
            file = self.files.read(path)
            if file is not None and not file.is_a_template:
                yield path

    def excluded_from(self, source: Source) -> Iterator[str]:
        """The files in the folder of a directory source that its `exclude` names."""
        folder = self.directory(source) if source.exclude else None
        if folder is not None:
            start = len(f"{folder}/") if folder else 0
            for path in self.files.below(folder, recurse=source.recurse):
                if matches(source.exclude, path[start:]):
                    yield path

    def jsonnet_of(self, source: Source) -> Iterator[str]:
        """The Jsonnet files of a directory source, which Argo CD evaluates and nobody here does."""
        folder = self.directory(source)
        if folder is not None:
            for path in self.files.below(folder, recurse=source.recurse):
                if path.endswith(".jsonnet"):
                    yield path

    def why_unchecked(self, source: Source) -> str | None:
        """Why nobody here can look at a git source; None where it is read."""
        if not self.is_own(source):
            return f"it is in {self.distant(source.repo_url)}"
        if self.folder(source) is None:
            if normal(source.path or "") in self.files.links:
                return "it is a symbolic link, which Argo CD follows to no folder of manifests"
            return "there is no such folder in this repository"
        if self.tool(source) == "plugin":
            return "plugin sources are not built"
        return None


def special_folders(files: RepositoryFiles) -> dict[str, str]:
    """Folders that Argo CD hands to a tool: charts and kustomizations; of both, Kustomize wins.

    Source: Argo CD's util/app/discovery/discovery.go, where a later file of a folder wins.
    """
    found: dict[str, str] = {}
    for path in files.paths:
        folder, _, name = path.rpartition("/")
        if name in KUSTOMIZATIONS:
            found[folder] = "Kustomize"
        elif name == "Chart.yaml":
            found.setdefault(folder, "Helm")
    return found

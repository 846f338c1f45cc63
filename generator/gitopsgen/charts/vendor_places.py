"""Where vendored charts go, and as what Applications name their own repository."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.uses import declared
from gitopsgen.charts.vendored import ORIGIN_FILE, contents_of, vendored_files
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.repository.applications import read_application
from gitopsgen.repository.applicationsets.globbing import match_path
from gitopsgen.repository.globs import matches
from gitopsgen.repository.paths import folders_of, normal
from gitopsgen.repository.urls import is_same_url
from gitopsgen.tools.git import QUIET_GIT, environment
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gitopsgen.charts.store import Chart
    from gitopsgen.repository.applications import Application
    from gitopsgen.repository.sources import LocalSources

_ALL = "*"


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """The repository as an Application names it: its URL and the revision."""

    url: str
    revision: str


def own_place(
    application: Application, applications: Sequence[Application], sources: LocalSources
) -> OwnPlace | None:
    """As what an Application has to name its own repository.

    Argo CD takes one revision of a repository for all sources of an Application, so what its other
    sources say comes first, then what most Applications say, then a remote of git.
    """
    mine = _own_places(application, sources)
    if mine:
        return mine[0]
    places = Counter(place for other in applications for place in _own_places(other, sources))
    if places:
        return min(places, key=lambda place: (-places[place], place.url, place.revision))
    return OwnPlace(sources.own_urls[0], "HEAD") if sources.own_urls else None


def _own_places(application: Application, sources: LocalSources) -> list[OwnPlace]:
    return [
        OwnPlace(source.repo_url, source.target_revision)
        for source in application.sources
        if not source.chart and sources.is_own(source)
    ]


def unfit_project(application: Application, place: OwnPlace, sources: LocalSources) -> str:
    """Why the project of an Application would not let it use the repository, or nothing."""
    if any(place == own for own in _own_places(application, sources)):
        return ""
    for manifest in declared(sources.files, "AppProject"):
        metadata, spec = manifest.data.get("metadata"), manifest.data.get("spec")
        if not isinstance(metadata, dict) or metadata.get("name") != application.project:
            continue
        permitted = spec.get("sourceRepos") if isinstance(spec, dict) else None
        known = permitted if isinstance(permitted, list) else []
        if _ALL not in known and not any(is_same_url(place.url, str(url)) for url in known):
            return f"its project {application.project} does not have {place.url} in sourceRepos"
    return ""


@dataclass
class Placer:
    """Finds a folder below `parent` for each chart; `new` are those that have to be written.

    A folder that has the chart already is taken as it is, and no other folder is touched.
    """

    sources: LocalSources
    parent: str
    new: dict[str, Mapping[str, bytes]] = field(default_factory=dict)
    obstacle: str = ""
    _folders: dict[str, Mapping[str, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = normal(self.parent)
        if not folder:
            raise UsageError(f"{self.parent!r} is not a folder within the repository")
        self.parent = folder
        root = self.sources.files.root
        for path in (folder, *folders_of(folder)):
            if path and (root / path).is_symlink():
                raise UsageError(f"{path} is a symbolic link: name another folder by --into")
        self._refuse_what_applies()

    def folder_for(self, chart: Chart) -> str | None:
        """The folder of a chart; None where there is none, `obstacle` then says why."""
        name = chart.reference.name.rpartition("/")[2]
        try:
            files = vendored_files(chart)
            for stem in (name, f"{name}-{chart.version}"):
                folder = f"{self.parent}/{stem}"
                if self._is_free_or_same(folder, files):
                    return folder if self._is_kept_by_git(folder, files) else None
        except OSError as error:
            raise UnavailableError(f"{error.filename} cannot be read: {error.strerror}") from error
        self.obstacle = f"{self.parent}/{name} and {folder} are there and have another content"
        return None

    def _is_free_or_same(self, folder: str, files: Mapping[str, bytes]) -> bool:
        if folder not in self._folders:
            path = self.sources.files.root / folder
            if not path.exists() and not path.is_symlink():
                self._folders[folder] = self.new[folder] = files
                return True
            self._folders[folder] = contents_of(path) if path.is_dir() else {}
        return _without_origin(self._folders[folder]) == _without_origin(files)

    def _is_kept_by_git(self, folder: str, files: Mapping[str, bytes]) -> bool:
        root = self.sources.files.root
        if folder not in self.new:
            return True
        ignored = ignored_by_git(root, (f"{folder}/{path}" for path in files))
        if ignored:
            self.obstacle = f"git ignores {ignored}: change .gitignore, or name another --into"
            del self.new[folder]
            del self._folders[folder]
        return not ignored

    def _refuse_what_applies(self) -> None:
        """Nothing may go where something else applies, or makes Applications of, every folder."""
        below = f"{self.parent}/a/values.yaml"
        for manifest in declared(self.sources.files, "Application"):
            for source in read_application(manifest).sources:
                folder = self.sources.directory(source)
                if folder is None or not source.recurse:
                    continue
                inside = f"{below}/".startswith(f"{folder}/") if folder else True
                excluded = source.exclude and _excludes(source.exclude, below, folder)
                if inside and not source.include and not excluded:
                    raise UsageError(
                        f"{manifest.file} applies every file below {folder or 'the repository'}, "
                        f"{self.parent}/ would be among them",
                        "Name a folder elsewhere by --into, or exclude it there.",
                    )
        for manifest in declared(self.sources.files, "ApplicationSet"):
            for pattern in _directory_patterns(manifest.data.get("spec")):
                if fnmatchcase(f"{self.parent}/a", pattern):
                    raise UsageError(
                        f"{manifest.file} makes Applications of the folders {pattern}, "
                        f"those below {self.parent}/ would be among them",
                        "Name a folder elsewhere by --into.",
                    )


def ignored_by_git(root: Path, paths: Iterable[str]) -> str:
    """The first of some paths that git would not take into the repository, "" where it takes all.

    Raises `ProgramError` where git cannot be run.
    """
    if not (root / ".git").exists():
        return ""
    done = run(
        [*QUIET_GIT, "check-ignore", "--stdin", "-z"],
        cwd=root,
        env=environment(),
        input="\0".join(paths).encode(),
        check=False,
    )
    return done.stdout.decode(errors="replace").split("\0")[0]


def made_into_application(folders: Iterable[str], sources: LocalSources) -> str:
    """Which ApplicationSet would make an Application of one of some folders, or nothing."""
    ordered = sorted(folders)
    for manifest in declared(sources.files, "ApplicationSet"):
        entries = list(_directory_entries(manifest.data.get("spec")))
        excluded = [path for path, excludes in entries if excludes]
        for pattern in (path for path, excludes in entries if not excludes):
            for folder in ordered:
                if match_path(pattern, folder) and not any(match_path(e, folder) for e in excluded):
                    return f"{manifest.file} would make an Application of {folder}"
    return ""


def _excludes(pattern: str, path: str, folder: str) -> bool:
    return matches(pattern, path.removeprefix(f"{folder}/") if folder else path)


def _without_origin(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if path != ORIGIN_FILE}


def _directory_patterns(spec: object) -> Iterator[str]:
    """The folders that git generators look for, whatever they are nested in."""
    yield from (path for path, excludes in _directory_entries(spec) if not excludes)


def _directory_entries(spec: object) -> Iterator[tuple[str, bool]]:
    """What git generators say of folders, and whether they leave these out."""
    waiting = [spec]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            waiting += [value for key, value in item.items() if key != "template"]
            for entry in _list(item.get("directories")):
                path = entry.get("path") if isinstance(entry, dict) else None
                if isinstance(path, str):
                    yield path, entry.get("exclude") is True


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

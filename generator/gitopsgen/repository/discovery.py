"""What Argo CD would apply from a repository, found the way Argo CD finds it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.positions import Path
from gitopsgen.findings import Unchecked
from gitopsgen.repository.applications import GROUP, Application, Source, read_application
from gitopsgen.repository.files import YAML_SUFFIXES, RepositoryFiles
from gitopsgen.repository.globs import matches
from gitopsgen.repository.urls import same_repository_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Where a manifest stands: file, document, path within the document.
_Place = tuple[str, int, Path]

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A Kubernetes object that is applied: where it stands, and through which Application.

    `path` leads to it within its document: empty, or into the items of a List.
    """

    file: str
    document: int
    path: Path
    data: dict[str, Any]
    application: str

    @property
    def identity(self) -> str:
        """`group/version/Kind namespace/name`, as far as the manifest itself says it."""
        metadata = self.data.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        namespace, name = metadata.get("namespace"), metadata.get("name", "")
        place = f"{namespace}/{name}" if namespace else name
        return f"{self.data['apiVersion']}/{self.data['kind']} {place}".strip()


@dataclass(frozen=True, slots=True)
class Discovered:
    """What is applied, which files it comes from, and what could not be looked at."""

    manifests: tuple[Manifest, ...]
    applications: tuple[Application, ...]
    charts: tuple[tuple[Application, Source], ...]
    manifest_files: tuple[str, ...]
    value_files: tuple[str, ...]
    unchecked: tuple[Unchecked, ...]


def discover(files: RepositoryFiles, own_urls: Iterable[str]) -> Discovered:
    """Follow the roots of a repository to everything that Argo CD would apply.

    Roots are Applications that contain Applications and are contained by nothing but
    themselves. Without such a root every Application is one. Without any Application every
    Kubernetes-looking file outside of charts and kustomizations counts as applied.
    """
    return _Discovery(files, own_urls).run()


class _Discovery:
    def __init__(self, files: RepositoryFiles, own_urls: Iterable[str]) -> None:
        self._files = files
        self._special = _special_folders(files)
        self._declared = {
            (app.file, app.document, app.path): app for app in self._find_applications()
        }
        self._own = {same_repository_key(url) for url in own_urls} or self._guess_own()
        self._unchecked: dict[Unchecked, None] = {}

    def run(self) -> Discovered:
        if not self._declared:
            return self._everything()
        contained = {key: list(self._manifests_of(app)) for key, app in self._declared.items()}
        reached: dict[_Place, Application] = {}
        manifests: dict[_Place, Manifest] = {}
        waiting = list(self._roots(contained))
        for key in waiting:
            application = self._declared[key]
            if not any(_key(manifest) == key for manifest in contained[key]):
                manifests.setdefault(key, Manifest(*key, self._data(application), ""))
        while waiting:
            key = waiting.pop()
            if key in reached:
                continue
            reached[key] = self._declared[key]
            for manifest in contained[key]:
                manifests[_key(manifest)] = manifest
                if (child := _key(manifest)) in self._declared:
                    waiting.append(child)
        applications = sorted(reached.values(), key=lambda app: (app.file, app.document))
        charts = tuple((app, s) for app in applications for s in app.sources if s.chart)
        for application in applications:
            self._note_unchecked(application)
        for manifest in manifests.values():
            if manifest.data["kind"] == "ApplicationSet":
                what = f"ApplicationSet {manifest.identity.rpartition(' ')[2]}"
                self._unchecked[Unchecked(what, "ApplicationSets are not expanded yet")] = None
        return Discovered(
            manifests=tuple(manifests[place] for place in sorted(manifests, key=_order)),
            applications=tuple(applications),
            charts=charts,
            manifest_files=tuple(
                sorted({m.file for m in manifests.values()} | self._files_of(applications))
            ),
            value_files=tuple(sorted(self._value_files(applications))),
            unchecked=tuple(self._unchecked),
        )

    def _everything(self) -> Discovered:
        paths = [
            path
            for path in self._files.paths
            if path.endswith(YAML_SUFFIXES)
            and not path.startswith(".")
            and not any(_is_below(path, folder) for folder in self._special)
            and (file := self._files.read(path)) is not None
            and file.looks_like_a_manifest
        ]
        manifests = [m for path in paths for m in self._objects(path, "")]
        return Discovered(tuple(manifests), (), (), tuple(paths), (), ())

    def _find_applications(self) -> Iterator[Application]:
        for path in self._files.paths:
            if not path.endswith(YAML_SUFFIXES) or path in self._files.templates:
                continue
            file = self._files.read(path)
            if file is None or f"{GROUP}/" not in file.text or file.is_a_template:
                continue
            for manifest in self._objects(path, ""):
                data = manifest.data
                group = str(data["apiVersion"]).partition("/")[0]
                if group == GROUP and data["kind"] == "Application":
                    yield read_application(data, path, manifest.document, manifest.path)

    def _guess_own(self) -> set[str]:
        """With nothing to say which URL is this repository's: the one whose paths are here."""
        keys = Counter(
            same_repository_key(source.repo_url)
            for app in self._declared.values()
            for source in app.sources
            if source.path and source.path.strip("./") in self._files.folders
        )
        return {key for key, _ in keys.most_common(1)}

    def _roots(self, contained: dict[_Place, list[Manifest]]) -> list[_Place]:
        parents: dict[_Place, set[_Place]] = {}
        holders = set()
        for key, manifests in contained.items():
            for manifest in manifests:
                if (child := _key(manifest)) in self._declared:
                    holders.add(key)
                    parents.setdefault(child, set()).add(key)
        roots = [key for key in contained if key in holders and parents.get(key, set()) <= {key}]
        return roots or list(contained)

    def _is_own(self, source: Source) -> bool:
        return same_repository_key(source.repo_url) in self._own

    def _directory(self, source: Source) -> str | None:
        """The folder of a directory source in this repository, or None for any other source."""
        if source.chart or source.path is None or source.forced_type or not self._is_own(source):
            return None
        folder = _normal(source.path)
        if folder is None or folder not in self._files.folders or folder in self._special:
            return None
        return folder

    def _manifests_of(self, application: Application) -> Iterator[Manifest]:
        for path in sorted(self._files_of([application])):
            yield from self._objects(path, application.name)

    def _files_of(self, applications: Iterable[Application]) -> set[str]:
        return {
            path
            for application in applications
            for source in application.sources
            if (folder := self._directory(source)) is not None
            for path in self._source_files(folder, source)
        }

    def _source_files(self, folder: str, source: Source) -> Iterator[str]:
        for path in self._files.below(folder, recurse=source.recurse):
            relative = path.removeprefix(f"{folder}/")
            if not path.endswith(YAML_SUFFIXES):
                continue
            if source.exclude and matches(source.exclude, relative):
                continue
            if source.include and not matches(source.include, relative):
                continue
            file = self._files.read(path)
            if file is not None and not file.is_a_template:
                yield path

    def _objects(self, path: str, application: str) -> Iterator[Manifest]:
        file = self._files.read(path)
        if file is None:
            return
        for document in file.contents.documents:
            data = document.data
            if not _is_object(data):
                continue
            items = data.get("items")
            if str(data["kind"]).endswith("List") and isinstance(items, list):
                for index, item in enumerate(items):
                    if _is_object(item):
                        place: Path = ("items", index)
                        yield Manifest(path, document.index, place, item, application)
            else:
                yield Manifest(path, document.index, (), data, application)

    def _data(self, application: Application) -> dict[str, Any]:
        file = self._files.read(application.file)
        assert file is not None
        data = file.contents.documents[application.document].data
        for step in application.path:
            data = data[step]
        found: dict[str, Any] = data
        return found

    def _value_files(self, applications: Iterable[Application]) -> Iterator[str]:
        for application in applications:
            refs = {s.ref for s in application.sources if s.ref and self._is_own(s)}
            for source in application.sources:
                for value_file in source.value_files:
                    ref, _, rest = value_file.removeprefix("$").partition("/")
                    path = _normal(rest)
                    if value_file.startswith("$") and ref in refs and path in self._files.paths:
                        yield str(path)

    def _note_unchecked(self, application: Application) -> None:
        for source in application.sources:
            if source.chart or (source.path is None and source.ref):
                continue
            if (reason := self._why_unchecked(source)) is not None:
                where = source.path or source.repo_url
                self._unchecked[Unchecked(f"source {where}", reason, application.name)] = None

    def _why_unchecked(self, source: Source) -> str | None:
        if not self._is_own(source):
            return f"it is in another repository, {source.repo_url}"
        if source.forced_type:
            return f"{source.forced_type} sources are not built"
        folder = _normal(source.path or "")
        if folder is None or folder not in self._files.folders:
            return "there is no such folder in this repository"
        if folder in self._special:
            return f"{self._special[folder]} sources are not built"
        return None


def _special_folders(files: RepositoryFiles) -> dict[str, str]:
    """Folders that Argo CD hands to a tool: charts and kustomizations."""
    found: dict[str, str] = {}
    for path in files.paths:
        folder, _, name = path.rpartition("/")
        if name in _KUSTOMIZATIONS:
            found.setdefault(folder, "Kustomize")
        elif name == "Chart.yaml":
            found[folder] = "Helm"
    return found


def _is_object(data: object) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("apiVersion"), str)
        and isinstance(data.get("kind"), str)
        and bool(data["apiVersion"])
        and bool(data["kind"])
    )


def _is_below(path: str, folder: str) -> bool:
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


def _key(manifest: Manifest) -> _Place:
    return (manifest.file, manifest.document, manifest.path)


def _order(place: _Place) -> tuple[str, int, tuple[int, ...]]:
    """Files by name, documents and the items of a List as they stand."""
    return (place[0], place[1], tuple(step for step in place[2] if isinstance(step, int)))

"""Where the objects come from that kustomize makes of files."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.manifests import objects_in
from gitopsgen.repository.sources import KUSTOMIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.kustomize.closure import Closure
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Place

# Overlays of overlays each add a prefix or a suffix; nobody has more.
_MOST_NAMES = 100
# What kustomize makes of its own.
_GENERATED = ("ConfigMap", "Secret")


def changing(parts: Closure, folder: str) -> tuple[str, ...]:
    """The kustomizations and patches among the parts, those of the folder itself last."""
    found = (path for path in parts.files if path in parts.patches or _is_kustomization(path))
    return tuple(sorted(found, key=lambda path: path.startswith(f"{folder}/")))


class Origins:
    """Where objects stand that a kustomization may take in, by kind and name."""

    def __init__(self, files: RepositoryFiles, parts: Closure) -> None:
        self._places: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._whole = not (parts.remote or parts.charts)
        self._prefixes: set[str] = set()
        self._suffixes: set[str] = set()
        for path in parts.files:
            if (
                path.endswith(YAML_SUFFIXES)
                and path not in files.templates
                and not files.is_copy(path)
                and path not in parts.patches
            ):
                for manifest in objects_in(files, path):
                    self._places[_kind_and_name(manifest.data)].append(manifest.place)
            if _is_kustomization(path):
                self._prefixes |= _texts(files, path, "namePrefix")
                self._suffixes |= _texts(files, path, "nameSuffix")

    def place(self, data: dict[str, Any]) -> Place | None:
        """The one file that an object comes from; None where several or none could be it."""
        kind, name = _kind_and_name(data)
        for own in self._own_names(name):
            found = self._places.get((kind, own), [])
            if found:
                return found[0] if len(found) == 1 else None
        return self._only(kind)

    def _only(self, kind: str) -> Place | None:
        """The one object of a kind: a patch may have given it another name."""
        if not self._whole or kind in _GENERATED:
            return None
        found = [
            place for (own, _), places in self._places.items() if own == kind for place in places
        ]
        return found[0] if len(found) == 1 else None

    def _own_names(self, name: str) -> Iterator[str]:
        """What an object may have been called before prefixes and suffixes came to its name."""
        names = [name]
        for known in names:
            yield known
            shorter = [known[len(p) :] for p in sorted(self._prefixes) if known.startswith(p)]
            shorter += [known[: -len(s)] for s in sorted(self._suffixes) if known.endswith(s)]
            names += [own for own in shorter if own and own not in names]
            if len(names) > _MOST_NAMES:
                return


def _is_kustomization(path: str) -> bool:
    return path.rpartition("/")[2] in KUSTOMIZATIONS


def _texts(files: RepositoryFiles, path: str, field: str) -> set[str]:
    """What the documents of a file say in a field that holds a text."""
    file = files.read(path)
    documents = file.contents.documents if file is not None else ()
    texts = (document.data.get(field) for document in documents if isinstance(document.data, dict))
    return {text for text in texts if isinstance(text, str) and text}


def _kind_and_name(data: dict[str, Any]) -> tuple[str, str]:
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return str(data.get("kind")), name if isinstance(name, str) else ""

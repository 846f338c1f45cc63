"""Charts that a chart needs and does not carry: Argo CD has helm fetch them, or leaves them out."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.folder import read_metadata, without_dependencies
from gitopsgen.charts.model import ChartReference
from gitopsgen.documents.encoding import decode
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from gitopsgen.charts.folder import Dependency
    from gitopsgen.charts.store import Chart, ChartMissing

# Names of repositories that a person's own helm knows; nobody else does.
_NAMES = ("@", "alias:")
_BESIDE = "file://"


def reference_of(dependency: Dependency, folder: Path) -> ChartReference | None:
    """The chart that a dependency of the chart in `folder` is, in the version that is locked.

    None for a folder beside the chart, and where no repository is named by a URL.
    """
    if not dependency.repository or dependency.repository.startswith((_BESIDE, *_NAMES)):
        return None
    version = _locked(folder).get(dependency.name) or dependency.version or "*"
    return ChartReference(dependency.repository, dependency.name, version)


def complete(
    folder: Path,
    into: Path,
    missing: Iterable[Dependency],
    got: Mapping[ChartReference, Chart | ChartMissing],
    values: Mapping[str, Any],
    root: Path,
) -> str:
    """Copy a chart to `into` with what it lacks; returns why that cannot be done, or nothing.

    A dependency that `values` turn off may be absent: the copy does not ask for it. One beside the
    chart must be below `root`.
    """
    found: dict[str, Path] = {}
    dropped = []
    for dependency in missing:
        reference = reference_of(dependency, folder)
        answer = got.get(reference) if reference is not None else None
        source = _beside(folder, dependency, root) or getattr(answer, "folder", None)
        if source is not None:
            found[dependency.name] = source
        elif not dependency.is_enabled(values):
            dropped.append(dependency.name)
        else:
            why = getattr(answer, "reason", "") or f"nothing is at {dependency.repository!r}"
            return f"its dependency {dependency.name} {dependency.version} is missing: {why}"
    without_dependencies(folder, dropped, into)
    for name, source in found.items():
        target = into / "charts" / name
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        _use_version_of(into, name, target)
    return ""


def lost_beside(folder: Path, missing: Iterable[Dependency], root: Path) -> str:
    """Says which dependency is to be in a folder of the repository and is not, or nothing.

    Argo CD has helm build the dependencies then, which fails, whether the values use it or not.
    """
    for dependency in missing:
        if not dependency.repository.startswith(_BESIDE):
            continue
        where = (folder / dependency.repository.removeprefix(_BESIDE)).resolve()
        is_ours = where.is_relative_to(root.resolve()) and folder.is_relative_to(root)
        if is_ours and not (where / "Chart.yaml").is_file():
            name = f"{dependency.name} {dependency.version}".strip()
            return f"nothing is at {dependency.repository}, where its dependency {name} should be"
    return ""


def merged(layers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Values laid over each other as helm does it: mappings merge, the last wins, null deletes."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            if value is None:
                result.pop(key, None)
            elif isinstance(value, dict) and isinstance(below, dict):
                result[key] = merged([below, value])
            else:
                result[key] = value
    return result


def _beside(folder: Path, dependency: Dependency, root: Path) -> Path | None:
    """The folder of a `file://` dependency, if it is there."""
    if not dependency.repository.startswith(_BESIDE):
        return None
    found = (folder / dependency.repository.removeprefix(_BESIDE)).resolve()
    inside = found.is_relative_to(root.resolve())
    return found if inside and (found / "Chart.yaml").is_file() else None


def _locked(folder: Path) -> dict[str, str]:
    """The versions in Chart.lock, as `helm dependency build` uses them."""
    try:
        text, problem = decode((folder / "Chart.lock").read_bytes())
    except OSError:
        return {}
    documents = () if problem else read_documents(text).documents
    data = documents[0].data if documents else None
    entries = data.get("dependencies") if isinstance(data, dict) else None
    return {
        str(entry["name"]): str(entry["version"])
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and "name" in entry and "version" in entry
    }


def _use_version_of(chart: Path, name: str, dependency: Path) -> None:
    """Have Chart.yaml ask for the version that is there: helm would refuse another one."""
    metadata = read_metadata(dependency)
    if metadata is None:
        return
    import yaml

    for file in ("Chart.yaml", "requirements.yaml"):
        path = chart / file
        if not path.is_file():
            continue
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = data.get("dependencies") if isinstance(data, dict) else None
        wanted = [e for e in entries or () if isinstance(e, dict) and e.get("name") == name]
        for entry in wanted:
            entry["version"] = metadata.version
        if wanted:
            path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")

"""Files that may be somebody's manifests though no source leads to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.documents.model import SYNTAX
from gitopsgen.repository.files import YAML_SUFFIXES
from gitopsgen.repository.graph import is_broken, is_declaring
from gitopsgen.repository.kustomizations import patches
from gitopsgen.repository.leftovers import is_for_tests, is_to_be_filled_in
from gitopsgen.repository.manifests import Manifest, objects_in
from gitopsgen.repository.paths import folders_of
from gitopsgen.repository.sources import special_folders

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.source_file import SourceFile
    from gitopsgen.repository.sources import LocalSources

_MANIFEST_IN_JSON = re.compile(r"""\s*\{\s*"(apiVersion|kind)"\s*:""")


def declared_in(files: RepositoryFiles) -> Iterator[Manifest]:
    """Every Application and ApplicationSet in the files, whether something holds it or not."""
    only_change: frozenset[str] | None = None
    tooled: Mapping[str, str] | None = None
    for path in files.paths:
        if not path.endswith(YAML_SUFFIXES) or path in files.templates or files.is_copy(path):
            continue
        if is_for_tests(path) or is_to_be_filled_in(path):
            continue
        file = files.read(path)
        # Most files are none: do not parse those that cannot be.
        if file is None or not file.mentions_argo or file.is_a_template:
            continue
        for manifest in objects_in(files, path):
            if is_declaring(manifest):
                only_change = patches(files) if only_change is None else only_change
                tooled = special_folders(files) if tooled is None else tooled
                # Without a spec it can only change another one, of a kustomization.
                changes = "spec" not in manifest.data and "Kustomize" in map(
                    tooled.get, folders_of(path)
                )
                if path not in only_change and not changes:
                    yield manifest


def broken_in(files: RepositoryFiles, sources: LocalSources) -> Iterator[str]:
    """Files that may hold an Application, perhaps the root, and that do not parse."""
    special = frozenset(sources.special)
    for path in files.paths:
        if not path.endswith(YAML_SUFFIXES) or path in files.templates or path.startswith("."):
            continue
        file = files.read(path)
        if file is None or not file.mentions_argo or not file.looks_like_a_manifest:
            continue
        if (
            not file.is_a_template
            and is_broken(files, path)
            and special.isdisjoint(folders_of(path))
            and not files.is_copy(path)
            and not is_for_tests(path)
            and not is_to_be_filled_in(path)
            and not _is_for_a_template_engine(file)
        ):
            yield path


def loose_files(
    files: RepositoryFiles, sources: LocalSources, seen: Container[str] = ()
) -> Iterator[str]:
    """Files that look like manifests and belong to no chart, kustomization or hidden folder.

    Those that were `seen` are left out.
    """
    special = frozenset(sources.special)
    for path in files.paths:
        if (
            path not in seen
            and path.endswith(YAML_SUFFIXES)
            and not path.startswith(".")
            and not is_for_tests(path)
            and not is_to_be_filled_in(path)
            and special.isdisjoint(folders_of(path))
            and not files.is_copy(path)
            and (file := files.read(path)) is not None
            and file.looks_like_a_manifest
            and not file.is_a_template
            and not _is_for_a_template_engine(file)
            and not _is_other_json(files, file)
        ):
            yield path


def _is_other_json(files: RepositoryFiles, file: SourceFile) -> bool:
    """Whether a file of JSON is no manifest, though it names the fields of one somewhere."""
    if not file.path.endswith(".json") or any(objects_in(files, file.path)):
        return False
    return not (_MANIFEST_IN_JSON.match(file.text) and is_broken(files, file.path))


def _is_for_a_template_engine(file: SourceFile) -> bool:
    """Whether a file that nothing applies is YAML only after somebody has filled it in."""
    if not any(problem.rule == SYNTAX for problem in file.contents.problems):
        return False
    return "{{" in file.text or "{%" in file.text

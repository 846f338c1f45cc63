"""An ApplicationSet in a repository of a few texts, and what it generates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.applicationsets.expand import expand
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.manifests import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gitopsgen.repository.applicationsets.model import Expansion

URL = "https://github.com/owner/repo"


def write(root: Path, tree: Mapping[str, str]) -> None:
    """Write texts to files below a folder."""
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def expand_data(root: Path, spec: Any, metadata: Any = None) -> Expansion:
    """What a set of this spec generates in the repository at `root`."""
    if metadata is None:
        metadata = {"name": "set", "namespace": "argocd"}
    data = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": metadata,
        "spec": spec,
    }
    manifest = Manifest("set.yaml", 0, (), data, "root")
    return expand(manifest, local_sources(RepositoryFiles(root), [URL]))


def expand_text(root: Path, spec: str, tree: Mapping[str, str] | None = None) -> Expansion:
    """What a set with this spec, a YAML text, generates in a repository of these files."""
    write(root, tree or {})
    contents = read_documents(spec.replace("repoURL: URL", f"repoURL: {URL}"))
    assert not [problem for problem in contents.problems if problem.rule == "yaml-syntax"]
    return expand_data(root, contents.documents[0].data)


def names(expansion: Expansion) -> list[str]:
    """The names of the generated Applications, in order."""
    return [application["metadata"]["name"] for application in expansion.applications]

"""The AppProjects of a repository by name."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from gitopsgen.repository.sources import KUSTOMIZATIONS
from gitopsgen.validation.rules.access import at, mapping, sequence, text
from gitopsgen.validation.rules.argo_config import read_config
from gitopsgen.validation.rules.argo_installation import GROUP
from gitopsgen.validation.rules.argo_project_model import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitopsgen.repository.applications import Application
    from gitopsgen.validation.model import Model, Resource

DEFAULT_PROJECT = "default"
_GLOBAL = "globalProjects"
_SECRET_TYPE = "argocd.argoproj.io/secret-type"
_SEALED = (("bitnami.com", "SealedSecret"), ("external-secrets.io", "ExternalSecret"))


class Projects:
    """The AppProjects that the repository declares, and what each of them permits.

    Of several with one name (of several installations of Argo CD) each may permit a thing.
    """

    def __init__(self, model: Model) -> None:
        self._sources: dict[str, list[str]] = {}
        self._opaque: set[str] = set()
        self._all_opaque = bool(read_config(model).text_of(_GLOBAL)) or _has_globals(model)
        self._read_credentials(model)
        self._found: dict[str, list[Project]] = {}
        self._places: dict[str, set[str]] = {}
        for name, namespace, spec in _declared(model):
            self._found.setdefault(name, []).append(self._project(name, spec))
            self._places.setdefault(name, set()).add(namespace)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them, sorted; the project that exists always is among them."""
        return tuple(sorted({DEFAULT_PROJECT, *self._found}))

    def of(self, application: Application) -> tuple[Project, ...]:
        """The AppProjects of an Application's project; none where the repository has none."""
        return tuple(self._found.get(application.project or DEFAULT_PROJECT, ()))

    def namespaces_of(self, name: str) -> frozenset[str]:
        """The namespaces that the AppProjects of a name are in; empty ones are not known."""
        return frozenset(self._places.get(name, ()))

    def _project(self, name: str, spec: Mapping[str, object]) -> Project:
        opaque = self._all_opaque or bool(self._opaque & {name, ""})
        return Project(name, spec, tuple(self._sources.get(name, ())), opaque)

    def _read_credentials(self, model: Model) -> None:
        """Repositories and clusters that belong to a project are permitted in it."""
        for secret in model.of_kind("", "Secret"):
            kind = text(secret.labels.get(_SECRET_TYPE))
            project = _entry(secret, "project")
            if kind == "repository" and project:
                self._sources.setdefault(project, []).append(_entry(secret, "url"))
            elif kind == "cluster" and project:
                self._opaque.add(project)
        for kind_of_secret in _SEALED:
            for sealed in model.of_kind(*kind_of_secret):
                if _is_sealed_for_a_project(sealed):
                    # Nobody here can read for which one.
                    self._opaque.add("")


def _has_globals(model: Model) -> bool:
    """Whether there are global projects by what nobody applies here: they permit more.

    argocd-cm may be made by a kustomization that is not built, of files that lie beside it.
    """
    for manifest in model.unapplied:
        name = at(manifest.data, "metadata", "name")
        is_config = manifest.kind == "ConfigMap" and name == "argocd-cm"
        if is_config and text(at(manifest.data, "data", _GLOBAL)):
            return True
    files = model.sources.files
    for path in files.paths:
        name = path.rpartition("/")[2]
        if name == _GLOBAL:
            return True
        file = files.read(path) if name in KUSTOMIZATIONS else None
        if file is not None and _GLOBAL in file.text:
            return True
    return False


def _declared(model: Model) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Every AppProject; what stands in files that nothing reaches may be applied by hand."""
    for resource in model.of_kind(GROUP, "AppProject"):
        yield resource.name, resource.namespace, mapping(resource.data.get("spec"))
    for manifest in model.unapplied:
        if (manifest.group, manifest.kind) == (GROUP, "AppProject"):
            name = text(at(manifest.data, "metadata", "name"))
            namespace = text(at(manifest.data, "metadata", "namespace"))
            yield name, namespace, mapping(manifest.data.get("spec"))


def _entry(secret: Resource, key: str) -> str:
    plain = text(at(secret.data, "stringData", key))
    if plain:
        return plain
    try:
        coded = text(at(secret.data, "data", key))
        return base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _is_sealed_for_a_project(sealed: Resource) -> bool:
    """Whether it becomes credentials that belong to a project."""
    places = (("spec", "template"), ("spec", "target", "template"))
    if not any(at(sealed.data, *place, "metadata", "labels", _SECRET_TYPE) for place in places):
        return False
    holders: Iterable[object] = (
        at(sealed.data, "spec", "encryptedData"),
        *(at(sealed.data, *place, "data") for place in places),
        {item.get("secretKey"): "" for item in _items(sealed)},
    )
    return any("project" in mapping(holder) for holder in holders)


def _items(sealed: Resource) -> Iterator[Mapping[str, object]]:
    return (item for item in map(mapping, sequence(at(sealed.data, "spec", "data"))) if item)

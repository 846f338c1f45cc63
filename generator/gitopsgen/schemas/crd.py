"""CustomResourceDefinitions -> JSON Schemas for kubeconform, one for each served version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.layout import GroupVersionKind, schema_file
from gitopsgen.schemas.problems import CrdProblem, Problems
from gitopsgen.schemas.structural import StructuralConverter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitopsgen.schemas.problems import Path

_GROUP = "apiextensions.k8s.io"
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
# These become parts of file names: what an API server would refuse must not get that far.
_GROUP_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})+")
_VERSION_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_KIND_NAME = re.compile(r"[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_PLURAL_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_SCOPES = ("Cluster", "Namespaced")


@dataclass(frozen=True, slots=True)
class CrdSchema:
    """The JSON Schema of one version of a custom kind. `scope` is "Namespaced" or "Cluster"."""

    group: str
    version: str
    kind: str
    plural: str
    scope: str
    schema: dict[str, Any]

    @property
    def namespaced(self) -> bool:
        """Whether resources of the kind live in namespaces."""
        return self.scope == "Namespaced"

    @property
    def name(self) -> GroupVersionKind:
        """The kind's full name."""
        return GroupVersionKind(self.group, self.version, self.kind)

    @property
    def file(self) -> str:
        """Where kubeconform looks for the schema below a schema folder."""
        return schema_file(self.group, self.version, self.kind)


@dataclass(frozen=True, slots=True)
class CrdReading:
    """What could be made of a CRD, and what is wrong in it.

    A schema that is given is usable: where a part of it was wrong, anything is allowed.
    """

    schemas: tuple[CrdSchema, ...]
    problems: tuple[CrdProblem, ...]


class InvalidCrdError(ValueError):
    """A CRD that an API server would refuse; `problems` says where and why."""

    def __init__(self, problems: tuple[CrdProblem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def convert(crd: Mapping[str, Any]) -> tuple[CrdSchema, ...]:
    """The schemas of a CRD's served versions. Raises `InvalidCrdError` if anything is wrong."""
    reading = read_crd(crd)
    if reading.problems:
        raise InvalidCrdError(reading.problems)
    return reading.schemas


def read_crd(crd: object) -> CrdReading:
    """The schemas of a CRD's served versions, and its problems; takes anything, never raises."""
    problems = Problems()
    schemas = _read(crd, problems)
    return CrdReading(tuple(schemas), problems.found)


def _read(crd: object, problems: Problems) -> list[CrdSchema]:
    if not isinstance(crd, dict):
        problems.add((), "must be an object")
        return []
    if not _is_current(crd, problems):
        return []
    spec = problems.mapping(crd, "spec", ())
    names = problems.mapping(spec, "names", ("spec",))
    kind_path = ("spec", "names", "kind")
    group = _text(spec.get("group"), _GROUP_NAME, ("spec", "group"), "a group", problems)
    kind = _text(names.get("kind"), _KIND_NAME, kind_path, "a kind", problems)
    plural = _text(
        names.get("plural"), _PLURAL_NAME, ("spec", "names", "plural"), "a plural", problems
    )
    scope = spec.get("scope")
    if scope not in _SCOPES:
        problems.add(("spec", "scope"), f"must be one of {', '.join(_SCOPES)}")
    if not (group and kind and plural and scope in _SCOPES):
        return []
    versions = spec.get("versions")
    if not isinstance(versions, list) or not versions:
        problems.add(("spec", "versions"), "must be a list of versions")
        return []
    preserve = problems.flag(spec, "preserveUnknownFields", ("spec",))
    if preserve:
        problems.add(("spec", "preserveUnknownFields"), "must be false")
    converter = StructuralConverter(problems, preserve)
    schemas = []
    for index, version in enumerate(versions):
        path = ("spec", "versions", index)
        read = _read_version(version, path, converter, group, kind)
        if read and version["served"]:
            name, schema = read
            schemas.append(CrdSchema(group, name, kind, plural, scope, schema))
    return schemas


def _read_version(
    version: object, path: Path, converter: StructuralConverter, group: str, kind: str
) -> tuple[str, dict[str, Any]] | None:
    """The name and the JSON Schema of a version, served or not, if it has one."""
    problems = converter.problems
    if not isinstance(version, dict):
        problems.add(path, "must be an object")
        return None
    name = _text(version.get("name"), _VERSION_NAME, (*path, "name"), "a version", problems)
    served = version.get("served")
    if not isinstance(served, bool):
        problems.add((*path, "served"), "must be true or false")
    if not name or not isinstance(served, bool):
        return None
    holder = problems.mapping(version, "schema", path)
    schema = holder.get("openAPIV3Schema")
    schema_path = (*path, "schema", "openAPIV3Schema")
    if schema is None:
        problems.add(schema_path, "is missing", key=True)
        return None
    subresources = problems.mapping(version, "subresources", path)
    return name, converter.root(
        schema,
        schema_path,
        api_version=f"{group}/{name}",
        kind=kind,
        status_dropped=subresources.get("status") is not None,
    )


def _is_current(crd: dict[str, Any], problems: Problems) -> bool:
    api_version = crd.get("apiVersion")
    if crd.get("kind") != "CustomResourceDefinition":
        problems.add(("kind",), "must be CustomResourceDefinition")
    elif api_version == f"{_GROUP}/v1beta1":
        problems.add(
            ("apiVersion",),
            f"{_GROUP}/v1beta1 is gone since Kubernetes 1.22: write the CRD as {_GROUP}/v1",
        )
    elif api_version != f"{_GROUP}/v1":
        problems.add(("apiVersion",), f"must be {_GROUP}/v1")
    else:
        return True
    return False


def _text(
    value: object, pattern: re.Pattern[str], path: Path, what: str, problems: Problems
) -> str:
    """The text, if it is one and matches; else "" and a problem."""
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    problems.add(path, f"is not the name of {what}")
    return ""

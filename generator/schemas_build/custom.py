"""The schemas of custom kinds, from the CRDs that pinned Go modules carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from gitopsgen.schemas.archive import as_text
from gitopsgen.schemas.crd import convert
from schemas_build.modules import module_files, pinned_modules
from schemas_build.rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas_build.modules import Module

# Go module -> its files with CRDs.
_SOURCES = {
    "github.com/argoproj/argo-cd/v3": r"manifests/crds/[\w-]+\.yaml",
    "github.com/bitnami-labs/sealed-secrets": r"helm/sealed-secrets/crds/[\w.-]+\.yaml",
    "github.com/cert-manager/cert-manager": r"deploy/crds/[\w.-]+\.yaml",
    "sigs.k8s.io/gateway-api": r"config/crd/standard/[\w.-]+\.yaml",
}


@dataclass(frozen=True, slots=True)
class CustomSchemas:
    """Schemas (path -> JSON text), and the text of the index that says where each is from."""

    schemas: dict[str, str]
    index: str


def build_custom() -> CustomSchemas:
    """The schemas of all custom kinds. Raises `UnavailableError` when a module cannot be had."""
    schemas: dict[str, str] = {}
    kinds: list[list[Any]] = []
    for path, pattern in _SOURCES.items():
        for module in pinned_modules()[path]:
            for crd in _crds(module, pattern):
                for made in convert(crd):
                    schemas[made.file] = as_text(made.schema)
                    kinds.append(
                        [*made.name, made.plural, made.namespaced, module.path, module.version]
                    )
    return CustomSchemas(schemas, f'{{\n"kinds": {rows(sorted(kinds))}\n}}\n')


def _crds(module: Module, pattern: str) -> Iterator[dict[str, Any]]:
    for _, text in module_files(module, pattern):
        for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
            if isinstance(document, dict) and document["kind"] == "CustomResourceDefinition":
                yield document

"""CRDs for tests: all of them define the kind Gadget of example.net/v1."""

from __future__ import annotations

from typing import Any

import yaml

Data = dict[str, Any]


def gadget_crd(root: str | object, *, status: bool = False) -> Data:
    """A CRD whose only version has this schema, given as YAML or as data."""
    version: Data = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {
            "openAPIV3Schema": yaml.safe_load(root) if isinstance(root, str) else root,
        },
    }
    if status:
        version["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.net"},
        "spec": {
            "group": "example.net",
            "names": {"kind": "Gadget", "plural": "gadgets"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def gadget_spec_crd(spec: str) -> Data:
    """A CRD whose `spec` has this schema, given as YAML."""
    return gadget_crd({"type": "object", "properties": {"spec": yaml.safe_load(spec)}})


def gadget(spec: object = None, **fields: object) -> Data:
    """A Gadget with this spec, unless it is None, and these other fields."""
    base: Data = {"apiVersion": "example.net/v1", "kind": "Gadget", "metadata": {"name": "some"}}
    if spec is not None:
        base["spec"] = spec
    return base | fields

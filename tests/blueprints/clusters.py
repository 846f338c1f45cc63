"""The sample cluster with some components, and without the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tests.bootstrap.room import render_text, sample_text

if TYPE_CHECKING:
    from gitopsgen.tree import Tree

SAMPLE_COMPONENTS = (
    "argocd",
    "cert-manager",
    "ingress-nginx",
    "kube-vip",
    "loopia",
    "nfs-subdir-external-provisioner",
)
# Which components each variant goes without; the plan permits these.
VARIANTS: dict[str, tuple[str, ...]] = {
    "sample": (),
    "no ingress": ("ingress-nginx",),
    "no certificate": ("loopia",),
    "no certificates": ("cert-manager", "loopia"),
    "no storage": ("nfs-subdir-external-provisioner",),
    "no addresses": ("ingress-nginx", "kube-vip"),
    "smallest": tuple(name for name in SAMPLE_COMPONENTS if name != "argocd"),
}


def render_variant(name: str) -> Tree:
    """The repository of a variant."""
    starts = tuple(f"  {component}:" for component in VARIANTS[name])
    lines = sample_text().splitlines(keepends=True)
    return render_text("".join(line for line in lines if not line.startswith(starts)))


def load(tree: Tree, path: str) -> Any:
    """The one YAML document in a rendered file."""
    return yaml.safe_load(tree[path].content)


def applications(tree: Tree) -> dict[str, Any]:
    """The Application of each component, by its name."""
    paths = [path for path in tree if path.startswith("apps/") and path != "apps/root.yaml"]
    return {path.removeprefix("apps/").removesuffix(".yaml"): load(tree, path) for path in paths}

"""Where things lie: the shipped data, and a kind's schema in a folder as kubeconform wants it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

# What is shipped: archives of schemas, and indexes of kinds.
DATA = Path(__file__).with_name("data")

# Below a schema folder, for kubeconform's -schema-location. `.Group` is what stands before the
# slash of apiVersion, hence `v1` for the core group. `.KindSuffix` would not do: it keeps only
# the group's first label, and a NetworkPolicy of networking.example.com would be checked
# against Kubernetes' own (kubeconform v0.8.0, pkg/registry/registry.go).
SCHEMA_TEMPLATE = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"


class GroupVersionKind(NamedTuple):
    """A kind as the API server names it; the core group is the empty string."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """What a manifest says in `apiVersion`."""
        return f"{self.group}/{self.version}" if self.group else self.version


def schema_file(group: str, version: str, kind: str) -> str:
    """The path of a kind's schema below a schema folder, as `SCHEMA_TEMPLATE` gives it."""
    return f"{group or version}/{kind.lower()}_{version}.json"

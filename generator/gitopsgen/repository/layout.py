"""The files of a repository that gitopsgen itself writes or reads, relative to its root."""

from __future__ import annotations

from typing import Final

# The person's input.
CLUSTER_FILE: Final = "cluster.yaml"
# The schema of cluster.yaml with the components that the repository knows.
SCHEMA_FILE: Final = ".gitopsgen/cluster.schema.json"
# What made the repository.
LOCK_FILE: Final = ".gitopsgen/lock.yaml"
# What a repository tells `gitopsgen validate` about itself.
SETTINGS_FILE: Final = ".gitopsgen/validate.yaml"

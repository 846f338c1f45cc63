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
# Where yamllint looks for settings in a project, in this order. Its other sources (environment
# variables, the user's own settings, parent folders) would make the result depend on the machine.
#
# Without such a file there is nothing to check: of what yamllint's presets hold, the mistakes are
# reported by the YAML stage, with better words; the rest is taste (line length, spaces in braces),
# and a repository that never agreed to one has broken no rule.
YAMLLINT_FILES: Final = (".yamllint", ".yamllint.yaml", ".yamllint.yml")

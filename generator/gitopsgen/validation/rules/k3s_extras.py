"""What k3s brings beside Kubernetes, unless it is told not to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitopsgen.validation.rules.argo_order import LOCAL

if TYPE_CHECKING:
    from gitopsgen.validation.model import Model

# As k3s calls them: of the second comes the StorageClass local-path.
TRAEFIK, LOCAL_STORAGE = "traefik", "local-storage"
LOCAL_PATH = "local-path"
# The script that installs the cluster of cluster.yaml; as it is made it disables both.
_SCRIPT = "bootstrap/bootstrap.sh"


def keeps(model: Model, cluster: str, extra: str) -> bool:
    """Whether the cluster that cluster.yaml describes is installed with an extra after all."""
    files = model.sources.files
    if model.cluster is None or cluster != LOCAL or _SCRIPT not in files:
        return False
    script = files.read(_SCRIPT)
    disabled = re.compile(rf"^\s*-\s*{extra}\b|disable\b[^\n]*\b{extra}\b", re.MULTILINE)
    return script is not None and disabled.search(script.text) is None

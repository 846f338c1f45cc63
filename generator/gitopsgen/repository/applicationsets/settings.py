"""What the repository says of how its ApplicationSet controller is set up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gitopsgen.repository.files import YAML_SUFFIXES

if TYPE_CHECKING:
    from gitopsgen.repository.files import RepositoryFiles

_NAME: Final = re.compile(r"new.git.file.globbing", re.IGNORECASE)
# An argument, a key of argocd-cmd-params-cm or of the chart's values, an environment variable.
_ON: Final = re.compile(
    r"--enable-new-git-file-globbing(?!\s*=\s*false)\b"
    r"|enable\.new\.git\.file\.globbing[\"']?\s*:\s*[\"']?true"
    r"|ENABLE_NEW_GIT_FILE_GLOBBING[\"']?\s*(?::|\n\s*value:)\s*[\"']?true"
)


def has_new_globbing(files: RepositoryFiles) -> bool:
    """Whether `*` of a git file generator stops at `/`, as the controller may be told.

    Source: Argo CD's docs, Git Generator Globbing; LsFiles of util/git/client.go (3.4).
    """
    for path in files.paths:
        file = files.read(path) if path.endswith(YAML_SUFFIXES) else None
        if file is not None and _NAME.search(file.text) and _ON.search(file.text):
            return True
    return False

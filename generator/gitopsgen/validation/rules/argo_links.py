"""Links that lead out of the repository: for one of them Argo CD refuses all of it.

Source: CheckOutOfBoundsSymlinks in Argo CD's util/app/path/path.go, which looks at the text of a
link alone, and its callers in reposerver/repository/repository.go (3.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.findings import Severity
from gitopsgen.repository.paths import normal
from gitopsgen.validation.rules.argo_installation import parameters
from gitopsgen.validation.rules.problem import RuleProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitopsgen.validation.model import Model

_ALLOWED = "reposerver.allow.oob.symlinks"


def outside_links(model: Model) -> Iterator[RuleProblem]:
    """The first source that Argo CD refuses for a link, which stands for all of them.

    A warning: whether Argo CD was told to take such links need not be said in the repository.
    """
    files = model.sources.files
    # Elsewhere nobody knows which links git would have.
    if not files.are_those_of_git:
        return
    leaving = sorted(path for path, text in files.links.items() if leads_out(path, text))
    if not leaving or "true" in parameters(model, _ALLOWED):
        return
    more = f" and {len(leaving) - 1} more" if len(leaving) > 1 else ""
    for application in model.applications:
        for source in application.sources:
            if not source.chart and source.path is not None and model.sources.is_own(source):
                yield RuleProblem(
                    "argo-source-invalid",
                    Severity.WARNING,
                    application.manifest,
                    (*source.location, "repoURL"),
                    "Argo CD refuses all of this repository: it has links that lead out of it",
                    f"Delete {leaving[0]}{more}, or have Argo CD take such links ({_ALLOWED}).",
                )
                return


def leads_out(path: str, text: str) -> bool:
    """Whether a link with this text is absolute, or leaves the repository on its way."""
    if text.startswith("/"):
        return True
    here = path.rpartition("/")[0]
    for step in text.split("/"):
        there = normal(f"{here}/{step}")
        if there is None:
            return True
        here = there
    return False

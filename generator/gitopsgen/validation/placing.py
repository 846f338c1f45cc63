"""From what a rule found to a finding: at which line of which file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gitopsgen.documents.positions import Position
from gitopsgen.findings import Finding
from gitopsgen.validation.causes import cause_in_values
from gitopsgen.validation.kustomize_causes import cause_in_kustomization

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.manifests import Manifest, Place
    from gitopsgen.repository.nodes import GeneratedBy
    from gitopsgen.validation.rules.problem import RuleProblem


def place_problems(
    problems: Iterable[RuleProblem], files: RepositoryFiles, generated: Iterable[GeneratedBy] = ()
) -> list[Finding]:
    """The findings of rules' problems.

    What is wrong with all Applications of one of the sets in `generated` is wrong with the set's
    template: of each it is said in the words for the first.
    """
    sizes = {_template_of(item.manifest): len(item.expansion.applications) for item in generated}
    found: list[RuleProblem] = []
    shared: dict[tuple[object, ...], list[RuleProblem]] = {}
    for problem in problems:
        if problem.manifest.rendering is not None and problem.manifest.place in sizes:
            key = (problem.rule, problem.manifest.place, problem.path, problem.place)
            shared.setdefault(key, []).append(problem)
        else:
            found.append(problem)
    for alike in shared.values():
        first = min(alike, key=lambda problem: problem.manifest.identity)
        if len({id(problem.manifest) for problem in alike}) == sizes[first.manifest.place]:
            alike = [replace(each, message=first.message, hint=first.hint) for each in alike]
        found += alike
    return [place_problem(problem, files) for problem in found]


def _template_of(manifest: Manifest) -> Place:
    return (manifest.file, manifest.document, (*manifest.path, "spec", "template"))


def place_problem(problem: RuleProblem, files: RepositoryFiles) -> Finding:
    """The finding of a rule's problem."""
    manifest = problem.manifest
    place = problem.place or place_in(manifest, problem.path, files)
    position = (
        line_of(place[0], problem.line, files)
        if problem.line
        else position_of(place, files, key=problem.key)
    )
    message = problem.message
    if problem.place is None and manifest.rendering is not None:
        message = f"{message} (in {manifest.identity}, from {manifest.rendering.what})"
    return Finding(
        problem.rule,
        problem.severity,
        place[0],
        position.line,
        position.column,
        message,
        problem.hint,
        manifest.identity,
        manifest.application,
    )


def place_in(manifest: Manifest, path: Path, files: RepositoryFiles) -> Place:
    """Where to change what stands at a path within a manifest.

    Of a rendered one that is the line of the values, the kustomization or the patch that says it,
    where it can be found, else the object's own file or the source of its Application.
    """
    rendering, cause = manifest.rendering, None
    if rendering is not None and rendering.values:
        cause = cause_in_values(manifest, path)
    elif rendering is not None and rendering.changed_by:
        cause = cause_in_kustomization(manifest, path, files)
    return cause or (manifest.file, manifest.document, (*manifest.path, *path))


def position_of(place: Place, files: RepositoryFiles, *, key: bool = False) -> Position:
    """The line and column of a place."""
    name, document, path = place
    file = files.read(name)
    assert file is not None, "a place is in a file that was read"
    return (file.locator.key if key else file.locator.value)(document, path)


def line_of(name: str, line: int, files: RepositoryFiles) -> Position:
    """The start of what stands in a line of a file, or in its last one."""
    file = files.read(name)
    lines = file.text.splitlines() if file is not None else []
    line = min(line, max(len(lines), 1))
    text = lines[line - 1] if lines else ""
    return Position(line, len(text) - len(text.lstrip()) + 1)

"""Where in a chart of the repository something is wrong that no values cause."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.charts.model import ChartUse
    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.manifests import Place
    from gitopsgen.validation.model import Model

# What no value can mend: a template that is none, or that asks for something nobody defines.
_BROKEN = re.compile(
    r"parse error at \((?P<file>[^():\s]+):(?P<line>\d+)"
    r"|(?:template: )(?P<asking>[^():\s]+):(?P<at>\d+)(?::\d+)?: executing (?:(?!executing).)*?"
    r"(?:no template \"[^\"]*\" associated|error calling include: template: no template)",
    re.DOTALL,
)
_NO_YAML = re.compile(
    r"YAML parse error on (?P<file>[^:\s]+): .*?(?:yaml: line (?P<line>\d+): |$)", re.DOTALL
)
_METADATA = re.compile(r"validation: chart\.metadata\.(?P<key>\w+)")
_FILE_DEPENDENCY = re.compile(r"^nothing is at (?P<url>file://\S+), where its dependency ")
_UNPARSED = re.compile(r"failed to parse (?P<file>[^:]+): ")
_ACTION = re.compile(r"\{\{-?\s*(?P<word>if|with|range|define|block|else|end)\b[^}]*\}\}")
# A line that leaves nothing behind, with the line break before it.
_LEAVES_NOTHING = re.compile(r"^\s*\{\{-.*\}\}\s*$")


def broken_template(error: str) -> tuple[str, int] | None:
    """The template, with the line, that helm cannot make anything of, whatever the values."""
    found = list(_BROKEN.finditer(error))
    if not found:
        return None
    last = found[-1]
    return last["file"] or last["asking"], int((last["line"] or last["at"])[:9])


def no_yaml(error: str) -> tuple[str, int] | None:
    """The template that renders to no YAML, and the line of what it renders to."""
    found = _NO_YAML.search(error)
    return (found["file"], int((found["line"] or "1")[:9])) if found else None


def line_rendered_to(template: str, number: int) -> int:
    """The line of a template that a line of what it renders to comes from, about."""
    rendered = 0
    lines = template.split("\n")
    for index, line in enumerate(lines, start=1):
        rendered += not _LEAVES_NOTHING.match(line)
        if rendered >= number:
            return index
    return len(lines)


def conditions_around(template: str, number: int) -> list[str]:
    """The `if`, `with` and `range` that a line of a template is in, the innermost first."""
    open_ones: list[list[str]] = []
    for found in _ACTION.finditer(template):
        if template.count("\n", 0, found.start()) + 1 >= number:
            break
        match found["word"]:
            case "end":
                if open_ones:
                    open_ones.pop()
            case "else":
                if open_ones:
                    open_ones[-1].insert(0, found[0])
            case _:
                open_ones.append([found[0]])
    return [action for actions in reversed(open_ones) for action in actions]


def place_in_chart(use: ChartUse, template: str, model: Model) -> Place | None:
    """A file of a chart in the repository, named as helm names it: `web/templates/a.yaml`."""
    return _file(use, template.partition("/")[2], (), model)


def place_of_complaint(use: ChartUse, model: Model) -> Place | None:
    """What helm says is wrong with Chart.yaml, a dependency beside the chart, or a value file."""
    if found := _METADATA.search(use.error):
        return _file(use, "Chart.yaml", (found["key"],), model)
    if found := _FILE_DEPENDENCY.search(use.error):
        urls = [item.get("repository") for item in use.facts.dependencies] if use.facts else []
        index = urls.index(found["url"]) if found["url"] in urls else 0
        return _file(use, "Chart.yaml", ("dependencies", index, "repository"), model)
    if found := _UNPARSED.search(use.error):
        return (found["file"], 0, ()) if model.sources.files.read(found["file"]) else None
    return None


def place_of_metadata(use: ChartUse, key: str, model: Model) -> Place | None:
    """A key of Chart.yaml, if the chart is in the repository."""
    return _file(use, "Chart.yaml", (key,), model)


def _file(use: ChartUse, name: str, path: Path, model: Model) -> Place | None:
    if use.folder is None or not name:
        return None
    file = posixpath.normpath(posixpath.join(use.folder, name))
    return (file, 0, path) if model.sources.files.read(file) is not None else None

"""Versions that are pinned in a repository and that Renovate, or a person, may have raised.

A version that only one side of a merge changed is git's business. Where both raised it, the newer
one is right, and a conflict would ask a person what is known already.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.semver import is_newer
from gitopsgen.documents.reader import read_documents
from gitopsgen.tree import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.blueprints.metadata import Component
    from gitopsgen.tree import Tree

# Each has the groups `name`, what is pinned, and `version`. What bootstrap.sh, workflows, hooks
# and manifests of the blueprints pin; versions of charts are found as data.
_PINS = (
    re.compile(
        r"^[ \t-]*image:[ \t]*[\"']?(?P<name>[^\s\"'#]+):(?P<version>[\w.+-]+)(?![\w.+/:@-])",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?:readonly[ \t]+)?(?P<name>[A-Z0-9_]+_VERSION)=[\"']?(?P<version>[\w.+-]+)", re.M
    ),
    re.compile(r"(?<![\w.-])(?P<name>[A-Za-z][\w.-]*)==(?P<version>\d[\w.+-]*)"),
    re.compile(r"\buses:[ \t]*(?P<name>[\w.-]+/[\w./-]+)@(?P<version>[\w.+-]+)"),
    re.compile(r"repo:[ \t]*(?P<name>\S+)\s+rev:[ \t]*[\"']?(?P<version>[\w.+-]+)"),
    re.compile(
        r"chart:[ \t]*[\"']?(?P<name>[^\s\"'#]+)[\"']?\s+"
        r"targetRevision:[ \t]*[\"']?(?P<version>[\w.+-]+)"
    ),
)


def keep_newer_charts(
    components: tuple[Component, ...], files: Mapping[str, bytes]
) -> tuple[Component, ...]:
    """The components with the versions of their charts that `files` pin, where these are newer.

    `files` are a repository's manifests by path.
    """
    pinned = dict(_charts_of(files))
    kept = []
    for component in components:
        chart = component.chart
        version = pinned.get((chart.repository.rstrip("/"), chart.name)) if chart else None
        if chart and version and is_newer(version, chart.version):
            component = replace(component, chart=replace(chart, version=version))
        kept.append(component)
    return tuple(kept)


def _charts_of(files: Mapping[str, bytes]) -> Iterator[tuple[tuple[str, str], str]]:
    for content in files.values():
        if b"targetRevision" not in content:
            continue
        for document in read_documents(content.decode(errors="replace")).documents:
            for source in _sources(document.data):
                repository, chart = source.get("repoURL"), source.get("chart")
                version = source.get("targetRevision")
                if isinstance(repository, str) and isinstance(chart, str):
                    yield (repository.rstrip("/"), chart), str(version)


def _sources(data: Any) -> list[dict[str, Any]]:
    spec = data.get("spec") if isinstance(data, dict) else None
    if not isinstance(spec, dict):
        return []
    many = spec.get("sources")
    found = [spec.get("source"), *(many if isinstance(many, list) else ())]
    return [source for source in found if isinstance(source, dict)]


def settle(base: Tree, ours: Tree, theirs: Tree) -> tuple[Tree, Tree]:
    """The files of both sides in which a pin is set to the newer version.

    Only a pin that both sides have raised, and differently, is touched, and nothing around it.
    Takes the files that all three have; returns those of ours and of theirs that change.
    """
    our_changes: Tree = {}
    their_changes: Tree = {}
    for path in base.keys() & ours.keys() & theirs.keys():
        files = (base[path], ours[path], theirs[path])
        if len({file.content for file in files}) < 3:
            continue
        try:
            texts = [file.content.decode() for file in files]
        except UnicodeDecodeError:
            continue
        was, here, there = (_pins_in(text) for text in texts)
        for pin in was.keys() & here.keys() & there.keys():
            # One that somebody has set back is held there for a reason, which git asks for.
            if not (is_newer(here[pin], was[pin]) and is_newer(there[pin], was[pin])):
                continue
            if is_newer(here[pin], there[pin]):
                texts[2] = _set_pin(texts[2], pin, here[pin])
                their_changes[path] = File(texts[2].encode(), files[2].executable)
            elif is_newer(there[pin], here[pin]):
                texts[1] = _set_pin(texts[1], pin, there[pin])
                our_changes[path] = File(texts[1].encode(), files[1].executable)
    return our_changes, their_changes


_Pin = tuple[int, str]
"""Which of the patterns, and the name in it."""


def _pins_in(text: str) -> dict[_Pin, str]:
    """The pins of a text; one that is there twice with different versions is left out."""
    found: dict[_Pin, set[str]] = {}
    for number, pattern in enumerate(_PINS):
        for match in pattern.finditer(text):
            found.setdefault((number, match["name"]), set()).add(match["version"])
    return {pin: versions.pop() for pin, versions in found.items() if len(versions) == 1}


def _set_pin(text: str, pin: _Pin, version: str) -> str:
    pieces, at = [], 0
    for match in _PINS[pin[0]].finditer(text):
        if match["name"] == pin[1]:
            pieces += [text[at : match.start("version")], version]
            at = match.end("version")
    return "".join([*pieces, text[at:]])

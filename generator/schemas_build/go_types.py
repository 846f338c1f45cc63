"""What Kubernetes' Go types say about their kinds: scope, and the end of an API version.

Both stand in the source as marks for Kubernetes' own code generators: `+genclient` comments
above a type, and the functions of zz_generated.prerelease-lifecycle.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitopsgen.schemas.layout import GroupVersionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The files of a Go module that `read_facts` wants to see.
GO_FILES = r"(?:.*/)?v\d+(?:(?:alpha|beta)\d+)?/(?:types\w*|register|zz_generated[\w.-]*)\.go"

_GROUP = re.compile(r'\bGroupName\s*=\s*"(?P<group>[^"]*)"')
_TYPE = re.compile(r"type (?P<kind>\w+) struct\b")
_REMOVED = re.compile(
    r"func \(in \*(?P<kind>\w+)\) APILifecycleRemoved\(\) \(major, minor int\) {"
    r"\s*return 1, (?P<minor>\d+)\s*}"
)
_REPLACED = re.compile(
    r"func \(in \*(?P<kind>\w+)\) APILifecycleReplacement\(\) schema\.GroupVersionKind {"
    r'\s*return schema\.GroupVersionKind{Group: "(?P<group>[^"]*)", '
    r'Version: "(?P<version>[^"]*)", Kind: "(?P<to>[^"]*)"}\s*}'
)


@dataclass(slots=True)
class Facts:
    """What Go packages say, by kind: scope, the minor version without it, what replaces it."""

    namespaced: dict[GroupVersionKind, bool] = field(default_factory=dict)
    removed_in: dict[GroupVersionKind, int] = field(default_factory=dict)
    replacement: dict[GroupVersionKind, GroupVersionKind] = field(default_factory=dict)

    def update(self, newer: Facts) -> None:
        """Take over what a later version says, where it says something."""
        self.namespaced.update(newer.namespaced)
        self.removed_in.update(newer.removed_in)
        self.replacement.update(newer.replacement)


def read_facts(sources: Iterable[tuple[str, str]]) -> Facts:
    """The facts in the Go files of one module, given as (path in the module, text)."""
    packages: dict[str, list[str]] = {}
    for path, text in sources:
        packages.setdefault(path.rpartition("/")[0], []).append(text)
    facts = Facts()
    for package, texts in packages.items():
        group = next((match["group"] for text in texts if (match := _GROUP.search(text))), None)
        if group is not None:
            for text in texts:
                _read_file(text, group, package.rpartition("/")[2], facts)
    return facts


def _read_file(text: str, group: str, version: str, facts: Facts) -> None:
    for kind, marks in _marked_types(text):
        # Without a client of its own, or without verbs, a type is no resource that can be
        # applied: Scale, TokenRequest, Eviction … are bodies of requests to others.
        if "+genclient" in marks and "+genclient:noVerbs" not in marks:
            resource = GroupVersionKind(group, version, kind)
            facts.namespaced[resource] = "+genclient:nonNamespaced" not in marks
    for match in _REMOVED.finditer(text):
        facts.removed_in[GroupVersionKind(group, version, match["kind"])] = int(match["minor"])
    for match in _REPLACED.finditer(text):
        facts.replacement[GroupVersionKind(group, version, match["kind"])] = GroupVersionKind(
            match["group"], match["version"], match["to"]
        )


def _marked_types(text: str) -> Iterator[tuple[str, set[str]]]:
    """Each struct type with the `+` marks in the comments above it."""
    marks: set[str] = set()
    for line in text.splitlines():
        if line.startswith("//"):
            marks.add(line.removeprefix("//").strip())
        elif line.strip():
            if match := _TYPE.match(line):
                yield match["kind"], marks
            marks = set()

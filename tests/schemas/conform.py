"""Asking kubeconform about documents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.schemas.layout import SCHEMA_TEMPLATE
from gitopsgen.tools.programs import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conform:
    """kubeconform -strict with schema folders of one's own, and a folder to write to."""

    program: Path
    folder: Path

    def problems(self, schemas: Path, documents: Sequence[Document]) -> list[str]:
        """What kubeconform says of each document, in their order; "" for a valid one."""
        self.folder.mkdir(exist_ok=True)
        files = []
        for index, document in enumerate(documents):
            file = self.folder / f"{index:04}.yaml"
            file.write_text(json.dumps(document), encoding="utf-8")
            files.append(file)
        result = run(
            [
                self.program,
                *("-strict", "-output", "json", "-verbose"),
                *("-schema-location", f"{schemas}/{SCHEMA_TEMPLATE}"),
                *files,
            ],
            check=False,
        )
        assert result.status in (0, 1), result.output
        found = {item["filename"]: item for item in json.loads(result.stdout)["resources"]}
        assert len(found) == len(files), result.output
        return [
            "" if found[str(file)]["status"] == "statusValid" else found[str(file)]["msg"]
            for file in files
        ]

    def problem(self, schemas: Path, document: Document) -> str:
        """What kubeconform says of one document; "" for a valid one."""
        return self.problems(schemas, [document])[0]


def changed(document: Document, path: str, value: object) -> Document:
    """A copy of a document with another value at a path such as `spec.ports.0.port`."""
    copy: Document = json.loads(json.dumps(document))
    *parents, last = _parts(path)
    holder: Any = copy
    for part in parents:
        holder = holder[part]
    holder[last] = value
    return copy


def without(document: Document, path: str) -> Document:
    """A copy of a document without what is at a path."""
    copy: Document = json.loads(json.dumps(document))
    *parents, last = _parts(path)
    holder: Any = copy
    for part in parents:
        holder = holder[part]
    del holder[last]
    return copy


def _parts(path: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in path.split(".")]

"""The schema stage: kubeconform -strict over documents held in memory.

kubeconform names no document of a stream, so documents go in as a few streams; the failing ones
are found again by kind and name and checked once more, each in a file of its own.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.errors import UnavailableError
from gitopsgen.schemas.layout import SCHEMA_TEMPLATE
from gitopsgen.tools.programs import Running
from gitopsgen.validation.kubeconform_messages import SchemaProblem, explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TIMEOUT_SECONDS = 600
# Go collects garbage only when it nears this limit: a fifth of a short run's time.
_GO_SETTINGS = {"GOGC": "off", "GOMEMLIMIT": "96MiB"}
_STREAMS_PER_JOB = 4
_CANARY = "canary.json"
# Strict checking finds the unknown field; without it kubeconform would let this pass.
_CANARY_DOCUMENT = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "canary"},
    "dataa": {},
}
# JSON permits these in strings, YAML readers refuse them, and kubeconform reads JSON as YAML.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What kubeconform said of one document that is not valid."""

    file: str
    kind: str
    name: str
    status: str
    message: str


class SchemaCheck:
    """One run of kubeconform over some documents; it works while the caller goes on.

    `documents` are plain data. `locations` are folders of schemas, the first that has a kind
    wins. `collect` gives the problems of each document that has any, by its index.
    """

    def __init__(
        self,
        documents: Sequence[Any],
        locations: Sequence[Path],
        kubeconform: Path,
        jobs: int,
    ) -> None:
        self._documents = documents
        self._locations = locations
        self._kubeconform = kubeconform
        self._jobs = jobs
        self._folder = tempfile.TemporaryDirectory(prefix="gitopsgen-schemas-")
        self._running = self._start(self._streams())

    def collect(self) -> dict[int, tuple[SchemaProblem, ...]]:
        """Wait for the result. Raises `UnavailableError` where the run proves nothing."""
        try:
            suspects = self._suspects(self._outcomes(self._running, len(self._documents)))
            if not suspects:
                return {}
            files = {f"{index}.json": _text(self._documents[index]) for index in suspects}
            outcomes = self._outcomes(self._start(files), len(files))
            return {
                int(Path(outcome.file).stem): explain(outcome.status, outcome.message)
                for outcome in outcomes
            }
        finally:
            self._folder.cleanup()

    def _streams(self) -> dict[str, str]:
        count = max(1, min(len(self._documents) // 50, self._jobs * _STREAMS_PER_JOB))
        return {
            f"stream-{number}.yaml": "\n---\n".join(map(_text, self._documents[number::count]))
            for number in range(count)
        }

    def _start(self, files: Mapping[str, str]) -> Running:
        folder = Path(tempfile.mkdtemp(dir=self._folder.name))
        for name, text in {**files, _CANARY: _text(_CANARY_DOCUMENT)}.items():
            (folder / name).write_text(text, encoding="utf-8")
        arguments: list[str | Path] = [self._kubeconform, "-strict", "-summary", "-output", "json"]
        arguments += ["-n", str(self._jobs)]
        for location in self._locations:
            arguments += ["-schema-location", f"{location}/{SCHEMA_TEMPLATE}"]
        environment = {**os.environ, **_GO_SETTINGS}
        return Running([*arguments, folder], env=environment, timeout=_TIMEOUT_SECONDS)

    def _outcomes(self, running: Running, expected: int) -> list[_Outcome]:
        """What was found wrong; the run counts only if the canary was found and nothing lost."""
        with running:
            completed = running.finish(check=False)
        try:
            report = json.loads(completed.stdout)
            outcomes = [_outcome(entry) for entry in report["resources"] or ()]
            seen = sum(report["summary"][key] for key in ("valid", "invalid", "errors"))
            skipped = report["summary"]["skipped"]
        except (ValueError, KeyError, TypeError) as error:
            raise self._void(f"it printed no report: {completed.output}") from error
        found = [outcome for outcome in outcomes if Path(outcome.file).name == _CANARY]
        if [outcome.status for outcome in found] != ["statusInvalid"]:
            raise self._void("it did not find the fault in a document made to be wrong")
        if skipped or seen != expected + 1:
            raise self._void(f"it looked at {seen - 1} of {expected} documents")
        return [outcome for outcome in outcomes if outcome not in found]

    def _void(self, why: str) -> UnavailableError:
        return UnavailableError(
            f"{self._kubeconform} cannot be trusted: {why}",
            "Install kubeconform 0.8.0, or unset what puts this one first "
            "(`gitopsgen doctor` shows which is used).",
        )

    def _suspects(self, outcomes: Iterable[_Outcome]) -> list[int]:
        """Documents of a kind and name that failed; some of them may turn out to be valid."""
        failed = {(outcome.kind, outcome.name) for outcome in outcomes}
        if not failed:
            return []
        by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, document in enumerate(self._documents):
            by_name[_identity(document)].append(index)
        return sorted(index for identity in failed for index in by_name.get(identity, ()))


def _identity(document: Any) -> tuple[str, str]:
    """A document's kind and name as kubeconform's report gives them."""
    kind = document.get("kind")
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if name is None and isinstance(metadata, dict) and "generateName" in metadata:
        name = f"{metadata['generateName']}{{{{ generateName }}}}"
    return (kind if isinstance(kind, str) else "", name if isinstance(name, str) else "")


def _outcome(entry: Mapping[str, str]) -> _Outcome:
    return _Outcome(entry["filename"], entry["kind"], entry["name"], entry["status"], entry["msg"])


def _text(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False)
    return _NOT_YAML.sub(_escape, text) if _NOT_YAML.search(text) else text


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    # A lone surrogate is no character: no reader accepts it, escaped or not.
    return "\\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"

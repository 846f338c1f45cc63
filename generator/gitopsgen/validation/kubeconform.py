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
from gitopsgen.validation.kubeconform_messages import UNKNOWN_KIND, SchemaProblem, explain
from gitopsgen.validation.null_fields import missing_by_null, without_nulls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_TIMEOUT_SECONDS = 600
# Go collects garbage only when it nears this limit: a fifth of a short run's time.
_GO_SETTINGS = {"GOGC": "off", "GOMEMLIMIT": "96MiB"}
_STREAMS_PER_JOB = 4
_CANARY = "canary.json"
# Stands for the name of every document whose name is no text.
_NAMELESS = None
# The end of the name of a document without what was null in it.
_BARE = "-bare"
# Strict checking finds the unknown field; without it kubeconform would let this pass.
_CANARY_DOCUMENT = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "canary"},
    "dataa": {},
}
# JSON permits these in strings, YAML readers refuse them, and kubeconform reads JSON as YAML.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# kubeconform makes the names of files of these: what no API server could have does not get there.
_API_VERSION = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,252}/)?[A-Za-z0-9-]{1,63}")
_KIND = re.compile(r"[A-Za-z0-9-]{1,63}")


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
        self._impossible = {n for n, data in enumerate(documents) if not _is_possible(data)}
        self._texts = dict(self._texts_to_check())
        self._folder = tempfile.TemporaryDirectory(prefix="gitopsgen-schemas-")
        self._running = self._start(self._streams())

    def close(self) -> None:
        """End what still runs, of a run whose result nobody wants any more."""
        with self._running:
            self._folder.cleanup()

    def collect(self) -> dict[int, tuple[SchemaProblem, ...]]:
        """Wait for the result. Raises `UnavailableError` where the run proves nothing."""
        found: dict[int, tuple[SchemaProblem, ...]] = dict.fromkeys(
            self._impossible, (UNKNOWN_KIND,)
        )
        without: dict[int, tuple[SchemaProblem, ...]] = {}
        try:
            suspects = self._suspects(self._outcomes(self._running, len(self._texts)))
            if not suspects:
                return found
            files = {f"{name}.json": self._texts[name] for name in suspects}
            for outcome in self._outcomes(self._start(files), len(files)):
                name = Path(outcome.file).stem
                problems = explain(outcome.status, outcome.message)
                (without if name.endswith(_BARE) else found)[_index(name)] = problems
        finally:
            self._folder.cleanup()
        for index, problems in without.items():
            both = missing_by_null(self._documents[index], found.get(index, ()), problems)
            if both:
                found[index] = both
        return found

    def _texts_to_check(self) -> Iterator[tuple[str, str]]:
        """Every document under its index, and some once more, without what is null in them."""
        for index, document in enumerate(self._documents):
            if index in self._impossible:
                continue
            text = _text(document)
            yield str(index), text
            bare = without_nulls(document, text)
            if bare is not None:
                yield f"{index}{_BARE}", _text(bare)

    def _streams(self) -> dict[str, str]:
        texts = list(self._texts.values())
        count = max(1, min(len(texts) // 50, self._jobs * _STREAMS_PER_JOB))
        return {
            f"stream-{number}.yaml": "\n---\n".join(texts[number::count]) for number in range(count)
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

    def _suspects(self, outcomes: Iterable[_Outcome]) -> list[str]:
        """Documents of a kind and name that failed; some of them may turn out to be valid."""
        failed = {
            (outcome.kind, name) for outcome in outcomes for name in (outcome.name, _NAMELESS)
        }
        if not failed:
            return []
        by_name: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for name in self._texts:
            by_name[_identity(self._documents[_index(name)])].append(name)
        found = (name for identity in failed for name in by_name.get(identity, ()))
        return sorted(found, key=_index)


def _index(name: str) -> int:
    return int(name.removesuffix(_BARE))


def _is_possible(document: Mapping[str, Any]) -> bool:
    """Whether an API server could have such a kind."""
    api_version, kind = document["apiVersion"], document["kind"]
    return bool(_API_VERSION.fullmatch(api_version) and _KIND.fullmatch(kind))


def _identity(document: Any) -> tuple[str, str | None]:
    """A document's kind and name as kubeconform's report gives them.

    Of a name that is no text it gives what Go makes of it, which is left to Go.
    """
    kind = document.get("kind")
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if name is None and isinstance(metadata, dict) and "generateName" in metadata:
        name = f"{metadata['generateName']}{{{{ generateName }}}}"
    if name is None:
        name = ""
    return (kind if isinstance(kind, str) else "", name if isinstance(name, str) else _NAMELESS)


def _outcome(entry: Mapping[str, str]) -> _Outcome:
    return _Outcome(entry["filename"], entry["kind"], entry["name"], entry["status"], entry["msg"])


def _text(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False)
    return _NOT_YAML.sub(_escape, text) if _NOT_YAML.search(text) else text


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    # A lone surrogate is no character: no reader accepts it, escaped or not.
    return "\\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"

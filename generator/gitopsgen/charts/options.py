"""How a source wants its chart rendered: Argo CD's Helm settings as helm's options.

Source: Argo CD's reposerver/repository/repository.go (helmTemplate) and util/helm (3.4).
"""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.charts.strvals import SetError, assign
from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.value_files import (
    ValueFile,
    ValueFileState,
    has_glob,
    resolve_value_file,
    substitute,
    value_files,
)
from gitopsgen.repository.values import ValuesPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.repository.sources import LocalSources

_UNESCAPED_COMMA = re.compile(r"(?<!\\),")


@dataclass(frozen=True, slots=True)
class HelmOptions:
    """What helm is told of one source.

    `files` are value files in order, of this repository or inside of the chart. `texts` are values
    that the Application itself holds, laid over the files.
    `obstacle` says why the source cannot be rendered here; the rest is then not complete.
    """

    release: str
    namespace: str
    files: tuple[ValueFile, ...]
    texts: tuple[str, ...]
    parts: tuple[ValuesPart, ...]
    flags: tuple[str, ...]
    parameters: tuple[str, ...]
    kube_version: str
    api_versions: tuple[str, ...]
    obstacle: str = ""


def helm_options(
    application: Application,
    source: Source,
    sources: LocalSources,
    chart: Sequence[str] | None = None,
) -> HelmOptions:
    """Read the Helm settings of a source; wrong types count as absent.

    `chart` are the files of a chart from a chart repository, None while it is not at hand.
    """
    helm = source.helm
    files = value_files(application, source, sources, chart)
    file_flags, file_obstacle = _file_parameters(application, source, sources)
    own, text = _own_values(application, source)
    parts = [part for file in files for part in _parts_of(file, sources)]
    return HelmOptions(
        release=_text(helm.get("releaseName")) or application.name,
        namespace=_text(helm.get("namespace")) or application.destination.namespace,
        files=files,
        texts=(text,) if text else (),
        parts=(*parts, *own),
        flags=(*_parameter_flags(application, source), *file_flags, *_switches(helm)),
        parameters=tuple(name for name, _, _ in _parameters(helm)),
        kube_version=_text(helm.get("kubeVersion")),
        api_versions=tuple(v for v in _list(helm.get("apiVersions")) if isinstance(v, str)),
        obstacle=_obstacle(files, sources) or file_obstacle,
    )


def with_parameters(values: Mapping[str, Any], options: HelmOptions) -> dict[str, Any]:
    """Values with what the parameters of a source set in them; helm says what is wrong with one."""
    result = copy.deepcopy(dict(values))
    for flag, is_text in (("--set", False), ("--set-string", True)):
        for word, text in zip(options.flags, options.flags[1:], strict=False):
            if word == flag:
                with suppress(SetError):
                    assign(text, result, is_text=is_text)
    return result


def _obstacle(files: tuple[ValueFile, ...], sources: LocalSources) -> str:
    for file in files:
        if file.state is ValueFileState.UNKNOWN_REF:
            return f"its value file {file.name} is of a ref that no source has"
        if file.state is ValueFileState.MISSING and has_glob(file):
            return f"no file matches its value file {file.name}"
        if file.state in {ValueFileState.MISSING, ValueFileState.ELSEWHERE}:
            return f"its value file {file.name} is not in this repository"
        if file.state is ValueFileState.HERE and sources.files.read(file.path or "") is None:
            # helm would read it to the last byte.
            return f"its value file {file.name} cannot be read"
    return ""


def _own_values(application: Application, source: Source) -> tuple[list[ValuesPart], str]:
    """The values that the Application itself holds: `valuesObject` wins over `values`."""
    manifest = application.manifest
    place = (*manifest.path, *source.location, "helm")
    given = source.helm.get("valuesObject")
    if isinstance(given, dict) and given:
        import json

        part = ValuesPart(manifest.file, manifest.document, (*place, "valuesObject"), given)
        return [part], json.dumps(given)
    text = source.helm.get("values")
    if not isinstance(text, str) or not text.strip():
        return [], ""
    data = _first(text)
    if not isinstance(data, dict):
        return [], text
    place = (*place, "values")
    return [ValuesPart(manifest.file, manifest.document, place, data)], text


def _parts_of(file: ValueFile, sources: LocalSources) -> Iterator[ValuesPart]:
    if file.path is None or file.state is not ValueFileState.HERE or file.path not in sources.files:
        return
    read = sources.files.read(file.path)
    documents = read.contents.documents if read is not None else ()
    if documents and isinstance(documents[0].data, dict):
        yield ValuesPart(file.path, 0, (), documents[0].data)


def _first(text: str) -> Any:
    documents = read_documents(text).documents
    return documents[0].data if documents else None


def _parameters(helm: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for item in _list(helm.get("parameters")):
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            yield item["name"], _text(item.get("value")), item.get("forceString") is True


def _parameter_flags(application: Application, source: Source) -> Iterator[str]:
    for name, value, is_text in _parameters(source.helm):
        yield "--set-string" if is_text else "--set"
        yield f"{name}={_escaped(substitute(value, application, source))}"


def _file_parameters(
    application: Application, source: Source, sources: LocalSources
) -> tuple[list[str], str]:
    flags: list[str] = []
    for item in _list(source.helm.get("fileParameters")):
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            continue
        file = resolve_value_file(_text(item.get("path")), application, source, sources)
        if file.state is not ValueFileState.HERE:
            return flags, f"the file {file.name} of its parameter {item['name']} is not here"
        if sources.files.read(file.path or "") is None:
            return flags, f"the file {file.name} of its parameter {item['name']} cannot be read"
        path = _escaped(f"{sources.files.root / str(file.path)}")
        flags += ["--set-file", f"{item['name']}={path}"]
    return flags, ""


def _escaped(value: str) -> str:
    """A value in which helm sees no list, but for one in braces (Argo CD's cleanSetParameters)."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return _UNESCAPED_COMMA.sub(r"\\,", value)


def _switches(helm: Mapping[str, Any]) -> Iterator[str]:
    if helm.get("skipCrds") is not True:
        yield "--include-crds"
    if helm.get("skipTests") is True:
        yield "--skip-tests"
    if helm.get("skipSchemaValidation") is True:
        yield "--skip-schema-validation"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

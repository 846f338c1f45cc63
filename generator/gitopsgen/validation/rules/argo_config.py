"""Argo CD's own configuration, as far as the repository holds it.

It is the ConfigMap argocd-cm, the values of the chart argo-cd, or the operator's kind ArgoCD.
Source: Argo CD's util/settings/settings.go and util/lua/lua.go (3.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import read_documents
from gitopsgen.validation.rules.access import at, mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.repository.applications import Application, Source
    from gitopsgen.validation.model import Model

_CUSTOMIZATIONS = "resource.customizations"
_HEALTH = f"{_CUSTOMIZATIONS}.health."
_PARAMETER = "configs.cm."


@dataclass(frozen=True, slots=True)
class ArgoConfig:
    """What the repository says of Argo CD's configuration.

    `entries` are the data of argocd-cm, from each place that has some. `found` is true where the
    whole of it is known.
    """

    entries: tuple[Mapping[str, Any], ...]
    found: bool

    def has_health_of(self, group: str, kind: str) -> bool:
        """Whether there is a health customization for a kind."""
        wanted = f"{group}/{kind}"
        return any(fnmatchcase(wanted, name) for name in self._health_patterns())

    def text_of(self, key: str) -> str:
        """The text of a key of argocd-cm, empty where nothing says it."""
        return next((found for entry in self.entries if (found := text(entry.get(key)))), "")

    def _health_patterns(self) -> Iterator[str]:
        for entry in self.entries:
            for key, value in entry.items():
                if isinstance(key, str) and key.startswith(_HEALTH) and value:
                    name = key.removeprefix(_HEALTH)
                    yield "*/*" if name == "all" else name.replace("_", "/", 1)
            customizations = mapping(parse(text(entry.get(_CUSTOMIZATIONS))))
            yield from (
                str(name)
                for name, value in customizations.items()
                if mapping(value).get("health.lua")
            )


def read_config(model: Model) -> ArgoConfig:
    """The configuration of Argo CD in a repository."""
    entries: list[Mapping[str, Any]] = []
    found = False
    for resource in model.of_kind("", "ConfigMap"):
        if resource.name == "argocd-cm":
            entries.append(mapping(resource.data.get("data")))
            found = True
    for resource in model.of_kind("argoproj.io", "ArgoCD"):
        entries += _of_operator(mapping(resource.data.get("spec")))
        found = True
    for application in model.applications:
        for source in application.sources:
            if source.chart == "argo-cd":
                given, complete = _of_chart(model, application, source)
                entries += given
                found = found or complete
    for use in model.charts:
        parts = [part.data for part in use.values]
        parts += [use.facts.values] if use.facts is not None and not use.source.chart else []
        entries += [entry for part in parts for entry in _in_values(part)]
    return ArgoConfig(tuple(entries), found)


def parse(content: str) -> Any:
    """The first document of a text of YAML, None where there is none."""
    documents = read_documents(content).documents if content else ()
    return documents[0].data if documents else None


def _of_operator(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield mapping(spec.get("extraConfig"))
    yield {_CUSTOMIZATIONS: spec.get("resourceCustomizations")}
    yield {"resource.exclusions": spec.get("resourceExclusions")}
    yield {
        f"{_HEALTH}{text(check.get('group'))}_{text(check.get('kind'))}": check.get("check")
        for check in map(mapping, sequence(spec.get("resourceHealthChecks")))
    }


def _of_chart(
    model: Model, application: Application, source: Source
) -> tuple[list[Mapping[str, Any]], bool]:
    """What the values of the chart argo-cd say, and whether all of them are known."""
    from gitopsgen.charts.options import helm_options
    from gitopsgen.repository.value_files import ValueFileState

    options = helm_options(application, source, model.sources)
    entries = [entry for part in options.parts for entry in _in_values(part.data)]
    entries.append(
        {
            text(item.get("name")).removeprefix(_PARAMETER).replace("\\.", "."): item.get("value")
            for item in map(mapping, sequence(source.helm.get("parameters")))
            if text(item.get("name")).startswith(_PARAMETER)
        }
    )
    elsewhere = any(entry.get("create") is False for entry in entries)
    in_chart = any(file.state is ValueFileState.IN_CHART for file in options.files)
    return entries, not (options.obstacle or elsewhere or in_chart)


def _in_values(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What values of argo-cd say, or of a chart that has argo-cd among its dependencies."""
    for holder in (values, *map(mapping, values.values())):
        for path in (("configs", "cm"), ("server", "config")):
            found = at(holder, *path)
            if isinstance(found, dict):
                yield found

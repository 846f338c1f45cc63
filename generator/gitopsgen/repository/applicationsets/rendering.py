"""Templates of both dialects, applied to texts and to whole structures.

Source: Argo CD's applicationset/utils/utils.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.errors import (
    FailedAtError,
    MissingAtError,
    MissingKeyError,
    TemplateError,
)
from gitopsgen.repository.applicationsets.gotemplate.bounds import Budget
from gitopsgen.repository.applicationsets.gotemplate.execution import execute
from gitopsgen.repository.applicationsets.gotemplate.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applicationsets.gotemplate.nodes import Template
    from gitopsgen.repository.applicationsets.parameters import Parameters

_IS_TEMPLATED: Final = re.compile(r"\{\{.*\}\}")
# A tag that looks like a parameter, or like one that a Go template would use.
_PARAMETER: Final = re.compile(
    r"[A-Za-z_][\w-]*(?:[./][\w-]+|\[\d+\])*|-? *(?:\w+ +)*\.[A-Za-z_].*"
)
_OPTIONS: Final = {
    "missingkey=default": "default",
    "missingkey=invalid": "default",
    "missingkey=zero": "zero",
    "missingkey=error": "error",
}
# Generators whose `values` keep what cannot be resolved yet.
_WITH_VALUES: Final = frozenset(
    {"clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "plugin"}
)


@dataclass(slots=True)
class Renderer:
    """Renders texts in the dialect of one set; `missing_key` is Go's option of that name."""

    go: bool
    missing_key: str = "default"
    _parsed: dict[str, Template | TemplateError] = field(default_factory=dict)
    _budget: Budget = field(default_factory=Budget)

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Renderer:
        """The renderer that a set asks for. Raises `TemplateError` for an unknown option."""
        missing_key = "default"
        options = spec.get("goTemplateOptions")
        for option in options if isinstance(options, list) else ():
            if not isinstance(option, str) or option not in _OPTIONS:
                raise TemplateError(f"goTemplateOptions has the unknown option {option}")
            missing_key = _OPTIONS[option]
        return cls(go=spec.get("goTemplate") is True, missing_key=missing_key)

    def text(
        self, text: str, parameters: Parameters, *, missing_key: str | None = None
    ) -> tuple[str, list[str]]:
        """The rendered text, and the parameters that it uses and nobody supplies."""
        if "{{" not in text:
            return text, []
        if not self.go:
            return self._fast(text, parameters)
        rendered = execute(
            self._template(text),
            parameters,
            self._budget,
            missing_key=missing_key or self.missing_key,
        )
        return rendered.text, rendered.missing

    def _template(self, text: str) -> Template:
        if text not in self._parsed:
            try:
                self._parsed[text] = parse(text)
            except TemplateError as error:
                self._parsed[text] = error
        parsed = self._parsed[text]
        if isinstance(parsed, TemplateError):
            raise parsed
        return parsed

    def _fast(self, text: str, parameters: Parameters) -> tuple[str, list[str]]:
        """Replace `{{name}}`; what names nothing stays as it is."""
        self._budget.step()
        if not _IS_TEMPLATED.search(text):
            return text, []
        parts: list[str] = []
        missing: list[str] = []
        position = 0
        while (start := text.find("{{", position)) >= 0:
            end = text.find("}}", start + 2)
            if end < 0:
                raise TemplateError("a {{ is not closed")
            tag = text[start + 2 : end]
            name = tag.strip()
            value = parameters.get(name) if name else None
            if not isinstance(value, str):
                value = f"{{{{{tag}}}}}"
                if _PARAMETER.fullmatch(name) and name not in parameters:
                    missing.append(name)
            parts += (text[position:start], value)
            position = end + 2
        parts.append(text[position:])
        result = "".join(parts)
        self._budget.write(result)
        return result, missing

    def structure(
        self,
        value: Any,
        parameters: Parameters,
        path: Path,
        note: Callable[[Path, list[str]], None] | None = None,
    ) -> Any:
        """Data with every text in it rendered, keys too; `note` hears what is missing where."""
        if isinstance(value, str):
            if "{{" not in value:
                return value
            try:
                rendered, missing = self.text(value, parameters)
            except MissingKeyError as error:
                raise MissingAtError(error.name, path) from error
            except TemplateError as error:
                raise FailedAtError(error, path) from error
            if note is not None:
                note(path, missing)
            return rendered
        if isinstance(value, dict):
            # What is null in a map does not come through Argo CD's templates.
            return {
                self._key(key, parameters, path): self.structure(
                    item, parameters, (*path, key), note
                )
                for key, item in value.items()
                if item is not None
            }
        if isinstance(value, list):
            return [
                self.structure(item, parameters, (*path, index), note)
                for index, item in enumerate(value)
            ]
        return value

    def _key(self, key: str, parameters: Parameters, path: Path) -> str:
        try:
            return self.text(key, parameters)[0]
        except MissingKeyError as error:
            raise MissingAtError(error.name, (*path, key)) from error
        except TemplateError as error:
            raise FailedAtError(error, (*path, key)) from error

    def generator(self, generator: dict[str, Any], parameters: Parameters, path: Path) -> Any:
        """A generator with the parameters of the one before it, in a matrix."""
        result: dict[str, Any] = {}
        for kind, settings in generator.items():
            where = (*path, kind)
            if not isinstance(settings, dict):
                result[kind] = self.structure(settings, parameters, where)
                continue
            values, nested = settings.get("values"), settings.get("generators")
            plain = {key: item for key, item in settings.items() if key != "generators"}
            if kind in _WITH_VALUES and isinstance(values, dict):
                del plain["values"]
                rendered = self.structure(plain, parameters, where)
                rendered["values"] = {k: self._early(v, parameters) for k, v in values.items()}
            else:
                rendered = self.structure(plain, parameters, where)
            if isinstance(nested, list):
                rendered["generators"] = [
                    self.generator(item, parameters, (*where, "generators", index))
                    if isinstance(item, dict)
                    else item
                    for index, item in enumerate(nested)
                ]
            result[kind] = rendered
        return result

    def _early(self, value: Any, parameters: Parameters) -> Any:
        """A value of a generator: what it cannot resolve yet stays for its own parameters."""
        if not isinstance(value, str):
            return value
        try:
            return self.text(value, parameters, missing_key="error")[0]
        except MissingKeyError:
            return value
        except TemplateError as error:
            if self.go and "no field" in str(error):
                return value
            raise

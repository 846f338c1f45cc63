"""From an ApplicationSet to its Applications.

Source: Argo CD's applicationset/controllers/template/template.go.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.errors import (
    FailedAtError,
    MissingAtError,
    NotSupportedError,
    TemplateError,
)
from gitopsgen.repository.applicationsets.generators import MAX_SETS, Generators
from gitopsgen.repository.applicationsets.merging import merged_template
from gitopsgen.repository.applicationsets.model import Expansion, Failure, MissingParameter
from gitopsgen.repository.applicationsets.parameters import is_handed_on, is_meant
from gitopsgen.repository.applicationsets.patching import patched
from gitopsgen.repository.applicationsets.rendering import Renderer

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path
    from gitopsgen.repository.applicationsets.parameters import Parameters
    from gitopsgen.repository.manifests import Manifest
    from gitopsgen.repository.sources import LocalSources

_API_VERSION: Final = "argoproj.io/v1alpha1"
_FINALIZER: Final = "resources-finalizer.argocd.argoproj.io"
_PATCH: Final = ("templatePatch",)
_METADATA: Final = ("name", "labels", "annotations", "finalizers")


def expand(manifest: Manifest, sources: LocalSources) -> Expansion:
    """Generate the Applications of the ApplicationSet in `manifest`; never raises.

    The list, git, matrix and merge generators are run, git ones on this repository only. What
    other generators would generate is `unchecked`, and the rest of the set is still generated.
    """
    spec = _mapping(manifest.data.get("spec"))
    try:
        return _Expander(manifest, spec, Renderer.of(spec), sources).expansion()
    except TemplateError as error:
        where = (*manifest.path, "spec", "goTemplateOptions")
        failures = (Failure(where, str(error), error.hint),)
        return Expansion(unchecked=(_explained(error),), failures=failures)
    except RecursionError:
        return Expansion(unchecked=("it is nested too deeply to be evaluated",))


class _Expander:
    """Generates the Applications of one set, and notes what was in the way."""

    def __init__(
        self, manifest: Manifest, spec: dict[str, Any], renderer: Renderer, sources: LocalSources
    ) -> None:
        self._spec = spec
        self._namespace = _mapping(manifest.data.get("metadata")).get("namespace")
        self._start = manifest.path
        self._renderer = renderer
        self._generators = Generators(renderer, sources)
        self._applications: list[dict[str, Any]] = []
        self._unchecked: dict[str, None] = {}
        # Without `missingkey=error` an Application comes out with a hole in it, which may be
        # meant; only what is missing in all of them is surely a mistake.
        self._uses: Counter[Path] = Counter()
        self._holes: Counter[tuple[Path, str]] = Counter()
        self._meant: dict[tuple[Path, str], bool] = {}
        self._certain: dict[tuple[Path, str], None] = {}
        self._failures: dict[Path, Failure] = {}

    def expansion(self) -> Expansion:
        """Everything that the set generates."""
        items = self._spec.get("generators")
        if not isinstance(items, list):
            self._unchecked["its generators are no list"] = None
            items = []
        for index, item in enumerate(items):
            try:
                self._item(item, ("spec", "generators", index))
            except MissingAtError as error:
                self._certain[error.path, error.name] = None
            except TemplateError as error:
                place = ("spec", "generators", index)
                self._fail(error, error.path if isinstance(error, FailedAtError) else place)
            except NotSupportedError as error:
                self._unchecked[str(error)] = None
        return Expansion(
            tuple(self._applications),
            tuple(self._unchecked),
            self._missing(),
            tuple(self._failures.values()),
        )

    def _fail(self, error: TemplateError, path: Path) -> None:
        self._unchecked[_explained(error)] = None
        where = (*self._start, *path)
        self._failures.setdefault(where, Failure(where, str(error), error.hint))

    def _missing(self) -> tuple[MissingParameter, ...]:
        # What could not be generated may have no holes.
        holes = (
            (path, name)
            for (path, name), count in ({} if self._unchecked else self._holes).items()
            if count and count == self._uses[path]
        )
        return tuple(
            MissingParameter((*self._start, *path), name)
            for path, name in dict.fromkeys((*self._certain, *holes))
        )

    def _item(self, item: Any, path: Path) -> None:
        found = self._generators.run(item, path)
        if not found:
            raise NotSupportedError("one of its generators is of no kind that is known here")
        base = _mapping(self._spec.get("template"))
        for generated in found:
            where = (*path, generated.kind, "template")
            own = _mapping(_mapping(item[generated.kind]).get("template"))
            template = merged_template(own, base) if own else base
            if len(self._applications) + len(generated.sets) > MAX_SETS:
                raise NotSupportedError(f"it generates more than {MAX_SETS} Applications")
            for parameters in generated.sets:
                self._one(template, parameters, own, where)

    def _one(
        self, template: dict[str, Any], parameters: Parameters, own: dict[str, Any], where: Path
    ) -> None:
        def note(path: Path, missing: list[str]) -> None:
            place = _origin(path, own, where)
            self._uses[place] += 1
            if not self._renderer.go and not is_handed_on(path):
                # The text itself, `{{name}}`, stays: no name, path or place is like that.
                self._certain.update(((place, name), None) for name in missing)
                return
            for name in dict.fromkeys(missing):
                hole = (place, name)
                if hole not in self._meant:
                    self._meant[hole] = self._renderer.go or is_meant(name, path, parameters)
                self._holes[hole] += self._meant[hole]

        try:
            application = self._application(template, parameters, note)
        except MissingAtError as error:
            self._certain[_origin(error.path, own, where), error.name] = None
        except TemplateError as error:
            place = error.path if isinstance(error, FailedAtError) else ()
            self._fail(error, _origin(place, own, where))
        except NotSupportedError as error:
            self._unchecked[str(error)] = None
        else:
            self._applications.append(application)

    def _application(
        self, template: dict[str, Any], parameters: Parameters, note: Any
    ) -> dict[str, Any]:
        metadata = _mapping(template.get("metadata"))
        application: dict[str, Any] = {
            "metadata": {key: metadata[key] for key in _METADATA if metadata.get(key)},
            "spec": template.get("spec"),
        }
        # Argo CD leaves a template alone when a generator gives it no parameters at all.
        if parameters:
            application = self._renderer.structure(application, parameters, (), note)
            policy = _mapping(self._spec.get("syncPolicy"))
            if policy.get("preserveResourcesOnDeletion") is not True:
                application["metadata"].setdefault("finalizers", [_FINALIZER])
        patch = self._spec.get("templatePatch")
        if isinstance(patch, str):
            application = self._patched(application, patch, parameters, note)
        application["metadata"] = _mapping(application.get("metadata"))
        application["metadata"].pop("namespace", None)
        if isinstance(self._namespace, str):
            application["metadata"]["namespace"] = self._namespace
        return {"apiVersion": _API_VERSION, "kind": "Application", **application}

    def _patched(
        self, application: dict[str, Any], patch: str, parameters: Parameters, note: Any
    ) -> dict[str, Any]:
        text = self._renderer.structure(patch, parameters, _PATCH, note)
        try:
            return patched(application, text)
        except TemplateError as error:
            raise FailedAtError(error, _PATCH) from error


def _origin(path: Path, own: dict[str, Any], where: Path) -> Path:
    """Where a text of a merged template stands: in the generator's own, or in the set's."""
    if path == _PATCH:
        return ("spec", "templatePatch")
    value: Any = own
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            value = None
    return (*where, *path) if value else ("spec", "template", *path)


def _explained(error: TemplateError) -> str:
    return f"Argo CD cannot generate its Applications: {error}"


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

"""The templatePatch of a set: a strategic merge patch on each Application.

Source: Argo CD's applicationset/controllers/template/patch.go, and k8s.io/apimachinery's
strategicpatch. Of an Application only the finalizers are merged as a list.
"""

from __future__ import annotations

from typing import Any, Final

from gitopsgen.documents.reader import read_documents
from gitopsgen.repository.applicationsets.errors import NotSupportedError, TemplateError

_DIRECTIVES: Final = ("$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/")


def patched(application: dict[str, Any], text: str) -> dict[str, Any]:
    """The Application with a rendered patch applied; its project cannot be changed.

    Raises `TemplateError` where Argo CD refuses the patch.
    """
    contents = read_documents(text)
    broken = any(problem.rule == "yaml-syntax" for problem in contents.problems)
    patch = contents.documents[0].data if contents.documents else None
    if broken and patch is None:
        raise TemplateError("its templatePatch renders to what is no YAML")
    if patch is None:
        return application
    if not isinstance(patch, dict):
        raise TemplateError("its templatePatch renders to no mapping")
    result: dict[str, Any] = _merged(application, patch, ())
    spec, own = result.get("spec"), application.get("spec")
    if isinstance(spec, dict) and isinstance(own, dict):
        kept = {key: value for key, value in own.items() if key == "project"}
        others = {key: value for key, value in spec.items() if key != "project"}
        result["spec"] = {**kept, **others}
    return result


def _merged(original: dict[str, Any], patch: dict[str, Any], path: tuple[str, ...]) -> Any:
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    if directive == "delete":
        return {}
    if directive is not None:
        raise TemplateError(f"its templatePatch has the unknown directive {directive}")
    result = dict(original)
    for key, value in patch.items():
        if key.startswith(_DIRECTIVES):
            raise NotSupportedError(f"{key} in its templatePatch is not evaluated here")
        if value is None:
            result.pop(key, None)
        elif key in result:
            result[key] = _together(result[key], value, (*path, key))
        else:
            result[key] = _without_nulls(value)
    return result


def _together(known: Any, value: Any, path: tuple[str, ...]) -> Any:
    """What stands under a key that both have."""
    maps = isinstance(known, dict) and isinstance(value, dict)
    lists = isinstance(known, list) and isinstance(value, list)
    if (maps or lists) and "valuesObject" in path[:-1]:
        # The merge follows Go's types, and there is none for what a chart takes.
        raise TemplateError(
            f"its templatePatch merges into {path[-1]} of valuesObject, where Argo CD "
            f"can only replace text, numbers and booleans"
        )
    if maps:
        return _merged(known, value, path)
    if lists and path == ("metadata", "finalizers"):
        return [*known, *(item for item in value if item not in known)]
    return _without_nulls(value)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_nulls(item)
            for key, item in value.items()
            if item is not None and key != "$patch"
        }
    return value

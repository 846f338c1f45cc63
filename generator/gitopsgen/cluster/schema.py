"""One JSON Schema for all of cluster.yaml: the core and the options of every component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.components import ComponentSpec
from gitopsgen.cluster.core_schema import CORE_PROPERTIES, CORE_REQUIRED
from gitopsgen.cluster.schema_findings import check_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What a component is, beside its options: so that a repository's own copy of the schema is
# enough to check the plan, without the blueprints.
COMPONENT = "x-gitopsgen-component"

# Argo CD is what applies the repository: without it there is nothing to render for.
_ALWAYS = "argocd"


def compose(specs: Sequence[ComponentSpec]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of cluster.yaml with these components."""
    components = {spec.name: _component(spec) for spec in sorted(specs, key=lambda s: s.name)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gitopsgen cluster.yaml",
        "description": "A k3s cluster that Argo CD runs from git.",
        "type": "object",
        "required": list(CORE_REQUIRED),
        "additionalProperties": False,
        "properties": {
            **CORE_PROPERTIES,
            "components": {
                "type": "object",
                "description": "What is installed: a key that is present is installed, its "
                "value is its options.",
                "required": [name for name in components if name == _ALWAYS],
                "additionalProperties": False,
                "properties": components,
            },
        },
    }


def _component(spec: ComponentSpec) -> dict[str, Any]:
    options = dict(spec.options)
    # A component whose options may all be left out may be written `kube-vip:`.
    options["type"] = "object" if options.get("required") else ["object", "null"]
    options.setdefault("description", spec.summary)
    options.setdefault("additionalProperties", False)
    options[COMPONENT] = {
        "summary": spec.summary,
        "role": spec.role,
        "requires": list(spec.requires),
        "lifecycle": [spec.lifecycle_state, spec.lifecycle_message, spec.lifecycle_instead],
        "kubernetes": [spec.kubernetes_minimum, spec.kubernetes_maximum],
    }
    return options


def specs_from_schema(schema: Mapping[str, Any]) -> tuple[ComponentSpec, ...]:
    """The components that a composed schema describes.

    Raises `ValueError` where the schema is not one that `compose` made.
    """
    check_schema(schema)
    try:
        components = schema["properties"]["components"]["properties"]
        return tuple(_spec(name, options) for name, options in components.items())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("not a schema of cluster.yaml that gitopsgen wrote") from error


def _spec(name: str, options: Mapping[str, Any]) -> ComponentSpec:
    about = options[COMPONENT]
    state, message, instead = map(_text, about["lifecycle"])
    minimum, maximum = map(_text_or_none, about["kubernetes"])
    return ComponentSpec(
        name=name,
        summary=_text(about["summary"]),
        options={key: value for key, value in options.items() if key != COMPONENT},
        role=_text_or_none(about["role"]),
        requires=tuple(map(_text, about["requires"])),
        lifecycle_state=state,
        lifecycle_message=message,
        lifecycle_instead=instead,
        kubernetes_minimum=minimum,
        kubernetes_maximum=maximum,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def fill_defaults(schema: Mapping[str, Any] | bool, value: Any) -> Any:
    """`value` with every default of `schema` filled in, in the schema's order of keys.

    `value` is valid against `schema`; a null mapping becomes an empty one first.
    """
    if isinstance(schema, bool):  # all is permitted, or nothing
        return value
    properties = schema.get("properties")
    if isinstance(properties, dict) and (value is None or isinstance(value, dict)):
        given = value or {}
        filled = {}
        for key, inner in properties.items():
            if key in given:
                filled[key] = fill_defaults(inner, given[key])
            elif not isinstance(inner, bool) and "default" in inner:
                filled[key] = fill_defaults(inner, inner["default"])
        filled.update({key: given[key] for key in given if key not in filled})
        return filled
    if isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        return [fill_defaults(items, item) for item in value]
    return value

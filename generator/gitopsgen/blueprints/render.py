"""Rendering blueprints with cookiecutter into a tree in memory."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.errors import GitopsgenError, UsageError
from gitopsgen.tools.cache import cache_dir
from gitopsgen.tree import Tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import BytecodeCache, Environment

    from gitopsgen.blueprints.metadata import Component

# Delimiters that neither YAML, Helm templates, GitHub workflows nor bash use, so that a template
# stays readable as what it renders to.
JINJA_SETTINGS: dict[str, Any] = {
    "variable_start_string": "#{",
    "variable_end_string": "}#",
    "block_start_string": "#%",
    "block_end_string": "%#",
    "comment_start_string": "#|",
    "comment_end_string": "|#",
    "trim_blocks": True,
    "lstrip_blocks": True,
}


# What every template's root folder is called; it is thrown away.
_ROOT = "#{cookiecutter.name}#"


def render(skeleton: Path, components: Sequence[Component], context: Mapping[str, Any]) -> Tree:
    """Render the skeleton, then each component, into one tree.

    Raises `UsageError` where a template is wrong (its file and line are named), where a file
    would land outside of the tree, and where two templates make the same file.
    """
    tree: Tree = {}
    owners: dict[str, str] = {}
    renders = [("the repository skeleton", skeleton, dict(context))]
    renders += [
        (component.name, component.folder, _component_context(component, context))
        for component in components
    ]
    for owner, folder, variables in renders:
        for path, file in _render_template(folder, variables).items():
            if path in tree:
                raise UsageError(
                    f"{folder}: {owner} and {owners[path]} both make {path}",
                    "Give one of the two another file name.",
                )
            tree[path] = file
            owners[path] = owner
    return dict(sorted(tree.items()))


def _component_context(component: Component, context: Mapping[str, Any]) -> dict[str, Any]:
    return {**context, "_component": context["_components"][component.name]}


def _render_template(folder: Path, variables: dict[str, Any]) -> Tree:
    from cookiecutter.exceptions import CookiecutterException, UndefinedVariableInTemplate
    from cookiecutter.generate import generate_files
    from cookiecutter.utils import create_env_with_context
    from jinja2 import TemplateError, TemplateSyntaxError

    settings = {**JINJA_SETTINGS, "bytecode_cache": _bytecode_cache()}
    context = {"cookiecutter": {**variables, "_jinja2_env_vars": settings}}
    try:
        _check_paths(folder, lambda: create_env_with_context(context), context)
        with tempfile.TemporaryDirectory(prefix="gitopsgen-") as temporary:
            project = generate_files(
                folder, context=context, output_dir=temporary, accept_hooks=False
            )
            return read_tree(Path(project))
    except UndefinedVariableInTemplate as error:
        raise _template_error(folder, f"{error.message}: {error.error.message}") from error
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name or 'a file name'}:{error.lineno}: "
        raise _template_error(folder, f"{where}{error.message}") from error
    except (CookiecutterException, TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise _template_error(folder, f"{type(error).__name__}: {error}") from error
    except (OSError, LookupError) as error:
        raise GitopsgenError(f"{folder}: cannot be rendered: {error}") from error


def _template_error(folder: Path, message: str) -> UsageError:
    return UsageError(f"{folder}: {message}", "Mend this blueprint's template.")


def _bytecode_cache() -> BytecodeCache | None:
    """Compiled templates from earlier runs, found again by name and content; None if unwritable."""
    from jinja2 import FileSystemBytecodeCache

    folder = cache_dir() / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


def _check_paths(
    folder: Path, make_environment: Callable[[], Environment], context: Mapping[str, Any]
) -> None:
    """Refuse a template that would write outside of its own folder.

    cookiecutter itself joins rendered names without a look at them, and a folder name that
    renders to nothing makes it write one level up.
    """
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(parent, name)
            if path.is_symlink():
                raise _template_error(folder, f"{path.relative_to(folder)} is a symbolic link")
            if name == _ROOT or "#" not in name:
                continue
            rendered = make_environment().from_string(name).render(**context)
            if rendered in {"", ".", ".."} or "/" in rendered or "\0" in rendered:
                what = f"{path.relative_to(folder)} renders to the name {rendered!r}"
                raise _template_error(folder, what)

"""Running `kustomize build`, on the folder itself or on a copy with a source's settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import decode, read_documents
from gitopsgen.kustomize.closure import kustomization_data
from gitopsgen.kustomize.partial import without_distant
from gitopsgen.kustomize.settings import edited, needs_edit
from gitopsgen.repository.kustomizations import kustomization_file
from gitopsgen.repository.manifests import objects_of
from gitopsgen.repository.paths import normal
from gitopsgen.tools.programs import ProgramError, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitopsgen.kustomize.closure import Closure
    from gitopsgen.repository.files import RepositoryFiles

_TIMEOUT_SECONDS = 60.0
_MEMORY_LIMIT = 4 << 30
_LARGEST_OUTPUT = 64 << 20
_WARNING = re.compile(r"^# Warning: .*\n?", re.MULTILINE)
# Programs that a repository brings are not run here.
_PLUGIN = re.compile(r"external plugins disabled; unable to load external plugin '(?P<name>[^']*)'")
# How kustomize ran helm, with hundreds of API versions; what helm said stands before it.
_OF_HELM = re.compile(r":?\s*unable to run: '.*? with env=\[.*", re.DOTALL)
# Argo CD may have a credential that nobody has here.
_UNREACHABLE = re.compile(
    r"dial tcp|no such host|could not resolve|couldn't connect|connection refused|i/o timeout"
    r"|unable to access|hit \d+m?s timeout|network is unreachable|failed to connect"
    r"|terminal prompts disabled|could not read (username|password|from remote repository)"
    r"|authentication failed|permission denied \(publickey|host key verification failed"
    r"|\b40[137] \(?(unauthorized|forbidden|proxy authentication)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KustomizeResult:
    """The objects that a kustomization builds to, or kustomize's reason why it does not.

    `unreachable` is true where the reason is the network: `objects` are then those that it builds
    to without what comes from there. `plugin` names the program that would
    have to be run, and `endless` is true where kustomize had to be stopped.
    """

    objects: tuple[dict[str, Any], ...] = ()
    error: str = ""
    unreachable: bool = False
    plugin: str = ""
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Inflation:
    """How kustomize has helm render charts: with which program, which flags, and which charts.

    `charts` are unpacked charts by the folder of the repository where kustomize looks for them.
    """

    program: Path
    flags: tuple[str, ...]
    charts: Mapping[str, Path]


def build(
    program: Path,
    files: RepositoryFiles,
    folder: str,
    parts: Closure,
    settings: Mapping[str, Any],
    options: Sequence[str],
    inflation: Inflation | None = None,
    *,
    partial: bool = False,
) -> KustomizeResult:
    """Build a kustomization of the repository, if `partial` without what comes from elsewhere.

    Raises `ProgramError` if kustomize cannot be run.
    """
    arguments: list[str | Path] = [program, "build"]
    arguments += options
    if inflation is not None:
        arguments += ["--helm-command", inflation.program, *inflation.flags]
    with tempfile.TemporaryDirectory(prefix="gitopsgen-kustomize-") as temporary:
        target = files.root / folder
        if needs_edit(settings) or parts.charts or partial:
            less = dict(without_distant(files, parts.files)) if partial else {}
            target = _copy(files, folder, parts, settings, less, Path(temporary, "copy"))
            for where, chart in inflation.charts.items() if inflation is not None else ():
                shutil.copytree(chart, Path(temporary, "copy", where), symlinks=True)
        try:
            done = run(
                [*arguments, target],
                cwd=target,
                env=_environment(Path(temporary)),
                timeout=_TIMEOUT_SECONDS,
                check=False,
                memory_limit=_MEMORY_LIMIT,
                output_limit=_LARGEST_OUTPUT,
            )
        except ProgramError as error:
            if "took longer" not in error.message:
                raise
            reason = f"kustomize did not finish within {_TIMEOUT_SECONDS:g} s"
            distant = bool(parts.remote)
            return KustomizeResult(error=reason, unreachable=distant, endless=not distant)
    if done.status < 0 or b"runtime: out of memory" in done.stderr:
        reason = "kustomize was stopped: it needed too much memory"
        return KustomizeResult(error=reason, endless=True)
    if done.status != 0:
        message = _WARNING.sub("", done.stderr.decode(errors="replace")).strip()
        message = _OF_HELM.sub("", message.removeprefix("Error: "))
        message = message.replace(f"{target}", folder or ".").replace(f"{files.root}/", "")
        message = message.replace(f"{temporary}/copy/", "")
        distant = bool(parts.remote or parts.charts) and bool(_UNREACHABLE.search(message))
        plugin = _PLUGIN.search(message)
        return KustomizeResult(
            error=message[-2000:] or "no reason given",
            unreachable=distant,
            plugin=plugin["name"] if plugin else "",
        )
    if len(done.stdout) > _LARGEST_OUTPUT:
        return KustomizeResult(error=f"it builds to more than {_LARGEST_OUTPUT >> 20} MiB")
    return _read(done.stdout)


def _copy(
    files: RepositoryFiles,
    folder: str,
    parts: Closure,
    settings: Mapping[str, Any],
    less: Mapping[str, Mapping[str, Any]],
    into: Path,
) -> Path:
    """A copy of what the kustomization is built from, with a source's settings in it.

    `less` are the files that are to say something else.
    """
    for path in sorted({*parts.files, *map(files.real, parts.files)}):
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path not in files.links or Path(files.links[path]).is_absolute():
            shutil.copyfile(files.root / path, target)
    # kustomize refuses some links: they have to stay what they are.
    for path, text in files.links.items():
        target = into / path
        if files.real(path) != path and not target.is_symlink() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(text)
    for path, changed in less.items():
        (into / path).write_text(json.dumps(changed), encoding="utf-8")
    own = kustomization_file(files, folder)
    if own is not None and needs_edit(settings):
        data = less.get(own) or kustomization_data(files, folder)
        data = edited(data, _with_present(files, folder, settings))
        (into / own).write_text(json.dumps(data), encoding="utf-8")
    (into / folder).mkdir(parents=True, exist_ok=True)
    return into / folder


def _with_present(
    files: RepositoryFiles, folder: str, settings: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The settings without the components that may be missing, and are."""
    components = settings.get("components")
    if settings.get("ignoreMissingComponents") is not True or not isinstance(components, list):
        return settings
    here = [c for c in components if normal(f"{folder}/{c}") in files.folders]
    return {**settings, "components": here}


def _environment(home: Path) -> dict[str, str]:
    """Nothing of a person's own configuration takes part, and git never asks for a password."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUSTOMIZE_"))}
    return {
        **kept,
        "KUSTOMIZE_PLUGIN_HOME": str(home / "plugins"),
        "GIT_TERMINAL_PROMPT": "0",
        # kustomize leaves things behind there when it fails.
        "TMPDIR": str(home),
        "GOMEMLIMIT": "2GiB",
    }


def _read(output: bytes) -> KustomizeResult:
    text, problem = decode(output)
    contents = read_documents(text)
    problem = problem or next((p for p in contents.problems if p.rule == "yaml-syntax"), None)
    if problem is not None:
        return KustomizeResult(error=f"it builds to something that is no YAML: {problem.message}")
    found = (data for document in contents.documents for _, data in objects_of(document.data))
    return KustomizeResult(tuple(found))

"""Running `helm template` the way Argo CD does."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.reader import decode, read_documents
from gitopsgen.repository.manifests import objects_of
from gitopsgen.repository.value_files import ValueFileState
from gitopsgen.tools.programs import ProgramError, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitopsgen.charts.options import HelmOptions

TIMEOUT_SECONDS = 60.0
# Charts of any use render in some hundred MiB; a template that never ends would take all there is.
MEMORY_LIMIT = 4 << 30
_LARGEST_OUTPUT = 64 << 20
_LONGEST_MESSAGE = 2000
_HOOK = "helm.sh/hook"
# Hooks that Argo CD never runs (gitops-engine, pkg/sync/hook/helm/type.go).
_IGNORED_HOOKS = frozenset(
    {"test", "test-success", "test-failure", "pre-rollback", "post-rollback"}
)
_NOISE = re.compile(r"^(WARNING: |walk\.go:|coalesce\.go:|level=|I\d{4} |W\d{4} )")


@dataclass(frozen=True, slots=True)
class Helm:
    """The helm program, and the cluster that it is to believe in.

    `kube_version` is like `v1.35.0`; `api_versions` are like `apps/v1` and `apps/v1/Deployment`.
    """

    program: Path
    kube_version: str
    api_versions: tuple[str, ...]
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class HelmResult:
    """The objects that a chart renders to, or helm's reason why it does not.

    `endless` is true where helm had to be stopped.
    """

    objects: tuple[dict[str, Any], ...] = ()
    error: str = ""
    endless: bool = False


def helm_template(helm: Helm, chart: Path, options: HelmOptions, root: Path) -> HelmResult:
    """Render an unpacked chart; `root` is the repository that value files are in.

    Raises `UnavailableError` where helm itself cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="gitopsgen-helm-") as temporary:
        folder = Path(temporary)
        arguments = _arguments(helm, chart, options, root, folder)
        try:
            done = run(
                arguments,
                cwd=chart,
                env=_environment(folder),
                timeout=helm.timeout,
                check=False,
                memory_limit=MEMORY_LIMIT,
                output_limit=_LARGEST_OUTPUT,
            )
        except ProgramError as error:
            if "took longer" not in error.message:
                raise
            return HelmResult(error=f"helm did not finish within {helm.timeout:g} s", endless=True)
    if done.status < 0 or b"runtime: out of memory" in done.stderr:
        return HelmResult(error="helm was stopped: it needed too much memory", endless=True)
    if done.status != 0:
        message = done.stderr.decode(errors="replace").replace(f"{root}/", "")
        return HelmResult(error=_message(message, temporary))
    if len(done.stdout) > _LARGEST_OUTPUT:
        return HelmResult(error=f"it renders to more than {_LARGEST_OUTPUT >> 20} MiB")
    return _read(done.stdout)


def _arguments(
    helm: Helm, chart: Path, options: HelmOptions, root: Path, folder: Path
) -> list[str | Path]:
    arguments: list[str | Path] = [helm.program, "template", chart]
    arguments += ["--name-template", options.release]
    if options.namespace:
        arguments += ["--namespace", options.namespace]
    arguments += ["--kube-version", options.kube_version or helm.kube_version]
    arguments += options.flags
    for file in options.files:
        inside = file.state is ValueFileState.IN_CHART
        arguments += ["--values", (chart if inside else root) / (file.path or file.name)]
    for number, text in enumerate(options.texts):
        values = folder / f"values-{number}.yaml"
        values.write_text(text, encoding="utf-8")
        arguments += ["--values", values]
    versions = options.api_versions or helm.api_versions
    arguments += [word for version in versions for word in ("--api-versions", version)]
    return arguments


def _environment(folder: Path) -> Mapping[str, str]:
    """No plugin and no configuration of a person takes part; neither does any cluster."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUBE"))}
    homes = {f"HELM_{kind}_HOME": str(folder / kind.lower()) for kind in _HOMES}
    return {**kept, **homes, "HELM_PLUGINS": str(folder / "plugins"), "GOMEMLIMIT": "2GiB"}


_HOMES = ("CACHE", "CONFIG", "DATA")


def _read(output: bytes) -> HelmResult:
    text, problem = decode(output)
    if problem is None:
        contents = read_documents(text)
        # Kubernetes' own reader takes what the other rules of YAML forbid.
        problem = next((p for p in contents.problems if p.rule == "yaml-syntax"), None)
    if problem is not None:
        line = text.split("\n")[problem.line - 1].strip()[:80] if text else ""
        return HelmResult(
            error=f"it renders to something that is no YAML: {problem.message}: {line}"
        )
    found = [data for document in contents.documents for _, data in objects_of(document.data)]
    return HelmResult(tuple(data for data in found if not _is_ignored(data)))


def _is_ignored(data: Mapping[str, Any]) -> bool:
    """Whether Argo CD never applies it: the tests of a chart, for instance."""
    metadata = data.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    hook = annotations.get(_HOOK) if isinstance(annotations, dict) else None
    if not isinstance(hook, str):
        return False
    return {kind.strip() for kind in hook.split(",")} <= _IGNORED_HOOKS


def _message(stderr: str, temporary: str) -> str:
    """helm's own message without its remarks, and without paths that are gone."""
    lines = [line for line in stderr.strip().split("\n") if not _NOISE.match(line)]
    message = "\n".join(lines).removeprefix("Error: ").strip()
    message = message.replace("\n\nUse --debug flag to render out invalid YAML", "")
    message = message.replace(temporary + "/", "")
    return message[:_LONGEST_MESSAGE] or "helm gave no reason"


def api_versions(kinds: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What Argo CD tells helm of the cluster: every `group/version` and `group/version/Kind`.

    `kinds` are pairs of apiVersion and kind.
    """
    for version in sorted({version for version, _ in kinds}):
        yield version
    for version, kind in sorted(set(kinds)):
        yield f"{version}/{kind}"

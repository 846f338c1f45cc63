"""A repository from a few texts, and what rules find in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.repository.discovery import discover, local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.rendering import NoRenderer
from gitopsgen.repository.settings import Settings
from gitopsgen.validation.merging import merged
from gitopsgen.validation.model import Model, build_resources
from gitopsgen.validation.placing import place_problems
from gitopsgen.validation.rules_stage import rule_problems
from gitopsgen.validation.scopes import is_namespaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from gitopsgen.cluster.model import Cluster
    from gitopsgen.findings import Finding
    from gitopsgen.repository.rendering import Renderer

URL = "https://github.com/owner/repo"
SERVER = "https://kubernetes.default.svc"


def application(name: str, source: str, *, namespace: str = "web", extra: str = "") -> str:
    """An Application of this repository: `source` is `path: web` or the like, a flow mapping."""
    url = "" if "repoURL:" in source else f"repoURL: {URL}, "
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}, namespace: argocd}}\n"
        "spec:\n  project: default\n"
        f"  destination: {{server: {SERVER}, namespace: {namespace}}}\n"
        f"  source: {{{url}{source}}}\n{extra}"
    )


def applicationset(elements: str, name: str, path: str) -> str:
    """The text of an ApplicationSet of a list of elements, in the namespace web."""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: all, namespace: argocd}\nspec:\n"
        f"  generators: [{{list: {{elements: {elements}}}}}]\n"
        f"  template:\n    metadata: {{name: {name}}}\n    spec:\n      project: default\n"
        f"      source: {{repoURL: {URL}, path: {path}}}\n"
        f"      destination: {{server: {SERVER}, namespace: web}}\n"
    )


def write(root: Path, tree: Mapping[str, str]) -> None:
    """Write texts to files below a folder."""
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def make_model(
    root: Path,
    tree: Mapping[str, str],
    *,
    settings: Settings | None = None,
    cluster: Cluster | None = None,
    minor: str = "1.35",
    renderer: Renderer | None = None,
) -> tuple[Model, RepositoryFiles]:
    """The model of a repository of these files at `URL`, found as `gitopsgen validate` finds it."""
    write(root, tree)
    files = RepositoryFiles(root)
    sources = local_sources(files, [URL])
    found = discover(files, sources, renderer or NoRenderer("nothing is rendered here"))
    model = Model(
        resources=build_resources(found.applied, is_namespaced),
        sources=sources,
        applications=found.applications,
        generated=found.generated,
        unapplied=found.unapplied,
        unreached=found.unreached,
        cluster=cluster,
        settings=settings or Settings(),
        minor=minor,
        complete=found.complete,
        incomplete_applications=found.incomplete,
    )
    return model, files


def findings_in(
    model: Model, files: RepositoryFiles, modules: Sequence[ModuleType]
) -> list[Finding]:
    """What the families in `modules` find, in the order of a report."""
    local = [module for module in modules if hasattr(module, "check_resource")]
    whole = [module for module in modules if hasattr(module, "check")]
    problems = rule_problems(model, local, whole)
    findings = merged(place_problems(problems, files, model.generated))
    return sorted(findings, key=lambda finding: finding.sort_key)


def places(findings: Sequence[Finding]) -> list[str]:
    """Findings as `rule file:line:column`."""
    return [f"{f.rule} {f.file}:{f.line}:{f.column}" for f in findings]


def one_application(manifest: str) -> dict[str, str]:
    """A repository with one Application, web, whose folder holds web/a.yaml with this text."""
    return {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}

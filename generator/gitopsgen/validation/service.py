"""`gitopsgen validate`: every stage over one repository, gathered into one report."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.findings import Counts, Finding, Report
from gitopsgen.repository.discovery import Discovered, local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.schemas.custom import custom_schema_directory
from gitopsgen.schemas.kubernetes import schema_directory
from gitopsgen.tools.git import environment
from gitopsgen.tools.pins import KUBECONFORM
from gitopsgen.tools.programs import run
from gitopsgen.tools.resolver import ensure_tool
from gitopsgen.validation.cluster_stage import CLUSTER_FILE, check_cluster, kubernetes_minor
from gitopsgen.validation.crd_schemas import write_crd_schemas
from gitopsgen.validation.explanations import rule_ids
from gitopsgen.validation.knowledge import Knowledge, explore, provided_versions
from gitopsgen.validation.kubeconform import SchemaCheck
from gitopsgen.validation.model import Model, build_resources
from gitopsgen.validation.placing import place_problem
from gitopsgen.validation.renderers import RenderSettings
from gitopsgen.validation.rules_stage import rule_problems
from gitopsgen.validation.schema_stage import KnownKinds, schema_outcome
from gitopsgen.validation.scopes import is_namespaced
from gitopsgen.validation.selection import EVERY_RULE, Selection
from gitopsgen.validation.settings_stage import read_settings
from gitopsgen.validation.waivers import apply_waivers, unused_waivers
from gitopsgen.validation.yaml_stage import yaml_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitopsgen.cluster.model import Cluster
    from gitopsgen.repository.settings import Settings
    from gitopsgen.repository.sources import LocalSources


@dataclass(frozen=True, slots=True)
class Options:
    """How to validate: `charts` is `require`, `auto` or `skip`; `jobs` None is one a CPU.

    `charts_dir` is a folder to take charts from. `repository_urls` mean this repository, beside
    those of its git remotes.
    """

    charts: str = "require"
    charts_dir: Path | None = None
    repository_urls: tuple[str, ...] = ()
    lint: bool = True
    jobs: int | None = None
    selection: Selection = EVERY_RULE


def validate(root: Path, options: Options) -> Report:
    """Check what Argo CD would apply from the repository in `root`.

    Raises `UsageError` where there is nothing to validate, `UnavailableError` where kubeconform
    cannot be had or trusted.
    """
    files = RepositoryFiles(root.absolute())
    jobs = options.jobs or os.cpu_count() or 1
    settings = read_settings(files)
    plan = check_cluster(files)
    cluster = plan.cluster if plan else None
    minor, unchecked = kubernetes_minor(plan, settings)
    sources = local_sources(files, _own_urls(root, options, settings, cluster))
    rendering = RenderSettings(
        options.charts,
        options.charts_dir,
        jobs,
        cluster.kubernetes.partition("+")[0] if cluster else f"v{minor}.0",
        provided_versions(settings),
    )
    knowledge = explore(files, sources, rendering, minor)
    found = knowledge.found
    if not found.applied and not found.manifest_files and plan is None:
        raise UsageError(
            f"{root}: nothing to validate: no Kubernetes manifest and no {CLUSTER_FILE}",
            "Name the folder of a repository that Argo CD reads.",
        )
    findings = list(plan.findings) if plan else []
    manifests = found.manifests
    with tempfile.TemporaryDirectory(prefix="gitopsgen-crds-") as crds:
        own = write_crd_schemas(manifests, Path(crds))
        locations = [schema_directory(minor), custom_schema_directory()]
        check = SchemaCheck(
            [manifest.data for manifest in manifests],
            [Path(crds), *locations] if own else locations,
            ensure_tool(KUBECONFORM),
            jobs,
        )
        read = frozenset((*found.manifest_files, *found.value_files, CLUSTER_FILE))
        findings += yaml_findings(files, sorted(read - {CLUSTER_FILE}))
        if options.lint:
            findings += _lint(root, files, read, jobs)
        model = _model(knowledge, sources, settings, cluster, minor)
        findings += [place_problem(problem, files) for problem in rule_problems(model)]
        known = KnownKinds(minor, own, found.complete)
        schemas = schema_outcome(manifests, files, check.collect(), known)
    findings += schemas.findings
    unchecked += [*found.unchecked, *schemas.unchecked, *files.unchecked]
    return Report(
        findings=tuple(_final(findings, options, settings, files, complete=found.complete)),
        unchecked=tuple(dict.fromkeys(unchecked)),
        counts=Counts(
            files=files.read_count,
            documents=len(manifests),
            applications=len(found.applications),
            charts=_count_charts(found),
        ),
    )


def _own_urls(
    root: Path, options: Options, settings: Settings, cluster: Cluster | None
) -> list[str]:
    urls = [*options.repository_urls, *settings.repository, *remote_urls(root)]
    return urls if cluster is None else [*urls, cluster.repository.url]


def _model(
    knowledge: Knowledge,
    sources: LocalSources,
    settings: Settings,
    cluster: Cluster | None,
    minor: str,
) -> Model:
    found = knowledge.found
    return Model(
        resources=build_resources(found.applied, is_namespaced),
        sources=sources,
        applications=found.applications,
        generated=found.generated,
        charts=knowledge.renderers.charts,
        kustomizations=knowledge.renderers.kustomizations,
        unreached=found.unreached,
        cluster=cluster,
        settings=settings,
        minor=minor,
        complete=found.complete,
        incomplete_applications=found.incomplete,
    )


def _final(
    findings: Iterable[Finding],
    options: Options,
    settings: Settings,
    files: RepositoryFiles,
    *,
    complete: bool,
) -> Sequence[Finding]:
    """The findings of selected rules that are not waived, each once and in order."""
    selection = options.selection
    kept, unused = apply_waivers(findings, settings.waivers)
    unused = [index for index in unused if not selection.skips(settings.waivers[index].rule)]
    # What was not looked at might have had what a waiver is for.
    if complete and unused:
        kept += unused_waivers(unused, settings.waivers, files, list(rule_ids()))
    kept = selection.of(kept)
    return sorted(set(kept), key=lambda finding: finding.sort_key)


def _count_charts(found: Discovered) -> int:
    return sum(bool(source.chart) for app in found.applications for source in app.sources)


def _lint(
    root: Path, files: RepositoryFiles, checked: frozenset[str], jobs: int
) -> Sequence[Finding]:
    from gitopsgen.validation.lint import lint

    paths = [path for path in files.paths if path not in files.templates]
    return lint(root, paths, checked, jobs)


def remote_urls(root: Path) -> list[str]:
    """The URLs of the git remotes of the work tree in `root`."""
    if not (root / ".git").exists():
        return []
    try:
        completed = run(
            ["git", "config", "--get-regexp", r"^remote\..*\.url$"],
            cwd=root,
            env=environment(),
            check=False,
        )
    except UnavailableError:
        return []
    lines = completed.stdout.decode(errors="replace").splitlines()
    return [line.partition(" ")[2] for line in lines]

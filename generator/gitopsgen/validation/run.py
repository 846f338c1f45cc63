"""One whole run of `gitopsgen validate`: every stage, gathered into one report."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.charts.lock import locked_digests
from gitopsgen.errors import UsageError
from gitopsgen.findings import Counts, Finding, Report
from gitopsgen.repository.discovery import Discovered, local_sources
from gitopsgen.repository.layout import CLUSTER_FILE, LOCK_FILE, YAMLLINT_FILES
from gitopsgen.repository.paths import folders_of
from gitopsgen.schemas.custom import custom_schema_directory
from gitopsgen.schemas.kubernetes import schema_directory
from gitopsgen.schemas.lookup import SchemaTrees
from gitopsgen.tools.pins import KUBECONFORM
from gitopsgen.tools.resolver import ensure_tool
from gitopsgen.validation.changed_by_hand import without_changed
from gitopsgen.validation.cluster_stage import check_cluster, kubernetes_minor
from gitopsgen.validation.crd_schemas import OwnSchemas, write_crd_schemas
from gitopsgen.validation.explanations import rule_ids
from gitopsgen.validation.knowledge import Knowledge, explore, provided_versions
from gitopsgen.validation.list_maps import with_list_maps
from gitopsgen.validation.manifest_check import ManifestCheck
from gitopsgen.validation.merging import merged
from gitopsgen.validation.model import Model, build_resources
from gitopsgen.validation.placing import place_problems
from gitopsgen.validation.renderers import RenderSettings
from gitopsgen.validation.rules_stage import Rules
from gitopsgen.validation.schema_hints import SchemaHints
from gitopsgen.validation.schema_stage import KnownKinds, schema_outcome
from gitopsgen.validation.scopes import is_namespaced
from gitopsgen.validation.settings_stage import read_settings
from gitopsgen.validation.shortening import short_finding, short_unchecked
from gitopsgen.validation.waivers import apply_waivers, unused_waivers
from gitopsgen.validation.yaml_stage import yaml_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitopsgen.cluster.model import Cluster
    from gitopsgen.kustomize.renderer import KustomizeUse
    from gitopsgen.repository.files import RepositoryFiles
    from gitopsgen.repository.memory import Memory
    from gitopsgen.repository.settings import Settings
    from gitopsgen.repository.sources import LocalSources
    from gitopsgen.validation.remotes import Remotes
    from gitopsgen.validation.service import Options, Progress


def run_stages(
    files: RepositoryFiles,
    options: Options,
    remotes: Remotes,
    memory: Memory,
    progress: Progress | None = None,
) -> tuple[Report, bool]:
    """The report, and whether it depends on nothing but the repository."""
    jobs = options.processes
    settings = read_settings(files)
    plan = check_cluster(files)
    cluster = plan.cluster if plan else None
    minor, unchecked = kubernetes_minor(plan, settings)
    urls = [*options.repository_urls, *settings.repository, *remotes.own]
    urls += [cluster.repository.url] if cluster is not None else []
    sources = local_sources(files, urls, remotes.around)
    rendering = RenderSettings(
        options.charts,
        options.charts_dir,
        jobs,
        cluster.kubernetes.partition("+")[0] if cluster else f"v{minor}.0",
        provided_versions(settings),
        progress,
    )
    knowledge = explore(files, sources, rendering, minor)
    found = knowledge.found
    if not (found.applied or found.manifest_files or found.unchecked or plan is not None):
        raise UsageError(
            f"{files.root}: nothing to validate: no Kubernetes manifest and no {CLUSTER_FILE}",
            "Name the folder of a repository that Argo CD reads.",
        )
    findings = list(plan.findings) if plan else []
    with tempfile.TemporaryDirectory(prefix="gitopsgen-crds-") as crds:
        own = write_crd_schemas(found.manifests, Path(crds))
        model = _model(knowledge, sources, settings, cluster, minor)
        # Before kubeconform is started: a process with threads cannot be forked.
        rules = Rules(model, memory=memory, jobs=jobs)
        with closing(_start_schemas(found, own, Path(crds), minor, jobs, memory)) as check:
            read = frozenset((*found.manifest_files, *found.value_files, CLUSTER_FILE))
            documents = knowledge.renderers.kustomize_documents
            findings += yaml_findings(files, sorted((read | documents) - {CLUSTER_FILE}))
            if options.lint and any(name in files for name in YAMLLINT_FILES):
                findings += _lint(files, read, jobs, memory)
            problems = rules.problems()
            findings += place_problems(problems, files, found.generated)
            missing = {id(p.manifest) for p in problems if p.rule == "argo-crd-missing"}
            known = KnownKinds(minor, own.kinds)
            trees = SchemaTrees(_locations(own, Path(crds), minor))
            checked = with_list_maps(check.collect(), found.manifests, trees)
            hints = SchemaHints(trees)
            schemas = schema_outcome(found.manifests, files, checked, known, hints, missing)
    findings += schemas.findings
    findings, changed = without_changed(findings, found, files)
    unchecked += [*found.unchecked, *changed, *schemas.unchecked, *files.unchecked]
    unchecked += knowledge.renderers.assumptions
    report = Report(
        findings=tuple(_final(findings, options, settings, files, complete=found.complete)),
        unchecked=tuple(dict.fromkeys(map(short_unchecked, unchecked))),
        counts=Counts(
            files=files.read_count,
            documents=len(found.applied),
            applications=len(found.applications),
            charts=_count_charts(found, knowledge.renderers.kustomizations),
        ),
    )
    return report, not knowledge.renderers.depends_on_the_network


def _start_schemas(
    found: Discovered, own: OwnSchemas, folder: Path, minor: str, jobs: int, memory: Memory
) -> ManifestCheck:
    """Start kubeconform with the repository's own schemas first."""
    locations = _locations(own, folder, minor)
    program = ensure_tool(KUBECONFORM)
    scope = [own.content, *map(str, locations[-2:])]
    return ManifestCheck(found.manifests, locations, scope, program, jobs, memory)


def _locations(own: OwnSchemas, folder: Path, minor: str) -> list[Path]:
    """The folders of schemas, the repository's own first."""
    own_first = [folder] if own.kinds else []
    return [*own_first, schema_directory(minor), custom_schema_directory()]


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
        charts=tuple(
            use for use in knowledge.renderers.charts if use.application not in found.stand_ins
        ),
        kustomizations=knowledge.renderers.kustomizations,
        unapplied=found.unapplied,
        unreached=found.unreached,
        cluster=cluster,
        settings=settings,
        minor=minor,
        complete=found.complete,
        incomplete_applications=found.incomplete,
        lock=_locked_charts(sources.files),
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
    short = set(map(short_finding, merged(selection.of(kept))))
    return sorted(short, key=lambda finding: finding.sort_key)


def _count_charts(found: Discovered, kustomizations: Iterable[KustomizeUse]) -> int:
    named = sum(bool(source.chart) for app in found.applications for source in app.sources)
    return named + sum(len(use.charts) for use in kustomizations)


def _locked_charts(files: RepositoryFiles) -> Mapping[tuple[str, str, str], str] | None:
    file = files.read(LOCK_FILE) if LOCK_FILE in files else None
    return None if file is None else locked_digests(file.text)


def _lint(
    files: RepositoryFiles, checked: frozenset[str], jobs: int, memory: Memory
) -> Sequence[Finding]:
    from gitopsgen.charts.vendored import vendored_folders
    from gitopsgen.validation.lint_memory import remembered_lint

    # Nobody here edits a chart that was only brought into the repository.
    vendored = frozenset(vendored_folders(files.paths))
    paths = [
        path
        for path in files.paths
        if path not in files.templates
        and not files.is_copy(path)
        and vendored.isdisjoint(folders_of(path))
    ]
    return remembered_lint(files, paths, checked, jobs, memory)

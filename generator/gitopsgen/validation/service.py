"""`gitopsgen validate`: every stage over one repository, gathered into one report."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.cluster.document import ClusterResult, read_cluster
from gitopsgen.cluster.model import minor_version
from gitopsgen.cluster.schema import compose, specs_from_schema
from gitopsgen.errors import UnavailableError, UsageError
from gitopsgen.findings import Counts, Finding, Report, Unchecked
from gitopsgen.repository.discovery import Discovered, discover
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.schemas.kubernetes import available_versions, schema_directory
from gitopsgen.tools.git import environment
from gitopsgen.tools.pins import KUBECONFORM
from gitopsgen.tools.programs import run
from gitopsgen.tools.resolver import ensure_tool
from gitopsgen.validation.kubeconform import SchemaCheck
from gitopsgen.validation.schema_stage import schema_findings
from gitopsgen.validation.yaml_stage import yaml_findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

CLUSTER_FILE = "cluster.yaml"
SCHEMA_FILE = ".gitopsgen/cluster.schema.json"


@dataclass(frozen=True, slots=True)
class Options:
    """How to validate: `charts` is `require`, `auto` or `skip`; `jobs` None is one a CPU.

    `repository_urls` mean this repository, beside those of its git remotes.
    """

    charts: str = "require"
    repository_urls: tuple[str, ...] = ()
    lint: bool = True
    jobs: int | None = None


def validate(root: Path, options: Options) -> Report:
    """Check what Argo CD would apply from the repository in `root`.

    Raises `UsageError` where there is nothing to validate, `UnavailableError` where kubeconform
    cannot be had or trusted.
    """
    files = RepositoryFiles(root)
    jobs = options.jobs or os.cpu_count() or 1
    cluster, findings = _check_cluster(files)
    urls = [*options.repository_urls, *_remotes(root)]
    if cluster is not None and cluster.cluster is not None:
        urls.append(cluster.cluster.repository.url)
    found = discover(files, urls)
    if not found.manifests and not found.manifest_files and cluster is None:
        raise UsageError(
            f"{root}: nothing to validate: no Kubernetes manifest and no {CLUSTER_FILE}",
            "Name the folder of a repository that Argo CD reads.",
        )
    minor, unchecked = _kubernetes(cluster)
    check = SchemaCheck(
        [manifest.data for manifest in found.manifests],
        [schema_directory(minor), _custom_schemas()],
        ensure_tool(KUBECONFORM),
        jobs,
    )
    read = frozenset((*found.manifest_files, *found.value_files, CLUSTER_FILE))
    findings += yaml_findings(files, sorted(read - {CLUSTER_FILE}))
    if options.lint:
        findings += _lint(root, files, read, jobs)
    findings += schema_findings(found, files, check.collect(), minor)
    unchecked += [*_charts(found, options.charts), *found.unchecked, *files.unchecked]
    return Report(
        findings=tuple(sorted(set(findings), key=lambda finding: finding.sort_key)),
        unchecked=tuple(unchecked),
        counts=Counts(
            files=files.read_count,
            documents=len(found.manifests),
            applications=len(found.applications),
            charts=len(found.charts),
        ),
    )


def _check_cluster(files: RepositoryFiles) -> tuple[ClusterResult | None, list[Finding]]:
    file = files.read(CLUSTER_FILE) if CLUSTER_FILE in files else None
    if file is None:
        return None, []
    if file.text == "" and file.contents.problems:
        return None, yaml_findings(files, [CLUSTER_FILE])
    # Somebody else's cluster.yaml has another format: only our own is checked.
    documents = file.contents.documents
    data = documents[0].data if documents else None
    if SCHEMA_FILE not in files and not _is_ours(data):
        return None, []
    schema = _stored_schema(files)
    result = read_cluster(file.text, schema, specs_from_schema(schema), CLUSTER_FILE)
    return result, list(result.findings)


def _is_ours(data: object) -> bool:
    return isinstance(data, dict) and str(data.get("apiVersion", "")).startswith("gitopsgen/")


def _stored_schema(files: RepositoryFiles) -> Mapping[str, Any]:
    """The schema that the repository carries, which knows a person's own components too."""
    stored = files.read(SCHEMA_FILE) if SCHEMA_FILE in files else None
    if stored is not None:
        try:
            schema: Mapping[str, Any] = json.loads(stored.text)
            specs_from_schema(schema)
        except ValueError as error:
            raise UsageError(
                f"{SCHEMA_FILE} is damaged: {error}",
                "Restore it from git, or write it again: gitopsgen schema > " + SCHEMA_FILE,
            ) from error
        return schema
    from gitopsgen.blueprints.catalogue import load_catalogue

    return compose(load_catalogue().specs)


def _kubernetes(cluster: ClusterResult | None) -> tuple[str, list[Unchecked]]:
    """The minor version to check against, and what that leaves unchecked."""
    known = available_versions()
    if cluster is None or cluster.cluster is None:
        return known[-1], []
    wanted = minor_version(cluster.cluster.kubernetes)
    if wanted in known:
        return wanted, []
    nearest = known[-1] if _number(wanted) > _number(known[-1]) else known[0]
    reason = f"this gitopsgen has schemas of {known[0]} to {known[-1]}; {nearest} was used"
    return nearest, [Unchecked(f"Kubernetes {wanted}", reason)]


def _number(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split("."))


def _custom_schemas() -> Path:
    from gitopsgen.schemas.custom import custom_schema_directory

    return custom_schema_directory()


def _lint(
    root: Path, files: RepositoryFiles, checked: frozenset[str], jobs: int
) -> Sequence[Finding]:
    from gitopsgen.validation.lint import lint

    paths = [path for path in files.paths if path not in files.templates]
    return lint(root, paths, checked, jobs)


def _charts(found: Discovered, charts: str) -> list[Unchecked]:
    reason = "charts were skipped" if charts == "skip" else "charts are not rendered yet"
    return [
        Unchecked(
            f"chart {source.chart} {source.target_revision} from {source.repo_url}",
            reason,
            application.name,
            required=charts == "require",
        )
        for application, source in found.charts
    ]


def _remotes(root: Path) -> list[str]:
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

"""Reading cluster.yaml: everything that is wrong with it, in one run, with positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitopsgen.cluster.model import Cluster
from gitopsgen.cluster.plan import plan_problems
from gitopsgen.cluster.schema import fill_defaults
from gitopsgen.cluster.schema_findings import PathProblem, schema_problems
from gitopsgen.documents.positions import Locator
from gitopsgen.documents.reader import read_documents
from gitopsgen.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitopsgen.cluster.components import ComponentSpec
    from gitopsgen.documents.model import Problem

_WARNINGS = frozenset({"yaml-ambiguous-scalar"})


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """A cluster.yaml that was read: `cluster` is None where there are errors among `findings`."""

    cluster: Cluster | None
    findings: tuple[Finding, ...]


def read_cluster(
    text: str,
    schema: Mapping[str, Any],
    components: Sequence[ComponentSpec],
    file: str = "cluster.yaml",
) -> ClusterResult:
    """Check the text of a cluster.yaml: YAML, then schema and plan on whatever parts are valid.

    `schema` is the composed one of `components`; findings name `file`. Never raises, whatever
    the text.
    """
    contents = read_documents(text)
    findings = [_yaml_finding(problem, file) for problem in contents.problems]
    data = contents.documents[0].data if contents.documents else None
    readable = not any(finding.rule == "yaml-syntax" for finding in findings)
    if readable:
        locator = Locator(text)
        problems = _problems(schema, components, {} if data is None else data)
        findings += [_finding(problem, locator, file) for problem in problems]
        for extra in contents.documents[1:]:
            if extra.data is not None:
                message = "cluster.yaml holds one document; this is another"
                findings.append(
                    Finding("plan-schema", Severity.ERROR, file, extra.line, 1, message)
                )
    findings.sort(key=lambda finding: finding.sort_key)
    cluster = None
    if readable and not any(finding.severity is Severity.ERROR for finding in findings):
        cluster = Cluster.from_data(_without_format(fill_defaults(schema, data)))
    return ClusterResult(cluster, tuple(findings))


def _problems(
    schema: Mapping[str, Any], components: Sequence[ComponentSpec], data: object
) -> list[PathProblem]:
    wrong = list(schema_problems(schema, data))
    if not isinstance(data, dict):
        return wrong
    # A value that its schema refuses takes no part in the plan.
    refused = {problem.path for problem in wrong if not problem.at_key}
    return [*wrong, *plan_problems(data, fill_defaults(schema, data), components, refused)]


def _without_format(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "apiVersion"}


def _finding(problem: PathProblem, locator: Locator, file: str) -> Finding:
    locate = locator.key if problem.at_key else locator.value
    place = locate(0, problem.path)
    severity = Severity.WARNING if problem.warning else Severity.ERROR
    return Finding(
        problem.rule, severity, file, place.line, place.column, problem.message, problem.hint
    )


def _yaml_finding(problem: Problem, file: str) -> Finding:
    severity = Severity.WARNING if problem.rule in _WARNINGS else Severity.ERROR
    return Finding(
        problem.rule, severity, file, problem.line, problem.column, problem.message, problem.hint
    )

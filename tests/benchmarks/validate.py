"""How long `gitopsgen validate` takes on repositories of 100, 1,000 and 10,000 manifests.

Run as `python -m tests.benchmarks.validate`. Everything is a whole process and runs in turn with
what it is compared to: kubeconform and yamllint over the same files. It prints ratios and judges
nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from itertools import count
from pathlib import Path

from gitopsgen.schemas.custom import custom_schema_directory
from gitopsgen.schemas.kubernetes import available_versions, schema_directory
from gitopsgen.schemas.layout import SCHEMA_TEMPLATE
from gitopsgen.tools.cache import cache_dir
from gitopsgen.tools.pins import KUBECONFORM
from gitopsgen.tools.resolver import ensure_tool
from tests.benchmarks.repository import URL, add_git, make_repository
from tests.benchmarks.timing import Subject, measure, table

_YAMLLINT = "extends: default\nrules:\n  document-start: disable\n  line-length: {max: 120}\n"


def _subjects(root: Path, own: Path, cache: Path, jobs: int, *, lint: bool) -> list[Subject]:
    programs = Path(sys.executable).parent
    edits = count()
    edited = next(path for path in sorted(root.rglob("*.yaml")) if "ConfigMap" in path.read_text())
    original = edited.read_text()

    def forget() -> None:
        shutil.rmtree(cache / "results", ignore_errors=True)

    def edit() -> None:
        edited.write_text(original.replace("level: info", f"level: info{next(edits)}"))

    validate: list[str | Path] = [
        programs / "gitopsgen",
        "validate",
        own,
        "--repo-url",
        URL,
        "--jobs",
        str(jobs),
    ]
    kubeconform: list[str | Path] = [ensure_tool(KUBECONFORM), "-strict", "-n", str(jobs)]
    for folder in (schema_directory(available_versions()[-1]), custom_schema_directory()):
        kubeconform += ["-schema-location", f"{folder}/{SCHEMA_TEMPLATE}"]
    subjects = [Subject("kubeconform alone", [*kubeconform, root])]
    if lint:
        subjects = [
            Subject("yamllint alone", [programs / "yamllint", "-c", root / ".yamllint.yaml", root])
        ]
    name = "validate with yamllint" if lint else "validate"
    return [
        *subjects,
        Subject(f"{name}, cold", validate, forget),
        Subject(f"{name}, nothing changed", validate),
        Subject(f"{name}, one file edited", validate, edit),
    ]


def main() -> None:
    """Print a table for each size, without and with yamllint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--labels", action="store_true", help="larger manifests")
    parser.add_argument("--lint", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        shutil.copytree(cache_dir() / "tools", root / "cache/tools")
        shutil.copytree(cache_dir() / "schemas", root / "cache/schemas")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "GITOPSGEN_CACHE": str(root / "cache"),
            "GITOPSGEN_KUBECONFORM": str(ensure_tool(KUBECONFORM)),
        }
        for size in arguments.sizes:
            for lint in (False, True) if arguments.lint else (False,):
                own = root / f"repository-{size}-{lint}"
                made = make_repository(own, size, 1_000, labels=arguments.labels)
                if lint:
                    (own / ".yamllint.yaml").write_text(_YAMLLINT)
                add_git(own)
                subjects = _subjects(own, own, root / "cache", arguments.jobs, lint=lint)
                measure(subjects, arguments.runs, environment)
                print(f"{made} manifests, ratios to the first:\n")
                print(table(subjects, subjects[0]))
                print(f"\npeak memory of one process: {subjects[-1].peak_mebibytes:.0f} MiB\n")
                shutil.rmtree(own)


if __name__ == "__main__":
    main()

"""How long `gitopsgen new` takes, beside cookiecutter and copier rendering the same files.

Run as `python -m tests.benchmarks.new`. It makes a throw-away environment for copier, prints
ratios and judges nothing: the machine's noise decides too much for a test.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from gitopsgen.blueprints.render import JINJA_SETTINGS
from tests.benchmarks.timing import Subject, measure, table
from tests.sample import SAMPLE

# Delimiters that occur in no file of the sample, so that its text needs no escaping.
_SETTINGS = {
    **JINJA_SETTINGS,
    "variable_start_string": "@{@",
    "variable_end_string": "@}@",
    "block_start_string": "@%@",
    "block_end_string": "@/@",
    "comment_start_string": "@*@",
    "comment_end_string": "@+@",
}


def _cookiecutter_template(root: Path) -> Path:
    """One template with the sample's files; every occurrence of the domain is a variable."""
    shutil.copytree(SAMPLE, root / "@{@cookiecutter.name@}@")
    for path in root.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("example.net", "@{@cookiecutter.domain@}@"), "utf-8")
    variables = {"name": "home", "domain": "example.net", "_jinja2_env_vars": _SETTINGS}
    (root / "cookiecutter.json").write_text(json.dumps(variables))
    return root


def _copier_template(root: Path) -> Path:
    shutil.copytree(SAMPLE, root)
    for path in list(root.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.unlink()
            path.with_name(path.name + ".jinja").write_text(
                text.replace("example.net", "@{@domain@}@"), "utf-8"
            )
    questions = {"domain": {"type": "str", "default": "example.net"}, "_envops": _SETTINGS}
    (root / "copier.yml").write_text(json.dumps(questions))
    return root


def _install_copier(root: Path) -> Path:
    venv.create(root, with_pip=True)
    pip = [str(root / "bin/python"), "-m", "pip", "install", "--quiet", "copier>=9,<10"]
    subprocess.run(pip, check=True)
    return root / "bin/copier"


def main() -> None:
    """Print two tables: start-up, and a whole `new`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        target = root / "out"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "GITOPSGEN_CACHE": os.environ.get("GITOPSGEN_CACHE", str(root / "cache")),
        }
        bare = Subject("python -c pass", [sys.executable, "-c", "pass"])
        version = Subject("gitopsgen --version", [programs / "gitopsgen", "--version"])
        measure([bare, version], runs * 2, environment)
        print(table([bare, version], bare) + "\n")

        def clean() -> None:
            shutil.rmtree(target, ignore_errors=True)

        new: list[str | Path] = [programs / "gitopsgen", "new", target / "home", "--no-input"]
        subjects = [
            Subject(
                "cookiecutter",
                [
                    programs / "cookiecutter",
                    _cookiecutter_template(root / "cookiecutter"),
                    "--no-input",
                    "--output-dir",
                    target,
                ],
                clean,
            ),
            Subject(
                "copier copy",
                [
                    _install_copier(root / "copier-environment"),
                    "copy",
                    "--defaults",
                    "--quiet",
                    _copier_template(root / "copier"),
                    target,
                ],
                clean,
            ),
            Subject("gitopsgen new, checked", [*new, "--config", SAMPLE / "cluster.yaml"], clean),
            Subject(
                "gitopsgen new, checked, --no-git",
                [*new, "--no-git", "--config", SAMPLE / "cluster.yaml"],
                clean,
            ),
        ]
        measure(subjects, runs, environment)
        files = sum(path.is_file() for path in SAMPLE.rglob("*"))
        print(f"{files} files, ratios to cookiecutter:\n")
        print(table(subjects, subjects[0]) + "\n")
        print("ratios to copier copy:\n")
        print(table(subjects, subjects[1]))


if __name__ == "__main__":
    main()

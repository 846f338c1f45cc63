from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitopsgen import __version__
from gitopsgen.commands.validate import command
from gitopsgen.validation.reports.formats import FORMATS
from tests.integration.conftest import CHECKOUT
from tests.integration.steps import evaluate, run_step

ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
INSTALL, VALIDATE = (step for step in STEPS if "run" in step)
DEFAULTS = {f"inputs.{name}": entry["default"] for name, entry in ACTION["inputs"].items()}

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
WRONG = CONFIG_MAP + "dta: {}\n"
WARNED = CONFIG_MAP + "immutable: yes\n"


@pytest.fixture
def runner(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """The variables of a runner whose workspace is empty."""
    for folder in ("temp", "workspace"):
        (tmp_path / folder).mkdir()
    return {
        **environment,
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_WORKSPACE": str(tmp_path / "workspace"),
    }


@pytest.fixture
def installed(runner: dict[str, str]) -> dict[str, str]:
    """A runner on which the checkout's gitopsgen is where the action installs it."""
    program = Path(runner["RUNNER_TEMP"], "gitopsgen/bin/gitopsgen")
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gitopsgen "$@"\n')
    program.chmod(0o755)
    return runner


def validate(
    runner: dict[str, str], inputs: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the action's last step with these inputs."""
    given = {f"inputs.{name}": value for name, value in (inputs or {}).items()}
    assert given.keys() <= DEFAULTS.keys()
    return run_step(VALIDATE, DEFAULTS | given, Path(runner["GITHUB_WORKSPACE"]), runner)


def write(runner: dict[str, str], name: str, text: str) -> None:
    """Write a file of the workspace."""
    path = Path(runner["GITHUB_WORKSPACE"], name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("version", ["", __version__])
@pytest.mark.usefixtures("kubeconform")
def test_the_action_installs_itself_or_a_version_and_checks(
    runner: dict[str, str], published: Path, version: str
) -> None:
    runner["PIP_FIND_LINKS"] = str(published)
    context = {
        "steps.python.outputs.python-path": sys.executable,
        "github.action_path": str(CHECKOUT),
        "inputs.version": version,
    }
    completed = run_step(INSTALL, context, Path(runner["GITHUB_WORKSPACE"]), runner)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    write(runner, "a.yaml", WRONG)
    completed = validate(runner)
    assert completed.returncode == 1, completed.stdout + completed.stderr
    assert completed.stdout.splitlines()[0] == (
        '::error file=a.yaml,line=4,col=1,title=schema-invalid::unknown field "dta"'
        "%0ADid you mean data?"
    )


@pytest.mark.usefixtures("kubeconform")
class TestValidate:
    def test_places_are_those_of_the_workspace(self, installed: dict[str, str]) -> None:
        write(installed, "clusters/my home/a.yaml", WRONG)
        completed = validate(installed, {"repository": "clusters/my home"})
        assert completed.returncode == 1
        assert "::error file=clusters/my home/a.yaml,line=4,col=1," in completed.stdout

    @pytest.mark.parametrize(("strict", "status"), [("false", 0), ("true", 1), ("yes", 2)])
    def test_strict_is_true_or_false(
        self, installed: dict[str, str], strict: str, status: int
    ) -> None:
        write(installed, "a.yaml", WARNED)
        completed = validate(installed, {"strict": strict})
        assert completed.returncode == status
        assert ("::error::strict is true or false, not yes" in completed.stdout) == (status == 2)

    @pytest.mark.parametrize("output", FORMATS)
    def test_a_report_goes_to_a_file_and_the_status_stays(
        self, installed: dict[str, str], output: str
    ) -> None:
        write(installed, "a.yaml", WRONG)
        completed = validate(installed, {"output": output, "report": "a report"})
        assert (completed.returncode, completed.stdout) == (1, "")
        report = Path(installed["GITHUB_WORKSPACE"], "a report").read_text()
        assert "schema-invalid" in report
        assert (output in ("json", "sarif")) == report.startswith("{")

    def test_only_what_a_change_brings(self, installed: dict[str, str]) -> None:
        workspace = installed["GITHUB_WORKSPACE"]
        write(installed, "a.yaml", WRONG)
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
            subprocess.run(["git", *arguments], cwd=workspace, env=installed, check=True)
        assert validate(installed, {"changed-since": "HEAD"}).returncode == 0
        assert validate(installed, {"changed-since": ""}).returncode == 1
        completed = validate(installed, {"changed-since": "--help"})
        assert completed.returncode == 2
        assert "git knows no commit '--help'" in completed.stderr

    @pytest.mark.parametrize("value", ["--help", "$(touch x)", "`touch x`", "'; touch x; '", "*"])
    @pytest.mark.parametrize("name", ["repository", "charts", "output", "changed-since"])
    def test_no_input_is_anything_but_a_value(
        self, installed: dict[str, str], name: str, value: str
    ) -> None:
        write(installed, "a.yaml", CONFIG_MAP)
        completed = validate(installed, {name: value})
        assert completed.returncode == 2, completed.stdout
        assert not completed.stdout
        assert not Path(installed["GITHUB_WORKSPACE"], "x").exists()


def test_steps_use_inputs_only_as_variables() -> None:
    # GitHub pastes an expression into a script as it is: whoever sets it could run anything.
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        assert ("run" not in step) or step["shell"] == "bash"
    used = re.findall(r"inputs\.([\w-]+)", json.dumps(STEPS))
    assert sorted(used) == sorted(ACTION["inputs"])


def test_every_input_is_described_and_has_the_commands_own_default() -> None:
    options = {parameter.name: parameter for parameter in command.params}
    for name, entry in ACTION["inputs"].items():
        assert entry["description"].strip().endswith((".", ")"))
        assert isinstance(entry["default"], str)
        if name in ("charts", "repository"):
            assert entry["default"] == options[name].default


def test_what_is_cached_is_gitopsgens_cache() -> None:
    (cache,) = (step["with"] for step in STEPS if "actions/cache@" in step.get("uses", ""))
    assert cache["path"] == "~/.cache/gitopsgen"
    context = {
        "runner.os": "Linux",
        "runner.arch": "X64",
        "hashFiles('**/*.yaml', '**/*.yml')": "0123",
    }
    key = evaluate(cache["key"], context)
    assert key == "gitopsgen-Linux-X64-0123"
    assert key.startswith(evaluate(cache["restore-keys"], context))


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    for step in (INSTALL, VALIDATE):
        script = tmp_path / "step.sh"
        script.write_text("#!/bin/bash\nset -eo pipefail\n" + step["run"])
        shellcheck = Path(sys.executable).with_name("shellcheck")
        completed = subprocess.run(
            [shellcheck, script], capture_output=True, text=True, check=False
        )
        assert completed.returncode == 0, completed.stdout

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.findings import Finding, Severity
from gitopsgen.validation import lint as lint_module
from gitopsgen.validation.lint import lint
from tests.documents.strategies import nearly_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TRAILING = "rules: {trailing-spaces: enable}\n"


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def places(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{f.file}:{f.line}:{f.column} {f.rule}" for f in findings]


def test_findings_have_the_severity_place_and_words_of_yamllint(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".yamllint.yaml": "rules: {trailing-spaces: enable, colons: {level: warning}}\n",
            "apps/a.yaml": "é: 1 \nb:  2\n",
        },
    )

    assert lint(tmp_path, ["apps/a.yaml"]) == (
        Finding("yamllint/trailing-spaces", Severity.ERROR, "apps/a.yaml", 1, 5, "trailing spaces"),
        Finding(
            "yamllint/colons", Severity.WARNING, "apps/a.yaml", 2, 4, "too many spaces after colon"
        ),
    )


def test_a_repository_without_settings_agreed_to_no_style(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "a:   [ 1,2 ]   "})

    assert lint(tmp_path, ["a.yaml"]) == ()


def test_yamllint_is_imported_only_where_there_are_settings(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "a: 1\n"})
    program = (
        "import sys, pathlib; from gitopsgen.validation.lint import lint;"
        f"lint(pathlib.Path({str(tmp_path)!r}), ['a.yaml']); print('yamllint' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.split() == [b"False"]


@pytest.mark.parametrize("name", [".yamllint", ".yamllint.yaml", ".yamllint.yml"])
def test_settings_are_found_under_the_names_that_yamllint_knows(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: TRAILING, "a.yaml": "a: 1 \n"})

    assert places(lint(tmp_path, ["a.yaml"])) == ["a.yaml:1:5 yamllint/trailing-spaces"]


def test_the_first_of_several_settings_counts(tmp_path: Path) -> None:
    write(tmp_path, {".yamllint": TRAILING, ".yamllint.yml": "rules: {}\n", "a.yaml": "a: 1 \n"})

    assert len(lint(tmp_path, ["a.yaml"])) == 1


def test_files_may_be_paths_and_are_linted_once(tmp_path: Path) -> None:
    write(tmp_path, {".yamllint": TRAILING, "x/a.yaml": "a: 1 \n"})

    findings = lint(tmp_path, [tmp_path / "x" / "a.yaml", "x/a.yaml", "x/../x/a.yaml"])

    assert places(findings) == ["x/a.yaml:1:5 yamllint/trailing-spaces"]


def test_the_settings_say_which_files_are_looked_at(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".yamllint.yaml": f"{TRAILING}ignore: |\n  vendor/\n  !vendor/own.yaml\n",
            "vendor/a.yaml": "a: 1 \n",
            "b.yaml": "a: 1 \n",
            "c.json": "{} \n",
            "README.md": "x \n",
        },
    )
    files = ["vendor/a.yaml", "b.yaml", "c.json", "README.md"]

    assert places(lint(tmp_path, files)) == ["b.yaml:1:5 yamllint/trailing-spaces"]


def test_yaml_files_adds_names(tmp_path: Path) -> None:
    settings = f"{TRAILING}yaml-files: ['*.json', .clang-format]\n"
    write(
        tmp_path,
        {
            ".yamllint.yaml": settings,
            "a.yaml": "a: 1 \n",
            "c.json": "{} \n",
            "x/.clang-format": "a: 1 \n",
        },
    )

    findings = lint(tmp_path, ["a.yaml", "c.json", "x/.clang-format"])

    assert [finding.file for finding in findings] == ["c.json", "x/.clang-format"]


def test_comments_in_the_file_turn_rules_off(tmp_path: Path) -> None:
    off = "# yamllint disable rule:trailing-spaces\na: 1 \n"
    write(tmp_path, {".yamllint": TRAILING, "a.yaml": off, "b.yaml": "# yamllint disable-file\n "})

    assert lint(tmp_path, ["a.yaml", "b.yaml"]) == ()


def test_results_do_not_depend_on_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_off = "rules: {}\n"
    outside = write(tmp_path, {".yamllint": everything_off, "home/yamllint/config": everything_off})
    root = write(tmp_path / "repository", {".yamllint.yaml": TRAILING, "a.yaml": "é: 1 \n"})
    monkeypatch.chdir(outside)
    monkeypatch.setenv("YAMLLINT_CONFIG_FILE", str(outside / ".yamllint"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(outside / "home"))
    monkeypatch.setenv("YAMLLINT_FILE_ENCODING", "utf-16")

    assert places(lint(root, ["a.yaml"])) == ["a.yaml:1:5 yamllint/trailing-spaces"]


def test_what_only_yamllints_own_parser_stumbles_over_is_no_syntax_error(tmp_path: Path) -> None:
    write(tmp_path, {".yamllint": TRAILING, "a.yaml": "a: b\t\n"})
    [finding] = lint(tmp_path, ["a.yaml"], checked=())
    assert finding.rule == "yamllint/trailing-spaces"


def test_a_file_can_take_itself_out(tmp_path: Path) -> None:
    write(tmp_path, {".yamllint": TRAILING, "a.yaml": "#  yamllint disable-file \na: b \n"})
    assert lint(tmp_path, ["a.yaml"]) == ()


def test_the_result_is_that_of_the_yamllint_command(tmp_path: Path) -> None:
    messy = "a:  1\nb : [ 1,2]\n\n\n\nl:\n-  1\nc: yes # x\n#y\nd:\n   k: {}\n" + f"e: {'x' * 90} "
    write(
        tmp_path,
        {
            ".yamllint.yaml": "extends: default\nignore-from-file: .gitignore\n",
            ".gitignore": "*.tmp.yaml\n",
            "a.yaml": messy,
            "x/b.yml": "---\r\na:\r\n    - 1\r\n    -  2\r\n...",
            "x/c.tmp.yaml": messy,
            "d.yaml": "a: &x 1\na: *y\n",
        },
    )
    command = [sys.executable, "-m", "yamllint", "-f", "parsable", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    files = ["a.yaml", "x/b.yml", "x/c.tmp.yaml", "d.yaml", ".yamllint.yaml"]
    findings = lint(tmp_path, files, checked=())

    expected = sorted(line.removeprefix("./") for line in done.stdout.splitlines())
    assert len(expected) > 15
    assert sorted(map(as_parsable, findings)) == expected


def as_parsable(finding: Finding) -> str:
    rule = finding.rule.removeprefix("yamllint/")
    place = f"{finding.file}:{finding.line}:{finding.column}"
    return f"{place}: [{finding.severity.value}] {finding.message} ({rule})"


class TestRepeats:
    """What the YAML stage says is not said again, in the files that it reads."""

    SETTINGS = "rules: {key-duplicates: enable, truthy: {level: warning}, trailing-spaces: enable}"

    @pytest.mark.parametrize(
        "text", ["a: 'x \n", "a: 1\na: 2\n", "a: yes\n", "on: 1\n", "a: [\n", "a: \x1b\n", "a: @x"]
    )
    def test_nothing_is_said_twice(self, tmp_path: Path, text: str) -> None:
        write(tmp_path, {".yamllint": self.SETTINGS, "a.yaml": text})

        assert lint(tmp_path, ["a.yaml"]) == ()
        assert lint(tmp_path, ["a.yaml"], checked=["a.yaml"]) == ()
        assert len(lint(tmp_path, ["a.yaml"], checked=["b.yaml"])) == 1

    def test_other_rules_still_speak(self, tmp_path: Path) -> None:
        write(tmp_path, {".yamllint": self.SETTINGS, "a.yaml": "a: 1\na: yes \n"})

        assert places(lint(tmp_path, ["a.yaml"])) == ["a.yaml:2:7 yamllint/trailing-spaces"]

    def test_what_only_yamllint_finds_stays(self, tmp_path: Path) -> None:
        write(tmp_path, {".yamllint": self.SETTINGS, "a.yaml": "a: True\nb: 1\n"})

        assert places(lint(tmp_path, ["a.yaml"])) == ["a.yaml:1:4 yamllint/truthy"]

    def test_an_error_is_not_left_to_a_warning(self, tmp_path: Path) -> None:
        write(tmp_path, {".yamllint": "rules: {truthy: enable}", "a.yaml": "a: yes\n"})

        assert places(lint(tmp_path, ["a.yaml"])) == ["a.yaml:1:4 yamllint/truthy"]

    def test_a_syntax_error_elsewhere_is_one_finding(self, tmp_path: Path) -> None:
        write(tmp_path, {".yamllint": self.SETTINGS, ".github/ci.yml": "on: push\na: b: c\n"})

        (finding,) = lint(tmp_path, [".github/ci.yml"], checked=[])

        assert (finding.rule, finding.severity) == ("yamllint/syntax", Severity.ERROR)
        assert (finding.line, finding.column) == (2, 5)
        assert finding.message == "a `key: value` is not allowed here"


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("content", "place"),
        [
            (b"a: 1\n\x00\x01", "2:1"),
            ("a: é\n".encode("latin-1"), "1:4"),
            ("a: 1\n".encode("utf-16"), "1:1"),
            (b"a: 1\nb: \x1b[0m\n", "2:4"),
        ],
    )
    def test_what_is_no_text_is_a_syntax_finding_where_nobody_else_reports_it(
        self, tmp_path: Path, content: bytes, place: str
    ) -> None:
        write(tmp_path, {".yamllint": TRAILING, "a.yaml": content})

        assert places(lint(tmp_path, ["a.yaml"], checked=[])) == [f"a.yaml:{place} yamllint/syntax"]
        assert lint(tmp_path, ["a.yaml"]) == ()

    def test_an_empty_file_and_a_byte_order_mark_are_fine(self, tmp_path: Path) -> None:
        write(tmp_path, {".yamllint": TRAILING, "a.yaml": b"", "b.yaml": b"\xef\xbb\xbfa: 1\n"})

        assert lint(tmp_path, ["a.yaml", "b.yaml"], checked=[]) == ()

    def test_only_regular_files_of_the_repository_are_read(self, tmp_path: Path) -> None:
        outside = write(tmp_path / "outside", {"a.yaml": "a: 1 \n", "x/b.yaml": "a: 1 \n"})
        root = write(tmp_path / "repository", {".yamllint": TRAILING, "real.yaml": "a: 1 \n"})
        (root / "out.yaml").symlink_to(outside / "a.yaml")
        (root / "folder").symlink_to(outside / "x")
        (root / "in.yaml").symlink_to(root / "real.yaml")
        (root / "loop.yaml").symlink_to(root / "loop.yaml")
        (root / "dir.yaml").mkdir()
        os.mkfifo(root / "pipe.yaml")

        files = ["out.yaml", "folder/b.yaml", "in.yaml", "loop.yaml", "dir.yaml", "pipe.yaml"]
        findings = lint(root, [*files, "../outside/a.yaml", "missing.yaml", "\0.yaml"], checked=[])

        assert [finding.file for finding in findings] == ["in.yaml"]

    def test_a_file_that_cannot_be_read_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, {".yamllint": TRAILING, "a.yaml": "a: 1\n"})
        monkeypatch.setattr(lint_module, "MAX_SIZE", 4)

        (finding,) = lint(tmp_path, ["a.yaml"], checked=[])

        assert finding.message == "the file has more than 4 bytes"

    def test_deep_nesting_does_no_harm(self, tmp_path: Path) -> None:
        write(tmp_path, {".yamllint": "extends: default", "a.yaml": "[" * 100_000})

        assert places(lint(tmp_path, ["a.yaml"], checked=[])) == ["a.yaml:1:201 yamllint/syntax"]

    def test_what_only_kubernetes_refuses_is_fine_elsewhere(self, tmp_path: Path) -> None:
        text = 'a: .inf\nb: "\\/"\n~: c\n'
        write(tmp_path, {".yamllint": "rules: {colons: enable}", ".github/x.yaml": text})

        assert lint(tmp_path, [".github/x.yaml"], checked=[]) == ()

    def test_a_rule_that_stumbles_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stumble(*_arguments: Any) -> None:
            raise RecursionError

        write(tmp_path, {".yamllint": TRAILING, "a.yaml": "a: 1\n"})
        monkeypatch.setattr("yamllint.linter.get_cosmetic_problems", stumble)

        (finding,) = lint(tmp_path, ["a.yaml"])

        assert finding.message == "yamllint cannot read the file (RecursionError)"


class TestProcesses:
    @staticmethod
    def repository(root: Path) -> list[str]:
        files = {f"{number:03}.yaml": "a: 1" + " " * (number % 3) + "\n" for number in range(90)}
        write(root, {".yamllint": f"{TRAILING}ignore: ['04*.yaml']\n", **files})
        return list(files)

    def test_many_files_are_shared_among_processes_with_the_same_result(
        self, tmp_path: Path
    ) -> None:
        files = self.repository(tmp_path)

        findings = lint(tmp_path, files, jobs=2)

        assert len(findings) == 53
        assert findings == lint(tmp_path, files)

    def test_where_no_processes_can_be_had_it_works_without(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_arguments: Any, **_options: Any) -> None:
            raise OSError("Resource temporarily unavailable")

        files = self.repository(tmp_path)
        monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.map", refuse)

        assert len(lint(tmp_path, files, jobs=2)) == 53


@given(text=st.text() | nearly_yaml)
def test_any_text_can_be_linted(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.mktemp("repository")
    write(
        root,
        {
            ".yamllint": "extends: default",
            "a.yaml": text.encode(errors="surrogatepass"),
        },
    )

    for finding in lint(root, ["a.yaml"], checked=[]):
        assert finding.line >= 1
        assert finding.column >= 1
        assert finding.message

"""The shipped data is what `python -m schemas_build` makes of its sources."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gitopsgen.errors import UnavailableError
from gitopsgen.schemas.archive import contents
from gitopsgen.schemas.custom import ARCHIVE, INDEX, custom_kinds
from gitopsgen.schemas.kubernetes import archive_file, available_versions
from gitopsgen.schemas.layout import DATA, GroupVersionKind
from schemas_build.__main__ import main
from schemas_build.definitions import minor_versions
from schemas_build.go_types import read_facts
from schemas_build.kubernetes import build_kubernetes
from schemas_build.modules import Module, module_files, pinned_modules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@pytest.mark.parametrize("minor", available_versions())
def test_each_kubernetes_archive_is_what_the_command_makes(minor: str) -> None:
    assert contents(archive_file(minor).read_bytes()) == build_kubernetes(minor)


def test_every_version_at_hand_is_shipped() -> None:
    assert available_versions() == minor_versions()


def test_the_data_is_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 400_000


def test_the_index_of_custom_kinds_tells_of_the_archive() -> None:
    index = json.loads(INDEX.read_text(encoding="utf-8"))["kinds"]
    pins = {
        (module.path, module.version) for modules in pinned_modules().values() for module in modules
    }

    assert len(index) == len(custom_kinds()) == len(contents(ARCHIVE.read_bytes()))
    assert {(kind.module, kind.module_version) for kind in custom_kinds().values()} <= pins


def test_check_finds_nothing_to_do_and_changes_nothing() -> None:
    before = {path: path.stat().st_mtime_ns for path in DATA.iterdir()}

    result = CliRunner().invoke(main, ["--check", "kubernetes"])

    assert (result.exit_code, result.output) == (0, "")
    assert {path: path.stat().st_mtime_ns for path in DATA.iterdir()} == before


def test_check_tells_what_differs_and_making_it_puts_that_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One archive is right, one has wrong schemas, one is missing, one is of no known version."""
    right = archive_file("1.31").read_bytes()
    for minor in ("1.30", "1.31", "1.99"):
        (tmp_path / f"kubernetes-{minor}.xz").write_bytes(right)
    monkeypatch.setattr("gitopsgen.schemas.kubernetes.DATA", tmp_path)
    monkeypatch.setattr("schemas_build.__main__.minor_versions", lambda: ("1.30", "1.31", "1.32"))
    wrong = ["kubernetes-1.30.xz", "kubernetes-1.32.xz", "kubernetes-1.99.xz"]

    check = CliRunner().invoke(main, ["--check", "kubernetes"])
    made = CliRunner().invoke(main, ["kubernetes"])

    assert check.exit_code == 1
    assert check.output.splitlines() == [f"{name}: differs" for name in wrong]
    assert made.exit_code == 0
    assert made.output.splitlines() == [f"{name}: written" for name in wrong]
    assert {path.name: contents(path.read_bytes()) for path in tmp_path.iterdir()} == {
        f"kubernetes-{minor}.xz": contents((DATA / f"kubernetes-{minor}.xz").read_bytes())
        for minor in ("1.30", "1.31", "1.32")
    }


@pytest.mark.slow
@pytest.mark.usefixtures("go_modules")
def test_everything_shipped_is_what_the_command_makes() -> None:
    result = CliRunner().invoke(main, ["--check"])

    assert (result.exit_code, result.output) == (0, "")


class TestGoTypes:
    REGISTER = 'package v1\n\nconst GroupName = "example.k8s.io"\n'

    def facts(self, types: str, generated: str = "") -> dict[str, object]:
        facts = read_facts(
            [
                ("example/v1/register.go", self.REGISTER),
                ("example/v1/types.go", f"package v1\n\n{types}"),
                ("example/v1/zz_generated.prerelease-lifecycle.go", generated),
            ]
        )
        assert {name.group for name in facts.namespaced} <= {"example.k8s.io"}
        return {
            "namespaced": {name.kind: value for name, value in facts.namespaced.items()},
            "removed": {name.kind: value for name, value in facts.removed_in.items()},
            "instead": {name.kind: tuple(value) for name, value in facts.replacement.items()},
        }

    def test_the_marks_above_a_type_tell_its_scope(self) -> None:
        facts = self.facts(
            "// +genclient\n// +k8s:openapi-gen=true\n\n// Box is a box.\ntype Box struct {\n}\n\n"
            "// +genclient\n// +genclient:nonNamespaced\ntype Shelf struct {\n}\n\n"
            "// +k8s:openapi-gen=true\ntype BoxSpec struct {\n}\n\n"
            "// +genclient\n// +genclient:noVerbs\ntype Opening struct {\n}\n"
        )

        assert facts["namespaced"] == {"Box": True, "Shelf": False}

    def test_marks_belong_to_the_next_type_only(self) -> None:
        facts = self.facts(
            "// +genclient\n// +genclient:nonNamespaced\ntype Shelf struct {\n\tName string\n}\n\n"
            "type Plain struct {\n}\n\n// +genclient\ntype Box struct {\n}\n"
        )

        assert facts["namespaced"] == {"Shelf": False, "Box": True}

    def test_the_generated_lifecycle_tells_the_end_and_what_comes_after(self) -> None:
        facts = self.facts(
            "",
            "func (in *Box) APILifecycleIntroduced() (major, minor int) {\n\treturn 1, 5\n}\n"
            "func (in *Box) APILifecycleReplacement() schema.GroupVersionKind {\n"
            '\treturn schema.GroupVersionKind{Group: "boxes", Version: "v1", Kind: "Box"}\n}\n'
            "func (in *Box) APILifecycleRemoved() (major, minor int) {\n\treturn 1, 25\n}\n",
        )

        assert facts["removed"] == {"Box": 25}
        assert facts["instead"] == {"Box": ("boxes", "v1", "Box")}

    def test_a_package_without_a_group_tells_nothing(self) -> None:
        facts = read_facts([("a/v1/types.go", "// +genclient\ntype Box struct {\n}\n")])

        assert facts.namespaced == {}

    def test_what_a_later_version_says_wins(self) -> None:
        old = read_facts(
            [
                ("e/v1/register.go", self.REGISTER),
                ("e/v1/types.go", "// +genclient\ntype Box struct {\n}\n"),
            ]
        )
        new = read_facts(
            [
                ("e/v1/register.go", self.REGISTER),
                ("e/v1/types.go", "// +genclient\n// +genclient:nonNamespaced\ntype Box struct {"),
            ]
        )

        old.update(new)

        assert old.namespaced == {GroupVersionKind("example.k8s.io", "v1", "Box"): False}


class TestModules:
    @pytest.fixture
    def archive(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A module's zip file, and a go command that claims to have downloaded it."""
        archive = tmp_path / "module.zip"
        archive.write_bytes(self.zip([("b.yaml", "b: 1\n"), ("a.yaml", "a: 1\n"), ("c.go", "")]))
        self.go(tmp_path, json.dumps({"Error": "needs a newer go", "Zip": str(archive)}), 1)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return archive

    @staticmethod
    def go(folder: Path, output: str, status: int) -> None:
        program = folder / "go"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\nexit {status}\n")
        program.chmod(0o755)

    @staticmethod
    def zip(files: Iterable[tuple[str, str]]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in files:
                archive.writestr(f"example.net/mod@v1.0.0/{name}", text)
        return buffer.getvalue()

    @staticmethod
    def sum(files: Iterable[tuple[str, str]]) -> str:
        """The hash as sha256sum and openssl would make it, file by file."""
        listing = subprocess.run(
            ["sort", "-k2"],
            input="".join(
                f"{hashlib.sha256(text.encode()).hexdigest()}  example.net/mod@v1.0.0/{name}\n"
                for name, text in files
            ),
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return f"h1:{base64.b64encode(hashlib.sha256(listing.encode()).digest()).decode()}"

    def test_the_files_asked_for_come_in_order(self, archive: Path) -> None:
        good = self.sum([("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n"), ("c.go", "")])

        files = list(module_files(Module("example.net/mod", "v1.0.0", good), r"\w+\.yaml"))

        assert archive.exists()
        assert files == [("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n")]

    def test_another_module_than_the_pinned_one_is_refused(self, archive: Path) -> None:
        good = self.sum([("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n"), ("c.go", "")])
        archive.write_bytes(self.zip([("a.yaml", "a: 2\n"), ("b.yaml", "b: 1\n"), ("c.go", "")]))

        with pytest.raises(UnavailableError, match=r"is not the module that modules\.sum pins"):
            list(module_files(Module("example.net/mod", "v1.0.0", good), r".*"))

    @pytest.mark.parametrize("output", ["", "{}", "no module proxy", '{"Error": "not found"}'])
    def test_a_module_that_cannot_be_had_is_explained(
        self, archive: Path, tmp_path: Path, output: str
    ) -> None:
        self.go(tmp_path, output, 1)

        with pytest.raises(UnavailableError, match=r"go cannot download example.net/mod v1.0.0"):
            list(module_files(Module("example.net/mod", "v1.0.0", ""), r".*"))
        assert archive.exists()

    def test_the_pins_are_in_order_and_each_once(self) -> None:
        pins = [module for modules in pinned_modules().values() for module in modules]

        assert len({(module.path, module.version) for module in pins}) == len(pins)
        assert [(module.path, module.version) for module in pins] == sorted(
            (module.path, module.version) for module in pins
        )
        assert all(module.sum.startswith("h1:") for module in pins)

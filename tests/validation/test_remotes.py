from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.remotes import Remotes, remotes_of
from gitopsgen.validation.service import Options, validate
from tests.validation.rules.build import URL, application, applicationset, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A work tree with one remote."""
    for command in (("init", "--quiet"), ("remote", "add", "origin", URL)):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / "deep/inner").mkdir(parents=True)
    return tmp_path


def test_a_folder_of_a_work_tree_is_only_a_part_of_it(checkout: Path) -> None:
    assert remotes_of(checkout) == Remotes(own=(URL,))
    assert remotes_of(checkout / "deep/inner") == Remotes(around=(URL,))


def test_a_work_tree_in_another_one_is_its_own(checkout: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=checkout / "deep", check=True)
    assert remotes_of(checkout / "deep") == Remotes()


@pytest.mark.usefixtures("kubeconform")
def test_what_lies_outside_of_the_folder_is_said_to(checkout: Path) -> None:
    source = applicationset("[{name: shop}]", "'{{name}}'", "shop").replace(
        "list: {elements: [{name: shop}]}",
        f"git: {{repoURL: {URL}, revision: HEAD, directories: [{{path: a}}]}}",
    )
    tree = {"deep/web.yaml": application("web", "path: web"), "deep/set.yaml": source}
    write(checkout, tree)
    report = validate(checkout / "deep", Options(charts="skip", lint=False, jobs=1))
    part = "the repository that this folder is only a part of: validate that one"
    assert [(item.what, item.reason) for item in report.unchecked] == [
        ("ApplicationSet all", f"the git generator reads {part}"),
        ("source web", f"it is in {part}"),
    ]
    assert report.findings == ()

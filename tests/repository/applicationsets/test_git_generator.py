"""The git generator: folders and files of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.repository.applicationsets.build import expand_text, names

if TYPE_CHECKING:
    from pathlib import Path

APPS = {
    "apps/web/x.yaml": "a: b\n",
    "apps/My_DB/deep/x.yaml": "a: b\n",
    "apps/.hidden/x.yaml": "a: b\n",
    "apps/file.yaml": "a: b\n",
    "other/web/x.yaml": "a: b\n",
}


def folders(tmp_path: Path, directories: str) -> Any:
    text = f"""
generators: [{{git: {{repoURL: URL, revision: HEAD, directories: {directories}}}}}]
template: {{metadata: {{name: '{{{{path}}}}'}}, spec: {{}}}}
"""
    return expand_text(tmp_path, text, APPS)


@pytest.mark.parametrize(
    ("directories", "expected"),
    [
        ("[{path: 'apps/*'}]", ["apps/My_DB", "apps/web"]),
        ("[{path: '*'}]", ["apps", "other"]),
        ("[{path: '*/web'}]", ["apps/web", "other/web"]),
        ("[{path: 'apps/*/*'}]", ["apps/My_DB/deep"]),
        ("[{path: 'apps/**'}]", ["apps/My_DB", "apps/web"]),
        ("[{path: apps/web}]", ["apps/web"]),
        ("[{path: 'apps/w?b'}, {path: 'other/[a-z]*'}]", ["apps/web", "other/web"]),
        ("[{path: 'apps/[^A-Z]*'}]", ["apps/web"]),
        ("[{path: 'apps/*'}, {path: apps/web, exclude: true}]", ["apps/My_DB"]),
        ("[{path: apps/web, exclude: true}]", []),
        ("[{path: 'apps/*/'}]", []),
        ("[{path: './apps/*'}]", []),
        ("[{path: 'apps/[w'}]", []),
    ],
)
def test_folders(tmp_path: Path, directories: str, expected: list[str]) -> None:
    expansion = folders(tmp_path, directories)

    assert names(expansion) == expected
    assert expansion.unchecked == ()


def test_what_a_folder_supplies(tmp_path: Path) -> None:
    text = """
generators: [{git: {repoURL: URL, directories: [{path: 'apps/*/*'}], values: {x: '{{path}}!'}}}]
template:
  metadata:
    name: '{{path.basename}}-{{path.basenameNormalized}}-{{path[0]}}-{{path[1]}}-{{values.x}}'
  spec: {}
"""
    tree = {"apps/web/My_Own.App/x.yaml": "a: b\n"}

    expansion = expand_text(tmp_path, text, tree)

    assert names(expansion) == ["My_Own.App-my-own.app-apps-web-apps/web/My_Own.App!"]


def test_what_a_folder_supplies_to_go_templates(tmp_path: Path) -> None:
    text = """
goTemplate: true
goTemplateOptions: [missingkey=error]
generators:
- git:
    repoURL: URL
    pathParamPrefix: app
    directories: [{path: 'apps/*'}]
    values: {x: '{{ index .app.path.segments 0 }}'}
template:
  metadata:
    name: '{{.app.path.path}} {{.app.path.basename}} {{.app.path.basenameNormalized}} {{.values.x}}'
  spec: {}
"""
    expansion = expand_text(tmp_path, text, {"apps/My_DB/x.yaml": "a: b\n"})

    assert names(expansion) == ["apps/My_DB My_DB my-db apps"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("[{path: 'sets/*.yaml'}]", ["sets/a.yaml", "sets/deep/b.yaml"]),
        ("[{path: '**/b.yaml'}]", ["sets/deep/b.yaml"]),
        ("[{path: 'sets/**/b.yaml'}]", ["sets/deep/b.yaml"]),
        ("[{path: 'sets/**/a.yaml'}]", []),
        ("[{path: sets}]", ["sets/a.yaml", "sets/c.json", "sets/deep/b.yaml"]),
        ("[{path: ./sets/a.yaml}]", ["sets/a.yaml"]),
        ("[{path: 'sets/[!a].*'}]", ["sets/c.json"]),
        ("[{path: sets}, {path: '*.yaml', exclude: true}]", ["sets/c.json"]),
        ("[{path: sets/none.yaml}]", []),
    ],
)
def test_files(tmp_path: Path, files: str, expected: list[str]) -> None:
    text = f"""
generators: [{{git: {{repoURL: URL, files: {files}}}}}]
template: {{metadata: {{name: '{{{{path}}}}/{{{{path.filename}}}}'}}, spec: {{}}}}
"""
    tree = {"sets/a.yaml": "", "sets/deep/b.yaml": "", "sets/c.json": "{}", "b.yaml": ""}

    expansion = expand_text(tmp_path, text, tree)

    assert names(expansion) == expected
    assert expansion.unchecked == ()


@pytest.mark.parametrize(
    "setting",
    [
        "args: [--enable-new-git-file-globbing]",
        "data: {applicationsetcontroller.enable.new.git.file.globbing: 'true'}",
        "- name: ARGOCD_APPLICATIONSET_CONTROLLER_ENABLE_NEW_GIT_FILE_GLOBBING\n  value: 'true'",
    ],
)
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("[{path: 'sets/*.yaml'}]", ["sets/a.yaml"]),
        ("[{path: 'sets/**/*.yaml'}]", ["sets/a.yaml", "sets/deep/b.yaml"]),
        ("[{path: 'sets/**/*.{yaml,json}'}]", ["sets/a.yaml", "sets/c.json", "sets/deep/b.yaml"]),
        ("[{path: 'sets/**'}, {path: 'sets/*', exclude: true}]", ["sets/deep/b.yaml"]),
    ],
)
def test_files_with_the_newer_globs(
    tmp_path: Path, setting: str, files: str, expected: list[str]
) -> None:
    text = f"""
generators: [{{git: {{repoURL: URL, files: {files}}}}}]
template: {{metadata: {{name: '{{{{path}}}}/{{{{path.filename}}}}'}}, spec: {{}}}}
"""
    tree = {"sets/a.yaml": "", "sets/deep/b.yaml": "", "sets/c.json": "{}", "argo.yaml": setting}
    assert names(expand_text(tmp_path, text, tree)) == expected


@pytest.mark.parametrize(
    "setting",
    [
        "args: [--enable-new-git-file-globbing=false]",
        "data: {applicationsetcontroller.enable.new.git.file.globbing: 'false'}",
    ],
)
def test_the_newer_globs_may_be_switched_off(tmp_path: Path, setting: str) -> None:
    text = """
generators: [{git: {repoURL: URL, files: [{path: 'sets/*.yaml'}]}}]
template: {metadata: {name: '{{path.basename}}'}, spec: {}}
"""
    tree = {"sets/deep/b.yaml": "", "argo.yaml": setting}
    assert names(expand_text(tmp_path, text, tree)) == ["deep"]


def test_what_a_file_supplies(tmp_path: Path) -> None:
    text = """
generators: [{git: {repoURL: URL, files: [{path: '**/config.json'}]}}]
template:
  metadata:
    name: '{{cluster.name}} {{cluster.ports.1}} {{on}} {{big}} {{none}} {{empty.x}}'
    labels:
      a: '{{path}} {{path.basename}} {{path.filename}} {{path.filenameNormalized}} {{path[1]}}'
  spec: {}
"""
    content = (
        '{"cluster": {"name": "dev", "ports": [80, 443]}, "on": true, "big": 12345678,'
        ' "none": null, "empty": {}, "path": "overruled"}'
    )
    (application,) = expand_text(tmp_path, text, {"a/B_c/config.json": content}).applications

    assert application["metadata"]["name"] == "dev 443 true 1.2345678e+07 <nil> {{empty.x}}"
    assert application["metadata"]["labels"] == {"a": "a/B_c B_c config.json config.json B_c"}


def test_a_file_may_hold_a_list(tmp_path: Path) -> None:
    text = """
goTemplate: true
generators: [{git: {repoURL: URL, files: [{path: sets.yaml}]}}]
template: {metadata: {name: '{{.name}}-{{.path.path}}-{{.path.filename}}'}, spec: {}}
"""
    expansion = expand_text(tmp_path, text, {"sets.yaml": "- {name: a}\n- {name: b}\n"})

    assert names(expansion) == ["a-.-sets.yaml", "b-.-sets.yaml"]


@pytest.mark.parametrize("content", ["text\n", "[a, b]\n", "a: [b\n"])
def test_a_file_that_holds_no_parameters_is_unchecked(tmp_path: Path, content: str) -> None:
    text = """
generators: [{git: {repoURL: URL, files: [{path: sets.yaml}]}}]
template: {metadata: {name: x}, spec: {}}
"""
    expansion = expand_text(tmp_path, text, {"sets.yaml": content})

    assert expansion.applications == ()
    assert "sets.yaml" in expansion.unchecked[0]


@pytest.mark.parametrize(
    ("git", "reason"),
    [
        ("{repoURL: https://github.com/other/repo, directories: [{path: '*'}]}",
         "the git generator reads another repository, https://github.com/other/repo"),
        ("{directories: [{path: '*'}]}", "another repository"),
        ("{repoURL: URL}", "neither directories nor files"),
        ("{repoURL: URL, files: [{path: ':(glob)x'}]}", "pathspec"),
        ("{repoURL: URL, files: [{path: ../x}]}", "outside of the repository"),
        ("{repoURL: URL, directories: [{path: '*'}], values: {a: 1}}", "value a"),
    ],
)  # fmt: skip
def test_what_cannot_be_generated(tmp_path: Path, git: str, reason: str) -> None:
    text = f"generators: [{{git: {git}}}]\ntemplate: {{metadata: {{name: x}}, spec: {{}}}}\n"

    expansion = expand_text(tmp_path, text, {"apps/x.yaml": ""})

    assert expansion.applications == ()
    assert reason in expansion.unchecked[0]


def test_the_repository_is_known_by_any_of_its_urls(tmp_path: Path) -> None:
    text = """
generators: [{git: {repoURL: 'git@github.com:owner/repo.git', directories: [{path: '*'}]}}]
template: {metadata: {name: '{{path}}'}, spec: {}}
"""
    assert names(expand_text(tmp_path, text, {"apps/x.yaml": ""})) == ["apps"]

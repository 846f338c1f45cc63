from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gitopsgen.blueprints.catalogue import load_catalogue
from gitopsgen.tree import write_tree
from gitopsgen.validation.lint import lint
from tests.blueprints.clusters import (
    SAMPLE_COMPONENTS,
    VARIANTS,
    applications,
    load,
    render_variant,
)

if TYPE_CHECKING:
    from pathlib import Path


def installed(variant: str) -> set[str]:
    return set(SAMPLE_COMPONENTS) - set(VARIANTS[variant])


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_file_reads(variant: str) -> None:
    for path, file in render_variant(variant).items():
        text = file.content.decode()
        if path.endswith(".yaml"):
            documents = list(yaml.safe_load_all(text))
            assert documents, path
            assert None not in documents, path
        if path.endswith(".json"):
            assert isinstance(json.loads(text), dict)
        assert file.executable == path.endswith(".sh"), path


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_file_is_tidy(variant: str) -> None:
    for path, file in render_variant(variant).items():
        text = file.content.decode()
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert re.search(r"[ \t]+$", text, re.MULTILINE) is None, path
        assert "\r" not in text, path
        assert "\n\n\n" not in text, path
        # Nothing of the template is left over, nor a value that was not there.
        assert re.search(r"#[{%|] | [}%|]#|cookiecutter", text) is None, path
        assert re.search(r"\b(None|Undefined|True|False)\b", text) is None, path


@pytest.mark.parametrize("variant", VARIANTS)
def test_yamllint_is_content_with_it(variant: str, tmp_path: Path) -> None:
    tree = render_variant(variant)
    write_tree(tmp_path, tree)
    files = [path for path in tree if path.endswith(".yaml")]
    # The first is the repository's own settings; they do look at something.
    assert ".yamllint.yaml" in files
    assert lint(tmp_path, files) == ()
    (tmp_path / "wrong.yaml").write_text("a:   1 \n", encoding="utf-8")
    assert {finding.file for finding in lint(tmp_path, ["wrong.yaml"])} == {"wrong.yaml"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_component_has_its_files_and_no_other_has(variant: str) -> None:
    tree = render_variant(variant)
    names = installed(variant)
    assert set(applications(tree)) == names
    folders = {path.split("/")[1] for path in tree if path.startswith("components/")}
    assert folders == names


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_readme_speaks_of_what_is_installed(variant: str) -> None:
    readme = render_variant(variant)["README.md"].content.decode()
    names = installed(variant)
    for name in names:
        assert f"[{name}](apps/{name}.yaml)" in readme
    for name in set(SAMPLE_COMPONENTS) - names:
        assert name not in readme
    assert ("**Move the file server.**" in readme) == ("nfs-subdir-external-provisioner" in names)
    assert ("**Certificates that browsers trust.**" in readme) == ("loopia" in names)
    assert ("**ingress-nginx**: " in readme) == ("ingress-nginx" in names)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_diagram_has_every_application_in_its_wave(variant: str) -> None:
    tree = render_variant(variant)
    readme = tree["README.md"].content.decode()
    (diagram,) = re.findall(r"^```mermaid\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shown: dict[str, str] = {}
    wave = ""
    for line in diagram.splitlines():
        if heading := re.fullmatch(r"  subgraph wave\d+ \[wave (-?\d+)\]", line):
            wave = heading[1]
        elif re.fullmatch(r"    [a-z0-9-]+", line):
            shown[line.strip()] = wave
    waves = {
        name: application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        for name, application in applications(tree).items()
    }
    assert shown == waves
    assert list(shown.values()) == sorted(shown.values(), key=int)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_project_permits_exactly_what_the_components_need(variant: str) -> None:
    components = load_catalogue().select(installed(variant))
    project = load(render_variant(variant), "projects/platform.yaml")
    spec = project["spec"]

    def kinds(entries: list[dict[str, str]]) -> list[tuple[str, str]]:
        return [(entry["group"], entry["kind"]) for entry in entries]

    sources = {"https://github.com/owner/home-cluster"}
    namespaces: set[str] = set()
    cluster_kinds: set[tuple[str, str]] = set()
    namespaced_kinds: set[tuple[str, str]] = set()
    for component in components:
        assert component.chart is not None
        sources |= {component.chart.repository, *component.needs.sources}
        namespaces |= {component.namespace, *component.needs.namespaces}
        cluster_kinds |= {(kind.group, kind.kind) for kind in component.needs.cluster_kinds}
        namespaced_kinds |= {(kind.group, kind.kind) for kind in component.needs.namespaced_kinds}
    assert spec["sourceRepos"] == sorted(sources)
    assert [item["namespace"] for item in spec["destinations"]] == sorted(namespaces)
    assert {item["server"] for item in spec["destinations"]} == {"https://kubernetes.default.svc"}
    assert kinds(spec["clusterResourceWhitelist"]) == sorted(cluster_kinds)
    assert kinds(spec["namespaceResourceWhitelist"]) == sorted(namespaced_kinds)
    assert "*" not in yaml.safe_dump(spec)


def test_the_project_permits_every_manifest_of_the_repository() -> None:
    tree = render_variant("sample")
    spec = load(tree, "projects/platform.yaml")["spec"]
    permitted = {
        (entry["group"], entry["kind"])
        for entry in spec["clusterResourceWhitelist"] + spec["namespaceResourceWhitelist"]
    }
    namespaces = {item["namespace"] for item in spec["destinations"]}
    seen = 0
    for path, file in tree.items():
        if "/manifests/" not in path:
            continue
        for manifest in yaml.safe_load_all(file.content):
            group = manifest["apiVersion"].rpartition("/")[0]
            assert (group, manifest["kind"]) in permitted, path
            assert manifest["metadata"].get("namespace", "argocd") in namespaces, path
            seen += 1
    assert seen > 5


def test_the_root_holds_projects_and_apps_and_outlives_a_mistake() -> None:
    tree = render_variant("sample")
    root = load(tree, "apps/root.yaml")
    metadata, spec = root["metadata"], root["spec"]
    assert (metadata["name"], metadata["namespace"]) == ("root", "argocd")
    assert "finalizers" not in metadata
    assert metadata["annotations"] == {"argocd.argoproj.io/sync-options": "Prune=false"}
    assert [source["path"] for source in spec["sources"]] == ["projects", "apps"]
    # It retries for ever, and with the newest commit: else a mend would wait for the mistake.
    assert (spec["syncPolicy"]["retry"]["limit"], spec["syncPolicy"]["retry"]["refresh"]) == (
        -1,
        True,
    )
    project = load(tree, "projects/platform.yaml")["metadata"]["annotations"]
    wave = int(project["argocd.argoproj.io/sync-wave"])
    for application in applications(tree).values():
        assert wave < int(application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])


def test_renovate_finds_every_pin() -> None:
    tree = render_variant("sample")
    config = json.loads(tree["renovate.json"].content)

    def files(patterns: list[str]) -> list[str]:
        expressions = [re.compile(pattern.strip("/")) for pattern in patterns]
        return [path for path in tree if any(found.search(path) for found in expressions)]

    assert set(files(config["argocd"]["managerFilePatterns"])) == {
        path for path in tree if path.startswith("apps/")
    }
    assert "components/kube-vip/manifests/daemonset.yaml" in files(
        config["kubernetes"]["managerFilePatterns"]
    )
    found: dict[str, set[str]] = {}
    for manager in config["customManagers"]:
        for path in files(manager["managerFilePatterns"]):
            for expression in manager["matchStrings"]:
                # JavaScript writes a named group without the P.
                pattern = expression.replace("(?<", "(?P<")
                for match in re.finditer(pattern, tree[path].content.decode()):
                    groups = match.groupdict()
                    name = groups.get("depName") or manager["depNameTemplate"]
                    found.setdefault(name, set()).add(groups["currentValue"])
    k3sup = re.search(r'K3SUP_VERSION="(.+)"', tree["bootstrap/bootstrap.sh"].content.decode())
    assert k3sup is not None
    assert found == {
        "k3s-io/k3s": {"v1.35.7+k3s1"},
        "alexellis/k3sup": {k3sup[1]},
        "gitopsgen": {"0.1.0"},
    }


def test_git_ignores_secrets_and_the_workflow_checks_everything() -> None:
    tree = render_variant("sample")
    ignored = tree[".gitignore"].content.decode().splitlines()
    assert {"kubeconfig*", "*.env", "*.key"} <= set(ignored)
    workflow: Any = load(tree, ".github/workflows/validate.yaml")
    assert workflow["permissions"] == {"contents": "read"}
    runs = [step.get("run") for step in workflow["jobs"]["validate"]["steps"]]
    assert "gitopsgen validate --output github" in runs

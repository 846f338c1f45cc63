"""Kustomize sources as Argo CD builds them, with kustomize itself."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from gitopsgen.kustomize.closure import closure
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.validation.knowledge import Knowledge, explore
from gitopsgen.validation.model import Model, build_resources
from gitopsgen.validation.renderers import RenderSettings
from gitopsgen.validation.rules import kustomizations
from gitopsgen.validation.scopes import is_namespaced
from tests.validation.rules.build import URL, application, findings_in, places, write

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}


def explored(root: Path, tree: dict[str, str], source: str = "path: over") -> Knowledge:
    write(root, {**tree, "app.yaml": application("web", source)})
    files = RepositoryFiles(root)
    settings = RenderSettings("require", None, 2, "v1.35.0", ())
    return explore(files, local_sources(files, [URL]), settings, "1.35")


def deployment(knowledge: Knowledge) -> dict[str, object]:
    (found,) = (m.data for m in knowledge.found.manifests if m.kind == "Deployment")
    return found


def test_an_overlay_is_built_and_its_objects_keep_their_places(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n"
    tree = {
        **BASE,
        "over/kustomization.yaml": "resources: [../base, own.yaml]\npatches: [{path: p.yaml}]\n",
        "over/own.yaml": CONFIG_MAP,
        "over/p.yaml": patch,
    }
    found = explored(tmp_path, tree).found
    made = {m.kind: m for m in found.manifests}
    assert made["Deployment"].data["spec"]["replicas"] == 3
    assert made["Deployment"].file == "base/web.yaml"
    assert made["ConfigMap"].file == "over/own.yaml"
    assert found.complete
    assert found.unchecked == ()


@pytest.mark.parametrize(
    ("settings", "where", "expected"),
    [
        ("{namePrefix: a-}", ("metadata", "name"), "a-web"),
        ("{nameSuffix: -z}", ("metadata", "name"), "web-z"),
        ("{namespace: other}", ("metadata", "namespace"), "other"),
        ("{commonLabels: {team: x}}", ("spec", "selector", "matchLabels", "team"), "x"),
        (
            "{commonLabels: {team: x}, labelWithoutSelector: true}",
            ("metadata", "labels", "team"),
            "x",
        ),
        ("{commonAnnotations: {a: b}}", ("metadata", "annotations", "a"), "b"),
        ("{replicas: [{name: web, count: '4'}]}", ("spec", "replicas"), 4),
        (
            "{images: ['nginx:1.29']}",
            ("spec", "template", "spec", "containers", 0, "image"),
            "nginx:1.29",
        ),
        (
            "{images: ['nginx=registry.example.test:5000/nginx@sha256:" + "a" * 64 + "']}",
            ("spec", "template", "spec", "containers", 0, "image"),
            "registry.example.test:5000/nginx@sha256:" + "a" * 64,
        ),
        (
            "{patches: [{target: {kind: Deployment},"
            ' patch: "- {op: replace, path: /spec/replicas, value: 7}"}]}',
            ("spec", "replicas"),
            7,
        ),
    ],
)
def test_settings_of_the_source_are_put_in(
    tmp_path: Path, settings: str, where: tuple[str | int, ...], expected: object
) -> None:
    tree = {**BASE, "over/kustomization.yaml": "resources: [../base]\n"}
    knowledge = explored(tmp_path, tree, f"path: over, kustomize: {settings}")
    value: object = deployment(knowledge)
    for step in where:
        value = value[step]  # type: ignore[index]
    assert value == expected
    assert (tmp_path / "over/kustomization.yaml").read_text() == "resources: [../base]\n"


@pytest.mark.parametrize("ignores", ["true", "false"])
def test_components_of_the_source_take_part(tmp_path: Path, ignores: str) -> None:
    component = (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n"
        "helmCharts: []\n"
    )
    tree = {
        **BASE,
        "over/kustomization.yaml": "resources: [../base]\n",
        "more/component/kustomization.yaml": component,
    }
    names = "[../more/component, ../more/gone]" if ignores == "true" else "[../more/component]"
    settings = f"{{components: {names}, ignoreMissingComponents: {ignores}}}"
    knowledge = explored(tmp_path, tree, f"path: over, kustomize: {settings}")
    assert deployment(knowledge)["metadata"] == {"name": "c-web"}


def findings(root: Path, tree: dict[str, str]) -> list[str]:
    knowledge = explored(root, tree)
    found = knowledge.found
    files = RepositoryFiles(root)
    model = Model(
        build_resources(found.applied, is_namespaced),
        local_sources(files, [URL]),
        kustomizations=knowledge.renderers.kustomizations,
    )
    assert not found.complete
    return places(findings_in(model, files, [kustomizations]))


def test_a_missing_resource_is_found_in_the_kustomization(tmp_path: Path) -> None:
    tree = {"over/kustomization.yaml": "resources:\n  - web.yaml\n  - gone.yaml\n"}
    tree["over/web.yaml"] = DEPLOYMENT
    assert findings(tmp_path, tree) == ["kustomize-build over/kustomization.yaml:3:5"]


@pytest.mark.parametrize(
    ("kustomization", "place"),
    [
        ("patches:\n  - path: gone.yaml\n", "over/kustomization.yaml:2:11"),
        ("resources: [a.yaml]\npatches:\n  - path: b.yaml\n", "over/b.yaml:3:18"),
        (
            "resources: [a.yaml]\npatches:\n  - patch: |-\n      apiVersion: v1\n"
            "      kind: ConfigMap\n      metadata:\n        name: other\n",
            "over/kustomization.yaml:7:15",
        ),
        (
            "resources: [a.yaml]\npatches:\n  - target: {kind: ConfigMap}\n    patch: |-\n"
            "      - op: add\n        path: /data\n        value: {}\n"
            "      - op: replace\n        path: /spec/none\n        value: x\n",
            "over/kustomization.yaml:9:15",
        ),
        (
            "resources: [a.yaml]\npatches:\n  - {target: {kind: ConfigMap}, path: c.yaml}\n",
            "over/c.yaml:2:9",
        ),
        ("namePrefix: x-\nresource: [a.yaml]\n", "over/kustomization.yaml:2:1"),
        (
            "configMapGenerator:\n  - name: web\n    files: [x=gone.conf]\n",
            "over/kustomization.yaml:3:13",
        ),
    ],
)
def test_what_kustomize_refuses_is_found_at_its_line(
    tmp_path: Path, kustomization: str, place: str
) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    tree = {
        "over/kustomization.yaml": kustomization,
        "over/a.yaml": config,
        "over/b.yaml": config.replace("web", "other"),
        "over/c.yaml": "- op: remove\n  path: /data/none\n",
    }
    assert findings(tmp_path, tree) == [f"kustomize-build {place}"]


def test_a_complaint_that_names_nothing_is_found_at_the_source(tmp_path: Path) -> None:
    tree = {"over/kustomization.yaml": "resources: {web.yaml: 1}\n"}
    assert findings(tmp_path, tree) == ["kustomize-build app.yaml:7:58"]


def test_what_comes_from_the_network_is_unchecked_without_it(tmp_path: Path) -> None:
    tree = {"over/kustomization.yaml": "resources: ['https://127.0.0.1:9/x.yaml']\n"}
    knowledge = explored(tmp_path, tree)
    (item,) = knowledge.found.unchecked
    assert "it takes https://127.0.0.1:9/x.yaml from the network" in item.reason
    assert item.required
    assert knowledge.renderers.depends_on_the_network


def test_the_closure_follows_folders_and_names_patches(tmp_path: Path) -> None:
    tree = {
        **BASE,
        "over/kustomization.yaml": "resources: [../base, ../one.yaml, github.com/o/r]\n"
        "patchesStrategicMerge: [p.yaml]\nconfigMapGenerator: [{name: x, files: [k=../k.txt]}]\n",
        "over/p.yaml": DEPLOYMENT,
        "one.yaml": CONFIG_MAP,
        "k.txt": "",
        "other/two.yaml": CONFIG_MAP,
    }
    write(tmp_path, tree)
    found = closure(RepositoryFiles(tmp_path), "over")
    assert set(found.files) == set(tree) - {"other/two.yaml"}
    assert found.remote == ("github.com/o/r",)
    assert found.patches == {"over/p.yaml"}


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "resources: 3\n", "resources: [3, {}]\n", "images: {a: b}\n", "a: [\n"]
)
def test_odd_kustomizations_end_in_a_reason(tmp_path: Path, text: str) -> None:
    knowledge = explored(tmp_path, {"over/kustomization.yaml": text})
    assert all(use.error for use in knowledge.renderers.kustomizations) or knowledge.found.complete


@pytest.mark.parametrize(
    "settings",
    [
        "{images: [nginx=nginx:2]}",
        "{replicas: [{name: [web], count: 2}]}",
        "{replicas: [{name: {a: b}, count: '" + "9" * 5000 + "'}]}",
    ],
)
def test_names_of_any_type_end_in_a_reason(tmp_path: Path, settings: str) -> None:
    names = "images: [{name: [nginx]}]\nreplicas: [{name: {a: b}, count: 1}]\n"
    tree = {**BASE, "over/kustomization.yaml": f"resources: [../base]\n{names}"}
    knowledge = explored(tmp_path, tree, f"path: over, kustomize: {settings}")
    assert all(use.error for use in knowledge.renderers.kustomizations)


def test_applications_of_a_kustomization_are_followed_once(tmp_path: Path) -> None:
    application_set = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: sets, namespace: argocd}\n"
        "spec:\n  generators: [{list: {elements: [{name: one}]}}]\n"
        "  template:\n    metadata: {name: '{{name}}'}\n"
        f"    spec: {{project: default, source: {{repoURL: {URL}, path: '{{{{name}}}}'}},"
        " destination: {server: https://kubernetes.default.svc, namespace: x}}\n"
    )
    tree = {
        "over/kustomization.yaml": "resources: [sets.yaml, child.yaml]\n",
        "over/sets.yaml": application_set,
        "over/child.yaml": application("child", "path: two"),
        "one/a.yaml": CONFIG_MAP,
        "two/b.yaml": CONFIG_MAP.replace("settings", "others"),
    }
    found = explored(tmp_path, tree).found
    assert [app.name for app in found.applications] == ["web", "child", "one"]
    names = [m.data["metadata"]["name"] for m in found.manifests]
    assert sorted(names) == ["child", "others", "sets", "settings", "web"]
    assert found.unreached == ()


PLUGIN = "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: x}\nfiles: [a.yaml]\n"


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, False),
        ({"cm.yaml": "data:\n  kustomize.buildOptions: --enable-alpha-plugins\n"}, False),
        ({"cm.yaml": "data:\n  kustomize.buildOptions: --enable-helm\n"}, True),
    ],
)
def test_programs_are_not_run(tmp_path: Path, settings: dict[str, str], found: bool) -> None:
    tree = {"over/kustomization.yaml": "generators: [x.yaml]\n", "over/x.yaml": PLUGIN}
    knowledge = explored(tmp_path, {**tree, **settings})
    assert [bool(use.error) for use in knowledge.renderers.kustomizations] == [True] * found
    reasons = [item.reason for item in knowledge.found.unchecked]
    assert ["ksops is a program" in reason for reason in reasons] == [True] * (not found)
    assert not knowledge.found.complete


def test_remarks_of_kustomize_do_not_hide_its_reason(tmp_path: Path) -> None:
    tree = {"over/kustomization.yaml": "bases: [gone]\ncommonLabels: {a: b}\n"}
    (use,) = explored(tmp_path, tree).renderers.kustomizations
    assert "Warning" not in use.error
    assert "gone" in use.error


def test_a_folder_that_is_not_there_is_not_built(tmp_path: Path) -> None:
    knowledge = explored(tmp_path, {"x.txt": ""}, "path: gone, kustomize: {}")
    assert knowledge.renderers.kustomizations == ()
    (item,) = knowledge.found.unchecked
    assert item.reason == "there is no such folder in this repository"


def test_a_host_that_does_not_answer_is_asked_once(tmp_path: Path) -> None:
    remote = "resources: ['https://127.0.0.1:9/x.yaml']\n"
    write(tmp_path, {"other.yaml": application("other", "path: other")})
    tree = {"over/kustomization.yaml": remote, "other/kustomization.yaml": remote}
    knowledge = explored(tmp_path, tree)
    assert len(knowledge.found.unchecked) == 2
    assert all("127.0.0.1:9" in item.reason for item in knowledge.found.unchecked)


REMOTE = "'https://127.0.0.1:9/x.yaml'"


def test_what_can_be_had_of_a_kustomization_is_looked_at(tmp_path: Path) -> None:
    tree = {
        **BASE,
        "base/kustomization.yaml": f"resources: [web.yaml, {REMOTE}]\n",
        "over/kustomization.yaml": "namespace: shop\nresources: [../base, ../far]\n",
        "far/kustomization.yaml": f"resources: [{REMOTE}]\n",
    }
    found = explored(tmp_path, tree, "path: over, kustomize: {commonLabels: {team: x}}").found
    made = {m.kind: m for m in found.manifests}
    metadata = made["Deployment"].data["metadata"]
    assert (metadata["labels"], metadata["namespace"]) == ({"team": "x"}, "shop")
    assert made["Deployment"].file == "base/web.yaml"
    assert not found.complete
    assert [item.what for item in found.unchecked] == ["kustomization over"]


class _Closed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.mark.parametrize("path", ["x.yaml", "o/r.git//base?ref=v1"])
def test_a_base_that_nobody_here_may_read_is_unchecked(tmp_path: Path, path: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Closed) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{path}"
        tree = {"over/kustomization.yaml": f"resources: [web.yaml, '{url}']\n"}
        tree["over/web.yaml"] = DEPLOYMENT
        knowledge = explored(tmp_path, tree)
        server.shutdown()
    (item,) = knowledge.found.unchecked
    assert item.reason == f"it takes {url} from the network: it wants credentials (401)"
    assert knowledge.renderers.kustomizations == ()
    assert "Deployment" in {manifest.kind for manifest in knowledge.found.manifests}

"""Adding a component is adding one folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitopsgen.blueprints.render import JINJA_SETTINGS
from tests.commands.invoke import invoke
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

BLUEPRINT = """\
name: whoami
version: 1
summary: A page that says who answers
wave: 5
namespace: whoami
requires: [ingress]
project:
  namespaced_kinds:
    - {group: apps, kind: Deployment}
options:
  type: object
  additionalProperties: false
  required: [host]
  properties:
    host: {type: string, x-gitopsgen: exposed-host}
    replicas: {type: integer, default: 2}
"""

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: whoami
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-wave: "#{ cookiecutter._component.wave }#"
spec:
  project: platform
  destination: {server: https://kubernetes.default.svc, namespace: whoami}
  source:
    repoURL: #{ cookiecutter._cluster.repository.url }#
    targetRevision: #{ cookiecutter._cluster.repository.branch }#
    path: components/whoami/manifests
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [CreateNamespace=true]
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: whoami}
spec:
  replicas: #{ cookiecutter._component.options.replicas }#
  selector: {matchLabels: {app: whoami}}
  template:
    metadata: {labels: {app: whoami}}
    spec:
      containers:
        - {name: whoami, image: "traefik/whoami:v1.11.0"}
"""

CLUSTER = (SAMPLE / "cluster.yaml").read_text() + "  whoami: {host: who.example.net}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one component of a person's own."""
    component = tmp_path / "blueprints/whoami"
    root = component / "#{cookiecutter.name}#"
    (root / "apps").mkdir(parents=True)
    (root / "components/whoami/manifests").mkdir(parents=True)
    (component / "blueprint.yaml").write_text(BLUEPRINT)
    (component / "cookiecutter.json").write_text(
        json.dumps({"name": "home", "_jinja2_env_vars": JINJA_SETTINGS})
    )
    (root / "apps/whoami.yaml").write_text(APPLICATION)
    (root / "components/whoami/manifests/deployment.yaml").write_text(DEPLOYMENT)
    (tmp_path / "cluster.yaml").write_text(CLUSTER)
    return tmp_path


def new(folder: Path) -> tuple[int, str]:
    result = invoke(
        *("new", folder / "home", "--config", folder / "cluster.yaml"),
        *("--blueprints", folder / "blueprints"),
    )
    return result.status, result.out + result.err


def test_a_folder_adds_a_component(folder: Path) -> None:
    status, printed = new(folder)
    assert status == 0, printed
    home = folder / "home"
    assert "replicas: 2\n" in (home / "components/whoami/manifests/deployment.yaml").read_text()
    assert "    - namespace: whoami\n" in (home / "projects/platform.yaml").read_text()
    assert "whoami" in (home / "README.md").read_text()
    assert "whoami: 1\n" in (home / ".gitopsgen/lock.yaml").read_text()
    schema = json.loads((home / ".gitopsgen/cluster.schema.json").read_text())
    assert "who" in json.dumps(schema)
    # The repository carries all that validate needs: no --blueprints there.
    validated = invoke("validate", home, "--charts", "skip")
    assert validated.status == 0, validated.out


def test_its_options_join_the_plan(folder: Path) -> None:
    text = CLUSTER.replace("who.example.net", "who.elsewhere.org").replace(
        "{host", "{hots: 1, host"
    )
    (folder / "cluster.yaml").write_text(text)
    status, printed = new(folder)
    assert status == 2
    assert "plan-domain" in printed
    assert "did you mean" in printed.lower()
    assert "host" in printed


def test_a_render_that_does_not_validate_never_reaches_the_disk(folder: Path) -> None:
    manifest = folder / (
        "blueprints/whoami/#{cookiecutter.name}#/components/whoami/manifests/deployment.yaml"
    )
    manifest.write_text(DEPLOYMENT.replace("replicas:", "replicaz:"))
    status, printed = new(folder)
    assert status == 1
    assert "components/whoami/manifests/deployment.yaml" in printed
    assert "replicaz" in printed
    assert "schema-invalid" in printed
    assert not (folder / "home").exists()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("apps/whoami.yaml", "#{ cookiecutter.nothing }#", "nothing"),
        ("apps/whoami.yaml", "#% if %#", "Expected an expression"),
        ("apps/whoami.yaml", "#{ 1 / 0 }#", "division by zero"),
        ("apps/argocd.yaml", "a: 1\n", "both make apps/argocd.yaml"),
        ("#{ '..' }#", "", "renders to the name '..'"),
        ("#{ '' }#", "", "renders to the name ''"),
        ("#{ 'a%cb' | format(47) }#", "", "renders to the name 'a/b'"),
        (".gitopsgen/lock.yaml", "", ".gitopsgen/lock.yaml, which gitopsgen writes itself"),
    ],
)
def test_a_wrong_template_is_named_and_nothing_is_written(
    folder: Path, file: str, text: str, message: str
) -> None:
    path = folder / "blueprints/whoami/#{cookiecutter.name}#" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    status, printed = new(folder)
    assert status == 2
    assert message in printed
    assert "Traceback" not in printed
    assert not (folder / "home").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("wave: 5", "wave: soon"),
        ("options:", "optoins:"),
        ("name: whoami", "name: whoareyou"),
        ("summary: ", "summary: [\n"),
    ],
)
def test_wrong_metadata_is_named(folder: Path, change: str, message: str) -> None:
    (folder / "blueprints/whoami/blueprint.yaml").write_text(BLUEPRINT.replace(change, message))
    status, printed = new(folder)
    assert status == 2
    assert "whoami/blueprint.yaml" in printed

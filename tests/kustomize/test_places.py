"""At which line a finding about something that kustomize made is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.kustomize.closure import closure
from gitopsgen.kustomize.origins import Origins
from gitopsgen.repository.discovery import local_sources
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.validation.knowledge import explore
from gitopsgen.validation.placing import place_in, position_of
from gitopsgen.validation.renderers import RenderSettings
from tests.validation.rules.build import URL, application, write

if TYPE_CHECKING:
    from pathlib import Path

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {team: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx
          resources:
            limits: {memory: 1Gi}
"""
LIMITS = ("spec", "template", "spec", "containers", 0, "resources", "limits", "memory")
STRATEGIC = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          resources:
            limits:
              memory: 2Gb
"""
JSON_PATCH = """\
- op: replace
  path: /spec/replicas
  value: 7
- op: replace
  path: /spec/template/spec/containers/0/resources/limits/memory
  value: 2Gb
"""
TARGET = "target: {kind: Deployment}"


def place(
    root: Path,
    kustomization: str,
    path: tuple[str | int, ...],
    kind: str = "Deployment",
    **more: str,
) -> str:
    """File, line and column of what stands at a path within what an overlay makes."""
    tree = {
        "app.yaml": application("web", "path: over"),
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": WEB,
        "over/kustomization.yaml": kustomization,
        **{f"over/{name.replace('__', '.')}": text for name, text in more.items()},
    }
    write(root, tree)
    files = RepositoryFiles(root)
    settings = RenderSettings("require", None, 2, "v1.35.0", ())
    found = explore(files, local_sources(files, [URL]), settings, "1.35").found
    (made,) = (m for m in found.manifests if m.kind == kind)
    where = place_in(made, path, files)
    position = position_of(where, files)
    return f"{where[0]}:{position.line}:{position.column}"


@pytest.mark.parametrize(
    "more",
    [
        "",
        "namePrefix: a-\nnameSuffix: -z\n",
        "commonLabels: {a: b}\n",
        "commonAnnotations: {team: shop}\n",
        f"patches:\n  - {TARGET}\n    patch: |-\n"
        "      - {op: replace, path: /metadata/name, value: shop}\n",
    ],
)
def test_what_nothing_changed_stands_in_its_own_file(tmp_path: Path, more: str) -> None:
    over = f"resources: [../base]\n{more}"
    assert place(tmp_path, over, LIMITS) == "base/web.yaml:16:30"
    assert place(tmp_path, over, ("metadata", "annotations", "team")) == "base/web.yaml:5:23"
    assert place(tmp_path, over, ("spec", "gone")) == "base/web.yaml:7:3"


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ("namespace: other", ("metadata", "namespace"), "2:12"),
        ("commonAnnotations:\n  mail: a@example.test", ("metadata", "annotations", "mail"), "3:9"),
        ("labels:\n  - pairs:\n      team: two", ("metadata", "labels", "team"), "4:13"),
        ("replicas:\n  - name: web\n    count: 1234", ("spec", "replicas"), "4:12"),
        (
            f"patches:\n  - {TARGET}\n    patch: |-\n"
            + "".join(f"      {line}\n" for line in STRATEGIC.splitlines()),
            LIMITS,
            "15:29",
        ),
        (
            f"patches:\n  - {TARGET}\n    patch: |-\n"
            + "".join(f"      {line}\n" for line in JSON_PATCH.splitlines()),
            LIMITS,
            "10:16",
        ),
        (
            f"patches:\n  - {TARGET}\n    patch: |-\n      {{}}\n      ---\n"
            + "".join(f"      {line}\n" for line in STRATEGIC.splitlines()),
            LIMITS,
            "4:12",
        ),
    ],
)
def test_what_a_kustomization_says(
    tmp_path: Path, change: str, path: tuple[str | int, ...], expected: str
) -> None:
    over = f"resources: [../base]\n{change}\n"
    assert place(tmp_path, over, path) == f"over/kustomization.yaml:{expected}"


@pytest.mark.parametrize(
    ("patch", "path", "expected"),
    [
        (STRATEGIC, LIMITS, "11:23"),
        (JSON_PATCH, LIMITS, "6:10"),
        (JSON_PATCH, ("spec", "replicas"), "3:10"),
    ],
)
def test_what_a_patch_says(
    tmp_path: Path, patch: str, path: tuple[str | int, ...], expected: str
) -> None:
    over = f"resources: [../base]\npatches:\n  - path: p.yaml\n    {TARGET}\n"
    assert place(tmp_path, over, path, p__yaml=patch) == f"over/p.yaml:{expected}"


def test_of_two_overlays_the_last_one_counts(tmp_path: Path) -> None:
    write(tmp_path, {"middle/kustomization.yaml": "resources: [../base]\nnamespace: one-space\n"})
    over = "resources: [../middle]\nnamespace: one-space\n"
    expected = "over/kustomization.yaml:2:12"
    assert place(tmp_path, over, ("metadata", "namespace")) == expected


@pytest.mark.parametrize(
    ("entry", "key", "expected"),
    [
        ("literals:\n      - a=b\n      - password=secret", "password", "7:9"),
        ("files:\n      - own.conf", "own.conf", "6:9"),
        ("files:\n      - named=own.conf", "named", "6:9"),
        ("envs:\n      - own.conf", "x", "6:9"),
        ("envs: [own.conf, two.conf]", "x", "4:11"),
        ("literals: [a=b]", "gone", "4:11"),
    ],
)
@pytest.mark.parametrize("more", ["", "namePrefix: a-\n"])
def test_what_a_generator_makes(
    tmp_path: Path, entry: str, key: str, expected: str, more: str
) -> None:
    over = "secretGenerator:\n  - {name: set, literals: [password=x, own.conf=x, named=x]}\n"
    over += f"configMapGenerator:\n  - name: settings\n    {entry}\n{more}"
    got = place(tmp_path, over, ("data", key), "ConfigMap", own__conf="x=1\n", two__conf="y=1\n")
    assert got == f"over/kustomization.yaml:{expected}"


def test_names_with_many_prefixes_end(tmp_path: Path) -> None:
    numbers = [str(number) for number in range(1, 60)]
    tree = {f"{n}/kustomization.yaml": f"namePrefix: {'a' * int(n)}\n" for n in numbers}
    tree["over/kustomization.yaml"] = f"resources: {[f'../{n}' for n in numbers]}\n"
    write(tmp_path, tree)
    files = RepositoryFiles(tmp_path)
    origins = Origins(files, closure(files, "over"))
    assert origins.place({"kind": "Pod", "metadata": {"name": "a" * 250}}) is None

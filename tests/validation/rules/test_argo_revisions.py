from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.settings import Settings
from gitopsgen.validation.rules import argo_revisions
from tests.validation.rules.build import URL, application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
CHART = "repoURL: https://charts.example.com, chart: web"
OTHER = "repoURL: https://github.com/other/thing, path: deploy"
SSH = "repoURL: 'git@github.com:owner/repo.git', path: web"


def found(tmp_path: Path, tree: Mapping[str, str], settings: Settings | None = None) -> list[str]:
    model, files = make_model(tmp_path, {"web/a.yaml": CONFIG, **tree}, settings=settings)
    return places(findings_in(model, files, [argo_revisions]))


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (f"{CHART}, targetRevision: '*'", "7:77"),
        (f"{CHART}, targetRevision: 1.x", "7:77"),
        (f"{CHART}, targetRevision: 1.2.*", "7:77"),
        (f"{CHART}, targetRevision: ^1.2.3", "7:77"),
        (f"{CHART}, targetRevision: '>=1.2.3 <2.0.0'", "7:77"),
        (f"{CHART}, targetRevision: HEAD", "7:77"),
        (f"{CHART}, targetRevision: latest", "7:77"),
        (OTHER, "7:21"),
        (f"{OTHER}, targetRevision: HEAD", "7:83"),
        (f"{OTHER}, targetRevision: main", "7:83"),
        (f"{OTHER}, targetRevision: v1.*", "7:83"),
        ("repoURL: oci://registry.example.com/web, path: ., targetRevision: latest", "7:78"),
    ],
)
def test_revisions_that_float(tmp_path: Path, source: str, place: str) -> None:
    tree = {"app.yaml": application("web", source)}
    assert found(tmp_path, tree) == [f"argo-revision-floating app.yaml:{place}"]


@pytest.mark.parametrize(
    "source",
    [
        f"{CHART}, targetRevision: 1.2.3",
        f"{CHART}, targetRevision: v1.2.3-rc.1+build.x86",
        f"{CHART}, targetRevision: '1.2'",
        f"{CHART}, targetRevision: =1.2.3",
        f"{CHART}, targetRevision: 0.1.0-max",
        CHART,
        f"{CHART}, targetRevision: 1.2",
        f"{OTHER}, targetRevision: v1.2.3",
        f"{OTHER}, targetRevision: 0123456789abcdef0123456789abcdef01234567",
        f"{OTHER}, targetRevision: release-1.2",
        "path: web",
        "path: web, targetRevision: HEAD",
        "path: web, targetRevision: main",
        "path: web, targetRevision: 5",
        "repoURL: 'https://github.com/<owner>/thing', path: deploy",
        "repoURL: '${url}/thing', path: deploy, targetRevision: main",
    ],
)
def test_revisions_that_are_pinned_or_of_this_repository(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, {"app.yaml": application("web", source)}) == []


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("repoURL: https://github.com/somebody/repo, path: web, targetRevision: v1", "7:21"),
        ("repoURL: https://github.com/somebody/repo, path: web", "7:21"),
        ("repoURL: 'https://github.com/owner/repo/', path: web", "7:21"),
        (f"{SSH}, targetRevision: HEAD", "7:21"),
    ],
)
def test_urls_that_are_nearly_the_repository(tmp_path: Path, source: str, place: str) -> None:
    tree = {
        "a.yaml": application("a", "path: web"),
        "b.yaml": application("b", source),
    }
    assert found(tmp_path, tree) == [f"argo-repository-url b.yaml:{place}"]


def test_a_credential_says_how_the_url_is_written(tmp_path: Path) -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: r, namespace: argocd, labels: "
        "{argocd.argoproj.io/secret-type: repository}}\n"
        "stringData: {url: 'git@github.com:owner/repo.git'}\n"
    )
    tree = {"a.yaml": application("a", "path: web"), "web/secret.yaml": secret}
    assert found(tmp_path, tree) == ["argo-repository-url a.yaml:7:21"]
    assert found(tmp_path, {**tree, "a.yaml": application("a", SSH)}) == []


def test_a_source_of_values_that_is_nearly_the_repository(tmp_path: Path) -> None:
    text = application("a", "path: web").replace(
        f"  source: {{repoURL: {URL}, path: web}}",
        f"  sources:\n    - {{{CHART}, targetRevision: 1.0.0, "
        "helm: {valueFiles: [$v/web/a.yaml]}}\n"
        "    - {repoURL: https://github.com/somebody/repo, ref: v, targetRevision: v1}",
    )
    assert found(tmp_path, {"a.yaml": text}) == ["argo-repository-url a.yaml:9:17"]


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(
            {
                "a.yaml": application("a", "path: web"),
                "b.yaml": application("b", f"repoURL: {URL}.git, path: web"),
                "c.yaml": application("c", "repoURL: https://GitHub.com/owner/repo, path: web"),
            },
            id="spellings that Argo CD takes for one",
        ),
        pytest.param(
            {"a.yaml": application("a", SSH), "b.yaml": application("b", SSH)},
            id="all by one protocol, the clone by another",
        ),
        pytest.param(
            {
                "a.yaml": application("a", "path: web"),
                "b.yaml": application(
                    "b", "repoURL: https://github.com/other/repo, path: charts, targetRevision: v1"
                ),
            },
            id="another repository of the same name",
        ),
        pytest.param(
            {
                "a.yaml": application("a", "path: web"),
                "b.yaml": application(
                    "b", "repoURL: https://gitlab.com/owner/repo, path: web, targetRevision: v1"
                ),
            },
            id="another host",
        ),
        pytest.param({"a.yaml": application("a", "path: web, repoURL: [5]")}, id="no URL at all"),
    ],
)
def test_urls_that_are_fine(tmp_path: Path, tree: Mapping[str, str]) -> None:
    assert found(tmp_path, tree) == []


def test_a_second_url_that_the_settings_name(tmp_path: Path) -> None:
    tree = {"a.yaml": application("a", "path: web"), "b.yaml": application("b", SSH)}
    settings = Settings(repository=("ssh://git@github.com/owner/repo",))
    assert found(tmp_path, tree, settings) == []


def test_the_hint_is_a_url_as_somebody_wrote_it(tmp_path: Path) -> None:
    tree = {
        "a.yaml": application("a", SSH),
        "b.yaml": application("b", SSH),
        "c.yaml": application("c", "path: web"),
    }
    model, files = make_model(tmp_path, {"web/a.yaml": CONFIG, **tree})
    (finding,) = findings_in(model, files, [argo_revisions])
    assert finding.file == "c.yaml"
    assert "write it as git@github.com:owner/repo.git." in finding.hint


def test_a_fork_whose_sources_name_what_it_was_forked_from(tmp_path: Path) -> None:
    source = "repoURL: https://github.com/upstream/repo, path: web"
    tree = {"app.yaml": application("web", source)}
    assert found(tmp_path, tree) == ["argo-repository-url app.yaml:7:21"]

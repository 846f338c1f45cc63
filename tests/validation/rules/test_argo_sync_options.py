from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_sync_options
from tests.validation.rules.build import (
    application,
    findings_in,
    make_model,
    one_application,
    places,
)

if TYPE_CHECKING:
    from pathlib import Path


def of_application(option: str) -> dict[str, str]:
    policy = f"  syncPolicy:\n    syncOptions:\n      - {option}\n"
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    return {"app.yaml": application("web", "path: web", extra=policy), "web/a.yaml": manifest}


def of_resource(options: str) -> dict[str, str]:
    return one_application(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n"
        f"    argocd.argoproj.io/sync-options: {options}\n"
    )


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("CreateNamespace=True", 'Did you mean "CreateNamespace=true"?'),
        ("createNamespace=true", 'Did you mean "CreateNamespace=true"?'),
        ("CreateNamespaces=true", 'Did you mean "CreateNamespace=true"?'),
        ("CreateNamespace = true", 'Did you mean "CreateNamespace=true"?'),
        ("CreateNamespace", "CreateNamespace takes true or false."),
        ('"CreateNamespace:true"', 'Did you mean "CreateNamespace=true"?'),
        ('" PruneLast=true"', 'Did you mean "PruneLast=true"?'),
        ("ServerSideApply=yes", "ServerSideApply takes true or false."),
        ("PrunePropagationPolicy=Foreground", 'Did you mean "PrunePropagationPolicy=foreground"?'),
        ("CreateNamespace=true,PruneLast=true", "Each option is an item of its own."),
        ("Prune=never", "Prune takes false or confirm or true."),
    ],
)
def test_an_option_of_an_application_that_is_ignored(
    tmp_path: Path, option: str, hint: str
) -> None:
    model, files = make_model(tmp_path, of_application(option))
    findings = findings_in(model, files, [argo_sync_options])
    assert places(findings) == ["argo-sync-option app.yaml:10:9"]
    assert findings[0].hint == hint


def test_an_unknown_option_lists_those_that_exist(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, of_application("Wurst=true"))
    (finding,) = findings_in(model, files, [argo_sync_options])
    assert finding.hint.startswith("The options are ApplyOutOfSyncOnly, ClientSideApplyMigration,")


@pytest.mark.parametrize(
    "option",
    [
        "ApplyOutOfSyncOnly=true",
        "ClientSideApplyMigration=false",
        "CreateNamespace=true",
        "Delete=confirm",
        "FailOnSharedResource=true",
        "Prune=confirm",
        "PruneLast=true",
        "PrunePropagationPolicy=orphan",
        "Replace=true",
        "RespectIgnoreDifferences=true",
        "ServerSideApply=true",
        "SkipDryRunOnMissingResource=true",
        "Validate=false",
        "[not, a, text]",
    ],
)
def test_options_of_an_application(tmp_path: Path, option: str) -> None:
    model, files = make_model(tmp_path, of_application(option))
    assert findings_in(model, files, [argo_sync_options]) == []


@pytest.mark.parametrize(
    "options", ["Prune=False", "Prune:false", "CreateNamespace=true", "Prune=false;Delete=false"]
)
def test_an_option_of_a_resource_that_is_ignored(tmp_path: Path, options: str) -> None:
    model, files = make_model(tmp_path, of_resource(options))
    findings = findings_in(model, files, [argo_sync_options])
    assert places(findings) == ["argo-sync-option web/a.yaml:6:38"]


@pytest.mark.parametrize(
    "options",
    [
        "Prune=false",
        "Force=true,Replace=true",
        " Delete=confirm , Prune=confirm,",
        '""',
        "[a]",
        "1",
    ],
)
def test_options_of_a_resource(tmp_path: Path, options: str) -> None:
    model, files = make_model(tmp_path, of_resource(options))
    assert findings_in(model, files, [argo_sync_options]) == []


def test_options_at_the_wrong_level_say_where_they_work(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, of_application("Force=true"))
    (finding,) = findings_in(model, files, [argo_sync_options])
    assert "annotation argocd.argoproj.io/sync-options" in finding.hint
    model, files = make_model(tmp_path, of_resource("CreateNamespace=true"))
    (finding,) = findings_in(model, files, [argo_sync_options])
    assert "spec.syncPolicy.syncOptions" in finding.hint


def test_what_an_application_set_makes(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec:\n"
        "  template:\n    spec:\n      syncPolicy:\n        syncOptions:\n"
        "          - '{{options}}'\n          - createnamespace=true\n"
    )
    model, files = make_model(tmp_path, one_application(manifest))
    findings = findings_in(model, files, [argo_sync_options])
    assert places(findings) == ["argo-sync-option web/a.yaml:10:13"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("argocd.argoproj.io/sync-opitons", ["argo-sync-option web/a.yaml:6:5"]),
        ("argocd.argoproj.io/sync-option", ["argo-sync-option web/a.yaml:6:5"]),
        ("argocd.argoproj.io/Sync-Options", ["argo-sync-option web/a.yaml:6:5"]),
        ("argocd.argoproj.io/sync-options", []),
        ("argocd.argoproj.io/sync-wave", []),
        ("example.net/sync-options", []),
    ],
)
def test_the_name_of_the_annotation(tmp_path: Path, key: str, expected: list[str]) -> None:
    tree = one_application(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n"
        f"    {key}: Prune=false\n"
    )
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [argo_sync_options])) == expected

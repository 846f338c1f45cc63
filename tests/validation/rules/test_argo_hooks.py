from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import argo_hooks, argo_sync_options
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from pathlib import Path

    from gitopsgen.findings import Finding


def found(tmp_path: Path, annotations: str) -> list[Finding]:
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/a.yaml": (
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\n  annotations:\n"
            f"    {annotations}\n"
        ),
    }
    model, files = make_model(tmp_path, tree)
    return findings_in(model, files, [argo_hooks, argo_sync_options])


@pytest.mark.parametrize(
    ("annotations", "message", "hint"),
    [
        ("argocd.argoproj.io/hook: preSync", "Argo CD never applies it", "Did you mean PreSync?"),
        ("argocd.argoproj.io/hook: pre-sync", "never applies it", "Did you mean PreSync?"),
        ("argocd.argoproj.io/hook: ''", "a hook of no phase", "There are PreSync, Sync, "),
        ("argocd.argoproj.io/hook: 'Sync,PostSnyc'", '"PostSnyc" is no phase', "Did you mean Post"),
        ("argocd.argoproj.io/hook: 'Sync,PostSnyc'", "Argo CD ignores that", "Did you mean Post"),
        ("argocd.argoproj.io/hook: Upgrade", '"Upgrade" is no phase', "There are PreSync, Sync, "),
        (
            "{argocd.argoproj.io/hook: a, helm.sh/hook: pre-install}",
            "Argo CD ignores that",
            "There are PreSync",
        ),
        (
            "{argocd.argoproj.io/hook: a, helm.sh/hook: test}",
            "Argo CD never applies it",
            "There are PreSync",
        ),
        ("argocd.argoproj.io/hooks: PreSync", "no annotation argocd.argoproj.io/hooks", "Did you"),
        (
            "argocd.argoproj.io/hook-delete-policy: HookSuceeded",
            'ignores the deletion policy "HookSuceeded"',
            "Did you mean HookSucceeded?",
        ),
        (
            "argocd.argoproj.io/compare-options: ignoreExtraneous",
            'ignores the compare option "ignoreExtraneous"',
            'Did you mean "IgnoreExtraneous"?',
        ),
        (
            "argocd.argoproj.io/compare-options: ServerSideDiff",
            'ignores the compare option "ServerSideDiff"',
            'Did you mean "ServerSideDiff=',
        ),
        (
            "argocd.argoproj.io/compare-options: Quick",
            'ignores the compare option "Quick"',
            "The options are IgnoreExtraneous, ",
        ),
    ],
)
def test_what_argo_cd_does_not_know(
    tmp_path: Path, annotations: str, message: str, hint: str
) -> None:
    (finding,) = found(tmp_path, annotations)
    assert message in finding.message
    assert finding.hint.startswith(hint)
    assert (finding.file, finding.line) == ("web/a.yaml", 6)


@pytest.mark.parametrize(
    "annotations",
    [
        "argocd.argoproj.io/hook: PreSync",
        "argocd.argoproj.io/hook: ' PreSync , PostSync'",
        "argocd.argoproj.io/hook: PostDelete",
        "argocd.argoproj.io/hook: Skip",
        "helm.sh/hook: pre-install",
        "helm.sh/hook: test",
        "argocd.argoproj.io/hook: 5",
        "argocd.argoproj.io/hook-delete-policy: BeforeHookCreation,HookFailed",
        "argocd.argoproj.io/compare-options: IgnoreExtraneous, ServerSideDiff=true",
    ],
)
def test_what_it_knows(tmp_path: Path, annotations: str) -> None:
    assert places(found(tmp_path, annotations)) == []

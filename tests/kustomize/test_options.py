"""What a repository says of the options that its Argo CD gives to kustomize."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.kustomize.options import BuildOptions, build_options
from gitopsgen.repository.files import RepositoryFiles
from tests.validation.rules.build import write

if TYPE_CHECKING:
    from pathlib import Path

HELM = ("--enable-helm",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data:\n  kustomize.buildOptions: --enable-helm\n", BuildOptions(HELM, known=True)),
        (
            'cm:\n  "kustomize.buildOptions": "--load-restrictor LoadRestrictionsNone --x"\n',
            BuildOptions(("--load-restrictor", "LoadRestrictionsNone"), known=True),
        ),
        ("data:\n  kustomize.buildOptions: --x\n", BuildOptions((), known=True)),
        (
            "data:\n  kustomize.buildOptions: --enable-alpha-plugins --enable-exec\n",
            BuildOptions((), known=True, runs_plugins=True),
        ),
        (
            "kind: ArgoCD\nspec:\n  kustomizeBuildOptions: --enable-helm\n",
            BuildOptions(HELM, known=True),
        ),
        (
            "parameters:\n"
            "  - name: configs.cm.kustomize\\.buildOptions\n    value: --enable-helm\n",
            BuildOptions(HELM, known=True),
        ),
        ("kind: ConfigMap\nmetadata:\n  name: argocd-cm\n", BuildOptions((), known=True)),
        ("kind: ConfigMap\nmetadata:\n  name: argocd-cm-more\n", BuildOptions()),
        ("# kustomize.buildOptions is not set\n", BuildOptions()),
        ("data: {}\n", BuildOptions()),
    ],
)
def test_build_options_come_from_the_repositorys_argo_cd(
    tmp_path: Path, text: str, expected: BuildOptions
) -> None:
    write(tmp_path, {"argocd/values.yaml": text, "zz.yaml": "a: 1\n"})
    found = build_options(RepositoryFiles(tmp_path))
    assert found == expected
    assert found.enables_helm is (expected.words == HELM)


def test_options_count_wherever_they_stand(tmp_path: Path) -> None:
    settings = "kind: ConfigMap\nmetadata:\n  name: argocd-cm\n"
    options = f"{settings}data:\n  kustomize.buildOptions: --enable-helm\n"
    write(tmp_path, {"a/base.yaml": settings, "b/patch.yaml": options})
    assert build_options(RepositoryFiles(tmp_path)).enables_helm

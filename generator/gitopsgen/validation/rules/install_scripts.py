"""What scripts and Terraform in a repository may install beside Argo CD."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.validation.model import Model

_SUFFIXES = (".sh", ".bash", ".ps1", ".tf", ".tofu", ".hcl", ".mk", ".just")
_NAMES = frozenset(
    {"Makefile", "Justfile", "justfile", "Taskfile.yml", "Taskfile.yaml", "helmfile.yaml"}
)
# What installs something: helm, kubectl with a URL or a folder, Terraform's resources for both, and
# the installers that projects bring themselves (`cilium install`).
_INSTALLS = re.compile(
    r"\bhelm\b[^\n]*\b(?:install|upgrade)\b|\bkubectl\b[^\n]*\b(?:apply|create|replace)\b"
    r"|\bhelm_release\b|\b(?:kubectl|kubernetes)_manifest\b|\bargocd_application\b"
    r"|\bkind\s*=\s*\"Application\"|\bhelmfile\b|^\s*releases:|^\s*[\w-]+ install\b",
    re.MULTILINE,
)
# Groups that are called otherwise than what brings them.
_MAKERS = {
    "argoproj.io": ("argo-rollouts", "argo-workflows", "argo-events"),
    "bitnami.com": ("sealed-secrets",),
    "crd.projectcalico.org": ("calico", "tigera"),
    "gateway.networking.k8s.io": ("gateway-api",),
    "monitoring.coreos.com": ("prometheus", "coreos"),
    "operator.victoriametrics.com": ("victoria-metrics",),
    "postgresql.cnpg.io": ("cnpg", "cloudnative-pg"),
    "snapshot.storage.k8s.io": ("snapshotter", "snapshot-controller"),
}


class InstallScripts:
    """The scripts of a repository; they are read when the first question is asked."""

    def __init__(self, model: Model) -> None:
        self._files = model.sources.files
        self._answers: dict[str, bool] = {}

    def may_bring(self, group: str) -> bool:
        """Whether a script that installs things names what brings an API group.

        The name is the group's before its top-level domain, such as `cert-manager` of
        cert-manager.io, or one that is known to stand for it.
        """
        if group not in self._answers:
            words = _words(group)
            self._answers[group] = any(words.search(text) for text in self._texts)
        return self._answers[group]

    def names(self, word: str) -> bool:
        """Whether a script that installs things names one, be it as a part of a name."""
        pattern = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", re.IGNORECASE)
        return any(pattern.search(text) for text in self._texts)

    def applies(self, path: str) -> bool:
        """Whether a script that installs things names a file of the repository."""
        return any(path in text for text in self._texts)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        paths = (
            path
            for path in self._files.paths
            if path.endswith(_SUFFIXES) or path.rpartition("/")[2] in _NAMES
        )
        texts = (file.text for file in map(self._files.read, paths) if file is not None)
        return tuple(text for text in texts if _INSTALLS.search(text))


def _words(group: str) -> re.Pattern[str]:
    parts = group.split(".")
    names = _MAKERS.get(group) or (parts[0] if group.endswith("k8s.io") else parts[-2],)
    either = "|".join(re.escape(name).replace(r"\-", "[-_]?") for name in names)
    return re.compile(rf"(?<![a-z0-9])(?:{either})(?![a-z0-9])", re.IGNORECASE)

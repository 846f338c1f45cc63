"""The options that Argo CD gives to `kustomize build`, as far as a repository says them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitopsgen.repository.files import RepositoryFiles

ENABLE_HELM = "--enable-helm"
_KEY = "uildOptions"
# In argocd-cm and in the values of Argo CD's chart, or in the operator's kind ArgoCD.
_OPTION = re.compile(
    r"^\s*[\"']?kustomize(?:\.b|B)uildOptions[\"']?\s*:\s*(?P<options>.+?)\s*$", re.M
)
# A parameter of an Application has its value in another line.
_PARAMETER = re.compile(r"configs\.cm\.kustomize\\+\.buildOptions")
# Of all options those that decide what is built.
_KNOWN_OPTIONS = re.compile(
    r"--(enable-helm|enable-alpha-plugins=false|load-restrictor[= ]\w+|reorder[= ]\w+)"
)
_PLUGINS = re.compile(r"--enable-alpha-plugins(?!=false)")
_SETTINGS = re.compile(r"^\s*name:\s*[\"']?argocd-cm[\"']?\s*$", re.M)


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Options of `kustomize build`, word by word.

    `known` is false where the repository does not say how its Argo CD is set up; nobody can tell
    then whether that one has helm render charts. `runs_plugins` is true where its Argo CD runs
    programs that a repository names; nobody here does.
    """

    words: tuple[str, ...] = ()
    known: bool = False
    runs_plugins: bool = False

    @property
    def enables_helm(self) -> bool:
        """Whether kustomize may have helm render charts."""
        return ENABLE_HELM in self.words


def build_options(files: RepositoryFiles) -> BuildOptions:
    """The options that the repository's own Argo CD gives to kustomize, where it says so.

    They stand under `kustomize.buildOptions` in the ConfigMap argocd-cm or in the values of Argo
    CD's chart; where that ConfigMap is there without them, Argo CD gives none.
    """
    known = False
    for path in files.paths:
        file = files.read(path) if path.endswith((".yaml", ".yml")) else None
        if file is None:
            continue
        if _KEY in file.text:
            found = _OPTION.search(file.text)
            text = found["options"] if found else ""
            if found is None and _PARAMETER.search(file.text):
                text = file.text
            if found or text:
                return BuildOptions(_words(text), True, bool(_PLUGINS.search(text)))
        known = known or ("argocd-cm" in file.text and bool(_SETTINGS.search(file.text)))
    return BuildOptions(known=known)


def _words(text: str) -> tuple[str, ...]:
    options = dict.fromkeys(found[0] for found in _KNOWN_OPTIONS.finditer(text))
    return tuple(word for option in options for word in option.split(" "))

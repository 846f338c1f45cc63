"""Objects in the form of Kubernetes' that are the settings of programs: no cluster takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gitopsgen.repository.manifests import Manifest

_CORE: Final = "v1"
# Of programs that make clusters, run beside them, test, package or describe software.
_GROUPS: Final = frozenset(
    [
        "apiserver.config.k8s.io",
        "audit.k8s.io",
        "backstage.io",
        "chainsaw.kyverno.io",
        "cli.kyverno.io",
        "client.authentication.k8s.io",
        "config.kubernetes.io",
        "ctlptl.dev",
        "eksctl.io",
        "garden.io",
        "k0sctl.k0sproject.io",
        "k3d.io",
        "kind.x-k8s.io",
        "kops.k8s.io",
        "kpt.dev",
        "krew.googlecontainertools.github.com",
        "kubeadm.k8s.io",
        "kubelet.config.k8s.io",
        "kubeproxy.config.k8s.io",
        "kubescheduler.config.k8s.io",
        "kustomize.config.k8s.io",
        "kuttl.dev",
        "meta.pkg.crossplane.io",
        "mirror.openshift.io",
        "score.dev",
        "scorecard.operatorframework.io",
        "skaffold",
        "tanka.dev",
        "tilt.dev",
    ]
)


def is_for_kubernetes(manifest: Manifest) -> bool:
    """Whether an object that no Application names is one of Kubernetes.

    Other programs write an apiVersion and a kind as well, but seldom metadata. Without those it
    has to be of one of Kubernetes' own groups.
    """
    api_version, group = manifest.data["apiVersion"], manifest.group
    if group in _GROUPS or (api_version == _CORE and manifest.kind == "Config"):
        return False
    return (
        isinstance(manifest.data.get("metadata"), dict)
        or api_version == _CORE
        or ("/" in api_version and "." not in group)
        or group.endswith(".k8s.io")
    )

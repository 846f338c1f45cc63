"""The programs that gitopsgen uses, each at one pinned version."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, where its pinned release is, and the Go module that builds the same version.

    `archive` is the path of its release archive below the address of all releases, with
    `{platform}` (`linux-amd64`); `digests` holds the archive's SHA-256 by platform. Where no
    digest is known nothing is downloaded. `required` tells whether gitopsgen cannot do without.
    """

    name: str
    version: str
    purpose: str
    go_module: str
    version_arguments: tuple[str, ...]
    archive: str = ""
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    required: bool = False

    @property
    def override(self) -> str:
        """The environment variable that names the program to use instead of any other."""
        return f"GITOPSGEN_{self.name.upper()}"


# Digests: the CHECKSUMS file of the release, https://github.com/yannh/kubeconform/releases.
KUBECONFORM = Tool(
    name="kubeconform",
    version="0.8.0",
    purpose="checks manifests against their schemas",
    go_module="github.com/yannh/kubeconform/cmd/kubeconform",
    version_arguments=("-v",),
    archive="yannh/kubeconform/releases/download/v0.8.0/kubeconform-{platform}.tar.gz",
    digests=MappingProxyType(
        {
            "linux-amd64": "9bc2bffbf71f261128533edaf912153948b7ff238f9a531ae6d34466ec287883",
            "linux-arm64": "1f53fc8e81258197a35e8603054162a5af1de8c5af13746c71ab680d9534ed87",
            "darwin-arm64": "f84f4dfbebf4a6b0b230385fa065a39ea35e02608c2b50d025dcf64775a69d67",
            "darwin-amd64": "71dbc87ac9f24099a62b93570e65aa06312ba6ac8aea63b7f86e9d999edf5a92",
        }
    ),
    required=True,
)

# No release archives: they would need digests that a person has verified.
HELM = Tool(
    name="helm",
    version="3.22.0",
    purpose="renders charts; the bootstrap script installs Argo CD with it",
    go_module="helm.sh/helm/v3/cmd/helm",
    version_arguments=("version", "--short"),
)

KUSTOMIZE = Tool(
    name="kustomize",
    version="5.8.1",
    purpose="builds kustomizations",
    go_module="sigs.k8s.io/kustomize/kustomize/v5",
    version_arguments=("version",),
)

TOOLS = (KUBECONFORM, HELM, KUSTOMIZE)

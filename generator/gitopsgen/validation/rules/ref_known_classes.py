"""Classes that clusters and operators bring without a manifest of a repository."""

from __future__ import annotations

# What managed and packaged clusters bring: GKE, EKS, AKS, DigitalOcean, Hetzner, Linode, Vultr,
# Civo, OVH, Docker Desktop, kind and minikube, microk8s, OpenShift.
CLOUD_STORAGE = frozenset(
    {
        "azurefile",
        "azurefile-csi",
        "azurefile-premium",
        "civo-volume",
        "csi-cinder-high-speed",
        "default",
        "do-block-storage",
        "gp2",
        "gp2-csi",
        "gp3-csi",
        "hcloud-volumes",
        "hostpath",
        "linode-block-storage",
        "linode-block-storage-retain",
        "managed",
        "managed-csi",
        "managed-csi-premium",
        "managed-premium",
        "microk8s-hostpath",
        "premium-rwo",
        "standard",
        "standard-rwo",
        "vultr-block-storage",
    }
)
CLOUD_INGRESS = frozenset(
    {
        "addon-http-application-routing",
        "alb",
        "azure-application-gateway",
        "azure/application-gateway",
        "gce",
        "gce-internal",
        "openshift-default",
        "public",
        "webapprouting.kubernetes.azure.com",
    }
)
# Operators that make classes from what their custom resources say.
STORAGE_OPERATORS = frozenset(
    {
        "core.libopenstorage.org",
        "local.storage.openshift.io",
        "lvm.topolvm.io",
        "ocs.openshift.io",
        "odf.openshift.io",
    }
)
INGRESS_OPERATORS = frozenset(
    {
        "approuting.kubernetes.azure.com",
        "charts.nginx.org",
        "gateway-operator.konghq.com",
        "k8s.nginx.org",
        "operator.projectcontour.io",
    }
)

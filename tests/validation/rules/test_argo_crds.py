from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.cluster.model import Cluster
from gitopsgen.findings import Severity
from gitopsgen.repository.settings import Provided, Settings
from gitopsgen.validation.rules import argo_crds
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GADGET = "kind: Gadget\napiVersion: lab.example.com/v1\nmetadata: {name: a}\n"
CRD = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: gadgets.lab.example.com}\nspec:\n"
    "  group: lab.example.com\n  scope: Namespaced\n  names: {plural: gadgets, kind: Gadget}\n"
)
SKIP = "SkipDryRunOnMissingResource=true"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\n"
HEALTH = "data: {resource.customizations.health.argoproj.io_Application: return}\n"
CLUSTER = Cluster.from_data(
    {
        "name": "home",
        "domain": "example.net",
        "kubernetes": "v1.35.7+k3s1",
        "repository": {"url": "https://github.com/owner/repo", "branch": "main"},
        "ssh": {"user": "ubuntu", "port": 22},
        "nodes": [],
        "network": {
            "subnet": "192.168.1.0/24",
            "gateway": "192.168.1.1",
            "dns": [],
            "interface": "eth0",
            "api_address": "192.168.1.20",
            "load_balancer_pool": "192.168.1.30-192.168.1.49",
            "pod_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
        },
        "components": {},
    }
)


def found(
    tmp_path: Path,
    tree: Mapping[str, str],
    *,
    settings: Settings | None = None,
    cluster: Cluster | None = None,
) -> list[str]:
    model, files = make_model(tmp_path, tree, settings=settings, cluster=cluster)
    findings = findings_in(model, files, [argo_crds])
    return [
        f"{finding.severity.value} {place}"
        for finding, place in zip(findings, places(findings), strict=True)
    ]


def waved(name: str, source: str, wave: str | None, extra: str = "") -> str:
    text = application(name, source, extra=extra)
    if wave is None:
        return text
    annotation = f'argocd.argoproj.io/sync-wave: "{wave}"'
    return text.replace("argocd}", f"argocd, annotations: {{{annotation}}}}}", 1)


def below_root(crd: str | None, gadget: str | None, extra: str = "") -> dict[str, str]:
    """A root with the Applications `crds` and `web` in these waves."""
    return {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/crds.yaml": waved("crds", "path: crds", crd),
        "apps/web.yaml": waved("web", "path: web", gadget, extra),
        "crds/crd.yaml": CRD,
        "web/gadget.yaml": GADGET,
    }


@pytest.mark.parametrize(
    ("crd", "gadget", "severity"),
    [
        ("2", "1", "error"),
        ("1", None, "error"),
        (None, "-1", "error"),
        ("1", "1", "warning"),
        (None, None, "warning"),
        ("first", "0", "warning"),
    ],
)
def test_a_crd_that_comes_too_late(
    tmp_path: Path, crd: str | None, gadget: str | None, severity: str
) -> None:
    tree = below_root(crd, gadget)
    assert found(tmp_path, tree) == [f"{severity} argo-crd-order web/gadget.yaml:2:13"]


@pytest.mark.parametrize(("crd", "gadget"), [("1", "2"), ("-1", None), (None, "+1")])
def test_a_crd_in_an_earlier_wave(tmp_path: Path, crd: str | None, gadget: str | None) -> None:
    assert found(tmp_path, below_root(crd, gadget)) == []


def test_waves_that_do_not_wait_are_a_warning(tmp_path: Path) -> None:
    tree = {**below_root("2", "1"), "apps/cm.yaml": CONFIG}
    assert found(tmp_path, tree) == ["warning argo-crd-order web/gadget.yaml:2:13"]
    tree["apps/cm.yaml"] = CONFIG + HEALTH
    assert found(tmp_path, tree) == ["error argo-crd-order web/gadget.yaml:2:13"]


def test_skipping_the_dry_run_lets_retries_work(tmp_path: Path) -> None:
    policy = f"  syncPolicy: {{syncOptions: [{SKIP}]}}\n"
    assert found(tmp_path, below_root("2", "1", policy)) == []
    tree = below_root(None, None)
    tree["web/gadget.yaml"] = GADGET.replace(
        "name: a}", f"name: a, annotations: {{argocd.argoproj.io/sync-options: {SKIP}}}}}"
    )
    assert found(tmp_path, tree) == []


def test_a_crd_and_its_resource_in_one_application(tmp_path: Path) -> None:
    late = CRD.replace("com}", 'com, annotations: {argocd.argoproj.io/sync-wave: "9"}}', 1)
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/crd.yaml": late,
        "web/gadget.yaml": GADGET,
    }
    assert found(tmp_path, tree) == []


def test_waves_are_compared_below_the_common_ancestor(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/platform.yaml": waved("platform", "path: platform", "1"),
        "apps/teams.yaml": waved("teams", "path: teams", "2"),
        "platform/crds.yaml": waved("crds", "path: crds", "50"),
        "teams/web.yaml": waved("web", "path: web", "-50"),
        "crds/crd.yaml": CRD,
        "web/gadget.yaml": GADGET,
    }
    assert found(tmp_path, tree) == []
    tree["apps/platform.yaml"] = waved("platform", "path: platform", "3")
    assert found(tmp_path, tree) == ["error argo-crd-order web/gadget.yaml:2:13"]


def test_a_resource_of_the_root_never_lets_its_sync_begin(tmp_path: Path) -> None:
    tree = below_root("1", "2")
    tree["apps/gadget.yaml"] = GADGET
    assert found(tmp_path, tree) == ["error argo-crd-order apps/gadget.yaml:2:13"]


def test_a_crd_of_the_root_comes_before_its_applications(tmp_path: Path) -> None:
    tree = below_root(None, None)
    tree["apps/crd.yaml"] = tree.pop("crds/crd.yaml")
    tree["crds/none.yaml"] = CONFIG
    assert found(tmp_path, tree) == []


def test_applications_without_a_root_have_no_waves(tmp_path: Path) -> None:
    tree = below_root(None, None)
    del tree["root.yaml"]
    assert found(tmp_path, tree) == ["warning argo-crd-order web/gadget.yaml:2:13"]


def test_two_roots_are_applied_by_hand_in_some_order(tmp_path: Path) -> None:
    tree = {
        "a/root.yaml": application("a", "path: a/apps", namespace="argocd"),
        "b/root.yaml": application("b", "path: b/apps", namespace="argocd"),
        "a/apps/crds.yaml": application("crds", "path: crds"),
        "b/apps/web.yaml": application("web", "path: web"),
        "crds/crd.yaml": CRD,
        "web/gadget.yaml": GADGET,
    }
    assert found(tmp_path, tree) == []


def test_what_an_application_set_generates_is_not_waited_for(tmp_path: Path) -> None:
    template = application("'{{name}}'", "path: '{{name}}'").split("spec:\n", 1)[1]
    manifest = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: all, namespace: argocd}\nspec:\n"
        "  generators:\n    - list: {elements: [{name: crds}, {name: web}]}\n"
        "  template:\n    metadata: {name: '{{name}}'}\n    spec:\n"
        + "".join(f"    {line}\n" for line in template.splitlines())
    )
    tree = {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/set.yaml": manifest,
        "crds/crd.yaml": CRD,
        "web/gadget.yaml": GADGET,
    }
    assert found(tmp_path, tree) == ["warning argo-crd-order web/gadget.yaml:2:13"]


def test_nothing_brings_the_crd(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/gadget.yaml": GADGET}
    model, files = make_model(tmp_path, tree)
    (finding,) = findings_in(model, files, [argo_crds])
    assert places([finding]) == ["argo-crd-missing web/gadget.yaml:2:13"]
    assert finding.severity is Severity.ERROR
    assert finding.message == "nothing brings the CRD of Gadget (lab.example.com)"
    assert "provides: {crds: [lab.example.com/Gadget]}" in finding.hint


@pytest.mark.parametrize(
    ("kind", "version", "hint"),
    [
        ("Gagdet", "lab.example.com/v1", "Did you mean Gadget?"),
        ("Aplication", "argoproj.io/v1alpha1", "Did you mean Application?"),
        ("gadget", "lab.example.com/v1", "Did you mean Gadget?"),
        ("Certficate", "cert-manager.io/v1", "Did you mean Certificate?"),
    ],
)
def test_a_kind_that_is_misspelt(tmp_path: Path, kind: str, version: str, hint: str) -> None:
    manifest = f"kind: {kind}\napiVersion: {version}\nmetadata: {{name: a}}\n"
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/crd.yaml": CRD,
        "web/a.yaml": manifest,
    }
    model, files = make_model(tmp_path, tree)
    (finding,) = findings_in(model, files, [argo_crds])
    assert places([finding]) == ["argo-crd-missing web/a.yaml:1:7"]
    assert finding.hint == hint


def test_every_resource_without_a_crd_is_named(tmp_path: Path) -> None:
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/gadget.yaml": f"{GADGET}---\n{GADGET.replace('name: a', 'name: b')}",
    }
    assert found(tmp_path, tree) == [
        "error argo-crd-missing web/gadget.yaml:2:13",
        "error argo-crd-missing web/gadget.yaml:6:13",
    ]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("cert-manager.io/v1", "Certificate"),
        ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("argoproj.io/v1alpha1", "Rollout"),
    ],
)
def test_kinds_that_only_look_built_in(tmp_path: Path, api_version: str, kind: str) -> None:
    manifest = f"kind: {kind}\napiVersion: {api_version}\nmetadata: {{name: a}}\n"
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}
    assert found(tmp_path, tree) == ["error argo-crd-missing web/a.yaml:2:13"]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "ConfigMap"),
        ("apps/v1", "Deployment"),
        ("networking.k8s.io/v1", "Ingress"),
        ("networking.k8s.io/v1", "Nonsense"),
        ("policy/v1beta1", "PodSecurityPolicy"),
        ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema"),
        ("argoproj.io/v1alpha1", "AppProject"),
        ("helm.cattle.io/v1", "HelmChartConfig"),
        ("k3s.cattle.io/v1", "Addon"),
        ("traefik.io/v1alpha1", "IngressRoute"),
        ("route.openshift.io/v1", "Route"),
    ],
)
def test_kinds_that_clusters_have(tmp_path: Path, api_version: str, kind: str) -> None:
    manifest = f"kind: {kind}\napiVersion: {api_version}\nmetadata: {{name: a}}\n"
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}
    assert found(tmp_path, tree) == []


def test_traefik_is_disabled_where_there_is_a_cluster(tmp_path: Path) -> None:
    manifest = "kind: Middleware\napiVersion: traefik.io/v1alpha1\nmetadata: {name: a}\n"
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest}
    assert found(tmp_path, tree, cluster=CLUSTER) == ["error argo-crd-missing web/a.yaml:2:13"]


def test_crds_that_the_settings_name(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/gadget.yaml": GADGET}
    settings = Settings(provides=Provided(crds=frozenset({"lab.example.com/Gadget"})))
    assert found(tmp_path, tree, settings=settings) == []
    other = Settings(provides=Provided(crds=frozenset({"lab.example.com/Widget"})))
    assert len(found(tmp_path, tree, settings=other)) == 1


SECRET = "kind: ExternalSecret\napiVersion: external-secrets.io/v1\nmetadata: {name: a}\n"
MONITOR = "kind: ServiceMonitor\napiVersion: monitoring.coreos.com/v1\nmetadata: {name: a}\n"


@pytest.mark.parametrize(
    ("path", "script", "manifest"),
    [
        ("up.sh", "set -e\nhelm upgrade --install external-secrets eso/external-secrets\n", SECRET),
        ("up.sh", "helm repo add external-secrets https://x\nhelm install eso x/y\n", SECRET),
        ("a/main.tf", 'resource "helm_release" "external_secrets" {\n}\n', SECRET),
        (
            "live/stack.hcl",
            'kind = "Application"\ndependencies = ["external-secrets"]\n',
            SECRET,
        ),
        ("Makefile", "up:\n\tkubectl apply -f https://x/prometheus-operator.yaml\n", MONITOR),
        ("helmfile.yaml", "releases:\n  - name: kube-prometheus-stack\n", MONITOR),
    ],
)
def test_what_a_script_may_install(tmp_path: Path, path: str, script: str, manifest: str) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": manifest, path: script}
    assert found(tmp_path, tree) == []
    assert found(tmp_path, tree, cluster=CLUSTER) == ["error argo-crd-missing web/a.yaml:2:13"]


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("up.sh", "helm upgrade --install cert-manager jetstack/cert-manager\n"),
        ("up.sh", "helm install my-external-secretsish x\n"),
        ("up.sh", "kubectl get externalsecrets.external-secrets.io\n"),
        ("README.md", "helm install external-secrets x\n"),
    ],
)
def test_what_no_script_installs(tmp_path: Path, path: str, script: str) -> None:
    tree = {"app.yaml": application("web", "path: web"), "web/a.yaml": SECRET, path: script}
    assert found(tmp_path, tree) == ["error argo-crd-missing web/a.yaml:2:13"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("repoURL: https://charts.example.com, chart: gadgets", id="a chart"),
        pytest.param("repoURL: https://github.com/other/repo, path: x", id="another repository"),
    ],
)
def test_what_was_not_looked_at_might_bring_it(tmp_path: Path, other: str) -> None:
    tree = {
        "app.yaml": application("web", "path: web"),
        "other.yaml": application("other", other),
        "web/gadget.yaml": GADGET,
    }
    assert found(tmp_path, tree) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Certficate", ["error argo-crd-missing web/a.yaml:2:7"]),
        ("certificate", ["error argo-crd-missing web/a.yaml:2:7"]),
        ("Certificate", []),
        ("CertificateBundle", []),
    ],
)
def test_a_misspelt_kind_is_brought_by_nothing(
    tmp_path: Path, kind: str, expected: list[str]
) -> None:
    chart = "repoURL: https://charts.example.com, chart: cert-manager"
    tree = {
        "app.yaml": application("web", "path: web"),
        "other.yaml": application("other", chart),
        "web/a.yaml": f"apiVersion: cert-manager.io/v1\nkind: {kind}\nmetadata: {{name: a}}\n",
    }
    assert found(tmp_path, tree) == expected


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(
            "apiVersion: operators.coreos.com/v1alpha1\nkind: Subscription\n"
            "metadata: {name: a}\n---\n"
            + CRD.replace("lab.example.com", "operators.coreos.com")
            .replace("gadgets", "subscriptions")
            .replace("Gadget", "Subscription"),
            id="an operator's installer",
        ),
        pytest.param(
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\n"
            "metadata: {name: v1.lab.example.com}\nspec: {group: lab.example.com}\n",
            id="an aggregated API",
        ),
        pytest.param(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n"
            "rules:\n"
            "  - apiGroups: [apiextensions.k8s.io]\n    resources: [customresourcedefinitions]\n"
            "    verbs: [get, create]\n"
            "  - {apiGroups: [lab.example.com], resources: ['*'], verbs: ['*']}\n",
            id="a controller that creates its CRDs",
        ),
    ],
)
def test_what_brings_kinds_while_it_runs(tmp_path: Path, manifest: str) -> None:
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/gadget.yaml": GADGET,
        "web/other.yaml": manifest,
    }
    assert found(tmp_path, tree) == []


def test_rights_to_read_crds_bring_none(tmp_path: Path) -> None:
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/gadget.yaml": GADGET,
        "web/role.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
        "metadata: {name: a}\nrules:\n"
        "  - apiGroups: [apiextensions.k8s.io, lab.example.com]\n"
        "    resources: [customresourcedefinitions]\n    verbs: [get, list, watch, update]\n",
    }
    assert len(found(tmp_path, tree)) == 1


def test_another_cluster_has_its_own_crds(tmp_path: Path) -> None:
    tree = below_root("1", "2")
    tree["apps/web.yaml"] = tree["apps/web.yaml"].replace(
        "server: https://kubernetes.default.svc", "name: edge"
    )
    assert found(tmp_path, tree) == ["error argo-crd-missing web/gadget.yaml:2:13"]

"""Secrets and ConfigMaps that workloads, issuers and Ingresses name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.repository.settings import Provided, Settings
from gitopsgen.validation.rules import ref_secrets
from tests.validation.rules.build import application, findings_in, make_model, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APPS = {
    "apps/root.yaml": application("root", "path: apps", namespace="argocd"),
    "apps/web.yaml": application("web", "path: web"),
    "web/known.yaml": (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
    ),
}
CHART = "repoURL: https://charts.example.net, chart: db, targetRevision: 1.0.0"


def found(
    tmp_path: Path,
    manifest: str,
    more: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> list[str]:
    tree = {**APPS, "web/a.yaml": manifest, **(more or {})}
    model, files = make_model(tmp_path, tree, settings=settings)
    return places(findings_in(model, files, [ref_secrets]))


def pod(spec: str, metadata: str = "name: web") -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{{metadata}}}\nspec:\n  {spec}\n"


def container(line: str) -> str:
    return pod(f"containers:\n    - name: web\n      {line}")


def issuer(spec: str, kind: str = "Issuer") -> str:
    return f"apiVersion: cert-manager.io/v1\nkind: {kind}\nmetadata: {{name: le}}\nspec: {spec}\n"


def ingress(metadata: str = "name: web") -> str:
    return (
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{{metadata}}}\n"
        "spec:\n  tls:\n    - secretName: web-tls\n"
    )


GATEWAY = (
    "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web}\n"
    "spec:\n  listeners:\n    - tls:\n        certificateRefs:\n          - name: web-tls\n"
)


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (container("envFrom: [{secretRef: {name: bd}}]"), "ref-secret web/a.yaml:7:36"),
        (container("envFrom: [{configMapRef: {name: x}}]"), "ref-configmap web/a.yaml:7:39"),
        (
            container("env: [{name: A, valueFrom: {secretKeyRef: {name: bd, key: a}}}]"),
            "ref-secret web/a.yaml:7:56",
        ),
        (
            container("env: [{name: A, valueFrom: {configMapKeyRef: {name: x, key: a}}}]"),
            "ref-configmap web/a.yaml:7:59",
        ),
        (pod("initContainers: [{envFrom: [{secretRef: {name: x}}]}]"), None),
        (pod("volumes: [{name: a, secret: {secretName: bd}}]"), "ref-secret web/a.yaml:5:44"),
        (pod("volumes: [{name: a, configMap: {name: x}}]"), "ref-configmap web/a.yaml:5:41"),
        (pod("volumes: [{projected: {sources: [{secret: {name: x}}]}}]"), None),
        (pod("volumes: [{csi: {nodePublishSecretRef: {name: x}}}]"), None),
        (pod("imagePullSecrets: [{name: registry}]"), "ref-secret web/a.yaml:5:29"),
        (
            container("args: [/nginx, --default-ssl-certificate=web/bd]"),
            "ref-secret web/a.yaml:7:22",
        ),
        (
            container("command: [--default-ssl-certificate, web/bd]"),
            "ref-secret web/a.yaml:7:44",
        ),
        (issuer("{ca: {secretName: root}}"), "ref-secret web/a.yaml:4:25"),
        (
            issuer(
                "{acme: {solvers: [{dns01: {webhook: {config: {usernameSecretKeyRef: "
                "{name: loopia, key: u}}}}}]}}"
            ),
            None,
        ),
        (ingress(), "ref-tls-secret web/a.yaml:6:19"),
        (GATEWAY, "ref-tls-secret web/a.yaml:8:19"),
    ],
)
def test_what_nothing_makes_is_found_at_its_name(
    tmp_path: Path, manifest: str, place: str | None
) -> None:
    (only,) = found(tmp_path, manifest)
    assert place is None or only == place


@pytest.mark.parametrize(
    "manifest",
    [
        container("envFrom: [{secretRef: {name: db}}, {configMapRef: {name: settings}}]"),
        container("envFrom: [{secretRef: {name: x, optional: true}}]"),
        container("env: [{name: A, valueFrom: {secretKeyRef: {name: x, optional: true}}}]"),
        container("envFrom: [{configMapRef: {name: kube-root-ca.crt}}]"),
        container("envFrom: [{secretRef: {name: '<path:vault#name>'}}]"),
        container("envFrom: [{secretRef: {name: 3}}, 4, {secretRef: []}]"),
        pod("volumes: [{name: a, secret: {secretName: x, optional: true}}]"),
        pod("volumes: [{name: a, secret: {secretName: x}}]", "name: a, namespace: kube-system"),
        pod("volumes: {name: a}"),
        container("args: [--default-ssl-certificate=web/db, --default-ssl-certificate]"),
        container("args: [--default-ssl-certificate=$(POD_NAMESPACE)/x, --v=2]"),
        container("args: [--default-ssl-certificate=, 3, --default-ssl-certificate, 4]"),
        container("args: --default-ssl-certificate=web/x"),
        issuer("{acme: {privateKeySecretRef: {name: account}}}"),
        issuer("3"),
        ingress("name: web, annotations: {cert-manager.io/cluster-issuer: le}"),
        ingress("name: web, annotations: {kubernetes.io/tls-acme: 'true'}"),
        ingress().replace("web-tls", "infra/wildcard"),
        GATEWAY.replace("{name: web}", "{name: web, annotations: {cert-manager.io/issuer: x}}"),
        GATEWAY.replace("- name", "- kind: Bundle\n            name"),
    ],
)
def test_what_is_there_or_need_not_be_is_fine(tmp_path: Path, manifest: str) -> None:
    assert found(tmp_path, manifest) == []


NEEDS = container("envFrom: [{secretRef: {name: token}}]")


def other(api: str, kind: str, spec: str, metadata: str = "name: other") -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n"


@pytest.mark.parametrize(
    "maker",
    [
        other("bitnami.com/v1alpha1", "SealedSecret", "template: {metadata: {name: token}}"),
        other("bitnami.com/v1alpha1", "SealedSecret", "encryptedData: {}", "name: token"),
        other("external-secrets.io/v1", "ExternalSecret", "target: {name: token}"),
        other("external-secrets.io/v1", "ExternalSecret", "", "name: token"),
        other("external-secrets.io/v1", "ClusterExternalSecret", "externalSecretName: token"),
        other("cert-manager.io/v1", "Certificate", "secretName: token, issuerRef: {name: x}"),
        other("cert-manager.io/v1", "Issuer", "acme: {privateKeySecretRef: {name: token}}"),
        other("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "destination: {name: token}"),
        other("onepassword.com/v1", "OnePasswordItem", "itemPath: x", "name: token"),
        other("isindir.github.com/v1alpha3", "SopsSecret", "secretTemplates: [{name: token}]"),
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  namespace: vault\n"
        "  annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: 'true'}\n",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n"
        "    service.beta.openshift.io/serving-cert-secret-name: token\n",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: make\n"
        "  annotations: {helm.sh/hook: pre-install}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: make}\n"
        "rules: [{apiGroups: [''], resources: [secrets], verbs: [get, create]}]\n",
    ],
)
def test_whatever_may_make_the_secret_is_enough(tmp_path: Path, maker: str) -> None:
    assert found(tmp_path, NEEDS, {"web/maker.yaml": maker}) == []


@pytest.mark.parametrize(
    "near",
    [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: vault}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: token}\n",
        other("external-secrets.io/v1", "ExternalSecret", "target: {name: tokens}"),
        other("external-secrets.io/v1", "ExternalSecret", "target: {name: tokens}", "name: token"),
        other("cert-manager.io/v1", "Issuer", "acme: {x: {apiTokenSecretRef: {name: db}}}"),
        other("monitoring.coreos.com/v1", "ServiceMonitor", "x: {name: token}"),
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: make}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: read}\n"
        "rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]\n",
    ],
)
def test_what_only_looks_like_a_maker_is_none(tmp_path: Path, near: str) -> None:
    assert found(tmp_path, NEEDS, {"web/near.yaml": near}) == ["ref-secret web/a.yaml:7:36"]


def test_a_service_account_names_secrets_too(tmp_path: Path) -> None:
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"
    account += "secrets: [{name: a-token}]\nimagePullSecrets:\n  - name: db\n  - name: pull\n"
    assert found(tmp_path, account) == ["ref-secret web/a.yaml:7:11"]


def test_operators_call_secrets_after_their_resources(tmp_path: Path) -> None:
    cluster = other("postgresql.cnpg.io/v1", "Cluster", "instances: 3", "name: pg")
    uses = pod("volumes: [{secret: {secretName: pg-app}}, {secret: {secretName: pgx-app}}]")
    assert found(tmp_path, uses, {"web/pg.yaml": cluster}) == ["ref-secret web/a.yaml:5:67"]


def test_secrets_are_not_seen_across_clusters(tmp_path: Path) -> None:
    more = {
        "apps/far.yaml": application("far", "path: far").replace(
            "https://kubernetes.default.svc", "https://10.0.0.1"
        ),
        "far/a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: token}\n",
    }
    assert found(tmp_path, NEEDS, more) == ["ref-secret web/a.yaml:7:36"]


def test_settings_name_secrets_from_outside(tmp_path: Path) -> None:
    settings = Settings(provides=Provided(secrets=frozenset({"web/token"})))
    assert found(tmp_path, NEEDS, settings=settings) == []
    elsewhere = Settings(provides=Provided(secrets=frozenset({"other/token"})))
    assert found(tmp_path, NEEDS, settings=elsewhere) == ["ref-secret web/a.yaml:7:36"]


def test_a_chart_that_was_not_rendered_may_make_it(tmp_path: Path) -> None:
    same = {"apps/db.yaml": application("db", CHART)}
    assert found(tmp_path, NEEDS, same) == []
    further = {"apps/db.yaml": application("db", CHART, namespace="db")}
    assert found(tmp_path, NEEDS, further) == ["ref-secret web/a.yaml:7:36"]


def test_a_name_is_told_once_for_a_workload(tmp_path: Path) -> None:
    twice = container("envFrom: [{secretRef: {name: x}}, {secretRef: {name: x}}]")
    assert found(tmp_path, twice) == ["ref-secret web/a.yaml:7:36"]


CONTROLLER = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cm, namespace: certs}\n"
    "spec: {template: {spec: {containers: [{image: 'quay.io/jetstack/cert-manager-controller:v1'"
    ", args: [ARG]}]}}}\n"
)


@pytest.mark.parametrize(
    ("argument", "namespace", "expected"),
    [
        ("--cluster-resource-namespace=$(POD_NAMESPACE)", "certs", 0),
        ("--cluster-resource-namespace=$(POD_NAMESPACE)", "web", 1),
        ("--cluster-resource-namespace=keys", "keys", 0),
        ("--cluster-resource-namespace=keys", "certs", 1),
        ("--v=2", "certs", 0),
    ],
)
def test_cluster_issuers_read_secrets_in_one_namespace(
    tmp_path: Path, argument: str, namespace: str, expected: int
) -> None:
    more = {
        "web/controller.yaml": CONTROLLER.replace("ARG", f"'{argument}'"),
        "web/root.yaml": "apiVersion: v1\nkind: Secret\n"
        f"metadata: {{name: root, namespace: {namespace}}}\n",
    }
    manifest = issuer("{ca: {secretName: root}}", "ClusterIssuer")
    assert len(found(tmp_path, manifest, more)) == expected


def test_without_a_controller_the_secret_may_be_anywhere(tmp_path: Path) -> None:
    manifest = issuer("{ca: {secretName: db}}", "ClusterIssuer")
    assert found(tmp_path, manifest) == []


def test_messages_and_hints_say_where_to_look(tmp_path: Path) -> None:
    tree = {
        **APPS,
        "web/a.yaml": container("envFrom: [{secretRef: {name: dbs}}]"),
        "web/b.yaml": container("envFrom: [{secretRef: {name: token}}]"),
        "web/c.yaml": container("envFrom: [{configMapRef: {name: token}}]"),
        "web/d.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: x}\n",
    }
    model, files = make_model(tmp_path, tree)
    found = findings_in(model, files, [ref_secrets])
    assert [finding.message for finding in found] == [
        "nothing makes the Secret dbs in namespace web",
        "nothing makes the Secret token in namespace web",
        "nothing makes the ConfigMap token in namespace web",
    ]
    assert [finding.hint for finding in found] == [
        "Did you mean db?",
        "Namespace x has one of that name: it is not seen from here.",
        "Add what makes it, or name one that exists in namespace web.",
    ]

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from gitopsgen.blueprints.catalogue import load_catalogue, shipped_blueprints
from gitopsgen.blueprints.metadata import Component, load_component
from gitopsgen.blueprints.render import JINJA_SETTINGS
from gitopsgen.tree import read_tree
from tests.blueprints.clusters import (
    SAMPLE_COMPONENTS,
    VARIANTS,
    applications,
    load,
    render_variant,
)

SHIPPED = shipped_blueprints()
FOLDERS = sorted(SHIPPED.glob("components/*/"))
FINALIZER = "resources-finalizer.argocd.argoproj.io"
WAVE = "argocd.argoproj.io/sync-wave"
OPTIONS = "argocd.argoproj.io/sync-options"
KEPT = ("argocd", "cert-manager", "kube-vip", "nfs-subdir-external-provisioner")


def component(name: str) -> Component:
    return load_component(SHIPPED / "components" / name)


def options_of(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(component(name).spec.options))


# --- what every component has in common ---


@pytest.mark.parametrize("name", SAMPLE_COMPONENTS)
def test_blueprint_yaml_agrees_with_the_application(name: str) -> None:
    blueprint = component(name)
    application = applications(render_variant("sample"))[name]
    assert application["metadata"]["name"] == name
    assert application["metadata"]["namespace"] == "argocd"
    assert application["metadata"]["annotations"][WAVE] == str(blueprint.wave)
    assert application["spec"]["destination"]["namespace"] == blueprint.namespace
    assert application["spec"]["project"] == "platform"
    chart, values = application["spec"]["sources"]
    assert blueprint.chart is not None
    assert (chart["chart"], chart["repoURL"], chart["targetRevision"]) == (
        blueprint.chart.name,
        blueprint.chart.repository,
        blueprint.chart.version,
    )
    assert values["ref"] == "values"
    assert values["repoURL"] == "https://github.com/owner/home-cluster"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_file_that_an_application_names_is_there(variant: str) -> None:
    tree = render_variant(variant)
    for name, application in applications(tree).items():
        for source in application["spec"]["sources"]:
            for file in source.get("helm", {}).get("valueFiles", []):
                assert file.removeprefix("$values/") in tree
            if "path" in source:
                assert any(path.startswith(f"{source['path']}/") for path in tree), name


def test_what_must_outlive_its_application_has_no_finalizer() -> None:
    found = applications(render_variant("sample"))
    for name, application in found.items():
        metadata = application["metadata"]
        assert metadata.get("finalizers", []) == ([] if name in KEPT else [FINALIZER])
        assert metadata["annotations"].get(OPTIONS) == ("Prune=false" if name in KEPT else None)


def test_waves_follow_what_needs_what() -> None:
    catalogue = load_catalogue()
    waves = {item.name: item.wave for item in catalogue.components}
    roles = {item.spec.role: item.wave for item in catalogue.components}
    assert waves["kube-vip"] < waves["cert-manager"] < waves["ingress-nginx"] < waves["loopia"]
    # Argo CD comes after what it may need, so that it never waits for itself.
    assert waves["argocd"] > max(waves["ingress-nginx"], waves["nfs-subdir-external-provisioner"])
    for item in catalogue.components:
        for need in item.spec.requires:
            assert roles.get(need, waves.get(need, 99)) < item.wave, (item.name, need)


@pytest.mark.parametrize(
    "folder", sorted(SHIPPED.glob("components/*/")), ids=lambda path: path.name
)
def test_plain_cookiecutter_renders_each_template(folder: Path, tmp_path: Path) -> None:
    from cookiecutter.main import cookiecutter

    project = cookiecutter(str(folder), no_input=True, output_dir=str(tmp_path))
    rendered = read_tree(Path(project))
    sample = render_variant("sample")
    # Its own defaults are those of the sample: the same files come out.
    assert rendered
    assert rendered == {path: sample[path] for path in rendered}


def test_the_cookiecutter_command_renders_the_skeleton(tmp_path: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "cookiecutter", "--no-input", "--output-dir", tmp_path),
            SHIPPED / "repository",
        ],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    assert (tmp_path / "home/bootstrap/bootstrap.sh").stat().st_mode & 0o100
    sample = render_variant("sample")
    rendered = read_tree(tmp_path / "home")
    assert {path for path in sample if path.startswith(("bootstrap/", "projects/"))} <= set(
        rendered
    )


@pytest.mark.parametrize("folder", ["repository", *(f"components/{n}" for n in SAMPLE_COMPONENTS)])
def test_cookiecutter_json_asks_for_nothing_but_the_name(folder: str) -> None:
    text = (SHIPPED / folder / "cookiecutter.json").read_text(encoding="utf-8")
    context = json.loads(text)
    assert [key for key in context if not key.startswith("_")] == ["name"]
    assert context["_jinja2_env_vars"] == JINJA_SETTINGS


# --- options ---


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "argocd",
            [{"host": "argocd.example.net"}, {"host": "a.b"}],
            [
                {},
                {"host": 1},
                {"host": "localhost"},
                {"host": "Argo.example.net"},
                {"host": "-a.example.net"},
                {"host": "a.example.net\n"},
                {"host": "*.example.net"},
                {"host": "a.example.net: x"},
                {"host": f"{'a' * 64}.example.net"},
                {"host": "a.example.net", "hosts": []},
            ],
        ),
        (
            "cert-manager",
            [{"email": "ops@example.net"}, {"email": "a+b@x.org", "environment": "production"}],
            [
                {},
                {"email": "ops"},
                {"email": "ops@localhost"},
                {"email": "a b@example.net"},
                {"email": '"ops"@example.net'},
                {"email": "ops@example.net", "environment": "prod"},
                {"email": "ops@example.net\n"},
            ],
        ),
        (
            "ingress-nginx",
            [{"address": "192.168.1.30"}],
            [
                {},
                {"address": "192.168.1"},
                {"address": "192.168.1.256"},
                {"address": "192.168.01.30"},
                {"address": "192.168.1.30."},
                {"address": "192.168.1.30/24"},
                {"address": "fe80::1"},
                {"address": "192.168.1.30\n"},
                {"address": None},
            ],
        ),
        ("kube-vip", [{}], [{"address": "192.168.1.20"}, [], "x"]),
        (
            "loopia",
            [{"zones": ["example.net"]}, {"zones": ["example.net", "example.org"]}],
            [
                {},
                {"zones": []},
                {"zones": "example.net"},
                {"zones": ["example.net", "example.net"]},
                {"zones": ["*.example.net"]},
                {"zones": ["example.net."]},
                {"zones": [1]},
            ],
        ),
        (
            "nfs-subdir-external-provisioner",
            [{"server": "192.168.1.21"}, {"server": "192.168.1.21", "path": "/srv/a-b_c.d"}],
            [
                {},
                {"server": "nas"},
                {"server": "192.168.1.21", "path": "srv"},
                {"server": "192.168.1.21", "path": "/"},
                {"server": "192.168.1.21", "path": "/srv/../etc"},
                {"server": "192.168.1.21", "path": "/srv/a b"},
                {"server": "192.168.1.21", "path": "/srv/'; touch x; '"},
                {"server": "192.168.1.21", "path": "/srv\n"},
            ],
        ),
    ],
)
def test_options(name: str, good: list[Any], bad: list[Any]) -> None:
    options = options_of(name)
    assert [value for value in good if not options.is_valid(value)] == []
    assert [value for value in bad if options.is_valid(value)] == []


# --- each component's traps ---


def test_a_version_like_a_number_stays_a_string() -> None:
    tree = render_variant("sample")
    assert b'targetRevision: "1.2"\n' in tree["apps/loopia.yaml"].content
    for application in applications(tree).values():
        for source in application["spec"]["sources"]:
            assert isinstance(source["targetRevision"], str)


def test_argo_cd_asks_for_the_health_of_applications() -> None:
    values = load(render_variant("sample"), "components/argocd/values.yaml")
    script = values["configs"]["cm"]["resource.customizations.health.argoproj.io_Application"]
    # What was not compared yet, or cannot be, is on its way, whatever its health says.
    assert 'status = "Progressing"' in script
    assert "comparedTo" in script
    assert '~= "Unknown"' in script
    assert script.rstrip().endswith("return hs")


def test_argo_cd_is_applied_server_side_and_keeps_its_crds() -> None:
    tree = render_variant("sample")
    application = applications(tree)["argocd"]
    assert "ServerSideApply=true" in application["spec"]["syncPolicy"]["syncOptions"]
    assert load(tree, "components/argocd/values.yaml")["crds"] == {"keep": True}
    # The bootstrap script's release name is the Application's: helm's default is its name.
    assert "releaseName" not in application["spec"]["sources"][0]["helm"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_argo_cd_is_exposed_if_there_is_an_ingress_controller(variant: str) -> None:
    values = load(render_variant(variant), "components/argocd/values.yaml")
    exposed = "ingress-nginx" not in VARIANTS[variant]
    assert ("ingress" in values["server"]) == exposed
    # Without one nothing else ends TLS.
    assert ("server.insecure" in values["configs"]["params"]) == exposed
    if exposed:
        assert values["server"]["ingress"]["tls"] is False
        assert values["server"]["ingress"]["extraTls"] == [{"hosts": ["argocd.example.net"]}]


@pytest.mark.parametrize("variant", ["sample", "no certificate", "no certificates", "no storage"])
def test_the_certificate_of_the_ingress_webhook(variant: str) -> None:
    tree = render_variant(variant)
    controller = load(tree, "components/ingress-nginx/values.yaml")["controller"]
    webhooks = controller["admissionWebhooks"]
    if "cert-manager" in VARIANTS[variant]:
        assert "certManager" not in webhooks
        assert webhooks["enabled"] is False
    else:
        assert webhooks == {"certManager": {"enabled": True}}


def test_the_wildcard_certificate_is_where_the_controller_looks_for_it() -> None:
    tree = render_variant("sample")
    controller = load(tree, "components/ingress-nginx/values.yaml")["controller"]
    certificate = load(tree, "components/loopia/manifests/certificate.yaml")
    namespace, name = controller["extraArgs"]["default-ssl-certificate"].split("/")
    assert certificate["metadata"]["namespace"] == namespace
    assert certificate["spec"]["secretName"] == name
    assert certificate["spec"]["dnsNames"] == ["example.net", "*.example.net"]
    without = load(render_variant("no certificate"), "components/ingress-nginx/values.yaml")
    assert "default-ssl-certificate" not in without["controller"].get("extraArgs", {})


def test_issuers_webhook_and_credentials_fit_together() -> None:
    tree = render_variant("sample")
    values = load(tree, "components/loopia/values.yaml")
    issuers = list(yaml.safe_load_all(tree["components/loopia/manifests/issuers.yaml"].content))
    certificate = load(tree, "components/loopia/manifests/certificate.yaml")
    role, binding = yaml.safe_load_all(tree["components/loopia/manifests/rbac.yaml"].content)
    names = [issuer["metadata"]["name"] for issuer in issuers]
    assert names == ["letsencrypt-staging", "letsencrypt-production"]
    assert certificate["spec"]["issuerRef"]["name"] == "letsencrypt-staging"
    (secret,) = component("loopia").secrets
    for issuer in issuers:
        (solver,) = issuer["spec"]["acme"]["solvers"]
        webhook = solver["dns01"]["webhook"]
        assert webhook["groupName"] == values["groupName"]
        references = webhook["config"].values()
        assert {reference["name"] for reference in references} == {secret.name}
        assert {reference["key"] for reference in references} == set(secret.keys)
    assert role["rules"][0]["resourceNames"] == [secret.name]
    assert role["metadata"]["namespace"] == secret.namespace
    assert binding["subjects"][0]["name"] == values["fullnameOverride"]


def test_the_pool_leaves_out_addresses_that_are_taken() -> None:
    tree = render_variant("sample")
    pool = load(tree, "components/kube-vip/values.yaml")["cm"]["data"]["range-global"]
    assert pool == "192.168.1.31-192.168.1.49"
    controller = load(tree, "components/ingress-nginx/values.yaml")["controller"]
    annotations = controller["service"]["annotations"]
    assert annotations == {"kube-vip.io/loadbalancerIPs": "192.168.1.30"}
    without = load(render_variant("no ingress"), "components/kube-vip/values.yaml")
    assert without["cm"]["data"]["range-global"] == "192.168.1.30-192.168.1.49"


def test_kube_vip_holds_the_address_of_the_api_on_servers_only() -> None:
    daemon_set = load(render_variant("sample"), "components/kube-vip/manifests/daemonset.yaml")
    pod = daemon_set["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    variables = {item["name"]: item.get("value") for item in container["env"]}
    assert variables["address"] == "192.168.1.20"
    assert variables["vip_interface"] == "eth0"
    assert all(value is None or isinstance(value, str) for value in variables.values())
    terms = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = terms["nodeSelectorTerms"]
    assert term["matchExpressions"][0]["key"] == "node-role.kubernetes.io/control-plane"


def test_volumes_have_one_class_and_it_is_the_default() -> None:
    values = load(
        render_variant("sample"), "components/nfs-subdir-external-provisioner/values.yaml"
    )
    assert values["nfs"]["server"] == "192.168.1.21"
    assert values["nfs"]["path"] == "/srv/nfs/kubedata"
    assert "hard" in values["nfs"]["mountOptions"]
    assert values["storageClass"]["defaultClass"] is True


def test_certificates_outlive_cert_manager() -> None:
    values = load(render_variant("sample"), "components/cert-manager/values.yaml")
    assert values["crds"] == {"enabled": True, "keep": True}

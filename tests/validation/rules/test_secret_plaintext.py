from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.repository.manifests import Rendering
from gitopsgen.repository.rendering import RenderedObject, RenderedSource, describe
from gitopsgen.validation.rules import secret_plaintext
from gitopsgen.validation.rules.secret_data import revealing_key
from gitopsgen.validation.rules.secret_forms import Credential, known_credential, named_credential
from tests.validation.rules.build import (
    URL,
    application,
    findings_in,
    make_model,
    one_application,
    places,
)
from tests.validation.rules.junk import junk
from tests.validation.rules.values import with_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gitopsgen.repository.manifests import Place
    from gitopsgen.repository.rendering import RenderRequest

# Put together here: whole ones would be found by whoever guards this repository.
GITHUB = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
AWS = "AK" + "IA" + "Q7ZKT3WBM2XNCV5L"
SLACK = "xo" + "xb-" + "2914873305-9Kq2WmZt7LrX"
KEY = "-----BEGIN " + "PRIVATE KEY-----\\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" * 4
LABEL = "labels: {argocd.argoproj.io/secret-type: repository}"


LIST = "a list (of words)\\n" * 30
DUMP = "MIIEpAIBAAKCAQEA\\n" * 30


def secret(data: str, metadata: str = "name: a", kind: str = "Opaque") -> dict[str, str]:
    return one_application(
        f"apiVersion: v1\nkind: Secret\nmetadata: {{{metadata}}}\ntype: {kind}\n{data}\n"
    )


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("data", "kind", "column"),
    [
        ("stringData: {password: hunter2}", "Opaque", 24),
        ("stringData: {username: admin, password: hunter2}", "Opaque", 41),
        (f"data: {{password: {encoded('hunter2')}}}", "Opaque", 18),
        ("stringData: {password: '1234'}", "Opaque", 24),
        ("stringData: {API_KEY: abc}", "Opaque", 23),
        ("stringData: {password: hunter2}", "kubernetes.io/basic-auth", 24),
        (f'stringData: {{tls.key: "{KEY}"}}', "kubernetes.io/tls", 23),
        (f'stringData: {{long: "{DUMP}"}}', "Opaque", 20),
        (f'stringData: {{long.x: "{LIST}password: hunter2"}}', "Opaque", 22),
        ('stringData: {config.yaml: "user: a\\npassword: hunter2"}', "Opaque", 27),
        ("stringData: {url: 'postgres://web:hunter2@db/web'}", "Opaque", 19),
        (
            'stringData: {.dockerconfigjson: \'{"auths": {"a.dev": {"auth": "YTpi"}}}\'}',
            "kubernetes.io/dockerconfigjson",
            33,
        ),
    ],
)
def test_a_secret_that_everybody_can_read(
    tmp_path: Path, data: str, kind: str, column: int
) -> None:
    model, files = make_model(tmp_path, secret(data, kind=kind))
    findings = findings_in(model, files, [secret_plaintext])
    assert places(findings) == [f"secret-plaintext web/a.yaml:5:{column}"]
    assert "hunter2" not in findings[0].message + findings[0].hint


@pytest.mark.parametrize(
    ("data", "metadata", "kind"),
    [
        ("stringData: {url: 'https://git.lab.dev/a', type: git, name: a}", LABEL, "Opaque"),
        ("stringData: {url: a, enableOCI: 'true', project: web}", LABEL, "Opaque"),
        ("stringData: {password: ''}", "name: a", "Opaque"),
        ("data: {password: }", "name: a", "Opaque"),
        ("data: {}", "name: a", "Opaque"),
        ("data: {token: ''}", "name: a", "kubernetes.io/service-account-token"),
        ("stringData: {password: <path:secret/data/web#password>}", "name: a", "Opaque"),
        ("stringData: {password: 'ENC[AES256_GCM,data:abc]'}", "name: a", "Opaque"),
        ("data: {password: abcd}\nsops: {version: '3'}", "name: a", "Opaque"),
        ("stringData: {password: '${PASSWORD}'}", "name: a", "Opaque"),
        ("stringData: {password: CHANGEME}", "name: a", "Opaque"),
        ("stringData: {api-key: not-needed}", "name: a", "Opaque"),
        ("stringData: {username: admin, host: db.lab.dev, port: '5432'}", "name: a", "Opaque"),
        ("stringData: {lb_ip: 192.0.2.7, pod_cidr: 10.0.0.0/8}", "name: a", "Opaque"),
        (f'stringData: {{iis.data: "{LIST}"}}', "name: a", "coraza/data"),
        ("stringData: {ca.crt: '-----BEGIN CERTIFICATE-----'}", "name: a", "Opaque"),
        ("stringData: {tls.crt: abc, tls.key: ''}", "name: a", "kubernetes.io/tls"),
        ("stringData: {username: a, password: ''}", "name: a", "kubernetes.io/basic-auth"),
        ("stringData: {roles.yml: 'reader: {cluster: [monitor]}'}", "name: a", "Opaque"),
        (
            "stringData: {.dockerconfigjson: '{\"auths\": {}}'}",
            "name: a",
            "kubernetes.io/dockerconfigjson",
        ),
        (
            'stringData: {server: a, config: \'{"tlsClientConfig": {"insecure": false}}\'}',
            "labels: {argocd.argoproj.io/secret-type: cluster}",
            "Opaque",
        ),
        ("stringData: [password]\ndata: password", "name: a", "Opaque"),
        ("data: {password: 'not base64!'}", "name: a", "Opaque"),
    ],
)
def test_a_secret_without_a_credential(tmp_path: Path, data: str, metadata: str, kind: str) -> None:
    model, files = make_model(tmp_path, secret(data, metadata, kind))
    assert findings_in(model, files, [secret_plaintext]) == []


@pytest.mark.parametrize(
    "config", ['{"bearerToken": "abc"}', '{"tlsClientConfig": {"keyData": "abc"}}']
)
def test_the_credentials_of_a_cluster(tmp_path: Path, config: str) -> None:
    label = "labels: {argocd.argoproj.io/secret-type: cluster}"
    tree = secret(f"stringData: {{server: a, config: '{config}'}}", label)
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [secret_plaintext])) == [
        "secret-plaintext web/a.yaml:5:33"
    ]


def test_the_password_of_a_private_repository(tmp_path: Path) -> None:
    tree = secret("stringData: {url: a, username: b, password: hunter2}", LABEL)
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [secret_plaintext])) == [
        "secret-plaintext web/a.yaml:5:45"
    ]


def test_a_secret_that_nothing_applies_lies_there_all_the_same(tmp_path: Path) -> None:
    tree = {
        "root.yaml": application("root", "path: apps", namespace="argocd"),
        "apps/a.yaml": application("a", "path: web"),
        "web/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "old/s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
        "stringData: {password: hunter2}\n",
    }
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [secret_plaintext])) == [
        "secret-plaintext old/s.yaml:4:24"
    ]


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  "


@pytest.mark.parametrize(
    "line",
    [
        "DB_PASSWORD: hunter2",
        "admin.password: hunter2",
        f"anything: token is {GITHUB}",
        f"AWS_ACCESS_KEY_ID: {AWS}",
        f"hook: {SLACK}",
        f'key.pem: "{KEY}"',
        "DATABASE_URL: postgres://web:hunter2@db.web:5432/web",
        "API_KEY: 9f86d081884c7d659a2feaa0c55ad015",
        "app.properties: |\n    db.user=web\n    db.password=hunter2\n",
        "app.yaml: |\n    db:\n      password: hunter2\n",
    ],
)
def test_a_credential_in_a_config_map(tmp_path: Path, line: str) -> None:
    model, files = make_model(tmp_path, one_application(f"{CONFIG}{line}\n"))
    (finding,) = findings_in(model, files, [secret_plaintext])
    last = 4 + len(line.splitlines())
    assert (finding.rule, finding.file, finding.line) == ("secret-plaintext", "web/a.yaml", last)
    assert not any(text in finding.message for text in ("hunter2", GITHUB, AWS, SLACK, "9f86"))


@pytest.mark.parametrize(
    "line",
    [
        "PASSWORD_FILE: /run/secrets/password",
        "DB_PASSWORD: $(DB_PASSWORD)",
        "DB_PASSWORD: /run/secrets/password",
        "oidc.clientSecret: $oidc.clientSecret",
        "TOKEN_TTL: '3600'",
        "resetPassword: enabled",
        "password: ''",
        "DATABASE_URL: postgres://$(USER):$(PASSWORD)@db/web",
        "DATABASE_URL: postgres://user:password@localhost/web",
        "DATABASE_URL: postgres://db.web/web",
        "AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE",
        "app.yaml: |\n    # password: hunter2\n    passwordKey: db\n",
        "frigate.yaml: |\n    mqtt:\n      password: '{MQTT_PASSWORD}'\n",
        "plugin.yaml: |\n    database:\n      username: guest\n      password: 'guest'\n",
        "messages.properties: |\n    login.password=Your password please\n",
        "public.pem: '-----BEGIN PUBLIC KEY-----'",
        "script.sh: |\n    if [ -z \"$PASSWORD\" ]; then echo 'PRIVATE KEY'; fi\n",
    ],
)
def test_no_credential_in_a_config_map(tmp_path: Path, line: str) -> None:
    model, files = make_model(tmp_path, one_application(f"{CONFIG}{line}\n"))
    assert findings_in(model, files, [secret_plaintext]) == []


POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  initContainers:\n"
    "    - name: a\n      image: a:1\n      env:\n        - "
)


@pytest.mark.parametrize(
    ("variable", "holds"),
    [
        ("{name: DB_PASSWORD, value: hunter2}", "a password in DB_PASSWORD"),
        ("{name: PGPASSWORD, value: hunter2}", "a password in PGPASSWORD"),
        ("{name: HOOK, value: 'amqp://a:hunter2@mq'}", "a password in a URL in HOOK"),
        (f"{{name: ANY, value: {GITHUB}}}", "an access token in ANY"),
    ],
)
def test_a_credential_in_an_environment_variable(tmp_path: Path, variable: str, holds: str) -> None:
    model, files = make_model(tmp_path, one_application(f"{POD}{variable}\n"))
    (finding,) = findings_in(model, files, [secret_plaintext])
    assert finding.message == f"the Pod a holds {holds}"
    assert (finding.file, finding.line) == ("web/a.yaml", 9)


@pytest.mark.parametrize(
    "variable",
    [
        "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}",
        "{name: DB_PASSWORD, value: ''}",
        "{name: DB_PASSWORD_FILE, value: /run/secrets/db}",
        "{name: DB_PASSWORD, value: $(OTHER)}",
        "{name: MYSQL_RANDOM_ROOT_PASSWORD, value: '1'}",
        "{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}",
        "{name: TOKEN_URL, value: 'https://auth.lab.dev/token'}",
        "{name: TODO}",
    ],
)
def test_no_credential_in_an_environment_variable(tmp_path: Path, variable: str) -> None:
    model, files = make_model(tmp_path, one_application(f"{POD}{variable}\n"))
    assert findings_in(model, files, [secret_plaintext]) == []


CHART_FILE = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
OWN = "db:\n  enabled: true\n  password: hunter2\n"


@pytest.mark.parametrize(
    ("chart", "values", "helm"),
    [
        (CHART_FILE, OWN, "{}"),
        (CHART_FILE, OWN, "{valuesObject: {other: 1}}"),
        (CHART_FILE, OWN.replace("true", "false"), "{valuesObject: {db: {enabled: true}}}"),
    ],
)
def test_a_credential_in_a_chart_of_the_repository(
    tmp_path: Path, chart: str, values: str, helm: str
) -> None:
    tree = {"app.yaml": application("web", f"path: web, helm: {helm}")}
    tree |= {"web/Chart.yaml": chart, "web/values.yaml": values}
    model, files = make_model(tmp_path, tree)
    found = findings_in(model, files, [secret_plaintext])
    assert places(found) == ["secret-plaintext web/values.yaml:3:13"]


@pytest.mark.parametrize(
    ("chart", "values", "helm"),
    [
        (f"{CHART_FILE}home: https://db.lab.dev\n", OWN, "{}"),
        (CHART_FILE, OWN.replace("true", "false"), "{}"),
        (CHART_FILE, OWN, "{valuesObject: {db: {password: $DB}}}"),
        (CHART_FILE, OWN, "{parameters: [{name: db.password, value: $DB}]}"),
        (CHART_FILE, "- password: hunter2", "{}"),
        ("[", OWN, "{}"),
    ],
)
def test_what_a_chart_of_the_repository_does_not_use(
    tmp_path: Path, chart: str, values: str, helm: str
) -> None:
    tree = {"app.yaml": application("web", f"path: web, helm: {helm}")}
    tree |= {"web/Chart.yaml": chart, "web/values.yaml": values}
    model, files = make_model(tmp_path, tree)
    assert findings_in(model, files, [secret_plaintext]) == []


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ("adminPassword: hunter2", "1:16"),
        ("auth:\n  rootPassword: hunter2", "2:17"),
        ("db: {password: 12345}", "1:16"),
        ("env:\n  - name: DB_PASSWORD\n    value: hunter2", "3:12"),
        ("env: {API_TOKEN: 9f86d081884c7d659a2feaa0c55ad015}", "1:18"),
        (f"github: {{token: {GITHUB}}}", "1:17"),
        ("client:\n  clientSecret: Zm9vYmFy1234Xyz98", "2:17"),
        ("secretKey: k8Jd72hsGq01Lmz4", "1:12"),
        ("url: 'redis://:hunter2@redis:6379'", "1:6"),
    ],
)
def test_a_credential_in_values(tmp_path: Path, values: str, place: str) -> None:
    model, files = with_values(tmp_path, f"{values}\n")
    findings = findings_in(model, files, [secret_plaintext])
    assert places(findings) == [f"secret-plaintext values.yaml:{place}"]
    assert "hunter2" not in findings[0].message


@pytest.mark.parametrize(
    "values",
    [
        "existingSecret: db\npassword: db-password",
        "auth: {existingSecret: db, secretKeys: {adminPasswordKey: password}}",
        "auth: {secretKeys: {password: admin}}",
        "passwordSecretRef: {name: a, key: password}",
        "env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]",
        "env: [{name: DB_PASSWORD, value: $(PASSWORD)}]",
        "env: {PASSWORD_FILE: /run/secrets/a}",
        "password: ''",
        "password: null",
        "usePassword: true",
        "password: false",
        "passwordLength: 32",
        "tokenTTL: 3600",
        "token: my-token-secret",
        "token: ''",
        "secretKey: password",
        "secret: db-credentials-2024",
        "apiKey: '{{ .Values.global.apiKey }}'",
        "clientSecret: $oidc.clientSecret",
        "password: <your-password>",
        "argocdServerAdminPassword: $2a$10$abcdefghijklmnopqrstuv",
        "url: https://lab.dev/@user:name",
        "image: ghcr.io/lab/web@sha256:9f86d081884c7d659a2feaa0c55ad015",
        "labels: {password: none-of-yours}",
    ],
)
def test_no_credential_in_values(tmp_path: Path, values: str) -> None:
    model, files = with_values(tmp_path, f"{values}\n")
    assert findings_in(model, files, [secret_plaintext]) == []


def test_a_credential_in_a_parameter(tmp_path: Path) -> None:
    helm = "parameters: [{name: auth.password, value: hunter2}]"
    model, files = with_values(tmp_path, "a: b\n", helm=helm)
    (finding,) = findings_in(model, files, [secret_plaintext])
    assert (finding.file, finding.line) == ("app.yaml", 7)


OFF = "redis: {auth: {enabled: false, password: hunter2}}\n"


@pytest.mark.parametrize("values", [OFF, OFF.replace("auth", "basicAuth"), OFF[8:-2]])
def test_nobody_asks_for_a_password_where_authentication_is_off(
    tmp_path: Path, values: str
) -> None:
    model, files = with_values(tmp_path, values)
    assert findings_in(model, files, [secret_plaintext]) == []


@pytest.mark.parametrize(
    "values",
    [
        OFF.replace("false", "true"),
        OFF.replace("false", "'false'"),
        OFF.replace("enabled: false, ", ""),
        "redis: {enabled: false, auth: {password: hunter2}}\n",
        # The chart's own database is off, and this is the password of another.
        "postgresql: {enabled: false, host: db, password: hunter2}\n",
        "enabled: false\npassword: hunter2\n",
        f"auth: {{enabled: false, password: {GITHUB}}}\n",
    ],
)
def test_what_else_is_off_may_have_its_password_used(tmp_path: Path, values: str) -> None:
    model, files = with_values(tmp_path, values)
    assert len(findings_in(model, files, [secret_plaintext])) == 1


@pytest.mark.parametrize(
    ("more", "other", "count"),
    [
        ("", "", 0),
        (", valuesObject: {redis: {auth: {enabled: false}}}", "", 0),
        (", valuesObject: {redis: {auth: {enabled: true}}}", "", 1),
        (", valuesObject: {redis: {auth: {other: true}}}", "", 0),
        (", parameters: [{name: redis.auth.enabled, value: 'true'}]", "", 1),
        ("", ", valuesObject: {redis: {auth: {enabled: true}}}", 1),
    ],
)
def test_authentication_that_is_turned_on_elsewhere(
    tmp_path: Path, more: str, other: str, count: int
) -> None:
    helm = "path: db, helm: {valueFiles: [/off.yaml]%s}"
    tree = {
        "app.yaml": application("db", helm % more),
        "other.yaml": application("other", helm % other),
        "db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        "off.yaml": OFF,
    }
    model, files = make_model(tmp_path, tree)
    assert len(findings_in(model, files, [secret_plaintext])) == count


@pytest.mark.parametrize(
    ("file", "value", "count"),
    [
        ("other/example-secret.yaml", "SECRET", 0),
        ("other/secret.sample.yaml", "hunter2", 0),
        ("site/docs/web/secret.yaml", "hunter2", 0),
        ("examples/secret.yaml", "hunter2", 0),
        ("docs/secret.yaml", GITHUB, 1),
        ("apps/docs.yaml", "hunter2", 1),
        ("other/secret.yaml", "SECRET", 1),
        ("other/examples.yaml", "SECRET", 1),
        ("other/example-secret.yaml", GITHUB, 1),
        ("apps/example-secret.yaml", "hunter2", 1),
    ],
)
def test_an_example_that_nothing_applies(tmp_path: Path, file: str, value: str, count: int) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{TOKEN: {value}}}\n"
    tree = {"root.yaml": application("root", "path: apps"), file: text}
    model, files = make_model(tmp_path, {**tree, "apps/web.yaml": application("web", "path: web")})
    assert len(findings_in(model, files, [secret_plaintext])) == count


def test_inline_values_are_placed_at_their_text(tmp_path: Path) -> None:
    model, files = with_values(tmp_path, "a: 1\nauth: {password: hunter2}\n", inline=True)
    findings = findings_in(model, files, [secret_plaintext])
    assert places(findings) == ["secret-plaintext values.yaml:1:1"]


WORDS = ["data", "stringData", "metadata", "labels", "type", "password", "kubernetes.io/tls"]


@given(st.dictionaries(st.sampled_from(WORDS), junk([*WORDS, "config", "auths"])))
def test_secrets_of_any_shape(data: dict[str, Any]) -> None:
    path = revealing_key(data)
    assert path is None or path[0] in ("data", "stringData")


@given(st.text(), st.text() | st.integers() | st.none())
def test_texts_of_any_shape(name: str, value: object) -> None:
    assert isinstance(named_credential((name,), value), str)
    assert isinstance(known_credential(str(value)), Credential | None)


@pytest.mark.parametrize("value", ["a://" * 10_000, "a" * 100_000 + "@", "-----BEGIN " * 10_000])
def test_long_texts_are_read_in_linear_time(value: str) -> None:
    assert known_credential(value) is None


def test_values_are_read_where_no_chart_was_looked_at(tmp_path: Path) -> None:
    helm = "helm: {valueFiles: [$values/db.yaml], valuesObject: {rootPassword: hunter3}}"
    sources = (
        "  sources:\n"
        f"    - {{repoURL: https://charts.lab.dev, chart: db, targetRevision: 1.0.0, {helm}}}\n"
        f"    - {{repoURL: {URL}, ref: values}}\n"
    )
    app = application("db", "").replace(f"  source: {{repoURL: {URL}, }}\n", sources)
    tree = {"app.yaml": app, "db.yaml": "auth:\n  password: hunter2\n"}
    model, files = make_model(tmp_path, tree)
    found = places(findings_in(model, files, [secret_plaintext]))
    assert found == ["secret-plaintext app.yaml:8:142", "secret-plaintext db.yaml:2:13"]


class Kustomized:
    """Answers every request with one object."""

    def __init__(self, name: str, place: Place | None) -> None:
        self._name = name
        self._place = place

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderedSource]:
        data = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": self._name},
            "stringData": {"password": "hunter2"},
        }
        made = RenderedObject("a:0", data, self._place)
        return [RenderedSource(Rendering(describe(request)), (made,)) for request in requests]


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("db", ("web/a.yaml", 0, ()), ["secret-plaintext web/a.yaml:4:24"]),
        ("db-7k2t4h5m8f", None, ["secret-plaintext app.yaml:7:58"]),
        ("db", None, []),
        ("db-production", None, []),
    ],
)
def test_the_secrets_of_a_kustomization(
    tmp_path: Path, name: str, place: Place | None, expected: list[str]
) -> None:
    tree = {
        "app.yaml": application("web", "path: web"),
        "web/kustomization.yaml": "resources: [a.yaml]\n",
        "web/a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n"
        "stringData: {password: hunter2}\n",
    }
    model, files = make_model(tmp_path, tree, renderer=Kustomized(name, place))
    assert places(findings_in(model, files, [secret_plaintext])) == expected


@pytest.mark.parametrize(
    ("body", "found"),
    [("<placeholder>", []), ("", []), ("hunter2 hunter2", ["secret-plaintext"])],
)
def test_a_key_that_is_still_to_be_filled_in(tmp_path: Path, body: str, found: list[str]) -> None:
    word = "PGP " + "PRIVATE KEY BLOCK"
    lines = ("signingKey: |", f"  -----BEGIN {word}-----", f"  {body}", f"  -----END {word}-----")
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n"
    text += "".join(f"  {line}\n" for line in lines)
    model, files = make_model(tmp_path, one_application(text))
    assert [item.rule for item in findings_in(model, files, [secret_plaintext])] == found

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.findings import Severity
from gitopsgen.repository.manifests import Rendering
from gitopsgen.validation.model import Resource
from gitopsgen.validation.rules import placeholders
from gitopsgen.validation.rules.placeholder_forms import example_host_in, placeholder_in
from tests.validation.rules.build import (
    application,
    findings_in,
    make_model,
    one_application,
    places,
)
from tests.validation.rules.values import with_values

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  key: "
FOUND = [
    "CHANGEME",
    "changeme",
    "change-me",
    "CHANGE_ME!",
    "changeme123",
    "REPLACE_ME",
    "vault-REPLACE_ME",
    "REPLACE_WITH_TOKEN",
    "INSERT_TOKEN_HERE",
    "insert-your-token-here",
    "your-api-key-here",
    "YOUR_API_KEY",
    "TODO",
    "TODO: the address",
    "xxxxxx",
    "<your-domain>",
    "<domain>",
    "https://<your-domain>/path",
    "https://github.com/<owner>/repo",
    "ghcr.io/<owner>/web:1.2.3",
    "<account>.dkr.ecr.eu-west-1.amazonaws.com/web",
    "arn:aws:iam::<account-id>:role/web",
    "https://github.com/your-org/your-repo",
    "admin@yourdomain.com",
    "--email=<my-email>",
    "registry-<CLUSTER_NAME>",
]


@pytest.mark.parametrize("value", FOUND)
def test_a_placeholder(tmp_path: Path, value: str) -> None:
    model, files = make_model(tmp_path, one_application(f'{CONFIG}"{value}"\n'))
    findings = findings_in(model, files, [placeholders])
    assert places(findings) == ["placeholder web/a.yaml:5:8"]
    assert findings[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    "value",
    [
        "none",
        "<none>",
        "<path:secret/data/web#password>",
        "<b>bold</b> text",
        "if a < b and c > d then",
        "(?P<name>[a-z]+)",
        "^(?<year>\\\\d+)$",
        "todo",
        "todo-app",
        "A list of TODO items",
        "exchange-me",
        "unchanged",
        "placeholder",
        "replace",
        "xxx",
        "where are you here",
        "your data are safe",
        "https://lab.dev/changes",
        "usage: tool <file>",
    ],
)
def test_what_only_looks_like_a_placeholder(tmp_path: Path, value: str) -> None:
    model, files = make_model(tmp_path, one_application(f'{CONFIG}"{value}"\n'))
    assert findings_in(model, files, [placeholders]) == []


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("web.example.com", "web.example.com"),
        ("https://example.org/path", "example.org"),
        ("admin@example.net", "example.net"),
        ("'*.example.com'", "example.com"),
        ("registry.example.com/app:1.0", "registry.example.com"),
        ("a.dev,b.example.org:443", "b.example.org"),
    ],
)
def test_a_host_kept_for_examples(tmp_path: Path, value: str, host: str) -> None:
    model, files = make_model(tmp_path, one_application(f"{CONFIG}{value}\n"))
    findings = findings_in(model, files, [placeholders])
    assert places(findings) == ["placeholder web/a.yaml:5:8"]
    assert findings[0].severity is Severity.WARNING
    assert findings[0].message.startswith(f"{host} is kept")


@pytest.mark.parametrize(
    "manifest",
    [
        f"{CONFIG}example.com/zone\n",
        f"{CONFIG}myexample.com\n",
        f"{CONFIG}example.company\n",
        f"{CONFIG}example.com.lab.dev\n",
        f"{CONFIG}|\n    # see https://example.com\n    <your-name>\n",
        f"{CONFIG}a # CHANGEME\n",
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, labels: {example.com/a: b}}\n"
        "spec: {description: like web.example.com}\n",
        "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\n"
        "metadata: {name: buckets.example.org}\nspec: {group: example.org}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\n"
        "rules: [{apiGroups: [example.com]}]\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: a}\nspec: {group: example.com, names: {plural: CHANGEME}}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: "
        "{avp.kubernetes.io/path: web}}\nstringData: {password: <password>}\n",
        "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\n"
        "metadata: {name: databases.lab.example.org}\n",
    ],
)
def test_what_need_not_be_a_real_host(tmp_path: Path, manifest: str) -> None:
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [placeholders]) == []


@pytest.mark.parametrize(
    ("key", "line", "lines"),
    [
        ("a.yaml", "host: CHANGEME", [7]),
        ("a.ini", "host = <your-domain>", [7]),
        ("a.json", '"host": "REPLACE_ME",', [7]),
        ("a.yaml", "# host: CHANGEME", []),
        ("a.yaml", "host: a # CHANGEME", []),
        ("a.md", "host: CHANGEME", []),
        ("a.yaml", 'host: ""', []),
    ],
)
def test_a_placeholder_in_a_file_of_a_config_map(
    tmp_path: Path, key: str, line: str, lines: list[int]
) -> None:
    file = f"  {key}: |\n    top:\n      {line}\n"
    model, files = make_model(tmp_path, one_application(CONFIG.replace("  key: ", file)))
    findings = findings_in(model, files, [placeholders])
    assert places(findings) == [f"placeholder web/a.yaml:{number}:7" for number in lines]


def test_a_placeholder_in_values(tmp_path: Path) -> None:
    model, files = with_values(tmp_path, "db:\n  password: CHANGEME\n  host: db.example.com\n")
    findings = findings_in(model, files, [placeholders])
    assert places(findings) == ["placeholder values.yaml:2:13", "placeholder values.yaml:3:9"]
    assert [finding.application for finding in findings] == ["", ""]


def test_a_placeholder_in_a_parameter_is_found_once(tmp_path: Path) -> None:
    helm = "parameters: [{name: db.password, value: CHANGEME}]"
    model, files = with_values(tmp_path, "a: b\n", helm=helm)
    (finding,) = findings_in(model, files, [placeholders])
    assert (finding.file, finding.line) == ("app.yaml", 7)


def test_what_a_chart_made_is_not_its_users(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, one_application(f"{CONFIG}CHANGEME\n"))
    rendering = Rendering("chart db 1.0.0")
    resources = tuple(
        Resource(
            replace(item.manifest, rendering=rendering),
            item.group,
            item.version,
            item.kind,
            item.name,
            item.namespace,
            item.namespaced,
        )
        for item in model.resources
    )
    assert findings_in(replace(model, resources=resources), files, [placeholders]) == []


def test_the_domain_of_the_cluster_is_none(tmp_path: Path) -> None:
    model, files = make_model(tmp_path, one_application(f"{CONFIG}web.home.example.net\n"))

    class Home:
        domain = "home.example.net"

    own = replace(model, cluster=Home())  # type: ignore[arg-type]
    assert findings_in(own, files, [placeholders]) == []
    Home.domain = "other.example.net"
    assert len(findings_in(own, files, [placeholders])) == 1


@pytest.mark.parametrize(
    ("cluster", "number"),
    [
        ("domain: home.example.net\n", 0),
        ("domain: other.example.net\n", 1),
        ("name: home\n", 1),
        ("domain: [home.example.net]\n", 0),
        ("domain: {home\n", 0),
    ],
)
def test_the_domain_of_a_cluster_that_is_not_valid(
    tmp_path: Path, cluster: str, number: int
) -> None:
    tree = {**one_application(f"{CONFIG}web.home.example.net\n"), "cluster.yaml": cluster}
    model, files = make_model(tmp_path, tree)
    assert len(findings_in(model, files, [placeholders])) == number


@given(st.text(alphabet="<>aceghmnroxyuCHANGEM_-. /@:ples", max_size=60))
def test_texts_of_any_shape(value: str) -> None:
    assert placeholder_in(value) in value
    assert example_host_in(value) in value.lower()


def test_what_a_program_fills_into_a_query_is_no_placeholder(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        'data: {url: "http://search.web.svc:8080/search?q=<query>&format=json"}\n'
    )
    model, files = make_model(tmp_path, one_application(manifest))
    assert findings_in(model, files, [placeholders]) == []


@pytest.mark.parametrize(
    ("file", "count"),
    [("docs/a.yaml", 0), ("a/secret.example.yaml", 0), ("a/values.yaml", 1), ("docsy/a.yaml", 1)],
)
def test_an_example_shows_what_to_write_where(tmp_path: Path, file: str, count: int) -> None:
    model, files = make_model(tmp_path, {file: f"{CONFIG}CHANGEME\n"})
    assert len(findings_in(model, files, [placeholders])) == count


def test_an_example_that_is_applied_is_none(tmp_path: Path) -> None:
    tree = {"app.yaml": application("web", "path: docs"), "docs/a.yaml": f"{CONFIG}CHANGEME\n"}
    model, files = make_model(tmp_path, tree)
    assert places(findings_in(model, files, [placeholders])) == ["placeholder docs/a.yaml:5:8"]

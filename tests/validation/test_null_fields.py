"""Fields without a value, and kinds that cannot be: what the schema stage says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.validation.kubeconform_messages import SchemaProblem
from gitopsgen.validation.null_fields import missing_by_null, without_nulls
from gitopsgen.validation.service import Options, validate

if TYPE_CHECKING:
    from pathlib import Path

BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a, namespace: default}
"""
SUBJECTS = "subjects: [{kind: User, name: u}]\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: a
  creationTimestamp: null
  labels:
spec:
  replicas: null
  strategy:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}, creationTimestamp: null}
    spec:
      containers:
        - name: a
          image: a:1
          args: [null]
          env:
          resources:
          livenessProbe: ~
status:
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.test, creationTimestamp: null}
spec:
  group: example.test
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [a, b]
              properties:
                a: {type: string, nullable: true}
                b: {type: string, default: x}
                c: {type: object, required: [d], properties: {d: {type: string}}}
status:
  acceptedNames: {kind: "", plural: ""}
  conditions: null
  storedVersions: null
---
"""
GADGET = "apiVersion: example.test/v1\nkind: Gadget\nmetadata: {name: a, namespace: default}\n"


def found(root: Path, text: str) -> list[str]:
    """The schema stage's findings in one file, without what else is wrong in it."""
    (root / "a.yaml").write_text(text)
    report = validate(root, Options(charts="skip", lint=False, jobs=1))
    return [
        f"{f.rule} {f.line}:{f.column} {f.message}"
        for f in report.findings
        if f.rule.startswith("schema")
    ]


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{BINDING}roleRef:\n{SUBJECTS}", '4:1 missing field "roleRef": it has no value'),
        (
            f"{BINDING}{SUBJECTS}roleRef: {{kind: Role, name: ~}}\n",
            "5:29 name: must be string, not null",
        ),
        (f"{BINDING}roleRef: {{kind: Role, name: r}}\nrolRef:\n", '5:1 unknown field "rolRef"'),
        (
            DEPLOYMENT.replace("selector: {matchLabels: {app: a}}", "selector:"),
            '10:3 missing field "selector": it has no value',
        ),
        (
            DEPLOYMENT.partition("      containers:")[0] + "      containers:\n",
            "14:18 containers: must be array, not null",
        ),
        (
            DEPLOYMENT.partition("    metadata: {labels")[0],
            '11:3 missing field "template": it has no value',
        ),
        (
            "apiVersion: v1\nkind: List\nitems:\n"
            "  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: }\n",
            '4:66 missing field "spec": it has no value',
        ),
    ],
)
def test_a_field_that_has_to_have_a_value(tmp_path: Path, text: str, expected: str) -> None:
    assert found(tmp_path, text) == [f"schema-invalid {expected}"]


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    "text",
    [
        DEPLOYMENT,
        f"{BINDING}roleRef: {{kind: Role, name: r, apiGroup: }}\nsubjects:\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {b: }}\ndata:\n  c:\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: ~\nstringData:\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n"
        "spec: {podSelector: , ingress: , policyTypes: [Ingress]}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules:\n"
        "aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
        "spec: {ports: [{port: 80, targetPort: , name: }], selector: {app: a}, clusterIP: }\n",
        CRD + GADGET + "spec: {a: , b: , c: }\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: ': null'}\n",
    ],
)
def test_a_null_where_none_is_needed(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


@pytest.mark.usefixtures("kubeconform")
def test_what_a_crd_says_of_nulls(tmp_path: Path) -> None:
    text = CRD + GADGET + "spec: {a: , b: , c: {d: }}\n"
    [only] = found(tmp_path, text)
    assert only.endswith("d: must be string, not null")


@pytest.mark.usefixtures("kubeconform")
def test_alike_documents_are_told_apart_by_their_nulls(tmp_path: Path) -> None:
    good = BINDING + "roleRef: {kind: Role, name: r}\n"
    texts = [good.replace("name: a", f"name: a{number}") for number in range(4)]
    texts[2] = f"{BINDING}roleRef:\n".replace("name: a", "name: a2")
    texts.append(texts[2].replace("a2", "a9"))
    assert found(tmp_path, "---\n".join(texts)) == [
        'schema-invalid 14:1 missing field "roleRef": it has no value',
        'schema-invalid 24:1 missing field "roleRef": it has no value',
    ]


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("k", "../../../../etc/passwd"),
        ("v1", "../../../../etc/passwd"),
        ("/", "/"),
        ("v1", "\\0"),
        ("v1", "a\\n::error::"),
        ("k" * 5000, "k"),
        ("v1", "k" * 5000),
        ("{{.Group}}", "{{.ResourceKind}}"),
    ],
)
def test_a_kind_that_cannot_be(tmp_path: Path, api_version: str, kind: str) -> None:
    texts = [
        f'apiVersion: "{api_version}"\nkind: "{kind}"\nmetadata: {{name: a}}\n',
        f"{BINDING}roleRef: {{kind: Role, name: r}}\nx: 1\n",
    ]
    for_kind, for_field = found(tmp_path, "---\n".join(texts))
    place = "2:7" if api_version == "v1" else "1:13"
    assert for_kind.startswith(f"schema-unknown-kind {place} no schema for ")
    assert for_field == 'schema-invalid 9:1 unknown field "x"'


def test_a_version_that_the_crd_lacks(tmp_path: Path) -> None:
    text = CRD + GADGET.replace("example.test/v1", "example.test/v2")
    (finding,) = found(tmp_path, text)
    assert finding == (
        "schema-unknown-kind 28:13 the CRD of Gadget (example.test) has no version v2"
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


@given(st.dictionaries(st.text(max_size=3), JSON))
def test_only_fields_go_and_items_stay(data: dict[str, Any]) -> None:
    document = {**data, "apiVersion": "v1", "kind": "Pod"}
    bare = without_nulls(document, ": null")
    assert bare is not None
    assert_bare(document, bare)


def assert_bare(before: Any, after: Any) -> None:
    """All is as before but fields that were null."""
    if isinstance(before, dict):
        assert after.keys() == {key for key, value in before.items() if value is not None}
        for key in after:
            assert_bare(before[key], after[key])
    elif isinstance(before, list):
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            assert_bare(one, other)
    else:
        assert before == after


def test_documents_without_nulls_and_of_custom_kinds_have_no_copy() -> None:
    assert without_nulls({"apiVersion": "v1", "kind": "Pod"}, "{}") is None
    assert without_nulls({"apiVersion": "example.test/v1", "kind": "Pod"}, "a: null") is None


def test_a_place_is_reported_once() -> None:
    first = SchemaProblem("invalid", "/spec/a~1b", "must be string, not null")
    again = SchemaProblem("invalid", "/spec", 'missing field "a/b"', key=True)
    other = SchemaProblem("invalid", "/spec", 'missing field "c"', key=True)
    document = {"spec": {"a/b": None}}
    assert missing_by_null(document, [first], [again, other]) == (first,)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.validation.rules import crd_validity
from tests.validation.rules.build import findings_in, make_model, one_application, places

if TYPE_CHECKING:
    from pathlib import Path

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.lab.example.com
spec:
  group: lab.example.com
  scope: Namespaced
  names:
    plural: gadgets
    singular: gadget
    kind: Gadget
    listKind: GadgetList
    shortNames: [gg]
    categories: [all]
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
    - name: v1beta1
      served: false
      storage: false
      schema:
        openAPIV3Schema: {type: object}
"""


def found(tmp_path: Path, manifest: str) -> list[str]:
    model, files = make_model(tmp_path, one_application(manifest))
    return places(findings_in(model, files, [crd_validity]))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        pytest.param("name: gadgets.lab", "name: gadget.lab", "4:9", id="its name"),
        pytest.param("plural: gadgets", "plural: gizmos", "4:9", id="its plural"),
        pytest.param("listKind: GadgetList", "listKind: Gadget", "12:15", id="list kind"),
        pytest.param("singular: gadget", "singular: Gadget", "10:15", id="singular"),
        pytest.param("[gg]", "[gg, G_G]", "13:22", id="short name"),
        pytest.param("[all]", "[All]", "14:18", id="category"),
        pytest.param("storage: true", "storage: false", "16:5", id="no storage version"),
        pytest.param("storage: false", "storage: true", "16:5", id="two storage versions"),
        pytest.param("name: v1beta1", "name: v1", "25:13", id="a version twice"),
        pytest.param(
            "            spec:\n              type: object",
            "            spec:\n              description: x",
            "23:13",
            id="structural",
        ),
        pytest.param(
            "          type: object\n          prop",
            "          prop",
            "20:9",
            id="no type at the root",
        ),
        pytest.param(
            "{type: object}", "{properties: {}}", "29:9", id="a version that is not served"
        ),
        pytest.param(
            "      schema:\n        openAPIV3Schema: {type: object}\n",
            "",
            "25:7",
            id="no schema",
        ),
    ],
)
def test_what_an_api_server_refuses(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in CRD
    assert found(tmp_path, CRD.replace(old, new, 1)) == [f"crd-invalid web/a.yaml:{place}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "served: false",
            "served: false\n      additionalPrinterColumns: [{name: A, type: int, jsonPath: .a}]",
            '27:50 a column cannot be of type "int"',
            id="type of a column",
        ),
        pytest.param(
            "served: false",
            "served: false\n      additionalPrinterColumns: [{name: A, type: date, jsonPath: a}]",
            '27:66 the path "a" does not begin with .',
            id="path of a column",
        ),
        pytest.param(
            "served: false",
            "served: false\n      subresources:\n"
            "        scale: {specReplicasPath: .size, statusReplicasPath: .status.size}",
            '28:35 the path ".size" does not begin with .spec.',
            id="path of the scale",
        ),
        pytest.param(
            "  scope:",
            "  conversion: {strategy: webhook}\n  scope:",
            '7:26 strategy cannot be "webhook"',
            id="conversion",
        ),
        pytest.param(
            "  scope:",
            "  conversion: {strategy: Webhook}\n  scope:",
            "7:3 the strategy Webhook needs webhook.clientConfig",
            id="conversion without a webhook",
        ),
        pytest.param(
            "  scope:",
            "  conversion: {strategy: Webhook, webhook: {clientConfig: {url: https}}}\n  scope:",
            "7:35 the strategy Webhook needs webhook.conversionReviewVersions",
            id="conversion without versions",
        ),
        pytest.param(
            "  scope:",
            "  conversion: {strategy: None, webhook: {clientConfig: {url: https}}}\n  scope:",
            "7:32 webhook is only for the strategy Webhook",
            id="a webhook that nobody asks",
        ),
    ],
)
def test_parts_that_an_api_server_refuses(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    model, files = make_model(tmp_path, one_application(CRD.replace(old, new, 1)))
    (finding,) = findings_in(model, files, [crd_validity])
    assert f"{finding.line}:{finding.column} {finding.message}" == expected


def test_one_finding_for_one_fault(tmp_path: Path) -> None:
    assert found(tmp_path, CRD.replace("group: lab.example.com", "group: lab")) == [
        "crd-invalid web/a.yaml:6:10"
    ]
    # The schema says that these are missing.
    assert found(tmp_path, CRD.replace("  scope: Namespaced\n", "")) == []
    assert found(tmp_path, CRD[: CRD.index("  versions:")]) == []


def test_a_protected_group_needs_an_approval(tmp_path: Path) -> None:
    manifest = CRD.replace("lab.example.com", "lab.x-k8s.io").replace("lab.x-k8s", "lab.k8s")
    assert found(tmp_path, manifest) == ["crd-invalid web/a.yaml:6:10"]


@pytest.mark.parametrize(
    "approval",
    ["https://github.com/kubernetes-sigs/gateway-api/pull/1", '"unapproved, for tests"'],
)
def test_an_approved_group(tmp_path: Path, approval: str) -> None:
    manifest = CRD.replace("lab.example.com", "lab.k8s.io").replace(
        "spec:", f"  annotations: {{api-approved.kubernetes.io: {approval}}}\nspec:", 1
    )
    assert found(tmp_path, manifest) == []


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(CRD, id="a usual one"),
        pytest.param(
            CRD.replace("    singular: gadget\n", "").replace("    listKind: GadgetList\n", ""),
            id="defaults",
        ),
        pytest.param(CRD.replace("lab.example.com", "lab.x-k8s.io"), id="no protected group"),
        pytest.param(CRD.replace("kind: Gadget\n", "kind: gadget\n"), id="a kind in lower case"),
        pytest.param(
            CRD.replace("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"),
            id="a removed version, which is another rule",
        ),
        pytest.param(
            CRD.replace(
                "              type: object\n",
                "              x-kubernetes-preserve-unknown-fields: true\n"
                "              type: object\n",
                1,
            ),
            id="anything below a field",
        ),
        pytest.param(
            CRD.replace(
                "  scope:",
                "  conversion:\n    strategy: Webhook\n    webhook:\n"
                "      conversionReviewVersions: [v1]\n"
                "      clientConfig: {service: {name: a, namespace: b}}\n  scope:",
            ),
            id="a conversion",
        ),
        pytest.param(
            CRD.replace(
                "served: true",
                "served: true\n      subresources:\n        scale:\n"
                "          specReplicasPath: .spec.size\n"
                "          statusReplicasPath: .status.size\n"
                "          labelSelectorPath: .status.selector\n"
                "      additionalPrinterColumns:\n"
                "        - {name: A, type: string, jsonPath: '.status.a[?(@.b==\"c\")].d'}",
            ),
            id="a scale and a column",
        ),
    ],
)
def test_crds_that_an_api_server_takes(tmp_path: Path, manifest: str) -> None:
    assert found(tmp_path, manifest) == []


@pytest.mark.parametrize("spec", ["[]", "{versions: {}}", "{names: [], versions: [1, {name: 2}]}"])
def test_junk_is_no_traceback(tmp_path: Path, spec: str) -> None:
    manifest = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        f"metadata: {{name: a, annotations: []}}\nspec: {spec}\n"
    )
    assert all(place.startswith("crd-invalid web/a.yaml:") for place in found(tmp_path, manifest))
    assert found(tmp_path, manifest)

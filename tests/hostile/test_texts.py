"""Texts that are broken, huge, or made to be expensive, wherever gitopsgen reads YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import (
    APPLICATION,
    CHART,
    CONFIG_MAP,
    HELM_APPLICATION,
    one_application,
    validate,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10)
)
DEEP = "[" * 100_000 + "]" * 100_000
STAIRS = "".join(f"{' ' * level}a:\n" for level in range(1, 3000))
UNCLOSED = "`,` or `}` is missing in the mapping that opens at 4:7"
TOO_LARGE = "aliases make this document so large that Kubernetes refuses it"
TOO_DEEP = "nested more than 200 levels deep"
LARGE = 100 << 20
UNREAD = "100 MiB are more than Argo CD reads (10 MiB)"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (CONFIG_MAP.encode() + b"data: {x: \xc3", "4 byte 0xC3 is not valid UTF-8"),
        (CONFIG_MAP + 'data: {x: "abc', "4 the quote that opens here is never closed"),
        (CONFIG_MAP + "data: {x: abc", f"4 {UNCLOSED}"),
        (bytes(range(256)) * 100, "1 the file is binary, not text"),
        (CONFIG_MAP.encode("utf-16"), "1 the file is UTF-16, not UTF-8"),
        (CONFIG_MAP + "data: {x: '\0'}\n", "4 the file is binary, not text"),
        (CONFIG_MAP + "data: " + DEEP, f"4 {TOO_DEEP}"),
        (CONFIG_MAP + "data:\n  " + "- " * 100_000 + "x\n", f"5 {TOO_DEEP}"),
        (CONFIG_MAP + "data:\n" + STAIRS, f"204 {TOO_DEEP}"),
        (CONFIG_MAP + LAUGHS, f"8 {TOO_LARGE}"),
        (CONFIG_MAP + "data: &x {z: *x}\n", "4 the alias `*x` is inside of what it stands for"),
        (CONFIG_MAP + f"data: {{{'k' * 9_000_000}: x}}\n", f"4 {UNCLOSED}"),
    ],
    ids=[
        "half of a character",
        "half of a quoted text",
        "half of a mapping",
        "binary",
        "UTF-16",
        "NUL",
        "deep flow",
        "deep dashes",
        "deep block",
        "billion laughs",
        "an alias in itself",
        "a huge key",
    ],
)
def test_a_manifest_that_cannot_be_read(tmp_path: Path, content: str | bytes, found: str) -> None:
    run = validate(write(tmp_path, one_application({"web/a.yaml": content})))
    assert run.status == 1
    assert run.findings == [f"yaml-syntax web/a.yaml:{found}"]


def test_deep_json(tmp_path: Path) -> None:
    text = f'{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"b"}},"data":{DEEP}}}'
    run = validate(write(tmp_path, one_application({"web/a.json": text})))
    assert run.status == 1
    assert run.findings == [f"yaml-syntax web/a.json:1 {TOO_DEEP}"]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    text = "\ufeff" + CONFIG_MAP.replace("name: a", "name: b")
    run = validate(write(tmp_path, one_application({"web/a.yaml": text})))
    assert (run.status, run.findings) == (0, [])


@pytest.mark.parametrize(
    "data",
    [
        f"{{x: {'y' * 9_000_000}}}",
        f"{{? {'y' * 9_000_000} : x}}",
        "\n" + "".join(f"  k{i}: v\n" for i in range(100_000)),
    ],
    ids=["a huge text", "a huge key", "many keys"],
)
def test_a_huge_object_is_read(tmp_path: Path, data: str) -> None:
    text = CONFIG_MAP.replace("name: a", "name: b") + f"data: {data}\n"
    run = validate(write(tmp_path, one_application({"web/a.yaml": text})))
    assert run.findings[0].startswith("argo-large-resource web/a.yaml:3")
    # A key of such a length is refused as well.
    assert len(run.findings) == 1 + ("? y" in data)


@pytest.mark.parametrize(
    ("path", "before", "rule"),
    [
        ("app.yaml", APPLICATION, "yaml-syntax app.yaml:"),
        ("web/kustomization.yaml", "resources: [ok.yaml]\n", "yaml-syntax web/kustomization.yaml:"),
        ("web/Chart.yaml", CHART["web/Chart.yaml"], "chart-render app.yaml:7"),
        ("web/values.yaml", "", "chart-render app.yaml:7"),
        ("v.yaml", "", "yaml-syntax v.yaml:"),
    ],
)
def test_a_bomb_of_aliases_elsewhere(tmp_path: Path, path: str, before: str, rule: str) -> None:
    chart = CHART if rule.startswith("chart") or path == "v.yaml" else {}
    tree = {**one_application(chart), path: before + LAUGHS}
    if path == "v.yaml":
        tree["app.yaml"] = HELM_APPLICATION
    run = validate(write(tmp_path, tree))
    assert run.status == 1
    assert any(found.startswith(rule) for found in run.findings), run.findings


def test_a_bomb_of_aliases_in_the_settings(tmp_path: Path) -> None:
    run = validate(write(tmp_path, one_application({".gitopsgen/validate.yaml": LAUGHS})))
    assert run.status == 2
    assert f".gitopsgen/validate.yaml:5:10: {TOO_LARGE}" in run.error


@pytest.mark.parametrize("path", [".gitopsgen/lock.yaml", ".yamllint", ".github/workflows/x.yaml"])
def test_a_bomb_of_aliases_in_what_argo_cd_does_not_apply(tmp_path: Path, path: str) -> None:
    run = validate(write(tmp_path, one_application({path: LAUGHS})))
    assert run.status == 0


@pytest.mark.parametrize(
    "path",
    ["web/a.yaml", "x/other.yaml", ".gitopsgen/validate.yaml", ".gitopsgen/lock.yaml", ".yamllint"],
)
def test_a_hundred_megabytes_of_nothing(tmp_path: Path, path: str) -> None:
    root = write(tmp_path, one_application({path: ""}))
    with (root / path).open("wb") as file:
        file.truncate(LARGE)
    run = validate(root)
    assert (run.status, run.findings) == (0, [])
    assert f"{path}: {UNREAD}" in run.unchecked


@pytest.mark.parametrize("path", ["web/values.yaml", "web/Chart.yaml", "web/charts/x-1.0.0.tgz"])
def test_a_hundred_megabytes_in_a_chart(tmp_path: Path, path: str) -> None:
    root = write(tmp_path, one_application({**CHART, path: ""}))
    with (root / path).open("wb") as file:
        file.truncate(LARGE)
    run = validate(root)
    assert run.status == 1
    assert any("is larger than the maximum file size" in found for found in run.findings)


def test_a_hundred_megabytes_of_manifests(tmp_path: Path) -> None:
    text = f"---\n{CONFIG_MAP}".encode()
    root = write(tmp_path, one_application({"web/a.yaml": text * (LARGE // len(text) + 1)}))
    run = validate(root)
    assert (run.status, run.unchecked) == (0, [f"web/a.yaml: {UNREAD}"])


def test_a_hundred_megabytes_of_values(tmp_path: Path) -> None:
    text = b"key: value\n"
    tree = one_application({**CHART, "v.yaml": text * (LARGE // len(text) + 1)})
    run = validate(write(tmp_path, {**tree, "app.yaml": HELM_APPLICATION}))
    assert f"v.yaml: {UNREAD}" in run.unchecked


@pytest.mark.parametrize("text", ["---\n", "a: 1\n---\n", "a: 1\n...\n"])
def test_a_million_documents(tmp_path: Path, text: str) -> None:
    run = validate(write(tmp_path, one_application({"web/a.yaml": text * 1_000_000})))
    assert run.status == 1
    assert run.findings == ["yaml-syntax web/a.yaml:1 the file has more than 50,000 documents"]

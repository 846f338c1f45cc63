"""A repository's own settings: what they may say, and waivers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.repository.files import RepositoryFiles
from gitopsgen.repository.layout import SETTINGS_FILE
from gitopsgen.repository.settings import Settings
from gitopsgen.validation.settings_stage import read_settings
from tests.commands.invoke import invoke
from tests.validation.rules.build import URL, one_application, write

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndta: {}\n"


def settings(root: Path, text: str) -> Settings:
    write(root, {SETTINGS_FILE: text})
    return read_settings(RepositoryFiles(root))


def test_everything_can_be_said(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        'kubernetes: "1.33"\nrepository: [https://git.example.test/o/r]\n'
        "provides:\n  crds: [monitoring.coreos.com/ServiceMonitor]\n  namespaces: [legacy]\n"
        "  storageClasses: [ceph]\n  ingressClasses: [haproxy]\n  secrets: [web/tls]\n"
        "waivers:\n  - {rule: k8s-port, path: 'apps/*', reason: why}\n",
    )
    assert found.kubernetes == "1.33"
    assert found.provides.secrets == {"web/tls"}
    assert [waiver.rule for waiver in found.waivers] == ["k8s-port"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "waivers: []\n"])
def test_settings_may_say_nothing(tmp_path: Path, text: str) -> None:
    assert settings(tmp_path, text) == Settings()


def test_everything_wrong_is_said_at_its_place(tmp_path: Path) -> None:
    text = "kubernetes: 1.36\nwaiver: []\nwaivers:\n  - {rule: k8s-port, path: x}\n"
    with pytest.raises(UsageError) as raised:
        settings(tmp_path, text)
    lines = raised.value.message.split("\n")
    assert lines[0] == f"{SETTINGS_FILE} cannot be used"
    places = sorted(line.strip().partition(": ")[0] for line in lines[1:])
    assert places == [f"{SETTINGS_FILE}:{place}" for place in ("1:13", "2:1", "4:5")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("provide: {}\n", '1:1: unknown key "provide" (Did you mean "provides"?)'),
        ("kubernetes: v1.36\n", '1:13: kubernetes: "v1.36" is not a minor version, such as "1.36"'),
        ("kubernetes: 1.36\n", "1:13: kubernetes must be a string, not 1.36 (Quote it.)"),
        ("repository: a\n", '1:13: repository must be a list, not "a"'),
        (
            "provides:\n  crds: [ServiceMonitor]\n",
            '2:10: provides.crds[0]: "ServiceMonitor" is not group/Kind, such as '
            "monitoring.coreos.com/ServiceMonitor",
        ),
        (
            "waivers:\n  - {rule: k8s-port, path: x}\n",
            '2:5: missing key "reason" in waivers[0]',
        ),
        ("# list\n- 1\n", "2:1: it has to be a mapping"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(UsageError) as raised:
        settings(tmp_path, text)
    assert raised.value.message.split("\n")[1:] == [f"  {SETTINGS_FILE}:{expected}"]


@pytest.mark.parametrize("version", ["2.0", "1.36.1", "1." + "9" * 5000])
def test_a_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match=r'is not a minor version, such as "1\.36"'):
        settings(tmp_path, f'kubernetes: "{version}"\n')


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "a: 1\na: 2\n", "\x00"])
def test_settings_that_cannot_be_read_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        settings(tmp_path, text)


def found(root: Path, waivers: str, *arguments: str) -> list[tuple[str, str, int]]:
    write(root, {**one_application(WRONG), SETTINGS_FILE: f"waivers:\n{waivers}"})
    result = invoke(
        "validate", root, "--repo-url", URL, "--output", "json",
        "--only", "schema,waiver-unused", *arguments,
    )  # fmt: skip
    return [(f["rule"], f["file"], f["line"]) for f in json.loads(result.out)["findings"]]


@pytest.mark.usefixtures("kubeconform")
@pytest.mark.parametrize(
    ("waiver", "expected"),
    [
        ("{rule: schema-invalid, path: web/a.yaml, reason: r}", []),
        ("{rule: schema-invalid, path: 'web/*', reason: r}", []),
        ("{rule: schema-invalid, path: '*.yaml', reason: r}", []),
        (
            "{rule: schema-invalid, path: other.yaml, reason: r}",
            [("waiver-unused", SETTINGS_FILE, 2), ("schema-invalid", "web/a.yaml", 4)],
        ),
        (
            "{rule: schema-invalit, path: web/a.yaml, reason: r}",
            [("waiver-unused", SETTINGS_FILE, 2), ("schema-invalid", "web/a.yaml", 4)],
        ),
    ],
)
def test_a_waiver_is_for_a_rule_and_a_path(
    tmp_path: Path, waiver: str, expected: list[tuple[str, str, int]]
) -> None:
    assert found(tmp_path, f"  - {waiver}\n") == expected


@pytest.mark.usefixtures("kubeconform")
def test_a_waiver_of_a_rule_that_is_skipped_is_not_unused(tmp_path: Path) -> None:
    waiver = "  - {rule: plan-domain, path: '*', reason: r}\n"
    skipped = found(tmp_path, waiver, "--skip", "plan-domain")
    assert skipped == [("schema-invalid", "web/a.yaml", 4)]


@pytest.mark.usefixtures("kubeconform")
def test_the_kubernetes_version_of_the_settings_counts(tmp_path: Path) -> None:
    manifest = (
        "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\n"
        "metadata: {name: a}\nspec: {priorityLevelConfiguration: {name: x}}\n"
    )
    for version, rules in (("1.31", set()), ("1.33", {"schema-api-removed"})):
        tree = {**one_application(manifest), SETTINGS_FILE: f'kubernetes: "{version}"\n'}
        write(tmp_path, tree)
        result = invoke(
            "validate", tmp_path, "--repo-url", URL, "--output", "json", "--only", "schema"
        )
        assert {f["rule"] for f in json.loads(result.out)["findings"]} == rules

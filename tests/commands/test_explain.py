from __future__ import annotations

import pytest

from gitopsgen.validation.explanations import rule_ids
from tests.commands.invoke import invoke


def test_a_rule_is_explained_with_examples() -> None:
    result = invoke("explain", "yaml-duplicate-key")
    assert (result.status, result.err) == (0, "")
    assert result.out == (
        "yaml-duplicate-key (error)\n"
        "\n"
        "A key is twice in one mapping.\n"
        "\n"
        "The later one silently wins.\n"
        "\n"
        "Wrong:\n"
        "    replicas: 1\n"
        "    replicas: 2\n"
        "\n"
        "Right:\n"
        "    replicas: 2\n"
    )


def test_a_rule_of_yamllint_is_explained_from_its_own_documentation() -> None:
    result = invoke("explain", "yamllint/new-line-at-end-of-file")
    assert result.status == 0
    assert result.out == (
        "yamllint/new-line-at-end-of-file (error or warning)\n"
        "\n"
        "Use this rule to require a new line character (`\\n`) at the end of files.\n"
        "\n"
        "The repository's own yamllint settings ask for it.\n"
    )


def test_every_rule_fits_a_terminal() -> None:
    for rule in rule_ids():
        result = invoke("explain", rule)
        assert result.status == 0
        prose = [line for line in result.out.splitlines() if not line.startswith("    ")]
        assert max(map(len, prose)) <= 80


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("yaml-sintax", "Did you mean yaml-syntax?"),
        ("yamllint/colon", "Did you mean yamllint/colons?"),
        ("duplicate-key", "Did you mean yaml-duplicate-key?"),
        ("qqqq", "`gitopsgen rules` lists them."),
        ("-", "`gitopsgen rules` lists them."),
    ],
)
def test_an_unknown_rule_is_wrong_usage_with_the_nearest(name: str, hint: str) -> None:
    result = invoke("explain", "--", name)
    assert (result.status, result.out) == (2, "")
    assert f"there is no rule {name!r}" in result.err
    assert hint in result.err


@pytest.mark.parametrize("arguments", [[], ["yaml-syntax", "plan-schema"]])
def test_one_rule_is_explained_at_a_time(arguments: list[str]) -> None:
    assert invoke("explain", *arguments).status == 2

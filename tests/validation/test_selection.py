from __future__ import annotations

import pytest

from gitopsgen.errors import UsageError
from gitopsgen.findings import Finding, Severity
from gitopsgen.validation.explanations import rule_ids
from gitopsgen.validation.selection import EVERY_RULE, Selection, parse_selection

RULES = ("plan-schema", "plan-domain", "yaml-syntax", "yamllint/colons", "schema-invalid")


def selected(only: list[str], skip: list[str]) -> set[str]:
    """Which of some rules are selected."""
    return set(filter(parse_selection(only, skip).selects, RULES))


@pytest.mark.parametrize(
    ("only", "skip", "expected"),
    [
        ([], [], set(RULES)),
        (["plan-schema"], [], {"plan-schema"}),
        (["plan"], [], {"plan-schema", "plan-domain"}),
        (["plan-*"], [], {"plan-schema", "plan-domain"}),
        (["plan-schema,yaml-syntax"], [], {"plan-schema", "yaml-syntax"}),
        ([" plan-schema , yaml-syntax, "], [], {"plan-schema", "yaml-syntax"}),
        (["plan-schema", "yaml-syntax"], [], {"plan-schema", "yaml-syntax"}),
        (["*-s*"], [], {"plan-schema", "yaml-syntax"}),
        (["yaml"], [], {"yaml-syntax"}),
        (["yamllint"], [], {"yamllint/colons"}),
        (["yamllint/*"], [], {"yamllint/colons"}),
        (["yamllint/colons"], [], {"yamllint/colons"}),
        ([], ["plan"], {"yaml-syntax", "yamllint/colons", "schema-invalid"}),
        (["plan"], ["plan-domain"], {"plan-schema"}),
        (["plan"], ["yamllint"], {"plan-schema", "plan-domain"}),
    ],
)
def test_rules_are_named_by_id_family_or_glob(
    only: list[str], skip: list[str], expected: set[str]
) -> None:
    assert selected(only, skip) == expected


def test_without_options_every_rule_is_selected() -> None:
    assert parse_selection([], []) is EVERY_RULE
    assert all(map(EVERY_RULE.selects, rule_ids()))


@pytest.mark.parametrize("option", ["only", "skip"])
@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("plan-shema", "Did you mean plan-schema?"),
        ("PLAN-SCHEMA", "Did you mean plan-schema?"),
        ("syntax", "Did you mean yaml-syntax?"),
        ("yamllint/colon", "Did you mean yamllint/colons?"),
        ("qqqqqq", "`gitopsgen rules` lists them."),
        ("pla", "Did you mean plan-"),
        ("plan-", "Did you mean plan-"),
        ("nothing-*", "`gitopsgen rules` lists them."),
    ],
)
def test_an_unknown_rule_is_wrong_usage_with_the_nearest_name(
    option: str, pattern: str, hint: str
) -> None:
    values = {"only": ["plan"], "skip": []} | {option: [f"plan,{pattern}"]}
    with pytest.raises(UsageError, match="there is no rule") as caught:
        parse_selection(values["only"], values["skip"])
    assert caught.value.hint.startswith(hint)
    assert repr(pattern) in caught.value.message


@pytest.mark.parametrize("value", ["", ",", " , "])
def test_an_empty_list_is_wrong_usage(value: str) -> None:
    with pytest.raises(UsageError, match="--only names no rule"):
        parse_selection([value], [])


def test_leaving_nothing_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="leave no rule"):
        parse_selection(["plan-schema"], ["plan"])


def test_findings_keep_their_order() -> None:
    findings = [Finding(rule, Severity.ERROR, "a", 1, 1, "m") for rule in (*RULES, *RULES)]
    assert [finding.rule for finding in Selection(skip=("plan",)).of(findings)] == [
        "yaml-syntax",
        "yamllint/colons",
        "schema-invalid",
    ] * 2
    assert EVERY_RULE.of(findings) == findings

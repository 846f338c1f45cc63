from __future__ import annotations

import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from gitopsgen.errors import UsageError
from gitopsgen.validation.explanations import explain, find_rule, rule_ids
from gitopsgen.validation.rules.registry import all_rules
from gitopsgen.validation.yamllint_rules import yamllint_rules

# Rules about bytes that no example can show.
WITHOUT_EXAMPLES = {"yamllint/new-line-at-end-of-file", "yamllint/new-lines"}
EXPLAINED_BY_YAMLLINT = sorted(
    rule
    for rule in yamllint_rules()
    if rule not in WITHOUT_EXAMPLES | {"yamllint/config", "yamllint/syntax"}
)


@pytest.mark.parametrize("rule_id", sorted(rule_ids()))
def test_every_rule_is_explained_in_full(rule_id: str) -> None:
    rule = explain(rule_id)
    assert rule.id == rule_id
    assert rule.severities
    assert rule.says.endswith((".", ")"))
    assert rule.why.endswith((".", ")"))
    if rule_id not in WITHOUT_EXAMPLES:
        assert rule.bad.strip()
        assert rule.good.strip()
        assert rule.bad != rule.good


@pytest.mark.parametrize("rule_id", sorted(all_rules()))
def test_examples_are_yaml(rule_id: str) -> None:
    rule = explain(rule_id)
    if rule_id == "yaml-syntax":
        with pytest.raises(yaml.YAMLError):
            yaml.safe_load(rule.bad)
    else:
        assert any(document is not None for document in yaml.safe_load_all(rule.bad))
    assert any(document is not None for document in yaml.safe_load_all(rule.good))


@pytest.mark.parametrize("rule_id", EXPLAINED_BY_YAMLLINT)
def test_examples_of_yamllint_are_what_yamllint_says_they_are(rule_id: str) -> None:
    name = rule_id.removeprefix("yamllint/")
    for example, is_wrong in (
        (yamllint_rules()[rule_id].bad, True),
        (explain(rule_id).good, False),
    ):
        # The first line says with which settings.
        heading, _, text = example.partition("\n")
        settings = yaml.safe_load(heading.removeprefix("# "))
        config = YamlLintConfig(yaml.safe_dump({"rules": settings}))
        found = {problem.rule for problem in linter.run(text + "\n", config)}
        assert (name in found) == is_wrong


@pytest.mark.parametrize("rule_id", ["", "yamllint/", "yamllint/colon", "colons", "k8s", "plan-*"])
def test_what_is_no_rule_is_not_found(rule_id: str) -> None:
    assert find_rule(rule_id) is None
    with pytest.raises(UsageError):
        explain(rule_id)

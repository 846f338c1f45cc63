from __future__ import annotations

import json

from gitopsgen.validation.rules.registry import all_rules
from tests.commands.invoke import invoke


def test_every_rule_is_a_line_with_its_severities_and_sentence() -> None:
    result = invoke("rules")
    assert result.status == 0
    *lines, last = result.out.splitlines()
    assert len(lines) == len(all_rules())
    for line, rule in zip(lines, all_rules().values(), strict=True):
        assert line.split()[0] == rule.id
        assert f"  {', '.join(rule.severities)} " in line
        assert line.endswith(f"  {rule.says}")
    assert last.startswith("yamllint/<rule> ")
    # A table: its columns start at one place.
    starts = {line.index(rule.says) for line, rule in zip(lines, all_rules().values(), strict=True)}
    assert len(starts) == 1


def test_as_json_everything_is_told() -> None:
    result = invoke("rules", "--output", "json")
    document = json.loads(result.out)
    assert list(document) == ["version", "rules"]
    assert document["version"] == 1
    assert [rule["id"] for rule in document["rules"]] == list(all_rules())
    rule = all_rules()["plan-server-count"]
    (described,) = [entry for entry in document["rules"] if entry["id"] == rule.id]
    assert described == {
        "id": rule.id,
        "severities": ["error", "warning"],
        "says": rule.says,
        "why": rule.why,
        "bad": rule.bad,
        "good": rule.good,
    }

from __future__ import annotations

import json

import jsonschema_rs

from tests.commands.invoke import invoke
from tests.sample import SAMPLE


def test_the_schema_is_printed_and_is_the_one_in_the_repository() -> None:
    result = invoke("schema")
    assert result.status == 0
    assert result.out == (SAMPLE / ".gitopsgen/cluster.schema.json").read_text()
    schema = json.loads(result.out)
    jsonschema_rs.meta.validate(schema)
    assert "kube-vip" in schema["properties"]["components"]["properties"]

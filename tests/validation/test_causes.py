"""Which line of the values a rendered value comes from."""

from __future__ import annotations

from typing import Any

import pytest

from gitopsgen.repository.manifests import Manifest, Place, Rendering
from gitopsgen.repository.values import ValuesPart
from gitopsgen.validation.causes import cause_in_values

DATA = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web-service", "labels": {"tier": "front"}},
    "spec": {
        "ports": [{"port": 8080}, {"port": 80}],
        "host": "a.example.test",
        "flag": True,
        "memory": "1Gb",
        "server.insecure": True,
        "names": ["a", "b"],
        "args": ["--tls-secret=web/tls", "--verbose", "--v=2", "--empty="],
    },
}


def cause(values: list[dict[str, Any]], *path: str | int, inline: bool = False) -> Place | None:
    parts = tuple(
        ValuesPart(f"values-{number}.yaml", 0, ("here",) if inline else (), data, inline)
        for number, data in enumerate(values)
    )
    manifest = Manifest("app.yaml", 0, ("spec",), DATA, "web", "", Rendering("chart x", parts))
    return cause_in_values(manifest, path)


@pytest.mark.parametrize(
    ("values", "path", "expected"),
    [
        ([{"a": {"b": "a.example.test"}}], ("spec", "host"), ("a", "b")),
        ([{"list": ["x", "a.example.test"]}], ("spec", "host"), ("list", 1)),
        ([{"port": 8080}], ("spec", "ports", 0, "port"), ("port",)),
        ([{"port": 8080}], ("spec", "ports", "0", "port"), ("port",)),
        # What is short, or a list, needs the key as well.
        ([{"a": {"memory": "1Gb"}}], ("spec", "memory"), ("a", "memory")),
        ([{"names": ["a", "b"]}], ("spec", "names"), ("names",)),
        ([{"server.insecure": True}], ("spec", "server.insecure"), ("server.insecure",)),
        # A flag is a key of a mapping and its value, or a whole word of a list.
        ([{"more": {"tls-secret": "web/tls"}}], ("spec", "args", 0), ("more", "tls-secret")),
        ([{"more": ["--tls-secret=web/tls"]}], ("spec", "args", 0), ("more", 0)),
        ([{"v": "2", "w": "2"}], ("spec", "args", 2), ("v",)),
        # Several places: the one whose key is that of the path.
        ([{"a": "a.example.test", "host": "a.example.test"}], ("spec", "host"), ("host",)),
    ],
)
def test_a_value_that_stands_once_is_the_cause(
    values: list[dict[str, Any]], path: tuple[str | int, ...], expected: tuple[str | int, ...]
) -> None:
    assert cause(values, *path) == ("values-0.yaml", 0, expected)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], ("spec", "host")),
        ([{"a": "other"}], ("spec", "host")),
        ([{"port": 80}], ("spec", "ports", 1, "port")),
        ([{"flag": True}], ("spec", "flag")),
        ([{"port": "8080"}], ("spec", "ports", 0, "port")),
        ([{"a": "a.example.test", "b": "a.example.test"}], ("spec", "host")),
        ([{"a": {"x": 1}}], ("spec",)),
        ([{"a": "front"}], ("no", "such", "path")),
        ([{"a": "1Gb"}], ("spec", "memory")),
        ([{"a": {"memory": "1Gb"}, "b": {"memory": "1Gb"}}], ("spec", "memory")),
        ([{"other": ["a", "b"]}], ("spec", "names")),
        ([{"server.secure": True}], ("spec", "server.insecure")),
        ([{"secret": "web/tls"}], ("spec", "args", 0)),
        ([{"tls-secret": "web"}], ("spec", "args", 0)),
        ([{"a": {"v": "2"}, "b": {"v": "2"}}], ("spec", "args", 2)),
        ([{"verbose": ""}], ("spec", "args", 1)),
        ([{"empty": ""}], ("spec", "args", 3)),
    ],
)
def test_without_proof_nothing_is_the_cause(
    values: list[dict[str, Any]], path: tuple[str | int, ...]
) -> None:
    assert cause(values, *path) is None


def test_the_later_part_wins() -> None:
    values = [{"host": "a.example.test"}, {"host": "a.example.test"}]
    assert cause(values, "spec", "host") == ("values-1.yaml", 0, ("host",))


def test_within_a_text_only_the_text_can_be_named() -> None:
    found = cause([{"host": "a.example.test"}], "spec", "host", inline=True)
    assert found == ("values-0.yaml", 0, ("here",))

"""`--set` and `--set-string` as helm reads them."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.charts.strvals import SetError, assign, path_of
from gitopsgen.tools.programs import run
from tests.charts.servers import write_chart

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("a", "a.b", "a[0]", "a[1].b", "b", "a[0][1]", "c.a[2].b", r"a\.b", "b.c.a", "l[0].x")
VALUES = ("1", "x", "true", "{a,b}", "{}", "", r"x\,y", "{1,true}", "0", "null", "00", "-7", "1.5")


def assigned(text: str, base: dict[str, Any] | None = None, *, is_text: bool = False) -> Any:
    values = copy.deepcopy(base or {})
    assign(text, values, is_text=is_text)
    return values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", {"a": 1}),
        ("a=01,b=0,c=TRUE,d=null", {"a": "01", "b": 0, "c": True, "d": None}),
        ("a=9223372036854775808", {"a": "9223372036854775808"}),
        (r"a=x\,y", {"a": "x,y"}),
        (r"a\.b=1", {"a.b": 1}),
        ("a={x,1}", {"a": ["x", 1]}),
        ("a={}", {"a": [""]}),
        ("a[1].b=x", {"a": [None, {"b": "x"}]}),
        ("a[0][1]=x", {"a": [[None, "x"]]}),
        ("a=", {"a": ""}),
        # An empty value at the end is no value within a list.
        ("a[0].b=", {"a": []}),
        ("a[0].b=,c=1", {"a": [{"b": ""}], "c": 1}),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert assigned(text) == expected


def test_texts_stay_texts() -> None:
    assert assigned("a=1,b=true,c={1,null}", is_text=True) == {
        "a": "1",
        "b": "true",
        "c": ["1", "null"],
    }


def test_what_is_there_is_kept() -> None:
    base = {"a": {"b": 1}, "l": [{"x": 1, "y": 2}, 5]}
    assert assigned("a.c=2,l[0].x=3,l[1].z=4", base) == {
        "a": {"b": 1, "c": 2},
        "l": [{"x": 3, "y": 2}, {"z": 4}],
    }


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("a", {}),
        ("a,b=1", {}),
        ("a={x", {}),
        ("a[x]=1", {}),
        ("a[-1]=1", {}),
        ("a[70000]=1", {}),
        ("a[0]b=1", {}),
        ("a[0]=1", {"a": "text"}),
        ("a[0][0]=1", {"a": [{"b": 1}]}),
        ("a.b=1", {"a": "text"}),
        ("a.=1", {}),
        (".".join("a" * 40) + "=1", {}),
        ("a" + "[0]" * 5000 + "=1", {}),
    ],
)
def test_what_helm_refuses(text: str, base: dict[str, Any]) -> None:
    with pytest.raises(SetError):
        assigned(text, base)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        (r"a\.b.c", ("a.b", "c")),
        ("a[0][12]", ("a", 0, 12)),
        ("", ()),
    ],
)
def test_paths_of_names(name: str, expected: tuple[str | int, ...]) -> None:
    assert path_of(name) == expected


@pytest.mark.parametrize("name", ["a[", "a[x]", "a[0]b"])
def test_names_that_lead_nowhere(name: str) -> None:
    with pytest.raises(SetError):
        path_of(name)


@given(st.text(alphabet="ab.[]=,{}\\01-é ", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for is_text in (False, True):
        try:
            json.dumps(assigned(text, {"a": [1], "b": {"c": None}}, is_text=is_text))
            path_of(text)
        except SetError:
            continue


def test_helm_itself_reads_the_same(helm: Path, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    template = "values: {{ toJson .Values | quote }}\n"
    chart = write_chart(
        tmp_path / "chart",
        {
            "Chart.yaml": "apiVersion: v2\nname: t\nversion: 1.0.0\n",
            "templates/values.yaml": template,
        },
    )
    for _ in range(40):
        count = chance.choice((1, 2, 3))
        pairs = [f"{chance.choice(NAMES)}={chance.choice(VALUES)}" for _ in range(count)]
        flag = chance.choice(("--set", "--set-string"))
        arguments: list[str | Path] = [helm, "template", "x", chart, flag, ",".join(pairs)]
        done = run(arguments, check=False)
        try:
            here = assigned(",".join(pairs), is_text=flag == "--set-string")
        except SetError:
            assert done.status != 0, arguments
            continue
        assert done.status == 0, (arguments, done.stderr)
        line = done.stdout.decode().split("values: ", 1)[1].strip()
        assert _without_null(json.loads(json.loads(line))) == _without_null(here), arguments


def _without_null(values: dict[str, Any]) -> dict[str, Any]:
    """helm drops some keys that are null when it lays values over those of the chart."""
    return {
        key: _without_null(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }

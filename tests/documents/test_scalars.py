"""The tables were printed by a Go program over sigs.k8s.io/yaml v1.6.0 (YAMLToJSON)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.documents.reader import read_documents
from gitopsgen.documents.scalars import read, shorten

MAX = 9223372036854775807

# `a: <text>`, unquoted -> the value.
PLAIN: dict[str, object] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **{
        text: text
        for text in (
            *("yEs", "oN", "tRue", "nUll", "nil", "None", "inf", "nan", "Infinity", ".nan1"),
            *("0o", "0o8", "0x", "0xg", "0b", "0b2", "-0b+1", "0x1p4", "0x10000000000000000"),
            *("--", "+-", "+", ".", "..", "_1", "1,000", "1.5.0", ".5_", "._5", ".e3", "1e"),
            *("1e400", ".1e400", "12e4567", "1:30", "12:30:45", "190:20:30.15", "0:30", "22:22"),
            *("2024-01-01", "2024-1-1", "2024-13-01", "2024-01-01T00:00:00Z", "<<", "="),
            *("128Mi", "100m", "0.5m", "10.0.0.1", "::1", "v1.2", "١", "２", "web", "a b"),
        )
    },
    "0": 0,
    "-0": 0,
    "+0": 0,
    "00": 0,
    "08": 8,
    "09": 9,
    "010": 8,
    "014": 12,
    "-014": -12,
    "+014": 12,
    "0644": 420,
    "0_14": 12,
    "0o14": 12,
    "0O14": 12,
    "-0o14": -12,
    "0x1F": 31,
    "0X1f": 31,
    "-0x1F": -31,
    "0b11": 3,
    "0B11": 3,
    "-0b11": -3,
    "0b-1": -1,
    "0b+1": 1,
    "1": 1,
    "-1": -1,
    "+1": 1,
    "1_000": 1000,
    "1__0": 10,
    "1_": 1,
    "-_1": -1,
    "1_000.5": 1000.5,
    "9223372036854775807": MAX,
    "9223372036854775808": MAX + 1,
    "18446744073709551615": 2 * MAX + 1,
    "18446744073709551616": 18446744073709552000,
    "-9223372036854775808": -MAX - 1,
    "-9223372036854775809": -9223372036854776000,
    "+9223372036854775808": 9223372036854776000,
    "0x7fffffffffffffff": MAX,
    "0xffffffffffffffff": 2 * MAX + 1,
    "123456789012345678901234567890": 1.2345678901234568e29,
    "1.0": 1,
    "1.5": 1.5,
    "1.": 1,
    ".5": 0.5,
    "-.5": -0.5,
    "+.5": 0.5,
    ".5_0": 0.5,
    "1e3": 1000,
    "1E3": 1000,
    "1e+3": 1000,
    "1e-3": 0.001,
    "1.5e3": 1500,
    "1.e3": 1000,
    ".5e3": 500,
    "1e-400": 0,
    "1e21": 1e21,
    "1e20": 100000000000000000000,
    "12345678901234567890.5": 12345678901234567000,
    "5e-324": 5e-324,
    "1234e56": 1.234e59,
}

# `<text>: x`, unquoted -> the key.
KEYS = {
    "yes": "true",
    "n": "false",
    "on": "true",
    "true": "true",
    "FALSE": "false",
    "1": "1",
    "-1": "-1",
    "0x1F": "31",
    "014": "12",
    "1_000": "1000",
    "9223372036854775807": "9223372036854775807",
    "1.0": "1",
    "1.10": "1.1",
    "-0.0": "-0",
    "100000.0": "100000",
    "1e6": "1e+06",
    "1234567.0": "1.234567e+06",
    "0.0001": "0.0001",
    "0.00001": "1e-05",
    "123456789.5": "1.2345679e+08",
    "3.14159265358979": "3.1415927",
    "1e300": ".inf",
    "-1e300": "-.inf",
    "1e-46": "0",
    ".inf": ".inf",
    "-.inf": "-.inf",
    ".nan": ".nan",
    "2024-01-01": "2024-01-01",
    "1:30": "1:30",
    "08": "8",
    "abc": "abc",
}

# `a: <tag and text>` -> the value.
TAGGED: dict[str, object] = {
    "!!str 12": "12",
    "!!str yes": "yes",
    "!!str": "",
    "!!int '5'": 5,
    "!!int 0x10": 16,
    "!!float 1": 1,
    "!!float 1.5": 1.5,
    "!!bool 'yes'": True,
    "!!bool n": False,
    "!!null ''": None,
    "!!null ~": None,
    "!!timestamp 2001-01-01": "2001-01-01",
    "!!timestamp 2000-02-29": "2000-02-29",
    "!!timestamp 2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "!!timestamp 2001-12-15 2:59:43.10": "2001-12-15 2:59:43.10",
    "!!timestamp 2001-12-15T2:5:6,5Z": "2001-12-15T2:5:6,5Z",
    "!!binary aGVsbG8=": "hello",
    "!!binary /w==": "\ufffd",
    "!!binary '4oI='": "\ufffd\ufffd",
    "!!binary |\n  aGVs\n  bG8=\n": "hello",
    "!foo 12": "12",
    "!foo": "",
    "! 12": "12",
    "! '12'": "12",
    "!!foo 12": "12",
    "!<tag:yaml.org,2002:int> '5'": 5,
    "!!merge <<": "<<",
    "!!set {x}": {"x": None},
    "!Ref {x: 1}": {"x": 1},
}

REFUSED = (
    "!!int 1.0",
    "!!int x",
    "!!int 2001-01-01",
    "!!float x",
    "!!float 18446744073709551615",
    "!!bool 1",
    "!!null x",
    "!!timestamp x",
    "!!timestamp 2001-13-01",
    "!!timestamp 2024-02-30",
    "!!timestamp 1900-02-29",
    "!!timestamp 2001-12-14 21:59:43.10 -5",
    "!!timestamp 2001-12-15T24:00:00Z",
    "!!timestamp 2001-12-15T2:5:6+25:00",
    "!!binary 'a b'",
    "!!binary a",
    *(".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"),
    *("-.inf", "-.Inf", "-.INF", "!!float .inf"),
)


def value_of(written: str) -> object:
    contents = read_documents(f"a: {written}\n")
    assert not [p for p in contents.problems if p.rule == "yaml-syntax"], contents.problems
    return contents.documents[0].data["a"]


@pytest.mark.parametrize("text", PLAIN)
def test_an_unquoted_value_is_what_kubernetes_reads(text: str) -> None:
    value = value_of(text)

    assert value == PLAIN[text]
    assert type(value) is type(PLAIN[text])


@pytest.mark.parametrize("text", [text for text in PLAIN if text.isprintable()])
def test_a_quoted_value_is_its_text(text: str) -> None:
    assert value_of(f'"{text}"') == text
    assert value_of(f"'{text}'") == text


@pytest.mark.parametrize("text", KEYS)
def test_a_key_becomes_the_text_that_kubernetes_makes_of_it(text: str) -> None:
    (document,) = read_documents(f"{text}: x\n").documents

    assert document.data == {KEYS[text]: "x"}


@pytest.mark.parametrize("text", TAGGED)
def test_a_tag_decides(text: str) -> None:
    value = value_of(text)

    assert value == TAGGED[text]
    assert type(value) is type(TAGGED[text])


@pytest.mark.parametrize("text", REFUSED)
def test_what_kubernetes_cannot_read_is_a_syntax_problem(text: str) -> None:
    contents = read_documents(f"ok: 1\na: {text}\n")

    (problem,) = contents.problems
    assert (problem.rule, problem.line, problem.column) == ("yaml-syntax", 2, 4)
    assert [document.data for document in contents.documents] == [None]


@pytest.mark.parametrize("key", ["~", "null", "18446744073709551615", "!!int x", "!!null ~"])
def test_a_key_that_json_cannot_have_is_a_syntax_problem(key: str) -> None:
    contents = read_documents(f"ok: 1\n{key}: x\n")

    (problem,) = contents.problems
    assert (problem.rule, problem.line, problem.column) == ("yaml-syntax", 2, 1)
    assert contents.documents[0].data is None


@given(st.integers())
def test_integers_of_64_bits_are_exact(number: int) -> None:
    value = read(str(number)).value

    if -MAX - 1 <= number <= 2 * MAX + 1:
        assert value == number
    else:
        assert value == pytest.approx(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_their_value(number: float) -> None:
    value = read(repr(number)).value

    assert isinstance(value, int | float)
    assert float(value) == number
    assert isinstance(value, int) == (number.is_integer() and abs(number) < 1e21)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_the_key_of_a_float_leads_back_to_it(number: float) -> None:
    key = read(f"{number!r}").key

    assert key is not None
    assert float(key) == pytest.approx(number, rel=1e-6)


@given(st.text())
def test_every_text_reads_as_something(text: str) -> None:
    scalar = read(text)

    assert scalar.refusal or scalar.value is None or isinstance(scalar.value, str | int | float)


def test_numbers_too_long_to_mean_anything_take_no_time() -> None:
    digits = "9" * 1_000_000

    assert read(digits).value == digits
    assert read(f"0.{digits}").value == 1
    assert read(f"0x{'0' * 1_000_000}1").value == 1


def test_messages_show_long_texts_shortened_and_on_one_line() -> None:
    assert shorten("a\nb\t c") == "a b c"
    assert shorten("x" * 50) == "x" * 39 + "…"

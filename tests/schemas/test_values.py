from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gitopsgen.schemas.archive import as_text
from gitopsgen.schemas.crd import convert
from tests.schemas.gadgets import gadget, gadget_spec_crd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.schemas.conform import Conform


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date-time", ["2026-11-23T10:00:00Z", "2026-11-23t10:00:00.5+01:00"], ["2026-11-23", ""]),
        ("datetime", ["2026-11-23T10:00:00Z"], ["now"]),
        ("date", ["2026-02-28"], ["2026-02-30", "23.11.2026"]),
        ("duration", ["1h30m", "15s", "2 days", "1.5h", "0"], ["soon", "1x", ""]),
        ("ipv4", ["192.168.1.1"], ["192.168.1.256", "::1", "1.2.3"]),
        ("ipv6", ["::1", "2001:db8::1"], ["1.2.3.4", "::g"]),
        ("cidr", ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.0", "ten/8"]),
        ("uri", ["https://example.net/a", "/a/path", "mailto:a@example.net"], ["example.net", ""]),
        ("email", ["a@example.net", "Some One <a@example.net>"], ["example.net"]),
        ("mac", ["00:00:5e:00:53:01", "0000.5e00.5301"], ["00:00:5e:00:53:0g"]),
        (
            "uuid",
            ["00000000-0000-4000-8000-00000000000A", "0000000000004000800000000000000a"],
            ["00000000-0000-4000-8000", "zz000000-0000-4000-8000-000000000000"],
        ),
        ("byte", ["aGk=", "aGVsbG8gd29ybGQh"], ["aGk", "hello!"]),
        ("hostname", ["example.net", "bücher.example", "a b"], []),
        ("password", ["anything"], []),
        ("int32", ["not a number"], []),
        ("semver", ["not known to Kubernetes"], []),
        ("json-pointer", ["not known to Kubernetes"], []),
    ],
)
def test_formats_of_strings(
    conform: Conform, tmp_path: Path, name: str, good: list[str], bad: list[str]
) -> None:
    crd = gadget_spec_crd(f"{{type: object, properties: {{a: {{type: string, format: {name}}}}}}}")
    (made,) = convert(crd)
    file = tmp_path / "schemas" / made.file
    file.parent.mkdir(parents=True)
    file.write_text(as_text(made.schema), encoding="utf-8")

    problems = conform.problems(
        tmp_path / "schemas", [gadget({"a": value}) for value in [*good, *bad]]
    )

    refused = [value for value, problem in zip([*good, *bad], problems, strict=True) if problem]
    assert refused == bad


def test_a_format_does_not_replace_a_pattern(conform: Conform, tmp_path: Path) -> None:
    crd = gadget_spec_crd(
        "{type: object, properties: {a: {type: string, format: uri, pattern: net$, "
        "allOf: [{maxLength: 20}]}}}"
    )
    (made,) = convert(crd)
    file = tmp_path / "schemas" / made.file
    file.parent.mkdir(parents=True)
    file.write_text(as_text(made.schema), encoding="utf-8")
    values = ["https://example.net", "https://example.org", "example.net", f"https:{'a' * 20}net"]

    problems = conform.problems(tmp_path / "schemas", [gadget({"a": value}) for value in values])

    assert [bool(problem) for problem in problems] == [False, True, True, True]

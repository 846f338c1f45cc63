from __future__ import annotations

import pytest

from gitopsgen.printable import one_line, printable, some_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", "a\tb"),
        ("a\x1b[31mb\x07", "a\ufffd[31mb\ufffd"),
        ("a\nb", "a b"),
        ("::error::x", "\ufffd:error::x"),
        ("  ::error::x", "  \ufffd:error::x"),
        ("a ::error::x", "a ::error::x"),
        ("a ##[error]x", "a ##\ufffderror]x"),
        ("\u202eabc", "\ufffdabc"),
    ],
)
def test_what_would_be_obeyed_is_not_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_lines_stay_lines() -> None:
    assert some_lines("a\n::b\n##[c") == "a\n\ufffd:b\n##\ufffdc"
    assert printable("a\r\n") == "a\ufffd\ufffd"

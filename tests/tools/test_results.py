from __future__ import annotations

import hashlib
import marshal
from typing import TYPE_CHECKING, Any

import pytest

from gitopsgen.findings import Severity
from gitopsgen.tools.results import Results, result_key

if TYPE_CHECKING:
    from pathlib import Path

KEY = result_key("test")


def kept(folder: Path) -> Path:
    (path,) = folder.glob("*/*")
    return path


@pytest.mark.parametrize(
    "value",
    [{"a": [1, 2.5, True, None, ("b",)]}, 2**80, "\ud800 ü", {"data": {"a": {"b": []}}}, []],
)
def test_what_is_kept_comes_back(tmp_path: Path, value: Any) -> None:
    Results(tmp_path).put(KEY, value)

    assert repr(Results(tmp_path).get(KEY)) == repr(value)


def test_what_is_no_plain_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unmarshallable"):
        Results(tmp_path).put(KEY, Severity.ERROR)

    assert Results(tmp_path).get(KEY) is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"\xff" * 500, marshal.dumps([1, 2, 3])[:-2], b"{}", b"r\xff\0\0\0"]
)
def test_content_that_nobody_kept_here(tmp_path: Path, content: bytes) -> None:
    Results(tmp_path).put(KEY, "x")
    digest = hashlib.blake2b(content, digest_size=20).hexdigest().encode()
    kept(tmp_path).write_bytes(digest + b"\n" + content)

    assert Results(tmp_path).get(KEY) is None


def test_content_that_was_changed_is_not_used(tmp_path: Path) -> None:
    Results(tmp_path).put(KEY, "text")
    path = kept(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"text", b"taxi"))

    assert Results(tmp_path).get(KEY) is None


def test_keys_tell_apart_what_they_are_made_of() -> None:
    assert len({result_key("a"), result_key("b"), result_key("a", 1), result_key(["a"])}) == 4

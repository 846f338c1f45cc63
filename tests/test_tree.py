from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gitopsgen.tree import File, digest, read_tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

TREE = {"a.txt": File(b"a\n"), "bin/run": File(b"#!/bin/sh\n", executable=True)}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_written_is_read_again_under_any_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_tree(tmp_path, TREE)
    finally:
        os.umask(before)
    assert read_tree(tmp_path) == TREE
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "bin/run").stat().st_mode & 0o777 == 0o755


def test_the_digest_sees_every_path_mode_and_byte() -> None:
    seen = {
        digest(TREE),
        digest({}),
        digest({**TREE, "a.txt": File(b"b\n")}),
        digest({**TREE, "a.txt": File(b"a\n", executable=True)}),
        digest({"b.txt": TREE["a.txt"], "bin/run": TREE["bin/run"]}),
        digest({"a.txt": File(b"a\nbin/run"), "bin/run": File(b"", executable=True)}),
    }
    assert len(seen) == 6


def test_the_digest_does_not_depend_on_order_and_leaves_out_what_it_is_told_to() -> None:
    assert digest(dict(reversed(TREE.items()))) == digest(TREE)
    assert digest({**TREE, "lock": File(b"x")}, leave_out=["lock"]) == digest(TREE)

"""Random damage to the bytes of the sample repository: always a report, never an exception."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitopsgen.errors import GitopsgenError
from gitopsgen.validation.service import Options, validate
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from gitopsgen.findings import Report

pytestmark = pytest.mark.usefixtures("kubeconform")

FILES = sorted(
    path.relative_to(SAMPLE).as_posix()
    for path in SAMPLE.rglob("*")
    if path.suffix in {".yaml", ".json"} or path.name == ".yamllint.yaml"
)
OPTIONS = Options(charts="skip", jobs=1)
EXAMPLES = int(os.environ.get("GITOPSGEN_FUZZ_EXAMPLES", "30"))


@st.composite
def damage(draw: st.DrawFn) -> tuple[str, str, float, float, bytes]:
    """A file, what happens to it, where (as parts of its length), and bytes to do it with."""
    how = draw(st.sampled_from(["flip", "cut", "splice", "twice", "drop"]))
    parts = st.floats(0, 1)
    piece = draw(st.binary(min_size=1, max_size=8) | st.sampled_from([b"&a ", b"*a", b"{", b"- "]))
    return draw(st.sampled_from(FILES)), how, draw(parts), draw(parts), piece


def damaged(content: bytes, how: str, at: float, to: float, piece: bytes) -> bytes:
    """The bytes after the damage."""
    first, last = sorted((int(at * len(content)), int(to * len(content))))
    match how:
        case "flip":
            return content[:first] + piece + content[first + len(piece) :]
        case "cut":
            return content[:first]
        case "splice":
            return content[:first] + piece + content[first:]
        case "twice":
            return content[:last] + content[first:last] + content[last:]
        case _:
            return content[:first] + content[last:]


def report_of(root: Path) -> Report | None:
    """The report; None where broken settings are said in one message."""
    try:
        return validate(root, OPTIONS)
    except GitopsgenError:
        return None


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= 30,
    database=None,
)
@given(st.lists(damage(), min_size=1, max_size=3))
def test_damage_makes_a_report(changes: list[tuple[str, str, float, float, bytes]]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(shutil.copytree(SAMPLE, Path(folder, "home")))
        for file, how, at, to, piece in changes:
            path = root / file
            path.write_bytes(damaged(path.read_bytes(), how, at, to, piece))
        report = report_of(root)
    assert report is None or all(
        finding.line >= 1 and finding.column >= 1 for finding in report.findings
    )

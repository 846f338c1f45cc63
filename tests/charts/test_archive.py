from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.charts import archive
from gitopsgen.charts.archive import ArchiveError, unpack
from tests.charts.servers import chart_files, pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHART = ("gadget/Chart.yaml", tarfile.REGTYPE, "name: gadget\n", "")
Member = tuple[str, bytes, str, str]


def archive_of(*members: Member) -> bytes:
    """An archive of members: name, type, content, target of a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as opened:
        for name, kind, text, target in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(text), target
            opened.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def unpacked(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "gadget-1.2.3.tgz"
    file.write_bytes(content)
    unpack(file, tmp_path / "chart")
    return tmp_path / "chart"


def files_in(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_chart_comes_out_as_it_was_packed(tmp_path: Path) -> None:
    files = chart_files()
    assert files_in(unpacked(tmp_path, pack(files, "any-name"))) == files


def test_links_inside_become_copies(tmp_path: Path) -> None:
    chart = unpacked(
        tmp_path,
        archive_of(
            CHART,
            ("gadget/files/a", tarfile.SYMTYPE, "", "../files/b"),
            ("gadget/files/b", tarfile.SYMTYPE, "", "../Chart.yaml"),
            ("gadget/c", tarfile.LNKTYPE, "", "gadget/Chart.yaml"),
        ),
    )
    assert set(files_in(chart).values()) == {"name: gadget\n"}
    assert not any(path.is_symlink() for path in chart.rglob("*"))


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([("/etc/passwd", tarfile.REGTYPE, "x", "")], "'/etc/passwd', which leads out of it"),
        ([("../evil", tarfile.REGTYPE, "x", "")], "leads out of it"),
        ([("gadget/../../evil", tarfile.REGTYPE, "x", "")], "leads out of it"),
        ([("gadget/..\\evil", tarfile.REGTYPE, "x", "")], "leads out of it"),
        ([("gadget/a", tarfile.SYMTYPE, "", "/etc/passwd")], "leads out of it"),
        ([("gadget/a", tarfile.SYMTYPE, "", "../../../etc/passwd")], "leads out of it"),
        ([("gadget/a", tarfile.SYMTYPE, "", "nothing")], "leads to no file of it"),
        ([("gadget/a", tarfile.SYMTYPE, "", ".")], "leads to no file of it"),
        (
            [("gadget/a", tarfile.SYMTYPE, "", "b"), ("gadget/b", tarfile.SYMTYPE, "", "a")],
            "leads to no file of it",
        ),
        ([("gadget/a", tarfile.LNKTYPE, "", "/etc/passwd")], "leads out of it"),
        ([("gadget/pipe", tarfile.FIFOTYPE, "", "")], "'gadget/pipe', which is no file"),
        ([("gadget/zero", tarfile.CHRTYPE, "", "")], "which is no file"),
        # A link to a folder, and a file below it: the folder may be anywhere.
        (
            [
                ("gadget/out", tarfile.SYMTYPE, "", "../.."),
                ("gadget/out/evil", tarfile.REGTYPE, "x", ""),
            ],
            "leads out of it",
        ),
        (
            [
                ("gadget/a", tarfile.REGTYPE, "x", ""),
                ("gadget/a/b", tarfile.REGTYPE, "x", ""),
            ],
            "is no readable archive",
        ),
        ([("gadget/" + "n" * 300, tarfile.REGTYPE, "x", "")], "is no readable archive"),
    ],
)
def test_a_hostile_archive_is_refused_and_leaves_nothing(
    tmp_path: Path, members: Sequence[Member], reason: str
) -> None:
    with pytest.raises(ArchiveError) as caught:
        unpacked(tmp_path, archive_of(CHART, *members))
    assert reason in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["gadget-1.2.3.tgz"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no readable archive"),
        (b"<html>", "is no readable archive"),
        (gzip.compress(b"<html>"), "is no readable archive"),
        (pack(chart_files())[:150], "is no readable archive"),
        (gzip.compress(b""), "is no readable archive"),
        (archive_of(("gadget/values.yaml", tarfile.REGTYPE, "", "")), "holds no Chart.yaml"),
        (archive_of(("Chart.yaml", tarfile.REGTYPE, "", "")), "holds no Chart.yaml"),
    ],
    # Archives carry the time at which they were made, and each worker makes its own.
    ids=["empty", "a page", "a packed page", "cut off", "packed nothing", "no chart", "no folder"],
)
def test_what_is_no_chart_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        unpacked(tmp_path, content)


def test_size_and_number_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LARGEST_TOTAL", 2 << 20)
    monkeypatch.setattr(archive, "_MOST_MEMBERS", 50)
    large = ("gadget/large", tarfile.REGTYPE, "0" * (3 << 20), "")
    with pytest.raises(ArchiveError, match="unpacks to more than 2 MiB"):
        unpacked(tmp_path, archive_of(CHART, large))
    many = [(f"gadget/{number}", tarfile.REGTYPE, "", "") for number in range(50)]
    with pytest.raises(ArchiveError, match="has more than 50 members"):
        unpacked(tmp_path, archive_of(CHART, *many))


def test_copies_of_links_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LARGEST_TOTAL", 1 << 20)
    large = ("gadget/large", tarfile.REGTYPE, "0" * (300 << 10), "")
    links = [(f"gadget/{number}", tarfile.SYMTYPE, "", "large") for number in range(9)]
    with pytest.raises(ArchiveError, match="unpacks to more than 1 MiB"):
        unpacked(tmp_path, archive_of(CHART, large, *links))


def test_headers_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LARGEST_TOTAL", 1 << 20)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as opened:
        info = tarfile.TarInfo("gadget/Chart.yaml")
        info.pax_headers = {"comment": "0" * (4 << 20)}
        opened.addfile(info, io.BytesIO())
    with pytest.raises(ArchiveError, match="unpacks to more than 1 MiB"):
        unpacked(tmp_path, buffer.getvalue())


@given(
    position=st.integers(min_value=0),
    bits=st.integers(min_value=1, max_value=255),
    inner=st.booleans(),
)
def test_a_damaged_archive_is_a_chart_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, position: int, bits: int, inner: bool
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    content = pack(chart_files())
    damaged = bytearray(gzip.decompress(content) if inner else content)
    damaged[position % len(damaged)] ^= bits
    file = folder / "a.tgz"
    file.write_bytes(gzip.compress(bytes(damaged)) if inner else bytes(damaged))
    try:
        unpack(file, folder / "chart")
    except ArchiveError:
        assert not (folder / "chart").exists()
    assert {path.name for path in folder.iterdir()} <= {"a.tgz", "chart"}

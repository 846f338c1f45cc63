"""Charts given by `--charts-dir` that are made to leave their folder, or to fill the disk."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.hostile.bounds import APPLICATION, CONFIG_MAP, URL, Run, validate, write
from tests.hostile.test_texts import LAUGHS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("kubeconform")

REMOTE = APPLICATION.replace(
    f"repoURL: {URL}, path: web, targetRevision: main",
    "repoURL: https://charts.nowhere.internal, chart: web, targetRevision: 1.0.0",
)
METADATA = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


def file(name: str, content: str = "x") -> tuple[tarfile.TarInfo, bytes]:
    """A file of an archive."""
    member = tarfile.TarInfo(name)
    member.size = len(content.encode())
    return member, content.encode()


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """A link, a device or a pipe of an archive."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


CHART = [file("web/Chart.yaml", METADATA), file("web/templates/a.yaml", CONFIG_MAP)]


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A gzipped archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as opened:
        for member, content in members:
            opened.addfile(member, io.BytesIO(content))
    return written.getvalue()


def zeros(member: tarfile.TarInfo, megabytes: int) -> bytes:
    """An archive that goes on with so many zeros after this header."""
    written = io.BytesIO()
    member.size = megabytes << 20
    with gzip.GzipFile(fileobj=written, mode="wb", compresslevel=1) as packed:
        packed.write(member.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(megabytes):
            packed.write(bytes(1 << 20))
    return written.getvalue()


def validate_with(tmp_path: Path, name: str, content: bytes) -> Run:
    """Validate an Application whose chart is in a folder of charts under this name."""
    root = write(tmp_path / "repository", {"app.yaml": REMOTE})
    charts = write(tmp_path / "charts", {name: content})
    return validate(root, "--charts-dir", str(charts))


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (file("web/../../../owned"), "holds 'web/../../../owned', which leads out of it"),
        (file("/tmp/owned"), "holds '/tmp/owned', which leads out of it"),
        (file("web\\..\\..\\owned"), "which leads out of it"),
        (special("web/a", tarfile.SYMTYPE, "/etc/passwd"), "which leads out of it"),
        (special("web/templates/b.yaml", tarfile.SYMTYPE, "../../../x"), "which leads out of it"),
        (special("web/a", tarfile.LNKTYPE, "/etc/passwd"), "which leads out of it"),
        (special("web/a", tarfile.LNKTYPE, "../repository/app.yaml"), "which leads out of it"),
        (special("web/a", tarfile.SYMTYPE, "a"), "holds the link 'a', which leads to no file"),
        (special("web/a", tarfile.CHRTYPE), "holds 'web/a', which is no file"),
        (special("web/a", tarfile.BLKTYPE), "holds 'web/a', which is no file"),
        (special("web/a", tarfile.FIFOTYPE), "holds 'web/a', which is no file"),
        (file("web/templates"), "is no readable archive: Is a directory"),
        (file(f"web/{'a/' * 3000}x"), "is no readable archive: File name too long"),
        (file("web/templates/a.yaml/b"), "is no readable archive: File exists"),
    ],
)
def test_an_archive_that_leaves_its_folder(
    tmp_path: Path, member: tuple[tarfile.TarInfo, bytes], reason: str
) -> None:
    run = validate_with(tmp_path, "web-1.0.0.tgz", archive(*CHART, member))
    assert (run.status, run.findings) == (3, [])
    [unchecked] = run.unchecked
    assert reason in unchecked
    assert sorted(path.name for path in tmp_path.iterdir()) == ["charts", "repository"]


def test_a_file_that_is_put_behind_a_link(tmp_path: Path) -> None:
    link = special("web/out", tarfile.SYMTYPE, str(tmp_path))
    run = validate_with(tmp_path, "web-1.0.0.tgz", archive(*CHART, link, file("web/out/owned")))
    assert run.status == 3
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no readable archive: empty file"),
        (b"x" * 1000, "is no readable archive: Not a gzipped file"),
        (gzip.compress(b"hello"), "is no readable archive: truncated header"),
        (archive(*CHART)[:-40], "Compressed file ended"),
        (archive(file("web/values.yaml")), "holds no Chart.yaml"),
        (archive(file("web/Chart.yaml/x")), "holds no Chart.yaml"),
        (archive(file("web/Chart.yaml", "null")), "has a Chart.yaml that cannot be read"),
        (archive(file("web/Chart.yaml", LAUGHS)), "has a Chart.yaml that cannot be read"),
        (archive(file("web/Chart.yaml", METADATA + "#" * (50 << 20))), "that cannot be read"),
        (zeros(tarfile.TarInfo("web/a"), 300), "unpacks to more than 100 MiB"),
        (zeros(special("x", tarfile.XHDTYPE)[0], 300), "unpacks to more than 100 MiB"),
        (zeros(special("x", tarfile.GNUTYPE_LONGNAME)[0], 300), "unpacks to more than 100 MiB"),
        (archive(*(file(f"web/{n}") for n in range(20_001))), "has more than 20,000 members"),
    ],
    ids=[
        "empty",
        "no gzip",
        "no tar",
        "cut off",
        "no Chart.yaml",
        "a folder for Chart.yaml",
        "null for Chart.yaml",
        "a bomb of aliases",
        "a huge Chart.yaml",
        "a bomb",
        "a bomb in a header",
        "a bomb in a name",
        "many files",
    ],
)
def test_an_archive_of_no_chart(tmp_path: Path, content: bytes, reason: str) -> None:
    run = validate_with(tmp_path, "web-1.0.0.tgz", content)
    assert (run.status, run.findings) == (3, [])
    [unchecked] = run.unchecked
    assert reason in unchecked


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (file("web/values.yaml", LAUGHS), "chart-render app.yaml:7 "),
        (file("web/values.yaml", "a: [\n"), "chart-render app.yaml:7 "),
        (file("web/values.schema.json", '{"$ref": "#"}'), "chart-schema app.yaml:7 "),
        (file("web/values.schema.json", "[" * 100_000), "chart-render app.yaml:7 "),
        (file("web/Chart.yaml", METADATA + "name: ../../x\n"), "chart-render app.yaml:7 "),
        (file("web/Chart.yaml", METADATA + "dependencies: 3\n"), "chart-render app.yaml:7 "),
        (file("web/templates/b.yaml", "a: {{ repeat 90000 `[` }}"), "chart-render app.yaml:7 "),
    ],
)
def test_a_chart_that_helm_refuses(
    tmp_path: Path, member: tuple[tarfile.TarInfo, bytes], message: str
) -> None:
    run = validate_with(tmp_path, "web-1.0.0.tgz", archive(*CHART, member))
    assert run.status == 1
    assert run.findings[0].startswith(message)


def test_a_subchart_that_leaves_its_folder(tmp_path: Path) -> None:
    inner = tarfile.TarInfo("web/charts/x-1.0.0.tgz")
    content = archive(file("x/Chart.yaml", METADATA), file("x/../../../owned"))
    inner.size = len(content)
    run = validate_with(tmp_path, "web-1.0.0.tgz", archive(*CHART, (inner, content)))
    assert run.status == 1
    assert "chart illegally references parent directory" in run.findings[0]


@pytest.mark.parametrize("repository", ["file:///etc", "file://../../../etc", "file://.", "::"])
def test_a_dependency_outside(tmp_path: Path, repository: str) -> None:
    dependency = f"dependencies: [{{name: etc, version: '*', repository: '{repository}'}}]\n"
    metadata = file("web/Chart.yaml", METADATA + dependency)
    run = validate_with(tmp_path, "web-1.0.0.tgz", archive(*CHART, metadata))
    assert (run.status, run.findings) == (3, [])
    [unchecked] = run.unchecked
    assert "its dependency etc * is missing" in unchecked


def test_text_for_a_terminal_in_the_names_of_a_chart(tmp_path: Path) -> None:
    bad = file("web/templates/a\n::error::owned\x1b[2J.yaml", "{{ fail `\x1b]0;owned\x07` }}")
    root = write(tmp_path / "repository", {"app.yaml": REMOTE})
    charts = write(tmp_path / "charts", {"web-1.0.0.tgz": archive(*CHART, bad)})
    for output in ("text", "github"):
        run = validate(root, "--charts-dir", str(charts), output=output)
        assert run.status == 1
        assert "owned" in run.out
        assert all(character.isprintable() for character in run.out.replace("\n", ""))
        assert not any(line.startswith("::error::") for line in run.out.splitlines())


ENDLESS = "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"


@pytest.mark.slow
def test_charts_that_never_end_rendering(tmp_path: Path) -> None:
    tree: dict[str, str | bytes] = {}
    for number in range(8):
        name = f"web{number}"
        tree[f"{name}.yaml"] = APPLICATION.replace("web", name)
        tree[f"{name}/Chart.yaml"] = METADATA
        tree[f"{name}/templates/a.yaml"] = ENDLESS
    run = validate(write(tmp_path, tree), "--jobs", "2", seconds=200)
    assert run.status == 1
    ended = [found for found in run.findings if "helm did not finish within 60 s" in found]
    assert len(ended) in {3, 4}
    assert len(run.unchecked) == 8 - len(ended)
    assert "had to be stopped for others already" in run.unchecked[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('a: {{ repeat 300000000 "x" }}', "it needed too much memory"),
        ("{{ range until 2000000 }}a{{ . }}: bbbbbbbbbbbbbbbbbbbbbbbbbb\n{{ end }}", "64 MiB"),
        (r'{{ fail (repeat 50000000 "x\n") }}', "x x x"),
    ],
)
def test_a_chart_that_renders_to_more_than_there_is_room_for(
    tmp_path: Path, template: str, message: str
) -> None:
    tree = {"app.yaml": APPLICATION, "web/Chart.yaml": METADATA, "web/templates/a.yaml": template}
    run = validate(write(tmp_path, tree), seconds=100, memory=4 << 10)
    assert run.status == 1
    [found] = run.findings
    assert found.startswith("chart-render app.yaml:7 helm cannot render chart web: ")
    assert message in found
    assert len(found) < 2200

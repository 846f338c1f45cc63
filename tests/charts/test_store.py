from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts import fetch
from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.store import Chart, ChartMissing, ChartStore
from gitopsgen.errors import UnavailableError
from tests.charts.servers import ChartRepository, OciRegistry, chart_files, pack, write_chart

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("cache", "unhurried")


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits before another try, which nobody waits for."""
    waits: list[float] = []
    init = fetch.Fetcher.__init__

    def patched(
        self: fetch.Fetcher, helm: Callable[[], Path], folder: Path, timeout: float
    ) -> None:
        init(self, helm, folder, timeout=timeout, pause=waits.append)

    monkeypatch.setattr(fetch.Fetcher, "__init__", patched)
    return waits


def no_helm() -> Path:
    raise UnavailableError("helm is missing\nand could not be installed")


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def get(helm: Path, reference: ChartReference) -> Chart | ChartMissing:
    """One chart by a store of its own: what it has comes from the network or the cache."""
    return ChartStore(helm=lambda: helm).get([reference])[reference]


def got(answer: Chart | ChartMissing) -> Chart:
    assert isinstance(answer, Chart), answer
    return answer


def reason(answer: Chart | ChartMissing) -> str:
    assert isinstance(answer, ChartMissing)
    return answer.reason


# The folder that a person gives


def local(charts_dir: Path, name: str, version: str) -> Chart | ChartMissing:
    reference = ChartReference("https://charts.example.net", name, version)
    return ChartStore(helm=no_helm, charts_dir=charts_dir).get([reference])[reference]


def test_archives_and_folders_are_taken_without_helm(tmp_path: Path) -> None:
    charts = tmp_path / "charts"
    write_chart(charts / "gadget", chart_files("gadget", "1.2.3"))
    write_chart(charts / "gizmo-v2.0.0", chart_files("gizmo", "v2.0.0"))
    packed = pack(chart_files("widget", "1.0.0"))
    (charts / "widget-1.0.0.tgz").write_bytes(packed)
    (charts / "widget-2.0.0.tgz").write_bytes(pack(chart_files("widget", "2.0.0")))
    folder = got(local(charts, "gadget", "1.2.3"))
    assert (folder.folder, folder.version, folder.digest) == (charts / "gadget", "1.2.3", "")
    assert got(local(charts, "gizmo", "2.0.0")).folder == charts / "gizmo-v2.0.0"
    archive = got(local(charts, "widget", "v1.0.0"))
    assert (archive.version, archive.digest) == ("1.0.0", sha256(packed))
    assert (archive.folder / "templates/configmap.yaml").is_file()
    assert got(local(charts, "widget", "2.0.0")).version == "2.0.0"


def test_the_sources_of_a_chart_stand_for_any_version(tmp_path: Path) -> None:
    write_chart(tmp_path / "charts/gadget", chart_files("gadget", "v0.0.0"))
    assert got(local(tmp_path / "charts", "gadget", "1.2.3")).version == "v0.0.0"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("gadget", "1.2.4"),
        ("gadget", "1.2"),
        ("gadget", "*"),
        ("gadget", "../gadget"),
        ("gadge", "t-1.2.3"),
        ("..", "1.2.3"),
        ("", "1.2.3"),
        ("gadget\0", "1.2.3"),
        ("nothing", "1.2.3"),
    ],
)
def test_what_was_not_asked_for_is_not_taken(tmp_path: Path, name: str, version: str) -> None:
    write_chart(tmp_path / "charts/gadget", chart_files("gadget", "1.2.3"))
    (tmp_path / "charts/gadget-1.2.2.tgz").write_bytes(pack(chart_files("gadget", "1.2.2")))
    assert isinstance(local(tmp_path / "charts", name, version), ChartMissing)


def test_a_relative_folder_is_here_or_below_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chart(tmp_path / "charts/gadget", chart_files("gadget", "1.2.3"))
    reference = ChartReference("https://charts.example.net", "gadget", "1.2.3")
    charts = ChartStore(helm=no_helm, charts_dir=Path("charts"), repository_root=tmp_path)
    assert got(charts.get([reference])[reference]).folder == tmp_path / "charts/gadget"
    monkeypatch.chdir(write_chart(tmp_path / "here", {"charts/x": ""}))
    charts = ChartStore(helm=no_helm, charts_dir=Path("charts"), repository_root=tmp_path)
    assert isinstance(charts.get([reference])[reference], ChartMissing)


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    archive = tmp_path / "gadget-1.2.3.tgz"
    archive.write_bytes(b"<html>")
    assert reason(local(tmp_path, "gadget", "1.2.3")).startswith(
        f"{archive} is no readable archive: "
    )


def test_without_helm_the_network_is_out_of_reach(tmp_path: Path) -> None:
    assert reason(local(tmp_path, "gadget", "1.2.3")) == "chart gadget 1.2.3: helm is missing"


# A chart repository


def test_an_exact_version_is_fetched_once_for_ever(helm: Path, repository: ChartRepository) -> None:
    archive = repository.add("gadget", "1.2.3")
    reference = ChartReference(repository.url, "gadget", "1.2.3")
    first = got(get(helm, reference))
    assert (first.version, first.digest) == ("1.2.3", sha256(archive))
    assert (first.folder / "Chart.yaml").is_file()
    assert repository.requests == ["/index.yaml", "/gadget-1.2.3.tgz"]
    again = ChartStore(helm=no_helm).get([reference])[reference]
    assert again == first
    assert len(repository.requests) == 2


def test_the_index_of_a_repository_is_fetched_once(helm: Path, repository: ChartRepository) -> None:
    names = [f"gadget-{letter}" for letter in "abcdef"]
    for name in names:
        repository.add(name, "1.0.0")
    told: list[tuple[int, int]] = []
    charts = ChartStore(helm=lambda: helm, progress=lambda *done: told.append(done))
    references = [ChartReference(repository.url, name, "1.0.0") for name in names]
    answers = charts.get([*references[:4], *references[:4]])
    answers |= charts.get(references)
    # A URL with a slash at its end is the same repository.
    slash = ChartReference(f"{repository.url}/", names[0], "*")
    answers |= charts.get([slash])
    assert {got(answer).version for answer in answers.values()} == {"1.0.0"}
    assert repository.requests.count("/index.yaml") == 1
    assert told == [(n, 4) for n in range(5)] + [(n, 2) for n in range(3)] + [(0, 1), (1, 1)]


def test_ranges_are_resolved_by_every_store_anew(helm: Path, repository: ChartRepository) -> None:
    repository.add("gadget", "1.2.3")
    reference = ChartReference(repository.url, "gadget", "1.x")
    assert got(get(helm, reference)).version == "1.2.3"
    repository.add("gadget", "1.3.0")
    assert got(get(helm, reference)).version == "1.3.0"
    short = ChartReference(repository.url, "gadget", "1.2")
    assert got(get(helm, short)).version == "1.2.3"
    repository.add("gadget", "1.2.4")
    assert got(get(helm, short)).version == "1.2.4"


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        (
            "gadget",
            "1.2.9",
            "HOST has no chart gadget 1.2.9; the nearest versions: 1.2.4, 1.2.3, 0.9.0",
        ),
        ("gadgets", "1.2.3", "HOST has no chart gadgets"),
        (
            "gadget",
            "one",
            "chart gadget one cannot be had from HOST: "
            "that is neither a version nor a range of versions",
        ),
        ("../gadget", "1.2.3", "'../gadget' is not the name of a chart"),
        ("--help", "1.2.3", "'--help' is not the name of a chart"),
    ],
)
def test_what_a_repository_does_not_have_is_said(
    helm: Path, repository: ChartRepository, name: str, version: str, expected: str
) -> None:
    for known in ("1.2.3", "1.2.4", "0.9.0"):
        repository.add("gadget", known)
    repository.add("gadget-two", "1.2.9")
    answer = get(helm, ChartReference(repository.url, name, version))
    assert reason(answer) == expected.replace("HOST", repository.host)


def test_a_repository_without_an_index_is_said(helm: Path, repository: ChartRepository) -> None:
    reference = ChartReference(f"{repository.url}/deep", "gadget", "1.2.3")
    assert reason(get(helm, reference)) == (
        f"chart gadget 1.2.3 cannot be had from {repository.host}: "
        "it has no index.yaml (404): it is no chart repository"
    )
    for other in (b"<html>: [</html>", b"<html>Log in, please</html>"):
        repository.files["/deep/index.yaml"] = other
        assert "is not the index of a chart repository" in reason(get(helm, reference))


def test_an_archive_that_is_none_is_said_and_not_kept(
    helm: Path, repository: ChartRepository, cache: Path
) -> None:
    repository.add("gadget", "1.2.3", pack({"README.md": "no chart"}))
    reference = ChartReference(repository.url, "gadget", "1.2.3")
    assert reason(get(helm, reference)) == (
        f"chart gadget 1.2.3 from {repository.url} holds no Chart.yaml"
    )
    assert not list(cache.glob("charts/versions/*"))
    repository.files["/gadget-1.2.3.tgz"] = pack(chart_files())
    assert got(get(helm, reference)).version == "1.2.3"


def test_archives_of_another_host_are_named(helm: Path, repository: ChartRepository) -> None:
    repository.add("gadget", "1.2.3")
    repository.add("gizmo", "1.0.0")
    repository.entries["gadget"][0]["urls"] = ["http://127.0.0.1:1/gadget-1.2.3.tgz"]
    repository.add("widget", "1.0.0")
    wanted = [ChartReference(repository.url, name, "*") for name in ("gadget", "gizmo", "widget")]
    answers = list(ChartStore(helm=lambda: helm, jobs=1).get(wanted).values())
    assert reason(answers[0]) == (
        f"chart gadget * cannot be had from {repository.host}, "
        "whose archives are on 127.0.0.1:1: it refuses connections"
    )
    assert got(answers[1]).version == got(answers[2]).version == "1.0.0"


def test_only_what_may_pass_is_tried_again(
    helm: Path, repository: ChartRepository, unhurried: list[float]
) -> None:
    repository.add("gadget", "1.2.3")
    repository.answers["/index.yaml"] = [503, 429]
    repository.answers["/gadget-1.2.3.tgz"] = [502]
    assert got(get(helm, ChartReference(repository.url, "gadget", "1.2.3")))
    assert unhurried == [0.5, 1.0, 0.5]
    repository.answers["/index.yaml"] = [403]
    answer = get(helm, ChartReference(repository.url, "gadget", "*"))
    assert reason(answer).endswith("it denies access (403)")
    repository.answers["/index.yaml"] = [500] * 9
    answer = get(helm, ChartReference(repository.url, "gadget", "*"))
    assert reason(answer).endswith("it is in trouble (500 Internal Server Error)")
    assert len(repository.answers["/index.yaml"]) == 5
    assert unhurried == [0.5, 1.0, 0.5, 0.5, 1.0, 2.0]


def test_a_host_that_is_not_there_is_asked_for_one_chart_only(
    helm: Path, unhurried: list[float]
) -> None:
    wanted = [ChartReference("127.0.0.1:1/charts", name, "1.0.0") for name in ("a", "b", "c")]
    answers = ChartStore(helm=lambda: helm, jobs=1).get(wanted)
    assert [reason(answer) for answer in answers.values()] == [
        f"chart {name} 1.0.0 cannot be had from 127.0.0.1:1: it refuses connections"
        for name in "abc"
    ]
    assert unhurried == [0.5, 1.0, 2.0]


def test_a_repository_that_hangs_is_given_up(helm: Path, repository: ChartRepository) -> None:
    repository.add("gadget", "1.2.3")
    repository.hang = threading.Event()
    reference = ChartReference(repository.url, "gadget", "1.2.3")
    answer = ChartStore(helm=lambda: helm, timeout=0.3).get([reference])[reference]
    assert reason(answer) == (
        f"chart gadget 1.2.3 cannot be had from {repository.host}: it did not answer within 0.3 s"
    )


def test_an_interrupt_ends_what_is_under_way(helm: Path, repository: ChartRepository) -> None:
    repository.add("gadget", "1.2.3")
    repository.hang = threading.Event()
    reference = ChartReference(repository.url, "gadget", "1.2.3")

    def interrupt(done: int, total: int) -> None:
        while not repository.requests:
            threading.Event().wait(0.01)
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ChartStore(helm=lambda: helm, progress=interrupt).get([reference])
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://charts.invalid", "chart a 1.0.0 cannot be had from charts.invalid: "),
        ("charts.invalid/x", "chart a 1.0.0 cannot be had from charts.invalid: "),
        ("s3://bucket", "chart a: s3:// is no address of a chart repository"),
        ("file:///etc", "chart a: 'file:///etc' is not the URL of a repository"),
        ("", "chart a: '' is not the URL of a repository"),
        ("https://[", "chart a 1.0.0 cannot be had from"),
        ("https://a b", "chart a: 'https://a b' is not the URL of a repository"),
        ("-x", "chart a 1.0.0 cannot be had from -x: "),
    ],
)
def test_other_addresses_have_a_reason(helm: Path, url: str, expected: str) -> None:
    answer = get(helm, ChartReference(url, "a", "1.0.0"))
    assert reason(answer).startswith(expected)
    assert "\n" not in reason(answer)


def test_tls_is_not_given_up(helm: Path, repository: ChartRepository) -> None:
    answer = get(helm, ChartReference(f"https://{repository.host}", "gadget", "1.2.3"))
    assert reason(answer).endswith("it does not speak TLS (https)")


def test_the_keys_that_a_person_has_are_used_and_never_shown(
    helm: Path, repository: ChartRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.add("gadget", "1.2.3")
    repository.credentials = base64.b64encode(b"ann:hunter2").decode()
    reference = ChartReference(repository.url, "gadget", "1.2.3")
    refused = reason(get(helm, reference))
    assert refused.endswith("it wants credentials (401)")
    url = repository.url.replace("://", "://ann:wrong-one@")
    assert "wrong-one" not in reason(get(helm, ChartReference(url, "gadget", "1.2.3")))
    mine = {"url": f"{repository.url}/", "username": "ann", "password": "hunter2", "name": "mine"}
    config = tmp_path / "repositories.yaml"
    config.write_text(json.dumps({"apiVersion": "", "repositories": [mine]}))
    monkeypatch.setenv("HELM_REPOSITORY_CONFIG", str(config))
    assert got(get(helm, reference)).version == "1.2.3"


# An OCI registry


def test_charts_come_from_a_registry_by_any_spelling(
    helm: Path, registry: OciRegistry, tmp_path: Path
) -> None:
    archive = tmp_path / "gadget-1.2.3.tgz"
    archive.write_bytes(pack(chart_files()))
    registry.push(helm, archive, "team/charts")
    for url in (f"{registry.host}/team/charts", f"oci://{registry.host}/team/charts/"):
        for version in ("1.2.3", "1.*"):
            chart = got(get(helm, ChartReference(url, "gadget", version)))
            assert (chart.version, chart.digest) == ("1.2.3", sha256(archive.read_bytes()))
    deep = ChartReference(registry.host, "team/charts/gadget", "1.2.3")
    assert got(get(helm, deep)).version == "1.2.3"


def test_what_a_registry_does_not_have_is_said(
    helm: Path, registry: OciRegistry, tmp_path: Path
) -> None:
    for version in ("1.2.3", "1.3.0"):
        archive = tmp_path / f"gadget-{version}.tgz"
        archive.write_bytes(pack(chart_files("gadget", version)))
        registry.push(helm, archive)
    url = f"{registry.host}/charts"
    assert reason(get(helm, ChartReference(url, "gadget", "1.2.4"))) == (
        f"{registry.host} has no chart gadget 1.2.4; the newest is 1.3.0"
    )
    assert reason(get(helm, ChartReference(url, "gadget", "2.x"))) == (
        f"{registry.host} has no chart gadget 2.x; the newest is 1.3.0"
    )
    assert reason(get(helm, ChartReference(url, "gizmo", "1.0.0"))) == (
        f"{registry.host} has no chart gizmo 1.0.0"
    )


# The cache


def test_damage_is_noticed_and_mended(helm: Path, repository: ChartRepository, cache: Path) -> None:
    repository.add("gadget", "1.2.3")
    reference = ChartReference(repository.url, "gadget", "1.2.3")
    chart = got(get(helm, reference))
    values = chart.folder / "values.yaml"
    good = values.read_bytes()

    values.write_bytes(good.replace(b"blue", b"pink"))
    assert got(ChartStore(helm=no_helm).get([reference])[reference]) == chart
    assert values.read_bytes() == good

    shutil.rmtree(chart.folder / "templates")
    assert got(ChartStore(helm=no_helm).get([reference])[reference]) == chart
    assert (chart.folder / "templates/configmap.yaml").is_file()

    (archive,) = cache.glob("charts/archives/*.tgz")
    archive.write_bytes(archive.read_bytes()[:-1])
    assert got(get(helm, reference)) == chart

    (entry,) = cache.glob("charts/versions/*.json")
    for damage in (b"", b"[]", b'{"digest": 3}', b"\xff", b'{"digest": "../../x"}'):
        entry.write_bytes(damage)
        assert got(get(helm, reference)) == chart
    left = [path.name for path in cache.rglob(".*")]
    assert left == []


def test_two_runs_at_once_share_the_cache(helm: Path, repository: ChartRepository) -> None:
    repository.add("gadget", "1.2.3")
    reference = ChartReference(repository.url, "gadget", "1.2.3")
    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(lambda _: got(get(helm, reference)), range(6)))
    assert len(answers) == 1
    assert (answers.pop().folder / "values.yaml").read_text() == "colour: blue\n"


def test_a_cache_that_cannot_be_written_is_named(
    helm: Path, repository: ChartRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.add("gadget", "1.2.3")
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("GITOPSGEN_CACHE", str(tmp_path / "cache"))
    answer = get(helm, ChartReference(repository.url, "gadget", "1.2.3"))
    assert reason(answer).startswith("chart gadget 1.2.3 cannot be read or kept: Not a directory ")


def test_an_answer_stays_what_it_was(helm: Path, repository: ChartRepository) -> None:
    charts = ChartStore(helm=lambda: helm)
    missing = ChartReference(repository.url, "gadget", "1.2.3")
    first = charts.get([missing])
    repository.add("gadget", "1.2.3")
    assert charts.get([missing]) == first


def test_the_files_of_a_run_go_with_its_store(
    helm: Path, repository: ChartRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    repository.add("gadget", "1.2.3")
    charts = ChartStore(helm=lambda: helm)
    charts.get([ChartReference(repository.url, "gadget", "1.2.3")])
    assert list(temporary.iterdir())
    del charts
    assert not list(temporary.iterdir())

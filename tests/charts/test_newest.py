from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from gitopsgen.charts.model import ChartReference
from gitopsgen.charts.newest import Newest, NewestUnknown, find_newest
from gitopsgen.errors import UnavailableError
from tests.charts.servers import ChartRepository, OciRegistry, chart_files, pack

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = ("1.2.3", "1.10.0", "v1.4.0", "2.0.0", "2.1.0-rc.1")


def look_up(helm: Path, url: str, version: str, name: str = "gadget") -> Newest | NewestUnknown:
    reference = ChartReference(url, name, version)
    return find_newest([reference], lambda: helm)[reference]


def offer(repository: ChartRepository, *versions: str) -> str:
    for version in versions:
        repository.add("gadget", version)
    repository.add("gadget-other", "9.9.9")
    return repository.url


CASES = [
    ("1.2.3", Newest("1.2.3", same_major="1.10.0", newest="2.0.0")),
    ("v1.2.3", Newest("v1.2.3", same_major="1.10.0", newest="2.0.0")),
    ("1.10.0", Newest("1.10.0", newest="2.0.0")),
    ("2.0.0", Newest("2.0.0")),
    ("2.1.0-beta.1", Newest("2.1.0-beta.1", same_major="2.1.0-rc.1", newest="2.1.0-rc.1")),
    ("3.0.0", Newest("3.0.0")),
    ("1.2.x", Newest("1.2.3", is_range=True, same_major="1.10.0", newest="2.0.0")),
    ("*", Newest("2.0.0", is_range=True)),
]


@pytest.mark.parametrize(("pinned", "expected"), CASES)
def test_versions_of_a_chart_repository(
    helm: Path, repository: ChartRepository, pinned: str, expected: Newest
) -> None:
    assert look_up(helm, offer(repository, *KNOWN), pinned) == expected


@pytest.mark.parametrize(("pinned", "expected"), CASES)
def test_versions_of_a_registry(
    helm: Path, registry: OciRegistry, tmp_path: Path, pinned: str, expected: Newest
) -> None:
    for version in KNOWN:
        archive = tmp_path / "gadget.tgz"
        archive.write_bytes(pack(chart_files("gadget", version.removeprefix("v"))))
        registry.push(helm, archive)
    for url in (f"oci://{registry.host}/charts", f"{registry.host}/charts"):
        assert look_up(helm, url, pinned) == expected


def test_a_version_of_two_numbers_is_one_where_the_repository_says_so(
    helm: Path, repository: ChartRepository
) -> None:
    url = offer(repository, "1.2", "1.2.9")
    assert look_up(helm, url, "1.2") == Newest("1.2", same_major="1.2.9", newest="1.2.9")
    assert look_up(helm, url, "1") == Newest("1.2.9", is_range=True)


def test_an_index_is_fetched_once_and_anew_each_time(
    helm: Path, repository: ChartRepository
) -> None:
    offer(repository, "1.0.0")
    references = [ChartReference(repository.url, name, "1.0.0") for name in ("gadget", "none")]
    first = find_newest(references, lambda: helm)
    assert first[references[0]] == Newest("1.0.0")
    assert first[references[1]] == NewestUnknown(f"{repository.host} has no chart none")
    assert repository.requests == ["/index.yaml"]
    offer(repository, "1.1.0")
    assert look_up(helm, repository.url, "1.0.0") == Newest("1.0.0", False, "1.1.0", "1.1.0")


@pytest.mark.parametrize("version", ["main", "HEAD", "5.x", "no such"])
def test_what_no_version_fits_is_named(
    helm: Path, repository: ChartRepository, version: str
) -> None:
    found = look_up(helm, offer(repository, "1.0.0"), version)
    assert found == NewestUnknown(f"{repository.host} has no chart gadget {version}")


def test_a_registry_without_the_chart_is_named(helm: Path, registry: OciRegistry) -> None:
    found = look_up(helm, f"oci://{registry.host}/charts", "1.0.0")
    assert found == NewestUnknown(f"{registry.host} has no chart gadget")
    found = look_up(helm, f"oci://{registry.host}/charts", "1.x")
    assert found == NewestUnknown(f"{registry.host} has no chart gadget 1.x")


@pytest.mark.parametrize(
    ("url", "name", "reason"),
    [
        ("ftp://a.test", "gadget", "ftp:// is no address of a chart repository"),
        ("", "gadget", "is not the URL of a repository"),
        ("https://a.test", "../x", "is not the name of a chart"),
    ],
)
def test_what_cannot_be_a_repository_is_not_asked(
    helm: Path, url: str, name: str, reason: str
) -> None:
    found = look_up(helm, url, "1.0.0", name)
    assert isinstance(found, NewestUnknown)
    assert reason in found.reason


def test_one_that_does_not_answer_does_not_keep_the_others(
    helm: Path, repository: ChartRepository
) -> None:
    offer(repository, "1.0.0", "1.1.0")
    with ChartRepository() as silent:
        silent.hang = threading.Event()
        good = ChartReference(repository.url, "gadget", "1.0.0")
        bad = ChartReference(silent.url, "gadget", "1.0.0")
        told: list[tuple[int, int]] = []
        found = find_newest(
            [bad, good, bad], lambda: helm, timeout=1, progress=lambda *s: told.append(s)
        )
        assert found[good] == Newest("1.0.0", False, "1.1.0", "1.1.0")
        reason = f"chart gadget cannot be had from {silent.host}: it did not answer within 1 s"
        assert found[bad] == NewestUnknown(reason)
        assert told == [(1, 2), (2, 2)]


def test_without_helm_nothing_can_be_looked_up() -> None:
    def no_helm() -> Path:
        raise UnavailableError("helm is missing")

    with pytest.raises(UnavailableError, match="helm is missing"):
        find_newest([ChartReference("https://a.test", "gadget", "1.0.0")], no_helm)
    assert find_newest([], no_helm) == {}

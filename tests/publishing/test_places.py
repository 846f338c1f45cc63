from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.publishing.places import is_loopback, parse_place, without_password


@pytest.mark.parametrize(
    ("url", "scheme", "host", "names"),
    [
        ("https://github.com/me/home", "https", "github.com", ("me", "home")),
        ("https://me:secret@GitHub.com:8443/me/home.git", "https", "github.com", ("me", "home")),
        ("git@github.com:me/home.git", "ssh", "github.com", ("me", "home")),
        ("github.com:me/home", "ssh", "github.com", ("me", "home")),
        ("git@[2001:db8::1]:me/home", "ssh", "2001:db8::1", ("me", "home")),
        ("ssh://git@ssh.github.com:443/me/home.git", "ssh", "ssh.github.com", ("me", "home")),
        ("https://git.example.net/a/b/c.git", "https", "git.example.net", None),
        ("https://git.example.net/", "https", "git.example.net", None),
        ("/srv/git/home.git", "file", "", None),
        ("../me/home", "file", "", None),
        ("file:///srv/home.git", "file", "", ("srv", "home")),
    ],
)
def test_the_parts_of_an_address(
    url: str, scheme: str, host: str, names: tuple[str, str] | None
) -> None:
    place = parse_place(url)
    assert place is not None
    assert (place.scheme, place.host, place.owner_and_name) == (scheme, host, names)


@pytest.mark.parametrize("url", ["", "nowhere", "https://", "https://[::1", "http://h:port/a/b"])
def test_what_is_no_address(url: str) -> None:
    assert parse_place(url) is None


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://git.example.net/git/me/home.git", ("me", "home")),
        ("https://git.example.net/me/home", ("me", "home")),
        ("https://git.example.net/home", None),
        ("https://git.example.net/me/..", None),
    ],
)
def test_the_names_below_a_folder(url: str, names: tuple[str, str] | None) -> None:
    place = parse_place(url)
    assert place is not None
    assert place.last_names == names


def test_a_credential_is_kept_for_scheme_host_and_port() -> None:
    place = parse_place("http://me:secret@127.0.0.1:8080/me/home")
    assert place is not None
    assert place.origin == "http://127.0.0.1:8080"
    ipv6 = parse_place("https://[2001:db8::1]:8443/me/home")
    assert ipv6 is not None
    assert ipv6.origin == "https://[2001:db8::1]:8443"


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://git.example.net/me/home", True),
        ("git@git.example.net:me/home", True),
        ("http://git.example.net/me/home", False),
        ("http://127.0.0.1:1/me/home", True),
        ("http://localhost/me/home", True),
        ("http://[::1]/me/home", True),
        ("http://192.168.1.5/me/home", False),
    ],
)
def test_where_a_password_can_be_read_on_the_way(url: str, private: bool) -> None:
    place = parse_place(url)
    assert place is not None
    assert place.is_private_way is private


@pytest.mark.parametrize("host", ["127.0.0.1.example.net", "", "localhost.example.net", "0"])
def test_other_hosts_are_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


def test_passwords_are_taken_out_of_texts() -> None:
    text = "fatal: https://me:se:cret@h/a and http://token@h/b not found"
    assert without_password(text) == "fatal: https://h/a and http://h/b not found"


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    for url in (text, f"https://{text}", f"git@{text}"):
        place = parse_place(url)
        assert place is None or place.owner_and_name is None or len(place.owner_and_name) == 2

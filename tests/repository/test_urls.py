from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.repository.globs import matches
from gitopsgen.repository.urls import is_same_url, normal_url, same_repository_key

ONE = "github.com/owner/name"


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/owner/name",
        "https://github.com/owner/name.git",
        "https://github.com/owner/name/",
        "https://GitHub.com/owner/name",
        "https://user:token@github.com/owner/name",
        "git@github.com:owner/name.git",
        "github.com:owner/name",
        "ssh://git@github.com/owner/name",
        "ssh://git@github.com:22/owner/name.git",
        " https://github.com/owner/name ",
        "https://github.com/Owner/NAME.git",
        "git@github.com:OWNER/Name",
    ],
)
def test_all_forms_of_a_url_are_one_repository(url: str) -> None:
    assert same_repository_key(url) == ONE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://dev.azure.com/acme/infra/_git/apps", "git@ssh.dev.azure.com:v3/acme/infra/apps"),
        (
            "https://acme@dev.azure.com/acme/infra/_git/apps",
            "https://dev.azure.com/acme/infra/_git/apps",
        ),
        ("https://dev.azure.com/acme/_git/infra", "git@ssh.dev.azure.com:v3/acme/infra/infra"),
        (
            "https://dev.azure.com/acme/My%20Infra/_git/a",
            "git@ssh.dev.azure.com:v3/acme/My Infra/a",
        ),
        ("https://acme.visualstudio.com/infra/_git/a", "https://dev.azure.com/acme/infra/_git/a"),
        (
            "https://acme.visualstudio.com/DefaultCollection/infra/_git/a",
            "acme@vs-ssh.visualstudio.com:v3/acme/infra/a",
        ),
        ("https://git.test/scm/inf/apps.git", "ssh://git@git.test:7999/inf/apps.git"),
        ("https://github.com/owner/name", "ssh://git@ssh.github.com:443/owner/name.git"),
        ("https://www.github.com/owner/name", "git@github.com:owner/name"),
        ("https://gitlab.com/owner/name", "ssh://git@altssh.gitlab.com:443/owner/name"),
    ],
)
def test_a_server_has_several_forms(left: str, right: str) -> None:
    assert same_repository_key(left) == same_repository_key(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://dev.azure.com/acme/infra/_git/apps", "https://dev.azure.com/acme/infra/_git/b"),
        ("https://dev.azure.com/acme/infra/_git/apps", "https://dev.azure.com/acme/web/_git/apps"),
        ("https://git.test/scm/inf/apps", "https://git.test/scm/web/apps"),
        ("https://git.test/scm/apps", "https://git.test/apps"),
        ("https://dev.azure.com", "https://dev.azure.com/acme"),
    ],
)
def test_repositories_of_one_server_are_several(left: str, right: str) -> None:
    assert same_repository_key(left) != same_repository_key(right)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/owner/name2",
        "https://gitlab.com/owner/name",
        "https://github.com/owner/name/sub",
        "",
        "http://[",
    ],
)
def test_others_are_others(url: str) -> None:
    assert same_repository_key(url) != ONE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        # What NormalizeGitURL of Argo CD 3.6 made of them.
        ("git@GitHub.com:Owner/repo.git", "git@github.com/owner/repo"),
        ("ssh://git@github.com/owner/repo", "git@github.com/owner/repo"),
        ("ssh://git@github.com:22/owner/repo.git", "git@github.com:22/owner/repo"),
        ("git@host.test:2222/owner/repo", "git@host.test/2222/owner/repo"),
        ("https://github.com/Owner/repo.git", "https://github.com/owner/repo"),
        ("https://github.com/owner/repo.git/", "https://github.com/owner/repo.git/"),
        ("https://User:Tok@github.com/o/r", "https://user:tok@github.com/o/r"),
        ("https://github.com/o/my repo", "https://github.com/o/my%20repo"),
        ("https://github.com/o/{a,b}", "https://github.com/o/%7Ba,b%7D"),
        ("https://github.com/o/*", "https://github.com/o/*"),
        ("https://[::1]:3000/o/r", "https://[::1]:3000/o/r"),
        ("oci://registry.test/o/r", "oci://registry.test/o/r"),
        ("github.com/o/r", "github.com/o/r"),
        ("https://", "https:"),
        ("", ""),
        ("https://[broken", ""),
        ("https://host.test:port/o/r", ""),
        ("https://host.test/%zz", ""),
        ("https://ho st.test/o/r", ""),
        ("host.test:8443", "host.test:8443"),
        ("10.0.0.1:8443/o/r", ""),
        ("https://host.test/\to", ""),
    ],
)
def test_urls_as_argo_cd_compares_them(url: str, expected: str) -> None:
    assert normal_url(url) == expected


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("https://github.com/Owner/repo", "https://github.com/owner/repo.git", True),
        ("git@github.com:owner/repo", "ssh://git@github.com/owner/repo.git", True),
        ("https://github.com/owner/repo", "https://github.com/owner/repo/", False),
        ("https://github.com/owner/repo", "git@github.com:owner/repo", False),
        ("https://[broken", "https://[broken", True),
        ("", "", False),
    ],
)
def test_what_is_one_repository_to_argo_cd(left: str, right: str, same: bool) -> None:
    assert is_same_url(left, right) is same


_FORMS = ("https://{}/{}/{}{}", "git@{}:{}/{}{}", "ssh://git@{}:22/{}/{}{}", "http://u@{}/{}/{}{}")
_URLS = st.builds(
    str.format,
    st.sampled_from(_FORMS),
    st.sampled_from(("github.com", "GitHub.com", "10.0.0.1")),
    st.sampled_from(("owner", "Owner", "a b")),
    st.sampled_from(("name", "NAME", "na.me")),
    st.sampled_from(("", ".git", "/")),
)


@given(_URLS, _URLS)
def test_what_argo_cd_takes_for_one_is_one_here(left: str, right: str) -> None:
    if is_same_url(left, right):
        assert same_repository_key(left) == same_repository_key(right)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.yaml", "a.yaml", True),
        ("*.yaml", "sub/a.yaml", True),
        ("*.yaml", "a.yml", False),
        ("{a,b}.yaml", "b.yaml", True),
        ("{a,b}.yaml", "c.yaml", False),
        ("{a,{b,c}}*", "c1", True),
        ("a?c", "abc", True),
        ("[ab].yaml", "b.yaml", True),
        ("[!ab].yaml", "b.yaml", False),
        ("[a-c]x", "bx", True),
        (r"\*.yaml", "*.yaml", True),
        (r"\*.yaml", "a.yaml", False),
        ("a.b", "axb", False),
        ("{a", "a", False),
    ],
)
def test_globs(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


@pytest.mark.parametrize(
    "pattern", ["*a" * 60, "{*a*a*a*a*a*a*a*a,x}*a*a*a*a*a*a", "{a,aa}" * 40 + "b", "**" * 60 + "b"]
)
def test_no_glob_takes_for_ever(pattern: str) -> None:
    assert matches(pattern, "a" * 200 + ".yaml") is False


def test_parts_between_stars_may_be_anywhere() -> None:
    assert matches("a*b*b{c,*d}", "abxbbbc")
    assert matches("a*b*b{c,*d}", "abbd")
    assert not matches("a*b*b{c,*d}", "abd")

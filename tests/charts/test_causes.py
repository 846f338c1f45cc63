from __future__ import annotations

import pytest

from gitopsgen.charts.causes import cause_of, host_of

GET = 'Get "https://charts.example.net/index.yaml": '


@pytest.mark.parametrize(
    ("output", "text", "temporary"),
    [
        (
            f"Error: {GET}dial tcp: lookup charts.example.net on 10.0.0.1:53: no such host",
            "the host is not known",
            False,
        ),
        (
            "runtime: out of memory: cannot allocate 2147483648-byte block\n\nfatal error: x",
            "it sends more than there is memory for",
            False,
        ),
        (f"{GET}dial tcp 10.0.0.404:443: connect: connection refused", "it refuses", True),
        (f"{GET}dial tcp 10.0.0.1:443: i/o timeout", "it did not answer in time", True),
        (f"{GET}net/http: TLS handshake timeout", "it did not answer in time", True),
        (f"{GET}context deadline exceeded", "it did not answer in time", True),
        (f"{GET}read: connection reset by peer", "the connection broke off", True),
        (f"{GET}unexpected EOF", "the connection broke off", True),
        (f"{GET}dial tcp: lookup a: server misbehaving", "its name could not be", True),
        (f"{GET}dial tcp: connect: network is unreachable", "there is no way to it", True),
        (
            f"{GET}tls: failed to verify certificate: x509: certificate has expired",
            "its certificate is not trusted: certificate has expired",
            False,
        ),
        (
            "failed to fetch https://h:5005/index.yaml : 503 Service Unavailable",
            "it is in trouble (503 Service Unavailable)",
            True,
        ),
        ("failed to fetch https://h/i.yaml : 429 Too Many Requests", "too many requests", True),
        ("failed to fetch https://h/503.yaml : 401 Unauthorized", "it wants credentials", False),
        ("failed to fetch https://h/i.yaml : 403 Forbidden", "it denies access (403)", False),
        ("failed to fetch https://h/i.yaml : 404 Not Found", "not found (404)", False),
        (
            'response status code 401: unauthorized: access denied; "https://r/v2/": DENIED',
            "it wants credentials (401)",
            False,
        ),
        (
            'failed to perform "FetchReference" on source: GET "http://r/v2/a/manifests/1": '
            "basic credential not found",
            "it wants credentials (401)",
            False,
        ),
        (f"{GET}stopped after 10 redirects", "it redirects without an end", False),
        ("ghcr.io/a/b:1.2.3: not found", "not found (404)", False),
        ("", "helm gave no reason", False),
        ("Error: something new\nWARNING: old\n", "something new", False),
    ],
)
def test_causes_are_told_in_plain_words(output: str, text: str, temporary: bool) -> None:
    cause = cause_of(output)
    assert text in cause.text
    assert cause.temporary is temporary


def test_a_cause_is_one_short_line_without_keys() -> None:
    cause = cause_of(f"Error: broken\n  at https://ann:hunter2@host/x\n{'y' * 1000}")
    assert "\n" not in cause.text
    assert "hunter2" not in cause.text
    assert len(cause.text) < 320


def test_the_host_that_was_asked_is_known() -> None:
    assert cause_of(f"{GET}connect: connection refused").host == "charts.example.net"
    assert cause_of("failed to fetch http://h:80/x : 503 Down").host == "h:80"
    assert cause_of("connection refused").host == ""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://ann:hunter2@charts.example.net/x", "charts.example.net"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("ghcr.io/owner/charts", "ghcr.io"),
        ("localhost:5000", "localhost:5000"),
        ("oci://[::1]:5000/x", "::1:5000"),
        ("", ""),
        ("https://a:b:c/x", "https://a:b:c/x"),
    ],
)
def test_hosts_of_urls(url: str, host: str) -> None:
    assert host_of(url) == host

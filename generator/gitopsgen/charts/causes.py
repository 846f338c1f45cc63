"""Why helm could not get a chart: its words in plain ones, and whether to try again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

_LONGEST = 300
_USER = re.compile(r"(?<=://)[^/@\s\"]+@")
_REMARK = re.compile(
    r"^(WARNING: |level=|Hang tight|\.\.\.Unable|Update Complete|Pulled: |Digest: )"
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a chart could not be had.

    `temporary` tells whether another try may help; `unreachable` that no other chart of the host
    can be had either. `absent` means that the repository answered and has no such thing. `host` is
    the one that was asked, where helm says so: the archives of a repository may be elsewhere.
    """

    text: str
    temporary: bool = False
    unreachable: bool = False
    absent: bool = False
    host: str = ""


# helm's words (Go's net, net/http and crypto packages, oras) -> the cause; the first match counts.
_KNOWN: tuple[tuple[str, Cause], ...] = (
    # A Go program that gets no more memory says so at length.
    (r"runtime: out of memory", Cause("it sends more than there is memory for")),
    (r"no such host|[Cc]ould not resolve host", Cause("the host is not known", unreachable=True)),
    (r"[Cc]onnection refused", Cause("it refuses connections", temporary=True, unreachable=True)),
    (
        r"hit \d+m?s timeout|i/o timeout|Client\.Timeout|deadline exceeded|handshake timeout",
        Cause("it did not answer in time", temporary=True, unreachable=True),
    ),
    (
        r"server misbehaving|[Tt]emporary failure in name resolution",
        Cause("its name could not be looked up", temporary=True, unreachable=True),
    ),
    (
        r"network is unreachable|no route to host",
        Cause("there is no way to it from this network", temporary=True, unreachable=True),
    ),
    (
        r"first record does not look like a TLS handshake|server gave HTTP response to HTTPS",
        Cause("it does not speak TLS (https)"),
    ),
    (
        r"connection reset|broken pipe|\bEOF\b",
        Cause("the connection broke off", temporary=True),
    ),
    (r"improper constraint", Cause("that is neither a version nor a range of versions")),
    (r"\b429\b|TOOMANYREQUESTS", Cause("it has had too many requests (429)", temporary=True)),
    (
        r"\b401\b|UNAUTHORIZED|basic credential not found|no basic auth credentials"
        r"|terminal prompts disabled|could not read Username|Authentication failed|publickey",
        Cause("it wants credentials (401)"),
    ),
    (r"stopped after \d+ redirects", Cause("it redirects without an end")),
    (r"\b403\b|DENIED", Cause("it denies access (403)")),
    (r"\b404\b|NAME_UNKNOWN|MANIFEST_UNKNOWN|: not found", Cause("not found (404)", absent=True)),
)
_CERTIFICATE = re.compile(r"x509: (?P<why>[^\n]+)")
_SERVER_ERROR = re.compile(r"\b(?P<status>50\d)\b(?P<reason>[A-Za-z ]*)")


_ASKED = re.compile(r"(?:Get|Head|Post|fetch) \"?(?P<url>https?://[^\s\"]+)")


def cause_of(output: str) -> Cause:
    """The cause behind what helm wrote when it failed."""
    text = _in_one_line(output)
    asked = _ASKED.search(text)
    return replace(_recognised(text), host=host_of(asked["url"]) if asked else "")


def _recognised(text: str) -> Cause:
    # URLs and addresses are full of numbers that mean nothing here.
    words = re.sub(r"\S+://\S+|\d+\.\d+\.\d+\.\d+(:\d+)?", "", text)
    if found := _CERTIFICATE.search(text):
        return Cause(f"its certificate is not trusted: {found['why'][:_LONGEST]}")
    for pattern, cause in _KNOWN:
        if re.search(pattern, words):
            return cause
    if found := _SERVER_ERROR.search(words):
        status = f"{found['status']}{found['reason'].rstrip()}"
        return Cause(f"it is in trouble ({status})", temporary=True)
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return Cause(short or "helm gave no reason")


def _in_one_line(output: str) -> str:
    lines = (line.strip() for line in output.strip().split("\n"))
    kept = " ".join(line for line in lines if line and not _REMARK.match(line))
    return _USER.sub("", kept.removeprefix("Error: "))


def host_of(url: str) -> str:
    """The host, and the port where there is one, of a repository's URL; never its credentials."""
    if "://" not in url:
        url = f"oci://{url}"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return _USER.sub("", url)
    return f"{parts.hostname or ''}{port}"

"""Where a URL leads: the host, and the repository there."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

_SCP = re.compile(
    r"(?:[^@/]+@)?(?P<host>\[[0-9a-fA-F:.]+\]|[^:/\[\]]+):(?P<path>(?!//).+)", re.DOTALL
)
_PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Place:
    """A URL in its parts; a folder of this machine has no host.

    `origin` is scheme, host and port, as git's `credential.<url>` wants it.
    """

    scheme: str
    host: str
    path: str
    origin: str

    @property
    def is_http(self) -> bool:
        """Whether a password or a token opens it."""
        return self.scheme in ("http", "https")

    @property
    def is_private_way(self) -> bool:
        """Whether nobody between here and there can read a password."""
        return self.scheme != "http" or is_loopback(self.host)

    @property
    def owner_and_name(self) -> tuple[str, str] | None:
        """The two parts of the repository's name, None where it has more or fewer."""
        parts = self.path.strip("/").removesuffix(".git").split("/")
        is_one = len(parts) == 2 and not {"", ".", ".."} & set(parts)
        return (parts[0], parts[1]) if is_one else None

    @property
    def last_names(self) -> tuple[str, str] | None:
        """The last two parts of the path: a server may have its repositories below a folder."""
        parts = self.path.strip("/").split("/")
        return replace(self, path="/".join(parts[-2:])).owner_and_name


def parse_place(url: str) -> Place | None:
    """The parts of a URL or an scp-like address (`git@host:path`); None where it is neither."""
    if "://" not in url:
        found = _SCP.fullmatch(url)
        if found is None:
            return Place("file", "", url, "") if "/" in url else None
        return Place("ssh", found["host"].strip("[]").lower(), found["path"], "")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not host and parts.scheme != "file":
        return None
    shown_host = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown_host}" + (f":{port}" if port is not None else "")
    return Place(parts.scheme, host.lower(), parts.path, origin)


def without_password(text: str) -> str:
    """`text`, a URL or one with URLs in it, without the user and password of any."""
    return _PASSWORD.sub("", text)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

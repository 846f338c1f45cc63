"""git URLs: which of them mean the same repository."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

_SCP = re.compile(r"^(?:[^@/]+@)?(?P<host>[^:/]+):(?P<path>(?!//).+)$")


@lru_cache(maxsize=1024)
def same_repository_key(url: str) -> str:
    """A key that is equal for all URLs of one repository: `host/owner/name`.

    Scheme, user, port, a trailing `.git` or `/` and the letter case of the host do not matter:
    `git@github.com:owner/name.git` and `https://GitHub.com/owner/name` are one repository.
    """
    url = url.strip()
    host, path = "", url
    if "://" in url:
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return url
    elif found := _SCP.match(url):
        host, path = found["host"], found["path"]
    path = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host.lower()}/{path}"

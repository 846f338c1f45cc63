"""Downloading one file out of a release archive whose digest is pinned."""

from __future__ import annotations

import hashlib
import io

from gitopsgen.errors import UnavailableError

_TIMEOUT_SECONDS = 5
_LARGEST_ARCHIVE = 200 * 1024 * 1024
_CHUNK = 1024 * 1024


def fetch_member(url: str, sha256: str, member: str) -> bytes:
    """Download the .tar.gz at `url` and return its top-level file `member`.

    One try, 5 s for each answer of the server. Nothing is unpacked to the disk, and nothing is
    looked at before the digest is right. Raises `UnavailableError`.
    """
    # Imported here, as below: rarely needed, and not cheap.
    import tarfile

    archive = _fetch(url)
    found = hashlib.sha256(archive).hexdigest()
    if found != sha256:
        raise UnavailableError(f"{url} has SHA-256 {found}, not {sha256}: it was not used")
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
            content = opened.extractfile(member)
            if content is not None:
                return content.read()
    except (KeyError, tarfile.TarError, OSError, EOFError) as error:
        raise UnavailableError(f"{url} holds no readable {member}: {error}") from error
    raise UnavailableError(f"{url} holds no file {member}")


def _fetch(url: str) -> bytes:
    import http.client
    import urllib.error
    import urllib.request

    received = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:
            while chunk := response.read(_CHUNK):
                received += chunk
                if len(received) > _LARGEST_ARCHIVE:
                    raise UnavailableError(f"{url} is larger than any release: it was not used")
    except urllib.error.HTTPError as error:
        raise UnavailableError(f"{url} answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise UnavailableError(f"{url} cannot be reached: {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnavailableError(f"{url} broke off: {error}") from error
    return bytes(received)

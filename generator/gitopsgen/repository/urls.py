"""git URLs: which of them mean the same repository, and which are the same to Argo CD."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

_SCP = re.compile(r"^(?:[^@/]+@)?(?P<host>[^:/]+):(?P<path>(?!//).+)$")
# Argo CD's own, and what Go's url.Parse takes.
_SSH = re.compile(r"(ssh://)?([^/:]*?)@[^@]+")
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):(?P<rest>.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-f]{2})")
_USER = re.compile(r"[a-z0-9\-._:~!$&'()*+,;=%@]*")
_HOST = re.compile(
    r"(?:\[[0-9a-f:.]+(?:%25[^\]]*)?\]|(?:[a-z0-9\-._~!$&'()*+,;=<>\"]|[^\x00-\x7f])*)(?::[0-9]*)?"
)
_VALID = re.compile(r"[a-z0-9\-_.~!$&'()*+,;=:@/\[\]%]*")
_IN_PATHS = "$&+,/:;=@~"
_IN_FRAGMENTS = "$&+,/:;=?@!()*~"
_IN_USERS = "$&+,;=~"
_IN_HOSTS = "!$&'()*+,;=:[]<>\"~%"
# Where servers answer under a second name, mostly for SSH through firewalls.
_HOSTS = {
    "www.github.com": "github.com",
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "ssh.dev.azure.com": "dev.azure.com",
    "vs-ssh.visualstudio.com": "dev.azure.com",
}
_AZURE, _AZURE_BEFORE = "dev.azure.com", ".visualstudio.com"


@lru_cache(maxsize=4096)
def normal_url(url: str) -> str:
    """The form in which Argo CD compares the URLs of repositories; empty where it is none.

    Letter case, a trailing `.git` and the two spellings of an SSH URL do not matter; scheme, user,
    port and a trailing slash do. Source: NormalizeGitURL in Argo CD's util/git/git.go.
    """
    url = url.strip().lower()
    if _SSH.fullmatch(url) and not url.startswith("ssh://"):
        url = f"ssh://{url.replace(':', '/', 1)}"
    return _parsed(url.removesuffix(".git")).removeprefix("ssh://")


def is_same_url(left: str, right: str) -> bool:
    """Whether two URLs are those of one repository to Argo CD (its SameURL)."""
    return (normal_url(left) or left) == (normal_url(right) or right) != ""


@lru_cache(maxsize=1024)
def same_repository_key(url: str) -> str:
    """A key that is equal for all URLs of one repository: `host/owner/name`.

    Beside what Argo CD makes no difference of (`is_same_url`) neither scheme, user, port nor a
    trailing `/` matter: a work tree's remote may name a repository by another protocol than an
    Application does. `git@github.com:owner/name.git` and `https://GitHub.com/Owner/name` are one,
    and so are the forms that Azure DevOps and Bitbucket have for each protocol.
    """
    url = url.strip().lower()
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
    return "/".join(_usual_place(_HOSTS.get(host, host), path))


def _usual_place(host: str, path: str) -> tuple[str, str]:
    """Host and path without what servers add for one protocol alone."""
    steps = path.split("/")
    if host.endswith(_AZURE_BEFORE):
        # The organisation has become the first folder of the path.
        steps = [host.removesuffix(_AZURE_BEFORE), *steps]
        host = _AZURE
    if host == _AZURE:
        steps = unquote("/".join(steps)).split("/")
        if steps[0] == "v3":
            del steps[0]
        if "defaultcollection" in steps[1:2]:
            del steps[1]
        if steps[1:2] == ["_git"]:
            # A project's own repository has its name.
            steps.insert(1, steps[-1])
        steps = [step for step in steps if step != "_git"]
    elif steps[0] == "scm" and len(steps) == 3:
        # Bitbucket's own servers say it in HTTP alone.
        del steps[0]
    return host, "/".join(steps)


def _parsed(url: str) -> str:
    """A URL in lower case as Go's url.Parse and String write it; empty where it is none."""
    url, _, fragment = url.partition("#")
    if _CONTROL.search(url) or _BAD_ESCAPE.search(fragment):
        return ""
    tail = f"#{_encoded(fragment, _IN_FRAGMENTS)}" if fragment else ""
    scheme, rest = "", url
    if found := _SCHEME.fullmatch(url):
        scheme, rest = f"{found['scheme']}:", found["rest"]
    rest, mark, query = rest.partition("?")
    tail = f"{mark}{query}{tail}"
    if scheme and not rest.startswith("/"):
        return f"{scheme}{rest}{tail}"
    if _BAD_ESCAPE.search(rest) or (not scheme and ":" in rest.partition("/")[0]):
        return ""
    authority = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        user, at, host = authority.rpartition("@")
        if not _USER.fullmatch(user) or not _HOST.fullmatch(host):
            return ""
        name, colon, password = user.partition(":")
        user = colon.join(quote(unquote(part), safe=_IN_USERS) for part in (name, password))
        host = quote(host, safe=_IN_HOSTS)
        authority = f"//{user}{at}{host}" if at or host or (scheme and rest) else ""
    return f"{scheme}{authority}{_encoded(rest, _IN_PATHS)}{tail}"


def _encoded(text: str, kept: str) -> str:
    """A text as it is where that is valid, else with all that is not usual in it encoded."""
    return text if _VALID.fullmatch(text) else quote(unquote(text), safe=kept)

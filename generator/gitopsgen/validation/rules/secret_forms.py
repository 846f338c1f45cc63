"""Texts that are credentials, by themselves or by the name that they have.

Only what is certain counts: references, names of keys and switches are no credentials.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from gitopsgen.documents.positions import TextLine
from gitopsgen.validation.rules.assignments import assignments
from gitopsgen.validation.rules.placeholder_forms import placeholder_in

if TYPE_CHECKING:
    from gitopsgen.documents.positions import Path

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_PASSWORDS = frozenset({"password", "passwd", "passphrase", "pass", "pgpassword"})
_KEYS = frozenset({"access", "account", "api", "auth", "encryption", "license", "master"})
_SECRET_KEYS = _KEYS | {"private", "secret", "shared", "signing"}
_SECRETS = frozenset(
    {"app", "client", "consumer", "cookie", "jwt", "shared", "signing", "webhook", "hmac"}
)
# Below these a value is the name of a key or of a Secret, or says how to make one.
_INDIRECT = frozenset(
    {
        *("annotations", "labels", "existing", "ref", "refs", "from", "keys", "mapping", "remote"),
        *("policy", "validation", "schema", "properties", "names", "fields", "translations"),
        *("messages", "descriptions", "generator", "template", "selector"),
    }
)
# How values refer to what stands elsewhere, or to nothing.
_REFERENCE = re.compile(
    r"[$<]|\{\{|\{[A-Z0-9_-]+\}|%\(|%[A-Z_]+%|\*{3}|ENC\[|[a-z0-9+]*vault[a-z0-9+]*:|ref\+|op://|sm://|awssm|ssm:|gcp:|file:"
    r"|env[:.]|secret[:.]|secrets?/|k8s:|arn:|\.{0,2}/|~/|https?://",
    re.IGNORECASE,
)
_SWITCHES = frozenset(
    {
        *("", "0", "1", "auto", "changeit", "default", "disabled", "enabled", "false", "generate"),
        *("generated", "no", "none", "null", "off", "on", "optional", "random", "required"),
        *("str", "string", "text", "true", "unset", "yes"),
    }
)
# Values that only have to be there: what reads them asks for no login.
_DUMMY = re.compile(r"(?:no[-_]?auth|not[-_]|unused|ignored?|dummy|fake)", re.IGNORECASE)
_NAMELIKE = re.compile(r"(?:[a-z]{2,}[0-9]{0,4}|[0-9]{1,4}|v[0-9]+|[a-z][0-9][a-z])")
_SHORTEST_RANDOM = 12
_FEWEST_CHARACTERS = 7
_LONGEST = 4096
_LONGEST_CONTENT = 200_000

_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n)[A-Za-z0-9+/=\s:,\\-]{64}"
)
# What stands between the first and the last line of a key or a certificate.
_ARMOUR = re.compile(r"-----BEGIN [A-Z0-9 ]+-----(.*)-----END [A-Z0-9 ]+-----", re.DOTALL)
_TOKENS = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:
      gh[pousr]_[A-Za-z0-9]{36,}
    | github_pat_[A-Za-z0-9_]{36,}
    | glpat-[A-Za-z0-9_-]{20,}
    | (?:AKIA|ASIA)[0-9A-Z]{16}
    | xox[abprs]-[0-9A-Za-z-]{16,}
    | [rs]k_live_[0-9A-Za-z]{16,}
    | AIza[0-9A-Za-z_-]{35}
    | npm_[A-Za-z0-9]{36}
    | hvs\.[A-Za-z0-9_-]{24,}
    | dop_v1_[a-f0-9]{64}
    | dckr_pat_[A-Za-z0-9_-]{20,}
    | SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}
    | tskey-(?:auth|api|client)-[A-Za-z0-9-]{16,}
    | AGE-SECRET-KEY-1[0-9A-Z]{58}
    )(?![A-Za-z0-9_-])""",
    re.VERBOSE,
)
_USERINFO = re.compile(r"[a-z][a-z0-9+.-]*://([^\s:/@'\"]*):([^\s/@'\"]+)@[\w.\[-]", re.IGNORECASE)
_SHOWN = re.compile(r"example|x{4}|dummy|fake|redacted|your", re.IGNORECASE)
# What programs write into their example of a configuration, for a server that nobody has set up.
_OF_EXAMPLES = frozenset({"guest", "root"})
_OBVIOUS = frozenset({"pass", "password", "pw", "pwd", "pass123", "passwd", "secret", "token"})


class Credential(NamedTuple):
    """What a text is or holds, such as `a password`; `line` is None where it is nothing else."""

    what: str
    line: int | None = None

    def within(self, path: Path) -> Path:
        """The path of it in a text at `path`."""
        return path if self.line is None else (*path, TextLine(self.line))


def known_credential(value: str) -> Credential | None:
    """The credential that a text holds, whatever its name; None where none is sure."""
    key = _PRIVATE_KEY.search(value) if "PRIVATE KEY" in value else None
    if key:
        before = value[: key.start()]
        return Credential("a private key", before.count("\n") if before.strip() else None)
    for number, line in enumerate(value.split("\n") if len(value) < _LONGEST_CONTENT else ()):
        if line.lstrip().startswith(("#", "//", ";")):
            continue
        token = _TOKENS.search(line)
        if token and _varies(token[0]) and not _SHOWN.search(token[0]):
            return Credential("an access token", number)
        if "@" in line and "://" in line and any(map(_is_login, _USERINFO.finditer(line))):
            return Credential("a password in a URL", number)
    return None


def named_credential(path: Path, value: object) -> str:
    """What credential a value is, by the names that lead to it; empty where that is not sure."""
    name = _last_name(path)
    words = words_of(name)
    if not words or any(_is_indirect(step) for step in path[:-1] if isinstance(step, str)):
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return "a password" if words[-1] in _PASSWORDS - {"pass"} else ""
    if not isinstance(value, str) or not _is_literal(value):
        return ""
    if words[-1] in _PASSWORDS:
        return "" if _names_something(value) else "a password"
    if _is_secret_name(words) and is_random(value):
        return f"a {words[-1]}"
    return ""


def words_of(name: str) -> list[str]:
    """The words of a name in camel, snake or kebab case, in lower case."""
    return [word.lower() for word in _WORDS.findall(name[:200])]


def is_random(value: str) -> bool:
    """Whether a text looks as if nobody had thought of it."""
    if len(value) < _SHORTEST_RANDOM or not _varies(value) or _SHOWN.search(value):
        return False
    if any(mark in value for mark in " :,;()[]{}<>"):
        return False
    if all(_NAMELIKE.fullmatch(part) for part in re.split(r"[-_./]", value) if part):
        return False
    letters = sum(mark.isalpha() for mark in value)
    return letters > 0 and any(mark.isdigit() for mark in value)


def is_reference(value: str) -> bool:
    """Whether a text says where a credential is, rather than being one."""
    value = value.strip()
    return _REFERENCE.match(value) is not None or any(m in value for m in ("{{", "${", "$("))


def is_harmless(value: str) -> bool:
    """Whether a text is no credential whatever its name: nothing, a reference or a dummy."""
    armoured = _ARMOUR.fullmatch(value.strip())
    value = armoured[1].strip() if armoured else value.strip()
    return (
        not value
        or is_reference(value)
        or _DUMMY.match(value) is not None
        or placeholder_in(value) != ""
    )


def assigned_credential(content: str) -> Credential | None:
    """The credential that a line of a configuration file sets; None where none does for sure."""
    for number, name, value in assignments(content):
        found = named_credential((name,), value)
        if found and value not in _OF_EXAMPLES:
            return Credential(found, number)
    return None


def _is_literal(value: str) -> bool:
    value = value.strip()
    if not value or len(value) > _LONGEST or value.lower() in _SWITCHES:
        return False
    if any(mark.isspace() for mark in value):
        return False
    return not is_harmless(value)


def _last_name(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _is_indirect(step: str) -> bool:
    return not _INDIRECT.isdisjoint(words_of(step))


def _is_secret_name(words: list[str]) -> bool:
    if words[-1] == "token":
        return True
    before = words[-2] if len(words) > 1 else ""
    return (words[-1] == "key" and before in _SECRET_KEYS) or (
        words[-1] == "secret" and before in _SECRETS
    )


def _names_something(value: str) -> bool:
    """Whether a text names a key or a field, as in `password: db-password`."""
    words = words_of(value)
    return bool(words) and words[-1] in (*_PASSWORDS, "token", "key", "secret") and value.islower()


def _varies(value: str) -> bool:
    return len(set(value)) >= _FEWEST_CHARACTERS


def _is_login(found: re.Match[str]) -> bool:
    user, password = found[1], found[2]
    if password.lower() in _OBVIOUS or user == password:
        return False
    return not _SHOWN.search(password) and not is_harmless(password)

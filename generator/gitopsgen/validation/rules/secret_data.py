"""Which entry of a Secret is a credential in plain text, if any."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping, text
from gitopsgen.validation.rules.secret_forms import (
    assigned_credential,
    is_harmless,
    known_credential,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.documents.positions import Path

# What Secrets of these types have that is a credential; the rest of it is public.
_OF_TYPES: Mapping[str, frozenset[str]] = {
    "bootstrap.kubernetes.io/token": frozenset({"token-secret"}),
    "kubernetes.io/basic-auth": frozenset({"password"}),
    "kubernetes.io/dockercfg": frozenset({".dockercfg"}),
    "kubernetes.io/dockerconfigjson": frozenset({".dockerconfigjson"}),
    "kubernetes.io/service-account-token": frozenset({"token"}),
    "kubernetes.io/ssh-auth": frozenset({"ssh-privatekey"}),
    "kubernetes.io/tls": frozenset({"tls.key"}),
}
_ARGO_TYPE = "argocd.argoproj.io/secret-type"
_ARGO_CREDENTIALS = frozenset(
    {
        *("password", "bearerToken", "sshPrivateKey", "tlsClientCertKey", "config"),
        *("githubAppPrivateKey", "gcpServiceAccountKey"),
    }
)
_CREDENTIALS_IN_CONFIG = ("password", "bearerToken", "keyData")
# Words of names that stand for what everybody may know.
_PUBLIC = frozenset(
    {
        *("account", "address", "addresses", "bucket", "ca", "cert", "certificate", "cidr"),
        *("cluster", "dns", "gateway", "ip", "ips", "subnet"),
        *("crt", "database", "db", "dbname", "directory", "domain", "email", "enabled"),
        *("enableoci", "endpoint", "env", "environment", "file", "folder", "from", "group"),
        *("host", "hostname", "hosts", "id", "insecure", "issuer", "kind", "level", "log"),
        *("method", "mode", "name", "namespace", "org", "organization", "owner", "path"),
        *("port", "project", "protocol", "provider", "proxy", "pub", "public", "realm"),
        *("region", "registry", "repo", "repository", "scheme", "scope", "scopes", "server"),
        *("size", "ssl", "sslmode", "tenant", "timezone", "tls", "type", "tz", "uri", "url"),
        *("user", "username", "users", "version", "zone"),
    }
)
_PUBLIC_VALUE = re.compile(r"(?:true|false|yes|no|on|off|[0-9]{1,5})?", re.IGNORECASE)
# Files that may hold a credential among much else.
_CONFIGURATION = (
    *(".cfg", ".conf", ".config", ".env", ".hcl", ".ini", ".json", ".properties", ".toml"),
    *(".txt", ".xml", ".yaml", ".yml"),
)
# A document, or a list of many things, has more lines, and more than the letters of a key.
_FEWEST_LINES = 8
_KEY_ALONE = re.compile(r"[A-Za-z0-9+/=_\s-]*")
_CERTIFICATE = "-----BEGIN CERTIFICATE"
_AUTHENTICATING = ("auth", "password", "identitytoken", "registrytoken")


def revealing_key(secret: Mapping[str, Any]) -> Path | None:
    """The path of the first entry that is a credential, None where a Secret holds none.

    Empty entries, references for a tool that fills them in, and placeholders are none.
    """
    if "sops" in secret:
        return None
    kind, label = text(secret.get("type")), text(at(secret, "metadata", "labels", _ARGO_TYPE))
    for path, value in _entries(secret):
        key = str(path[-1])
        if is_harmless(value):
            continue
        if label:
            is_credential = key in _ARGO_CREDENTIALS and (key != "config" or _logs_in(value))
        elif kind in _OF_TYPES:
            is_credential = key in _OF_TYPES[kind] and (
                "docker" not in key or _docker_logs_in(value)
            )
        else:
            is_credential = not _is_public(key, value)
        if is_credential or known_credential(value):
            return path
    return None


def _entries(secret: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The entries of a Secret in plain text; what is no text, or not what it says, is left out."""
    for key, value in mapping(secret.get("stringData")).items():
        if isinstance(key, str) and isinstance(value, str):
            yield ("stringData", key), value
    for key, value in mapping(secret.get("data")).items():
        if isinstance(key, str) and isinstance(value, str):
            plain = _decoded(value)
            if plain is not None:
                yield ("data", key), plain


def _decoded(value: str) -> str | None:
    if is_harmless(value):
        return None
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def _is_document(value: str) -> bool:
    return value.count("\n") >= _FEWEST_LINES and not _KEY_ALONE.fullmatch(value)


def _is_public(key: str, value: str) -> bool:
    if _PUBLIC_VALUE.fullmatch(value.strip()) or value.lstrip().startswith(_CERTIFICATE):
        return "PRIVATE KEY" not in value and not _asks_for_one(key, value)
    if key.endswith(_CONFIGURATION) or _is_document(value):
        return not assigned_credential(value)
    words = words_of(key)
    return bool(words) and words[-1] in _PUBLIC


def _asks_for_one(key: str, value: str) -> bool:
    """Whether a short number is a password after all."""
    words = words_of(key)
    return value.strip().isdecimal() and any(w in ("password", "pin", "pass") for w in words)


def _logs_in(config: str) -> bool:
    """Whether the connection of a cluster, as Argo CD keeps it, has a credential."""
    data = _json(config)
    tls = mapping(mapping(data).get("tlsClientConfig"))
    return any(mapping(part).get(key) for part in (data, tls) for key in _CREDENTIALS_IN_CONFIG)


def _docker_logs_in(config: str) -> bool:
    data = mapping(_json(config))
    registries = mapping(data.get("auths", data)).values()
    return any(mapping(item).get(key) for item in registries for key in _AUTHENTICATING)


def _json(content: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None

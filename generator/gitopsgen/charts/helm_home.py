"""A home of helm's for one run: nothing in it is a person's but the keys to their repositories."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitopsgen.documents.encoding import decode
from gitopsgen.documents.reader import read_documents

if TYPE_CHECKING:
    from collections.abc import Mapping

# What helm keeps of a repository, as it is needed to reach it (helm's pkg/repo, Entry).
_KEYS = (
    "username",
    "password",
    "certFile",
    "keyFile",
    "caFile",
    "insecure_skip_tls_verify",
    "pass_credentials_all",
)


def environment(home: Path) -> dict[str, str]:
    """The environment of a helm whose home is `home`.

    Plugins and configuration of a person take no part; credentials of registries do (helm's own
    and Docker's), so that what they have logged in to is open.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELM_")}
    registries = os.environ.get("HELM_REGISTRY_CONFIG")
    return {
        **kept,
        "HELM_CACHE_HOME": str(home / "cache"),
        "HELM_CONFIG_HOME": str(home / "config"),
        "HELM_DATA_HOME": str(home / "data"),
        "HELM_PLUGINS": str(home / "plugins"),
        "HELM_REPOSITORY_CONFIG": str(home / "repositories.yaml"),
        "HELM_REPOSITORY_CACHE": str(home / "repository"),
        "HELM_REGISTRY_CONFIG": registries or str(_config_home() / "registry/config.json"),
    }


def write_repository(home: Path, name: str, url: str) -> None:
    """Let helm know one chart repository, with the keys that the person's helm has for its URL.

    Only the owner can read what is written. Raises `OSError`.
    """
    keys = _keys_for(url)
    document = {"apiVersion": "", "repositories": [{**keys, "name": name, "url": url}]}
    home.mkdir(parents=True, exist_ok=True)
    path = home / "repositories.yaml"
    path.touch(mode=0o600)
    path.write_text(json.dumps(document), encoding="utf-8")


def _keys_for(url: str) -> dict[str, Any]:
    for entry in _entries():
        known = entry.get("url")
        if isinstance(known, str) and known.rstrip("/") == url.rstrip("/"):
            return {key: entry[key] for key in _KEYS if key in entry}
    return {}


def _entries() -> list[Mapping[str, Any]]:
    named = os.environ.get("HELM_REPOSITORY_CONFIG")
    path = Path(named) if named else _config_home() / "repositories.yaml"
    try:
        text, problem = decode(path.read_bytes())
    except OSError:
        return []
    documents = read_documents(text).documents if problem is None else ()
    data = documents[0].data if documents else None
    entries = data.get("repositories") if isinstance(data, dict) else None
    return [item for item in entries if isinstance(item, dict)] if isinstance(entries, list) else []


def _config_home() -> Path:
    """Where the person's helm has its configuration. Source: helm's pkg/helmpath."""
    if own := os.environ.get("HELM_CONFIG_HOME"):
        return Path(own)
    if base := os.environ.get("XDG_CONFIG_HOME"):
        return Path(base) / "helm"
    # expanduser leaves the path as it is where nobody knows the home.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111
    return home / ("Library/Preferences/helm" if sys.platform == "darwin" else ".config/helm")

"""ConfigMaps and Secrets; that their data is base64 is in the schemas.

Source: ValidateConfigMap and ValidateSecret in Kubernetes' pkg/apis/core/validation.
"""

from __future__ import annotations

import binascii
import json
from typing import TYPE_CHECKING, Any

from gitopsgen.validation.rules.access import at, mapping
from gitopsgen.validation.rules.api_server.forms import data_key_refusal
from gitopsgen.validation.rules.api_server.problem import refused
from gitopsgen.validation.rules.api_server.unfilled import is_unfilled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitopsgen.validation.rules.problem import LocalProblem

# The keys that Secrets of a type need: all of the first, or one of the second.
_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "kubernetes.io/tls": (("tls.crt", "tls.key"), ()),
    "kubernetes.io/ssh-auth": (("ssh-privatekey",), ()),
    "kubernetes.io/basic-auth": ((), ("username", "password")),
    "kubernetes.io/dockerconfigjson": ((".dockerconfigjson",), ()),
    "kubernetes.io/dockercfg": ((".dockercfg",), ()),
}
_JSON = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson"}
_TOKEN = "kubernetes.io/service-account-token"
_ACCOUNT = "kubernetes.io/service-account.name"


def check_config_map(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One ConfigMap."""
    texts, binaries = mapping(data.get("data")), mapping(data.get("binaryData"))
    yield from _keys("data", texts)
    yield from _keys("binaryData", binaries)
    for key in texts.keys() & binaries.keys():
        message = f"{key[:60]} is in data as well"
        yield refused(("binaryData", key), message, "Leave one of them out.", key=True)


def check_secret(data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    """One Secret."""
    encoded, texts = mapping(data.get("data")), mapping(data.get("stringData"))
    yield from _keys("data", encoded)
    yield from _keys("stringData", texts)
    kind = data.get("type")
    if not isinstance(kind, str):
        return
    # What encrypts or fills in files may bring the keys with it.
    if at(data, "sops") is not None or any(map(_is_unfilled, (*encoded.values(), *texts.values()))):
        return
    given = {*encoded, *texts}
    every, some = _KEYS.get(kind, ((), ()))
    lacking = [key for key in every if key not in given]
    if lacking:
        message = f"a Secret of type {kind} needs {' and '.join(lacking)}"
        yield refused(("type",), message, "Add what is missing, or leave the type out.")
    elif some and given.isdisjoint(some):
        message = f"a Secret of type {kind} needs {' or '.join(some)}"
        yield refused(("type",), message, "Add one of them, or leave the type out.")
    if kind == _TOKEN and not at(data, "metadata", "annotations", _ACCOUNT):
        message = f"a Secret of type {kind} needs the annotation {_ACCOUNT}"
        yield refused(("type",), message, "Add it, with the name of the ServiceAccount.")
    yield from _json(kind, encoded, texts)


def _keys(field: str, data: Mapping[str, Any]) -> Iterator[LocalProblem]:
    for key in data:
        if isinstance(key, str) and (why := data_key_refusal(key)) and not is_unfilled(key):
            message = f'"{key[:60]}" cannot be a key: {why}'
            yield refused((field, key), message, "Choose another key.", key=True)


def _json(
    kind: str, encoded: Mapping[str, Any], texts: Mapping[str, Any]
) -> Iterator[LocalProblem]:
    key = _JSON.get(kind)
    if key is None:
        return
    for field, value in (("stringData", texts.get(key)), ("data", encoded.get(key))):
        if not isinstance(value, str) or (field == "data" and key in texts):
            continue
        try:
            json.loads(value if field == "stringData" else binascii.a2b_base64(value))
        except ValueError:
            yield refused((field, key), f"{key} is no JSON", "Mend it.")
        except RecursionError:
            continue


def _is_unfilled(value: object) -> bool:
    return isinstance(value, str) and is_unfilled(value)

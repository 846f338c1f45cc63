"""The forms that texts have in Kubernetes.

Source: k8s.io/apimachinery's pkg/util/validation. Each function returns why a text is refused, as
the end of a sentence, and an empty text where it is fine.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_STARTING_LABEL = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_QUALIFIED = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
LONGEST_LABEL = 63
LONGEST_SUBDOMAIN = 253
_LONGEST_PORT_NAME = 15


def label_refusal(value: str, *, starts_with_letter: bool = False) -> str:
    """For a DNS label; some kinds want a letter first (RFC 1035)."""
    if len(value) > LONGEST_LABEL:
        return _too_long(value, LONGEST_LABEL)
    if starts_with_letter:
        wanted = "it takes letters a-z, digits and -, beginning with a letter"
        return "" if _STARTING_LABEL.fullmatch(value) else wanted
    if _LABEL.fullmatch(value):
        return ""
    return "it takes letters a-z, digits and -, with a letter or digit at both ends"


def subdomain_refusal(value: str, longest: int = LONGEST_SUBDOMAIN) -> str:
    """For a DNS subdomain: labels with dots between them."""
    if len(value) > longest:
        return _too_long(value, longest)
    if all(_LABEL.fullmatch(part) for part in value.split(".")):
        return ""
    return "it takes letters a-z, digits, - and ., with a letter or digit at both ends of each part"


def wildcard_refusal(value: str) -> str:
    """For `*.` and a DNS subdomain."""
    if not value.startswith("*."):
        return "a wildcard is * in place of the first part"
    return subdomain_refusal(value[2:])


@lru_cache(maxsize=4096)
def qualified_name_refusal(value: str) -> str:
    """For the key of a label or annotation: a name, with a DNS subdomain and / before it or not."""
    prefix, slash, name = value.rpartition("/")
    if slash:
        if "/" in prefix:
            return "it takes one /"
        if why := "before the / there is nothing" if not prefix else subdomain_refusal(prefix):
            return why
    return _name_refusal(name)


@lru_cache(maxsize=4096)
def label_value_refusal(value: str) -> str:
    """For the value of a label, which may be empty."""
    return _name_refusal(value) if value else ""


def port_name_refusal(value: str) -> str:
    """For the name of a container's port."""
    if len(value) > _LONGEST_PORT_NAME:
        return _too_long(value, _LONGEST_PORT_NAME)
    if _PORT_NAME.fullmatch(value):
        return ""
    return "it takes letters a-z (one at least), digits and single -, none at an end"


def data_key_refusal(value: str) -> str:
    """For a key of a ConfigMap or a Secret."""
    if len(value) > LONGEST_SUBDOMAIN:
        return _too_long(value, LONGEST_SUBDOMAIN)
    if value == "." or value.startswith(".."):
        return "a file cannot have this name"
    return "" if _DATA_KEY.fullmatch(value) else "it takes letters, digits, -, _ and ."


def _name_refusal(name: str) -> str:
    if len(name) > LONGEST_LABEL:
        return _too_long(name, LONGEST_LABEL)
    if _QUALIFIED.fullmatch(name):
        return ""
    return "it takes letters, digits, -, _ and ., with a letter or digit at both ends"


def _too_long(value: str, longest: int) -> str:
    return f"it has {len(value)} characters, {longest} are permitted"

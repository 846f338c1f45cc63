"""Texts that stand where a real value belongs."""

from __future__ import annotations

import re

from gitopsgen.repository.placeholder_marks import may_hold_placeholders

_LONGEST = 300
_WHOLE = re.compile(
    r"""
      change[-_ ]?(?:me|this)[0-9]{0,4}(?:[-_ !].*|!*)
    | change[-_ ]?it[-_ ]?(?:please|now)!*
    | replace[-_ ]?(?:me|this)(?:[-_ !].*|!*)
    | (?-i:REPLACE_WITH_|REPLACE_THIS_|INSERT_|ENTER_|PUT_|ADD_)[A-Z0-9_]+
    | (?:insert|enter|put|add|paste)[-_ ](?:your[-_ ])?.{1,60}[-_ ]here
    | (?:my|your)[-_ ].{1,60}[-_ ]here
    | (?-i:YOUR[-_][A-Z0-9_-]+|TODO|TBD|FIXME)
    | (?-i:TODO|FIXME|TBD)[: ].{0,200}
    | x{4,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A name within angle brackets; a group of a regular expression has a mark before it.
_BRACKETS = re.compile(r"(?<![?\w<])<([a-z][a-z0-9 _./-]{1,60})>", re.IGNORECASE)
# What names in brackets are parts of: an image, a host with a path, an ARN.
_ADDRESS = re.compile(r"^arn:|[a-z0-9]\.[a-z]{2,}(?::[0-9]+)?/", re.IGNORECASE)
# Nothing else is written like this: <CLUSTER_NAME>.
_SHOUTED = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_QUERY = re.compile(r"://[^ ]*[?&][\w.-]+=$")
_ASKING = re.compile(r"(?:your|my|insert|replace|enter|add|put|change|the)[-_ ]", re.IGNORECASE)
_WITHIN = re.compile(r"(?<![A-Za-z0-9])(?:REPLACE_?ME|CHANGE_?ME)(?![A-Za-z0-9])")
_NO_VALUES = frozenset(
    {"all", "any", "default", "empty", "nil", "no value", "none", "null", "unset"}
)
_MARKUP = frozenset(
    {
        *("a", "b", "body", "br", "center", "code", "div", "em", "h1", "h2", "h3", "head", "hr"),
        *("html", "i", "img", "li", "ol", "p", "pre", "script", "span", "strong", "style", "table"),
        *("td", "th", "title", "tr", "u", "ul"),
    }
)
_YOUR = re.compile(
    r"\byour[-_]?(?:domain|company|organi[sz]ation|org|site|host(?:name)?|cluster|user(?:name)?"
    r"|github[-_]?user(?:name)?|account|token|password|secret|email|repo(?:sitory)?|api[-_]?key)\b"
    r"(?!\s)",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"(?<![\w.*-])(?:\*\.)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*example\.(?:com|net|org))(?![\w-]|\.\w)",
    re.IGNORECASE,
)


def placeholder_in(value: str) -> str:
    """The placeholder that a text is or holds, empty where there is none."""
    value = value.strip()
    if not value or len(value) > _LONGEST or "\n" in value or not may_hold_placeholders(value):
        return ""
    if _WHOLE.fullmatch(value):
        return value
    for found in _BRACKETS.finditer(value):
        # What stands in the query of a URL is for a program to fill in.
        if _QUERY.search(value, 0, found.start()):
            continue
        if _SHOUTED.fullmatch(found[1]) and " " not in value:
            return found[0]
        if _is_placeholder(found[1].lower(), value, found[0]):
            return found[0]
    if " " in value:
        return ""
    within = _WITHIN.search(value) or _YOUR.search(value)
    return within[0] if within else ""


def example_host_in(value: str) -> str:
    """The host below a domain kept for examples that a text names, empty where there is none."""
    if "xample." not in value and "XAMPLE." not in value:
        return ""
    if len(value) > _LONGEST or "\n" in value:
        return ""
    for found in _EXAMPLE.finditer(value):
        host, rest = found[1].lower(), value[found.end() :]
        # `example.com/name` is how Kubernetes qualifies the names of labels and the like.
        is_qualifier = host.count(".") == 1 and rest.startswith("/")
        if not is_qualifier or value[: found.start()].endswith(("//", "@")):
            return host
    return ""


def _is_placeholder(name: str, value: str, bracketed: str) -> bool:
    if name in _NO_VALUES or name in _MARKUP or name.startswith("path:"):
        return False
    # Within a sentence only what asks for something counts: the rest may be markup or grammar.
    if value == bracketed or _ASKING.match(name) is not None or "://" in value:
        return True
    around = value.replace(bracketed, "")
    return " " not in value and value[0] != "-" and _ADDRESS.search(around) is not None

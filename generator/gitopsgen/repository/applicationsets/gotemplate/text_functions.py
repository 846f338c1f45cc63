"""sprig's functions for text, and Argo CD's. Source: sprig's strings.go and regex.go."""

from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.patterns import (
    find,
    find_all,
    matches,
    matches_if_valid,
    quote_meta,
    replace_all,
    replace_all_literal,
    split_all,
)
from gitopsgen.repository.applicationsets.gotemplate.quoting import quoted
from gitopsgen.repository.applicationsets.gotemplate.values import StringList, StringMap, show
from gitopsgen.repository.applicationsets.names import path_base, path_dir, sanitize_name, slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONGEST: Final = 1_000_000


def _title(text: str) -> str:
    """strings.Title: the first letter of each word, where an apostrophe or a `-` begins one."""
    return re.sub(r"(?<![\w])\w", lambda found: found[0].upper(), text)


def _untitled(text: str) -> str:
    """goutils' Uncapitalize: the first character of each word, words are set apart by space."""
    return re.sub(r"(?<!\S)\S", lambda found: found[0].lower(), text)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _truncated(count: int, text: str) -> str:
    content = _bytes(text)
    if count < 0:
        return _text(content[count:]) if len(content) + count > 0 else text
    return _text(content[:count])


def _substring(start: int, end: int, text: str) -> str:
    content = _bytes(text)
    if start < 0:
        if not 0 <= end <= len(content):
            raise TemplateError("substr: out of range")
        return _text(content[:end])
    if end < 0 or end > len(content):
        end = len(content)
    if start > end:
        raise TemplateError("substr: out of range")
    return _text(content[start:end])


def _repeated(count: int, text: str) -> str:
    if count < 0:
        raise TemplateError("repeat: a negative count")
    if count * len(text) > _LONGEST:
        raise NotSupportedError("its templates print too much")
    return text * count


def _indented(spaces: int, text: str) -> str:
    if spaces < 0:
        raise TemplateError("indent: a negative count")
    if spaces * (text.count("\n") + 1) > _LONGEST:
        raise NotSupportedError("its templates print too much")
    pad = " " * spaces
    return pad + text.replace("\n", "\n" + pad)


def _replaced(old: str, new: str, text: str) -> str:
    if len(text) * max(1, len(new)) > 100 * _LONGEST:
        raise NotSupportedError("its templates print too much")
    return text.replace(old, new)


def _split(separator: str, text: str) -> StringList:
    return StringList(text.split(separator) if separator else text)


def _numbered(parts: list[str]) -> StringMap:
    return StringMap({f"_{position}": part for position, part in enumerate(parts)})


def _split_at_most(separator: str, count: int, text: str) -> StringMap:
    if count == 0 or not separator:
        raise NotSupportedError("splitn of these arguments is not evaluated here")
    return _numbered(text.split(separator, count - 1 if count > 0 else -1))


def strings_of(value: Any) -> StringList:
    """sprig's toStrings: the items that are not nil, as text."""
    if isinstance(value, list):
        return StringList(show(item) for item in value if item is not None)
    return StringList([] if value is None else [show(value)])


def _sorted(value: Any) -> StringList:
    items = strings_of(value) if isinstance(value, list) else [show(value)]
    return StringList(sorted(items, key=_bytes))


def _decoded(text: str) -> str:
    try:
        return _text(base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True))
    except (binascii.Error, ValueError) as error:
        raise NotSupportedError("b64dec of what is no base64 is not evaluated here") from error


def _failed(message: str) -> str:
    raise TemplateError(message)


def _cleaned(path: str) -> str:
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _extension(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


def _slugified(*values: Any) -> str:
    *options, name = values or ("",)
    kinds = [type(option) for option in options]
    if not isinstance(name, str) or kinds not in ([], [int], [int, bool]):
        raise TemplateError("slugify takes a length, whether to cut at words, and a name")
    return slugify(name, *options)


FUNCTIONS: Final[Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "trim": ("s", lambda text: text.strip()),
    "trimAll": ("ss", lambda what, text: text.strip(what) if what else text),
    "trimall": ("ss", lambda what, text: text.strip(what) if what else text),
    "trimPrefix": ("ss", lambda what, text: text.removeprefix(what)),
    "trimSuffix": ("ss", lambda what, text: text.removesuffix(what)),
    "lower": ("s", str.lower),
    "upper": ("s", str.upper),
    "title": ("s", _title),
    "untitle": ("s", _untitled),
    "trunc": ("is", _truncated),
    "substr": ("iis", _substring),
    "repeat": ("is", _repeated),
    "contains": ("ss", lambda what, text: what in text),
    "hasPrefix": ("ss", lambda what, text: text.startswith(what)),
    "hasSuffix": ("ss", lambda what, text: text.endswith(what)),
    "quote": ("*a", lambda *values: " ".join(quoted(show(v)) for v in values if v is not None)),
    "squote": ("*a", lambda *values: " ".join(f"'{show(v)}'" for v in values if v is not None)),
    "cat": ("*a", lambda *values: " ".join(show(v) for v in values if v is not None)),
    "indent": ("is", _indented),
    "nindent": ("is", lambda spaces, text: "\n" + _indented(spaces, text)),
    "replace": ("sss", _replaced),
    "plural": ("ssi", lambda one, many, count: one if count == 1 else many),
    "toString": ("a", show),
    "toStrings": ("a", strings_of),
    "join": ("sa", lambda separator, value: separator.join(strings_of(value))),
    "split": ("ss", lambda separator, text: _numbered(_split(separator, text))),
    "splitList": ("ss", _split),
    "splitn": ("sis", _split_at_most),
    "sortAlpha": ("a", _sorted),
    "sha1sum": ("s", lambda text: hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest()),
    "sha256sum": ("s", lambda text: hashlib.sha256(_bytes(text)).hexdigest()),
    "sha512sum": ("s", lambda text: hashlib.sha512(_bytes(text)).hexdigest()),
    "adler32sum": ("s", lambda text: str(zlib.adler32(_bytes(text)))),
    "b64enc": ("s", lambda text: base64.b64encode(_bytes(text)).decode()),
    "b64dec": ("s", _decoded),
    "regexMatch": ("ss", matches_if_valid),
    "mustRegexMatch": ("ss", matches),
    "regexFind": ("ss", find),
    "mustRegexFind": ("ss", find),
    "regexFindAll": ("ssi", find_all),
    "mustRegexFindAll": ("ssi", find_all),
    "regexReplaceAll": ("sss", replace_all),
    "mustRegexReplaceAll": ("sss", replace_all),
    "regexReplaceAllLiteral": ("sss", replace_all_literal),
    "mustRegexReplaceAllLiteral": ("sss", replace_all_literal),
    "regexSplit": ("ssi", split_all),
    "mustRegexSplit": ("ssi", split_all),
    "regexQuoteMeta": ("s", quote_meta),
    "base": ("s", path_base),
    "dir": ("s", path_dir),
    "clean": ("s", _cleaned),
    "ext": ("s", _extension),
    "isAbs": ("s", lambda path: path.startswith("/")),
    "fail": ("s", _failed),
    "normalize": ("s", sanitize_name),
    "slugify": ("*a", _slugified),
}

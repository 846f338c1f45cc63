"""The functions of Go templates: their signatures, and how arguments fit into them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.repository.applicationsets.gotemplate.errors import NotSupportedError, TemplateError
from gitopsgen.repository.applicationsets.gotemplate.values import (
    MISSING,
    Int64,
    NilMap,
    StringMap,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TYPES: Final = {
    "s": "string",
    "i": "int",
    "f": "float64",
    "b": "bool",
    "m": "map[string]interface {}",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """A function; `types` has a letter for each parameter, behind a `*` for any more of them.

    s string, i int, f float64, b bool, m map[string]interface {}, a anything,
    v anything that is not nil.
    """

    name: str
    types: str
    call: Callable[..., Any]

    def check_count(self, count: int) -> None:
        """Raise `TemplateError` where Go wants another number of arguments."""
        fixed, _, more = self.types.partition("*")
        if count < len(fixed) or (count > len(fixed) and not more):
            wanted = f"at least {len(fixed)}" if more else str(len(fixed))
            raise TemplateError(
                f"wrong number of arguments for {self.name}: want {wanted}, got {count}"
            )


def argument(function: Signature, position: int, value: Any) -> Any:
    """The value as the function takes it. Raises `TemplateError` where Go's types forbid it."""
    fixed, _, more = function.types.partition("*")
    letter = fixed[position] if position < len(fixed) else more
    if value is MISSING:
        value = NilMap() if letter == "m" else None
    if letter == "a" or (letter == "v" and value is not None):
        return value
    if _fits(letter, value):
        return float(value) if letter == "f" else value
    wanted = _TYPES.get(letter, "a value")
    what = "nothing" if value is None else type_name(value)
    raise TemplateError(f"wrong type for {function.name}: wants {wanted}, got {what}")


def _fits(letter: str, value: Any) -> bool:
    match letter:
        case "s":
            return isinstance(value, str)
        case "b":
            return isinstance(value, bool)
        case "i":
            return isinstance(value, int) and not isinstance(value, bool | Int64)
        case "f":
            return isinstance(value, float) or (type(value) is int)
        case "m":
            return isinstance(value, dict) and not isinstance(value, StringMap)
    return False


@cache
def _known() -> Mapping[str, Signature]:
    from gitopsgen.repository.applicationsets.gotemplate import (
        builtin_functions,
        collection_functions,
        data_functions,
        number_functions,
        text_functions,
    )

    tables = (
        builtin_functions.FUNCTIONS,
        text_functions.FUNCTIONS,
        number_functions.FUNCTIONS,
        collection_functions.FUNCTIONS,
        data_functions.FUNCTIONS,
    )
    return {
        name: Signature(name, types, call)
        for table in tables
        for name, (types, call) in table.items()
    }


# Functions of Go and sprig that are not evaluated here: what they give changes from run to run,
# or nobody has needed them.
_OTHER_NAMES: Final = """
    abbrev abbrevboth add1f addf ago b32dec b32enc bcrypt buildCustomCert call camelcase date
    dateInZone dateModify date_in_zone date_modify decryptAES deepEqual derivePassword divf
    duration durationRound encryptAES genCA genCAWithKey genPrivateKey genSelfSignedCert
    genSelfSignedCertWithKey genSignedCert genSignedCertWithKey hello html htmlDate
    htmlDateInZone htpasswd initials js kebabcase mulf mustDateModify mustToDate must_date_modify
    maxf minf nospace now osBase osClean osDir osExt osIsAbs randAlpha randAlphaNum randAscii
    randBytes randInt randNumeric semver semverCompare seq shuffle snakecase subf swapcase toDate
    unixEpoch urlJoin urlParse urlquery uuidv4 wrap wrapWith
"""
_OTHERS: Final = frozenset(_OTHER_NAMES.split())


def lookup(name: str) -> Signature:
    """The function of a name. Raises `NotSupportedError` for one that is not evaluated here."""
    found = _known().get(name)
    if found is not None:
        return found
    if name in _OTHERS:
        raise NotSupportedError(f"the template function {name} is not evaluated here")
    raise TemplateError(
        f'function "{name}" is not defined',
        f"With goTemplate a parameter begins with a dot: {{{{.{name}}}}}.",
    )

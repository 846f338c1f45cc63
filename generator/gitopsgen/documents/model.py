"""What reading a YAML file gives: its documents and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SYNTAX: Final = "yaml-syntax"
DUPLICATE_KEY: Final = "yaml-duplicate-key"
AMBIGUOUS_SCALAR: Final = "yaml-ambiguous-scalar"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file.

    `index` counts the documents of the stream from 0. `data` is made of dict (with str keys),
    list, str, int, float, bool and None, exactly what Kubernetes' YAML to JSON conversion gives;
    it is None for an empty document and for one that Kubernetes could not read. Aliases share
    their data with the anchor: never change it in place. `line` is the 1-based line of the
    document's first token.
    """

    index: int
    data: Any
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the YAML itself, at a 1-based line and column in characters."""

    rule: str
    line: int
    column: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The documents of a file in order, and its problems by position."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


class SyntaxProblemError(Exception):
    """Reading stops here; the problem says why. Never leaves this package."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem

"""A text file of a repository, and what is known of it without reading it again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gitopsgen.repository.memory import Known
from gitopsgen.repository.placeholder_marks import source_may_hold_placeholders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitopsgen.documents.model import Contents
    from gitopsgen.documents.positions import Locator


class SourceFile:
    """A text file; it is read and parsed when that is first asked for, unless it is known."""

    # Thousands are asked thousands of questions: plain attributes, for `cached_property` locks.
    __slots__ = ("_known", "_locator", "_read", "_text", "path")

    def __init__(self, path: str, read: Callable[[], str], known: Known | None = None) -> None:
        self.path = path
        self._read = read
        self._known = known
        self._text: str | None = None
        self._locator: Locator | None = None

    @property
    def text(self) -> str:
        """What is in it."""
        if self._text is None:
            self._text = self._read()
        return self._text

    @property
    def known(self) -> Known:
        """Its digest and what needs no parsing."""
        if self._known is None:
            self._known = Known(digest_of(self.text), list(flags_of(self.text)))
        return self._known

    @property
    def contents(self) -> Contents:
        """Its documents and the problems of its YAML."""
        known = self.known
        if known.contents is None:
            # The parser is not needed where nothing has changed.
            from gitopsgen.documents.reader import read_documents

            known.contents = read_documents(self.text)
        return known.contents

    @property
    def locator(self) -> Locator:
        """Positions of what is in it."""
        if self._locator is None:
            from gitopsgen.documents.positions import Locator

            self._locator = Locator(self.text)
        return self._locator

    @property
    def digest(self) -> str:
        """A key of the text: equal texts have equal keys."""
        return self.known.digest

    @property
    def is_a_template(self) -> bool:
        """Whether its author told Argo CD to leave it alone."""
        return self.known.flags[0]

    @property
    def looks_like_a_manifest(self) -> bool:
        """Argo CD's own test for a file that it cannot parse, for JSON as well as for YAML."""
        return self.known.flags[1]

    @property
    def mentions_argo(self) -> bool:
        """Whether it can hold an object of Argo CD."""
        return self.known.flags[2]

    @property
    def may_hold_placeholders(self) -> bool:
        """Whether a closer look at its values could find a placeholder."""
        return self.known.flags[3]


def digest_of(text: str) -> str:
    """A key of a text: equal texts have equal keys."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _names_fields(text: str, quote: str) -> bool:
    """Whether the fields of every manifest are named in a text, in a form of YAML or of JSON."""
    return all(f"{name}{quote}:" in text for name in ("apiVersion", "kind", "metadata"))


def flags_of(text: str) -> Iterator[bool]:
    """What is told of a text without parsing it, in the order of the properties above."""
    yield "+argocd:skip-file-rendering" in text
    yield _names_fields(text, "") or _names_fields(text, '"')
    yield "argoproj.io/" in text
    yield source_may_hold_placeholders(text)

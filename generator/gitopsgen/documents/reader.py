"""Reading YAML files the way Kubernetes does, with everything that is wrong in them."""

from __future__ import annotations

from itertools import chain

import yaml

from gitopsgen.documents.builder import MAX_PROBLEMS, DocumentBuilder
from gitopsgen.documents.encoding import BYTE_ORDER_MARK, decode
from gitopsgen.documents.events import MAX_DEPTH, MAX_SIZE, parse, refuse_escaped_slashes, too_deep
from gitopsgen.documents.lines import Lines
from gitopsgen.documents.model import Contents, Document, Problem, SyntaxProblemError
from gitopsgen.documents.plain import read_plain

__all__ = [
    "MAX_DEPTH",
    "MAX_PROBLEMS",
    "MAX_SIZE",
    "Contents",
    "Document",
    "Problem",
    "decode",
    "read_documents",
    "syntax_problem",
]


def read_documents(text: str) -> Contents:
    """Return the documents of a text and its problems; never raises, whatever the text.

    The data of every document is what sigs.k8s.io/yaml makes of it: Kubernetes, Argo CD, Helm and
    kubeconform read with that library. After a syntax error only the documents before it are there;
    of more than MAX_PROBLEMS problems of one rule only so many.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    return read_plain(text) or parse_documents(text)


def parse_documents(text: str) -> Contents:
    """Return what `read_documents` does, for a text without a byte order mark.

    It takes any text, and more than twice as long for most.
    """
    lines = Lines(text)
    documents: list[Document] = []
    problems: dict[str, list[Problem]] = {}
    try:
        events = refuse_escaped_slashes(parse(text, lines), text, lines)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                builder = DocumentBuilder(event, lines, problems)
                documents.append(builder.build(len(documents), events))
    except SyntaxProblemError as error:
        problems.setdefault(error.problem.rule, []).append(error.problem)
    ordered = sorted(chain(*problems.values()), key=lambda problem: (problem.line, problem.column))
    return Contents(tuple(documents), tuple(ordered))


def syntax_problem(text: str) -> Problem | None:
    """Return where a text stops being YAML to any parser, or is too large or too deep to be read.

    None where it does not. What only Kubernetes refuses is not looked at.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    if read_plain(text) is not None:
        return None
    lines = Lines(text)
    depth = 0
    try:
        for event in parse(text, lines):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise too_deep(lines.at(event.start_mark))
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except SyntaxProblemError as error:
        return error.problem
    return None

"""What the rule k8s-invalid says of a manifest, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitopsgen.validation.rules import k8s_invalid
from tests.validation.rules.build import findings_in, make_model, one_application

if TYPE_CHECKING:
    from pathlib import Path

# Stands in a test's manifest before what the rule is to point at.
MARK = "§"


def refusals(root: Path, manifest: str) -> list[str]:
    """The findings as `line:column message`."""
    model, files = make_model(root, one_application(manifest.replace(MARK, "")))
    found = findings_in(model, files, [k8s_invalid])
    return [f"{item.line}:{item.column} {item.message}" for item in found]


def expected(manifest: str, message: str) -> list[str]:
    """What `refusals` returns for one finding with this message at the mark."""
    before = manifest.partition(MARK)[0]
    return [f"{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1} {message}"]


def named(kind: str, rest: str, metadata: str = "name: a") -> str:
    """A manifest: `kind` is `group/version/Kind` or, for the core, `Kind`."""
    version, _, kind = kind.rpartition("/")
    return f"apiVersion: {version or 'v1'}\nkind: {kind}\nmetadata: {{{metadata}}}\n{rest}\n"


def pod(spec: str) -> str:
    """A Pod with the items of its spec in flow style."""
    return named("Pod", f"spec: {{{spec}}}")


def container(rest: str, more: str = "") -> str:
    """A Pod with one container, called c, whose other items are given."""
    return pod(f"{more}containers: [{{name: c, image: 'web:1', {rest}}}]")

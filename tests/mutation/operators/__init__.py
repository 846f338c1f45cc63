"""What is done to the sample, each operator on every file that it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mutation.operators import additions, fields, files, syntax, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.mutation.mutant import Mutant
    from tests.mutation.text import Source

    Operator = Callable[[Source], Iterator[Mutant]]

OPERATORS: tuple[Operator, ...] = (
    fields.drop_field,
    fields.drop_item,
    fields.drop_component,
    fields.misspell_key,
    fields.misspell_value,
    fields.wrong_type,
    fields.empty_value,
    fields.unquoted,
    fields.duplicate_key,
    fields.duplicate_item,
    files.drop_document,
    files.duplicate_document,
    files.drop_file,
    files.empty_file,
    files.duplicate_file,
    files.rename_file,
    files.cut_off,
    syntax.indent_deeper,
    syntax.indent_less,
    syntax.tab,
    syntax.no_colon,
    syntax.no_space,
    syntax.open_end,
    values.changed_values,
    additions.added_keys,
)

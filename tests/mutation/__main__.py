"""`python -m tests.mutation` tries all mutants and writes docs/mutation-test.md again.

Its exit status is 1 where an outcome is not what survivors.yaml and elsewhere.yaml say; then it
says where, and the page is written all the same.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.mutation.judgements import disagreements, unused
from tests.mutation.mutants import SAMPLED, all_mutants
from tests.mutation.page import PAGE, render
from tests.mutation.runner import Runner


def main() -> int:
    """Try them all; the exit status."""
    with tempfile.TemporaryDirectory(prefix="gitopsgen-mutation-") as folder:
        outcomes = tuple(Runner(Path(folder)).run(all_mutants()))
    PAGE.write_text(render(outcomes, SAMPLED), encoding="utf-8")
    wrong = [*disagreements(outcomes), *unused(outcomes)]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

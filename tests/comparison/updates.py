"""Updates by gitopsgen and by copier: the same scenarios, one table.

`python -m tests.comparison.updates` prints it; `--write` puts it into docs/updates.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from gitopsgen.errors import ExitStatus
from tests.comparison import copier
from tests.comparison.judging import JUDGEMENTS, Result, judge
from tests.lifecycle.scenarios import SCENARIOS
from tests.lifecycle.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.lifecycle.scenarios import Scenario

PAGE = Path(__file__).resolve().parents[2] / "docs/updates.md"
START, END = "<!-- Made by `python -m tests.comparison.updates --write`. -->", "<!-- End. -->"


def update_by_gitopsgen(folder: Path, scenario: Scenario) -> Result:
    """Go through a scenario in `folder`, and return what has become of the repository."""
    world = World(folder, scenario.before)
    scenario.hand(world.hand)
    world.commit()
    world.set_blueprints(scenario.after)
    outcome = world.update()
    return Result(world.root, ExitStatus.OK if outcome.is_clean else ExitStatus.CONFLICTS)


def compare() -> list[tuple[str, str, str]]:
    """The judgements on both tools for every scenario, by its name."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        other = copier.install(Path(temporary, "copier"))
        for number, scenario in enumerate(SCENARIOS):
            print(f"\r{number + 1} of {len(SCENARIOS)}", end="", file=sys.stderr)
            place = Path(temporary, str(number))
            (place / "gitopsgen").mkdir(parents=True)
            own = judge(scenario, update_by_gitopsgen(place / "gitopsgen", scenario))
            rows.append((scenario.name, own, judge(scenario, other.update(place, scenario))))
    print(file=sys.stderr)
    return rows


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """The table in Markdown, with the sums first."""
    names = ("gitopsgen", f"copier {copier.VERSION}")
    sums = [Counter(row[column] for row in rows) for column in (1, 2)]
    lines = [f"| | {names[0]} | {names[1]} | |", "|---|---:|---:|---|"]
    for judgement, meaning in JUDGEMENTS.items():
        if any(count[judgement] for count in sums):
            counts = " | ".join(str(count[judgement]) for count in sums)
            lines.append(f"| {judgement} | {counts} | {meaning} |")
    lines += ["", f"| Scenario | {names[0]} | {names[1]} |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Compare, and print the table or put it into its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    chosen = parser.parse_args()
    made = table(compare())
    if not chosen.write:
        print(made, end="")
        return
    before, _, rest = PAGE.read_text().partition(f"{START}\n")
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n\n{made}\n{END}{after}")


if __name__ == "__main__":
    main()

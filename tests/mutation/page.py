"""docs/mutation-test.md: what validate finds of mutants of the sample, and what it does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from gitopsgen.validation.rules.registry import all_rules
from tests.mutation.judgements import VERDICTS, read_elsewhere, read_survivors
from tests.sample import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.mutation.judgements import Elsewhere, Survivors
    from tests.mutation.runner import Outcome

PAGE = SAMPLE.parent / "docs" / "mutation-test.md"
_HEAD = """\
# Mutation test of `gitopsgen validate`

Written by `make mutation`; do not edit. Each mutant is the repository of `sample-output/` with one
thing wrong: a field dropped, a name misspelt, an address outside of its network, a file twice. It
is found if `validate` says something that it does not say of the sample itself: a finding, or a
source that could not be checked (then the exit status is 3). Findings of yamllint do not count.

The charts are small ones that stand in for the real ones (`tests/mutation/standins`): same names,
versions and values, the kinds that the sample needs, the schemas of Argo CD's and cert-manager's
own kinds. With them the sample has no error, and nothing is left unchecked.

- **there**: a finding is at the line that was changed; where something is gone, at the line where
  it was or at what it was part of.
- **elsewhere**: it is at another line, for one of the reasons below.
- **survivors**: nothing is found. Each is listed in `tests/mutation/survivors.yaml`, with a reason.

`make test` tries {sample} of the mutants, the same ones each time; `make test-slow` tries all of
them. Both fail for a mutant that survives and is not listed, for one that is listed and found, and
for a finding at another line without a listed reason.
"""
_VERDICTS = {
    "equivalent": "Argo CD and Kubernetes do the same as before.",
    "legal": "It is another repository that works, or one that only its owner can call wrong.",
    "not covered": "It is a mistake, and no rule looks for it.",
}
_TABLE = (
    "| operator | mutants | found | there | elsewhere | survivors |\n|---|--:|--:|--:|--:|--:|\n"
)


def render(outcomes: Sequence[Outcome], sample: int) -> str:
    """The page; `sample` is how many mutants the fast tests try."""
    survivors, elsewhere = read_survivors(), read_elsewhere()
    return "\n".join(
        [
            _HEAD.format(sample=sample),
            _summary(survivors, outcomes),
            "## By operator\n",
            _TABLE + "".join(_rows(outcomes)),
            "## By rule\n",
            *_rules(outcomes),
            "## Survivors\n",
            *_survivors(survivors, outcomes),
            "## Found at another line\n",
            "| mutants | why the finding is there |\n|--:|---|\n"
            + "".join(_elsewhere(elsewhere, outcomes)),
        ]
    )


def _summary(groups: Sequence[Survivors], outcomes: Sequence[Outcome]) -> str:
    found = [outcome for outcome in outcomes if outcome.is_found]
    there = sum(outcome.is_there for outcome in found)
    lost = [outcome.mutant.id for outcome in outcomes if not outcome.is_found]
    missed = sum(_count(group, lost) for group in groups if group.verdict == VERDICTS[-1])
    wrong = len(found) + missed
    return (
        f"Of {len(outcomes)} mutants {wrong} are mistakes; {len(found)} of these are found "
        f"({len(found) / wrong:.0%}), {there} at their own line "
        f"({there / len(found):.0%} of those).\n"
    )


def _rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.mutant.operator].append(outcome)
    for operator, group in sorted(groups.items()):
        yield _row(operator, group)
    yield _row("**all**", outcomes)


def _rules(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How many mutants each rule finds, and the rules that none of them breaks."""
    counts = Counter(
        rule for outcome in outcomes for rule in dict.fromkeys(hit.rule for hit in outcome.hits)
    )
    unchecked = sum(bool(outcome.unchecked) for outcome in outcomes)
    known = list(all_rules())
    rows = [f"| {rule} | {counts[rule]} |\n" for rule in known if counts[rule]]
    yield "| rule | mutants |\n|---|--:|\n" + "".join(rows)
    idle = [rule for rule in known if not counts[rule]]
    yield (
        f"Something could not be checked in {unchecked} mutants. No mutant breaks "
        f"{', '.join(idle)}.\n"
    )


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    found = sum(outcome.is_found for outcome in outcomes)
    there = sum(outcome.is_found and outcome.is_there for outcome in outcomes)
    numbers = (len(outcomes), found, there, found - there, len(outcomes) - found)
    return f"| {name} | {' | '.join(map(str, numbers))} |\n"


def _survivors(groups: Sequence[Survivors], outcomes: Sequence[Outcome]) -> Iterator[str]:
    lost = [outcome.mutant.id for outcome in outcomes if not outcome.is_found]
    for verdict in VERDICTS:
        own = [group for group in groups if group.verdict == verdict]
        counts = [(_count(group, lost), group.because) for group in own]
        total = sum(count for count, _ in counts)
        yield f"### {verdict.capitalize()}: {total}\n\n{_VERDICTS[verdict]}\n"
        yield "| mutants | why |\n|--:|---|\n" + _lines(counts)


def _count(group: Survivors, mutants: Iterable[str]) -> int:
    return sum(group.names(mutant) for mutant in mutants)


def _elsewhere(groups: Sequence[Elsewhere], outcomes: Sequence[Outcome]) -> Iterator[str]:
    left = [outcome for outcome in outcomes if outcome.is_found and not outcome.is_there]
    counts = []
    for group in groups:
        own = [outcome for outcome in left if group.explains(outcome)]
        left = [outcome for outcome in left if not group.explains(outcome)]
        counts.append((len(own), group.because))
    yield _lines(counts)


def _lines(counts: Iterable[tuple[int, str]]) -> str:
    return "".join(f"| {count} | {because} |\n" for count, because in counts)

"""docs/rules.md, made from what the rules say of themselves.

`python -m gitopsgen.validation.rules_page` prints it.
"""

from __future__ import annotations

import sys
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from gitopsgen.validation.explanations import rule_ids
from gitopsgen.validation.rules.registry import all_rules
from gitopsgen.validation.yamllint_rules import YAMLLINT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitopsgen.findings import Rule

# Sections in their order, each with the families (first words of ids) that it has.
_SECTIONS = (
    ("cluster.yaml", ("plan",)),
    ("YAML", ("yaml",)),
    ("Schemas", ("schema", "crd")),
    ("What schemas do not say", ("k8s",)),
    ("Argo CD", ("argo",)),
    ("Charts and kustomizations", ("chart", "kustomize")),
    ("References", ("ref",)),
)
_REST = "The whole cluster"
_WIDTH = 99

_INTRODUCTION = """\
<!-- Made by `make rules` from the rules themselves: change those, not this page. -->

# The rules of `gitopsgen validate`

`gitopsgen rules` lists them, `gitopsgen explain RULE` shows one of them with its examples.

An **error** breaks something once Argo CD applies it, and makes the exit status 1. A **warning**
deserves a look; `--strict` makes it count as well. `--only` and `--skip` take ids, their first
words (`argo-project`) and globs (`*-duplicate-*`), with commas between them. What could not be
checked is listed as such and never counts as passed; rules about what is *missing* stay silent
where something was left unchecked that might have had it.
"""

_SETTINGS = """\
## Settings of a repository

`.gitopsgen/validate.yaml` is optional, and so is each of its keys:

```yaml
# Kubernetes, where there is no cluster.yaml; else the newest that gitopsgen knows.
kubernetes: "1.36"
# Further URLs that mean this repository, beside those of its git remotes.
repository: [https://github.com/owner/repo]
# What the cluster has though git does not bring it.
provides:
  crds: [monitoring.coreos.com/ServiceMonitor] # group/Kind
  namespaces: [legacy]
  storageClasses: [ceph]
  ingressClasses: [haproxy]
  secrets: [web/tls-from-outside] # namespace/name
# Findings that are meant: a rule's id, a glob of files (* crosses folders, {a,b} is a choice),
# and why.
waivers:
  - rule: argo-revision-floating
    path: "apps/preview-*.yaml"
    reason: previews follow main
```

A waiver that is for nothing is a finding itself (`waiver-unused`).
"""


def render_page() -> str:
    """The whole page."""
    rules = list(all_rules().values())
    blocks = [_INTRODUCTION]
    by_section = sorted(rules, key=_order)
    for (_, title), section in groupby(by_section, key=_order):
        blocks.append(_section(title, list(section)))
    blocks += [_yamllint(), _SETTINGS]
    return "\n".join(blocks)


def settings_example() -> str:
    """The example of a repository's settings, as YAML."""
    return _SETTINGS.partition("```yaml\n")[2].partition("```")[0]


def _order(rule: Rule) -> tuple[int, str]:
    family = rule.id.partition("-")[0]
    for number, (title, families) in enumerate(_SECTIONS):
        if family in families:
            return number, title
    return len(_SECTIONS), _REST


def _section(title: str, rules: Iterable[Rule]) -> str:
    return "\n".join([f"## {title}\n", *(line for rule in rules for line in _rule(rule))])


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield _filled(f"**{' or '.join(rule.severities)}** · {_prose(rule.says)}")
    yield _filled(_prose(rule.why))
    yield f"```yaml\n# wrong\n{rule.bad}\n```\n"
    yield f"```yaml\n# right\n{rule.good}\n```\n"


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def _prose(text: str) -> str:
    """Text that Markdown shows as it is: `<name>` would vanish, `*` start emphasis."""
    parts = text.split("`")
    parts[::2] = [
        part.replace("\\", "\\\\").replace("*", "\\*").replace("<", "\\<").replace("_", "\\_")
        for part in parts[::2]
    ]
    return "`".join(parts)


def _yamllint() -> str:
    names = ", ".join(
        f"`{rule.removeprefix(YAMLLINT)}`" for rule in rule_ids() if rule.startswith(YAMLLINT)
    )
    text = (
        "Where a repository has settings of yamllint (`.yamllint`, `.yamllint.yaml`, "
        "`.yamllint.yml`), what it finds is reported as `yamllint/<rule>`, as severe as those "
        "settings say; `gitopsgen explain yamllint/colons` says what a rule is about. There are "
        f"{names}."
    )
    return "## yamllint\n\n" + _filled(text)


if __name__ == "__main__":
    sys.stdout.write(render_page())

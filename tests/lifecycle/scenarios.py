"""What people do to a repository, and what blueprints do to it meanwhile.

One list for two readers: the update matrix, which holds every merge against git's own, and the
comparison with other tools, which needs to know what would be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitopsgen.tree import File

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.lifecycle.world import Content, Hand


@dataclass(frozen=True)
class Scenario:
    """Blueprints `before` and `after`, and edits by `hand` in between.

    `right` are the files that a merge has to come to, as bytes, None for a file that must not be
    there; `right` itself is None where only a person can decide: there must be a conflict.
    `mine` are the lines that only the person wrote, or the whole of a file as bytes, which must
    not be lost. `executables` and `links` are paths that must be such.
    """

    name: str
    before: Mapping[str, Content]
    after: Mapping[str, Content]
    hand: Callable[[Hand], None]
    right: Mapping[str, str | bytes | None] | None
    mine: tuple[str | bytes, ...] = ()
    executables: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


VALUES = """\
# Values of the chart.
replicas: 2
image:
  repository: example/web
  tag: v1
service:
  type: ClusterIP
  port: 80
resources:
  requests:
    cpu: 100m
    memory: 64Mi
ingress:
  enabled: true
  host: web.example.net
logging: info
"""
RELEASED = VALUES.replace("tag: v1", "tag: v2")

RULES = """\
rules:
  - name: web
    port: 80
    enabled: true
  - name: api
    port: 8080
    enabled: true
  - name: db
    port: 5432
    enabled: true
"""

SCRIPT = "#!/bin/sh\nset -eu\necho one\necho two\necho three\n"
PICTURE = bytes(range(256)) * 4
README = "# home\n\nWhat runs here.\n\n## Network\n\nOne subnet.\n\n## Days\n\nNothing to do.\n"

# Nodes that look the same but for their names, which are far from what is edited.
_NODE = """\
  - name: {}
    role: worker
    image: ubuntu
    disk: 40
    enabled: true
    labels: []
    taints: []
    pool: default
"""


def _nodes(*names: str) -> str:
    return "nodes:\n" + "".join(_NODE.format(name) for name in names)


def _disable(name: str, text: str) -> str:
    before, after = text.split(f"name: {name}\n")
    return before + f"name: {name}\n" + after.replace("enabled: true", "enabled: false", 1)


_DEEP = "components/web/values.yaml"


def _at(path: str, content: Content) -> dict[str, Content]:
    return {"README.md": README, path: content}


def _edits(path: str, *pairs: tuple[str, str]) -> Callable[[Hand], None]:
    def edit(hand: Hand) -> None:
        for old, new in pairs:
            hand.edit(path, old, new)

    return edit


def _writes(path: str, content: str | bytes) -> Callable[[Hand], None]:
    return lambda hand: hand.write(path, content)


def _both(*edits: Callable[[Hand], None]) -> Callable[[Hand], None]:
    def edit(hand: Hand) -> None:
        for each in edits:
            each(hand)

    return edit


LINES = (
    Scenario(
        "edit far from the change",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _edits(_DEEP, ("logging: info", "logging: debug")),
        {_DEEP: RELEASED.replace("logging: info", "logging: debug")},
        ("logging: debug",),
    ),
    Scenario(
        "edit two lines from the change",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _edits(_DEEP, ("type: ClusterIP", "type: NodePort")),
        {_DEEP: RELEASED.replace("type: ClusterIP", "type: NodePort")},
        ("  type: NodePort",),
    ),
    Scenario(
        "edit of the line beside the change",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _edits(_DEEP, ("example/web", "mirror.example.net/web")),
        None,
        ("  repository: mirror.example.net/web",),
    ),
    Scenario(
        "edit of the changed line",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _edits(_DEEP, ("tag: v1", "tag: v1-patched")),
        None,
        ("  tag: v1-patched",),
    ),
    Scenario(
        "the same edit on both sides",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _edits(_DEEP, ("tag: v1", "tag: v2")),
        {_DEEP: RELEASED},
    ),
    Scenario(
        "edit of one of many similar list items, items put in before it",
        _at("rules.yaml", RULES),
        _at(
            "rules.yaml",
            RULES.replace(
                "  - name: api",
                "  - name: cache\n    port: 6379\n    enabled: true\n  - name: api",
            ),
        ),
        _edits(
            "rules.yaml",
            ("    port: 5432\n    enabled: true", "    port: 5432\n    enabled: false"),
        ),
        {
            "rules.yaml": RULES.replace(
                "  - name: api",
                "  - name: cache\n    port: 6379\n    enabled: true\n  - name: api",
            ).replace("port: 5432\n    enabled: true", "port: 5432\n    enabled: false")
        },
        ("    enabled: false",),
    ),
    Scenario(
        "edit of one of many equal list items, one put in before it",
        _at("nodes.yaml", _nodes(*"bcdefg")),
        _at("nodes.yaml", _nodes(*"abcdefg")),
        _writes("nodes.yaml", _disable("e", _nodes(*"bcdefg"))),
        {"nodes.yaml": _disable("e", _nodes(*"abcdefg"))},
        ("    enabled: false",),
    ),
    Scenario(
        "edit of one of many equal list items, one taken out before it",
        _at("nodes.yaml", _nodes(*"abcdefg")),
        _at("nodes.yaml", _nodes(*"bcdefg")),
        _writes("nodes.yaml", _disable("e", _nodes(*"abcdefg"))),
        {"nodes.yaml": _disable("e", _nodes(*"bcdefg"))},
        ("    enabled: false",),
    ),
    Scenario(
        "edit of a list item, the list put in another order",
        _at(
            "rules.yaml", "rules:\n" + "".join(f"  - name: n{i}\n    on: true\n" for i in range(9))
        ),
        _at(
            "rules.yaml",
            "rules:\n"
            + "".join(f"  - name: n{i}\n    on: true\n" for i in (4, 5, 6, 7, 8, 0, 1, 2, 3)),
        ),
        _edits("rules.yaml", ("name: n2\n    on: true", "name: n2\n    on: mine")),
        None,
        ("    on: mine",),
    ),
    Scenario(
        "lines put in by both at different places",
        _at("README.md", README),
        _at("README.md", README.replace("## Days\n", "## Days\n\nUpdate.\n")),
        _edits("README.md", ("One subnet.", "One subnet.\n\nAnd a VPN.")),
        {
            "README.md": README.replace("One subnet.", "One subnet.\n\nAnd a VPN.").replace(
                "## Days\n", "## Days\n\nUpdate.\n"
            )
        },
        ("And a VPN.",),
    ),
    Scenario(
        "lines put in by both at the same place",
        _at("README.md", README),
        _at("README.md", README + "\n## Backups\n"),
        _writes("README.md", README + "\n## Our notes\n"),
        None,
        ("## Our notes",),
    ),
    Scenario(
        "comments by hand, values changed by the blueprint",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED.replace("port: 80", "port: 8080")),
        _edits(
            _DEEP,
            ("replicas: 2", "# We have three zones.\nreplicas: 2"),
            ("logging: info", "# Noisy.\nlogging: info"),
        ),
        {
            _DEEP: RELEASED.replace("port: 80", "port: 8080")
            .replace("replicas: 2", "# We have three zones.\nreplicas: 2")
            .replace("logging: info", "# Noisy.\nlogging: info")
        },
        ("# We have three zones.", "# Noisy."),
    ),
    Scenario(
        "white space only by hand, the same lines changed",
        _at(_DEEP, VALUES),
        _at(_DEEP, VALUES.replace("  type: ClusterIP", "  type: LoadBalancer")),
        _edits(_DEEP, ("  type: ClusterIP", "    type: ClusterIP"), ("  port: 80", "    port: 80")),
        None,
        ("    type: ClusterIP",),
    ),
    Scenario(
        "white space only by the blueprint, edit by hand in it",
        _at(_DEEP, VALUES),
        _at(_DEEP, VALUES.replace("\n    ", "\n      ")),
        _edits(_DEEP, ("cpu: 100m", "cpu: 250m")),
        None,
        ("    cpu: 250m",),
    ),
    Scenario(
        "keys put in another order by hand, one of them changed",
        _at(_DEEP, VALUES),
        _at(_DEEP, VALUES.replace("logging: info", "logging: warn")),
        _edits(
            _DEEP,
            ("logging: info\n", ""),
            ("replicas: 2\n", "logging: info\nreplicas: 2\n"),
        ),
        None,
    ),
    Scenario(
        "complete rewrite by hand",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _writes(_DEEP, "web:\n  enabled: false\n  reason: we run our own\n"),
        None,
        ("  reason: we run our own",),
    ),
    Scenario(
        "complete rewrite by the blueprint",
        _at(_DEEP, VALUES),
        _at(_DEEP, "web:\n  count: 2\n  release: v2\n"),
        _edits(_DEEP, ("logging: info", "logging: debug")),
        None,
        ("logging: debug",),
    ),
    Scenario(
        "missing newline at the end by hand",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _writes(_DEEP, VALUES.rstrip("\n")),
        {_DEEP: RELEASED.rstrip("\n")},
    ),
    Scenario(
        "newline at the end added by the blueprint, edit by hand",
        _at("README.md", README.rstrip("\n")),
        _at("README.md", README),
        _edits("README.md", ("One subnet.", "Two subnets.")),
        {"README.md": README.replace("One subnet.", "Two subnets.")},
        ("Two subnets.",),
    ),
    Scenario(
        "newline at the end by the blueprint, last line by hand",
        _at("README.md", README.rstrip("\n")),
        _at("README.md", README),
        _writes("README.md", README.rstrip("\n").replace("Nothing to do.", "See the wiki.")),
        None,
        ("See the wiki.",),
    ),
    Scenario(
        "CRLF file, edit far from the change",
        _at("notes.txt", VALUES.replace("\n", "\r\n")),
        _at("notes.txt", RELEASED.replace("\n", "\r\n")),
        _edits("notes.txt", ("logging: info", "logging: debug")),
        {"notes.txt": RELEASED.replace("logging: info", "logging: debug").replace("\n", "\r\n")},
        ("logging: debug",),
    ),
    Scenario(
        "line ends changed to CRLF by hand, a line changed",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _writes(_DEEP, VALUES.replace("\n", "\r\n")),
        None,
    ),
)

FILES = (
    Scenario(
        "file renamed and edited by hand",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        _both(
            lambda hand: hand.move(_DEEP, "components/web/ours.yaml"),
            _edits("components/web/ours.yaml", ("logging: info", "logging: debug")),
        ),
        {
            "components/web/ours.yaml": RELEASED.replace("logging: info", "logging: debug"),
            _DEEP: None,
        },
        ("logging: debug",),
    ),
    Scenario(
        "file renamed by the blueprint, edited by hand",
        _at(_DEEP, VALUES),
        _at("components/web/chart.yaml", RELEASED),
        _edits(_DEEP, ("logging: info", "logging: debug")),
        {
            "components/web/chart.yaml": RELEASED.replace("logging: info", "logging: debug"),
            _DEEP: None,
        },
        ("logging: debug",),
    ),
    Scenario(
        "file renamed by both, to different names",
        _at(_DEEP, VALUES),
        _at("components/web/chart.yaml", VALUES),
        lambda hand: hand.move(_DEEP, "components/web/ours.yaml"),
        None,
    ),
    Scenario(
        "folder renamed by hand, file added in it by the blueprint",
        {_DEEP: VALUES, "components/web/rules.yaml": RULES},
        {
            _DEEP: VALUES,
            "components/web/rules.yaml": RULES,
            "components/web/extra.yaml": "extra: true\n",
        },
        lambda hand: hand.move("components/web", "components/shop"),
        None,
    ),
    Scenario(
        "file deleted by the blueprint, edited by hand",
        _at(_DEEP, VALUES),
        {"README.md": README},
        _edits(_DEEP, ("logging: info", "logging: debug")),
        None,
        ("logging: debug",),
    ),
    Scenario(
        "file deleted by the blueprint, not edited",
        _at(_DEEP, VALUES),
        {"README.md": README},
        _edits("README.md", ("One subnet.", "Two subnets.")),
        {_DEEP: None, "README.md": README.replace("One subnet.", "Two subnets.")},
        ("Two subnets.",),
    ),
    Scenario(
        "file deleted by hand, changed by the blueprint",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        lambda hand: hand.remove(_DEEP),
        None,
    ),
    Scenario(
        "file deleted by hand, not changed",
        _at(_DEEP, VALUES),
        {_DEEP: VALUES, "README.md": README + "\nMore.\n"},
        lambda hand: hand.remove(_DEEP),
        {_DEEP: None, "README.md": README + "\nMore.\n"},
    ),
    Scenario(
        "file deleted by both",
        _at(_DEEP, VALUES),
        {"README.md": README},
        lambda hand: hand.remove(_DEEP),
        {_DEEP: None},
    ),
    Scenario(
        "file added by both, equal",
        {"README.md": README},
        _at("extra.yaml", RULES),
        _writes("extra.yaml", RULES),
        {"extra.yaml": RULES},
    ),
    Scenario(
        "file added by both, different",
        {"README.md": README},
        _at("extra.yaml", RULES),
        _writes("extra.yaml", "rules:\n  - name: ours\n"),
        None,
        ("  - name: ours",),
    ),
    Scenario(
        "applications of one's own beside the blueprints'",
        {"apps/web.yaml": VALUES},
        {"apps/web.yaml": RELEASED, "apps/api.yaml": RULES},
        _both(
            _writes("apps/wiki.yaml", "kind: Application\n# ours\n"),
            _writes("components/wiki/values.yaml", "pages: many\n"),
        ),
        {
            "apps/web.yaml": RELEASED,
            "apps/api.yaml": RULES,
            "apps/wiki.yaml": "kind: Application\n# ours\n",
            "components/wiki/values.yaml": "pages: many\n",
        },
        ("# ours", "pages: many"),
    ),
    Scenario(
        "component's folder removed by the blueprints, edits in it",
        {"apps/web.yaml": RULES, _DEEP: VALUES, "README.md": README},
        {"README.md": README},
        _edits(_DEEP, ("replicas: 2", "replicas: 5")),
        None,
        ("replicas: 5",),
    ),
    Scenario(
        "component's folder removed by the blueprints, a file of one's own in it",
        {"apps/web.yaml": RULES, _DEEP: VALUES, "README.md": README},
        {"README.md": README},
        _writes("components/web/notes.md", "Why we have it.\n"),
        {"components/web/notes.md": "Why we have it.\n", _DEEP: None, "apps/web.yaml": None},
        ("Why we have it.",),
    ),
    Scenario(
        "binary file changed by hand",
        _at("logo.png", PICTURE),
        {"logo.png": PICTURE, "README.md": README + "\nMore.\n"},
        _writes("logo.png", PICTURE[::-1]),
        {"logo.png": PICTURE[::-1], "README.md": README + "\nMore.\n"},
        (PICTURE[::-1],),
    ),
    Scenario(
        "binary file changed by the blueprint",
        _at("logo.png", PICTURE),
        _at("logo.png", PICTURE[::-1]),
        _edits("README.md", ("One subnet.", "Two subnets.")),
        {"logo.png": PICTURE[::-1], "README.md": README.replace("One subnet.", "Two subnets.")},
        ("Two subnets.",),
    ),
    Scenario(
        "binary file changed by both",
        _at("logo.png", PICTURE),
        _at("logo.png", PICTURE[::-1]),
        _writes("logo.png", PICTURE + b"ours\0"),
        None,
        (PICTURE + b"ours\0",),
    ),
    Scenario(
        "made executable by hand, changed by the blueprint",
        _at("run.sh", SCRIPT),
        _at("run.sh", SCRIPT.replace("one", "1")),
        lambda hand: hand.allow_running("run.sh"),
        {"run.sh": SCRIPT.replace("one", "1")},
        executables=("run.sh",),
    ),
    Scenario(
        "made executable by the blueprint, edited by hand",
        _at("run.sh", SCRIPT),
        _at("run.sh", File(SCRIPT.encode(), executable=True)),
        _edits("run.sh", ("echo one", "echo mine")),
        {"run.sh": SCRIPT.replace("one", "mine")},
        ("echo mine",),
        executables=("run.sh",),
    ),
    Scenario(
        "made executable by both, changed by both",
        _at("run.sh", SCRIPT),
        _at("run.sh", File(SCRIPT.replace("three", "3").encode(), executable=True)),
        _both(_edits("run.sh", ("set -eu", "set -eux")), lambda hand: hand.allow_running("run.sh")),
        {"run.sh": SCRIPT.replace("three", "3").replace("set -eu", "set -eux")},
        ("set -eux",),
        executables=("run.sh",),
    ),
    Scenario(
        "file replaced by a link by hand, changed by the blueprint",
        _at(_DEEP, VALUES),
        _at(_DEEP, RELEASED),
        lambda hand: hand.link(_DEEP, "../../shared/values.yaml"),
        None,
    ),
    Scenario(
        "link by hand, nothing changed there",
        _at(_DEEP, VALUES),
        {_DEEP: VALUES, "README.md": README + "\nMore.\n"},
        lambda hand: hand.link("latest", "components/web"),
        {"README.md": README + "\nMore.\n"},
        links=("latest",),
    ),
    Scenario(
        "file made a folder by the blueprint, edited by hand",
        _at("values", VALUES),
        _at("values/web.yaml", RULES),
        _edits("values", ("logging: info", "logging: debug")),
        None,
        ("logging: debug",),
    ),
    Scenario(
        "folder made a file by hand, changed by the blueprint",
        _at("values/web.yaml", VALUES),
        _at("values/web.yaml", RELEASED),
        _both(lambda hand: hand.remove("values"), _writes("values", "all: ours\n")),
        None,
        ("all: ours",),
    ),
    Scenario(
        "empty file filled by hand, and another by the blueprint",
        {"ours": "", "theirs": "", "README.md": README},
        {"ours": "", "theirs": "x: 1\n", "README.md": README},
        _writes("ours", "y: 2\n"),
        {"ours": "y: 2\n", "theirs": "x: 1\n"},
        ("y: 2",),
    ),
    Scenario(
        "empty file filled by both",
        {"both": "", "README.md": README},
        {"both": "x: 1\n", "README.md": README},
        _writes("both", "y: 2\n"),
        None,
        ("y: 2",),
    ),
    Scenario(
        "names that are not ASCII, with blanks and signs",
        {"docs/Überblick – 日本.md": README, "docs/a b 'c' \"d\" $e;f.md": VALUES},
        {"docs/Überblick – 日本.md": README + "\nMore.\n", "docs/a b 'c' \"d\" $e;f.md": RELEASED},
        _both(
            _edits("docs/Überblick – 日本.md", ("One subnet.", "Två nät.")),
            _edits("docs/a b 'c' \"d\" $e;f.md", ("logging: info", "logging: debug")),
        ),
        {
            "docs/Überblick – 日本.md": README.replace("One subnet.", "Två nät.") + "\nMore.\n",
            "docs/a b 'c' \"d\" $e;f.md": RELEASED.replace("logging: info", "logging: debug"),
        },
        ("Två nät.", "logging: debug"),
    ),
    Scenario(
        "files with a leading dash, a tab and a conflict",
        _at("-rf/a\tb.yaml", VALUES),
        _at("-rf/a\tb.yaml", RELEASED),
        _edits("-rf/a\tb.yaml", ("tag: v1", "tag: ours")),
        None,
        ("  tag: ours",),
    ),
)

ATTRIBUTES = (
    Scenario(
        "union merge asked for by hand in .gitattributes",
        _at("notes.txt", "first\n"),
        _at("notes.txt", "first\ntheirs\n"),
        _both(
            _writes(".gitattributes", "notes.txt merge=union\n"),
            _writes("notes.txt", "first\nours\n"),
        ),
        {"notes.txt": "first\nours\ntheirs\n"},
        ("ours",),
    ),
    Scenario(
        "CRLF line ends in the work tree asked for by .gitattributes",
        {"notes.txt": VALUES, ".gitattributes": "notes.txt text eol=crlf\n"},
        {"notes.txt": RELEASED, ".gitattributes": "notes.txt text eol=crlf\n"},
        _edits("notes.txt", ("logging: info", "logging: debug")),
        {"notes.txt": RELEASED.replace("logging: info", "logging: debug")},
        ("logging: debug",),
    ),
    Scenario(
        "binary merge asked for by the blueprint in .gitattributes",
        {"notes.txt": VALUES, ".gitattributes": "*.txt -merge\n"},
        {"notes.txt": RELEASED, ".gitattributes": "*.txt -merge\n"},
        _edits("notes.txt", ("logging: info", "logging: debug")),
        None,
        ("logging: debug",),
    ),
)

SCENARIOS = LINES + FILES + ATTRIBUTES

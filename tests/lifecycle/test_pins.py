from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitopsgen.lifecycle.pins import settle
from gitopsgen.tree import File, Tree
from tests.lifecycle.test_update_matrix import update_as_git
from tests.lifecycle.world import CLUSTER, World

if TYPE_CHECKING:
    from pathlib import Path

# One of each kind that the blueprints pin; {} is the version.
FORMS = {
    "image of a manifest": "      image: ghcr.io/kube-vip/kube-vip:{}\n      args: [manager]\n",
    "image in a list": '  - image: "registry.example.net:5000/a/b:{}"  # pinned\n',
    "variable of a script": "#!/bin/sh\nreadonly K3SUP_VERSION={}\necho x\n",
    "quoted variable": 'HELM_VERSION="{}"\n',
    "requirement": "      - run: pip install gitopsgen=={}\n",
    "action": "      - uses: actions/checkout@{} # pinned\n",
    "hook": "  - repo: https://github.com/adrienverge/yamllint\n    rev: {}\n",
    "chart": "    - repoURL: https://c.example.net\n      chart: web\n      targetRevision: {}\n",
}


def tree(text: str) -> Tree:
    return {"file": File(text.encode())}


def settled(form: str, base: str, ours: str, theirs: str) -> tuple[str, str]:
    """What becomes of the two sides of a file with these versions, what stays being "same"."""
    sides = [tree(form.replace("{}", version)) for version in (base, ours, theirs)]
    here, there = settle(*sides)
    return tuple(side["file"].content.decode() if side else "same" for side in (here, there))  # type: ignore[return-value]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_newer_of_two_versions_wins_whosever_it_is(form: str) -> None:
    assert settled(form, "1.2.3", "1.2.10", "1.2.9") == ("same", form.replace("{}", "1.2.10"))
    assert settled(form, "1.2.3", "1.2.9", "1.2.10") == (form.replace("{}", "1.2.10"), "same")


def test_versions_with_a_v() -> None:
    for name in ("image of a manifest", "action", "hook", "quoted variable", "chart"):
        right = FORMS[name].replace("{}", "v1.3.0")
        assert settled(FORMS[name], "v1.2.3", "v1.3.0", "v1.2.9") == ("same", right)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_one_side_changed_is_left_to_git(form: str) -> None:
    assert settled(form, "1.2.3", "1.2.3", "1.3.0") == ("same", "same")
    assert settled(form, "1.2.3", "1.3.0", "1.2.3") == ("same", "same")
    assert settled(form, "1.2.3", "1.3.0", "1.3.0") == ("same", "same")


def test_versions_that_cannot_be_compared_are_left_to_git() -> None:
    form = FORMS["action"]
    commits = ("a" * 40, "b" * 40, "c" * 40)
    assert settled(form, *commits) == ("same", "same")
    assert settled(FORMS["image of a manifest"], "1.0.0", "latest", "1.1.0") == ("same", "same")


def test_only_the_pin_is_set_and_the_rest_is_left_to_git() -> None:
    base = "a: 1\nimage: x/web:1.0.0\nb: 1\n"
    ours = "a: mine\nimage: x/web:1.2.0 # ours\nb: 1\n"
    theirs = "a: 1\nimage: x/web:1.1.0\nb: theirs\n"
    here, there = settle(tree(base), tree(ours), tree(theirs))
    assert here == {}
    assert there == tree("a: 1\nimage: x/web:1.2.0\nb: theirs\n")


def test_every_place_of_a_pin_is_set() -> None:
    form = "- image: x/web:{}\n- image: x/web:{}\n- image: x/other:1.0.0\n"
    assert settled(form, "1.0.0", "1.1.0", "1.2.0") == (form.replace("{}", "1.2.0"), "same")


def test_a_pin_with_two_versions_in_one_file_is_left_to_git() -> None:
    form = "- image: x/web:{}\n- image: x/web:0.1.0\n"
    assert settled(form, "1.0.0", "1.1.0", "1.2.0") == ("same", "same")


def test_two_pins_of_one_file_settle_each_by_itself() -> None:
    form = "image: x/a:{}\nimage: x/b:{}\n"

    def sides(first: str, second: str) -> Tree:
        return tree(f"image: x/a:{first}\nimage: x/b:{second}\n")

    assert form.count("{}") == 2
    here, there = settle(sides("1.0", "1.0"), sides("1.2", "1.1"), sides("1.1", "1.2"))
    assert here == sides("1.2", "1.2")
    assert there == sides("1.2", "1.2")


def test_files_that_are_no_text_and_modes_are_left_alone() -> None:
    binary: list[Tree] = [{"f": File(b"\xff image: x:1.%d.0\n" % n)} for n in range(3)]
    assert settle(*binary) == ({}, {})
    scripts: list[Tree] = [
        {"f": File(b"K3SUP_VERSION=1.%d.0\n" % n, executable=True)} for n in (0, 1, 2)
    ]
    assert settle(*scripts) == (scripts[2], {})


def test_a_digest_is_not_taken_for_a_version() -> None:
    form = "image: x/web:{}@sha256:" + "0" * 64 + "\n"
    assert settled(form, "1.0.0", "1.1.0", "1.2.0") == ("same", "same")


versions = st.sampled_from(["1.0.0", "1.0.1", "1.2.0", "v1.1.0", "latest", "2.0.0-rc.1"])
texts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(FORMS.values())), versions).map(
            lambda pin: pin[0].replace("{}", pin[1])
        ),
        st.text("ab:=@ \n", max_size=9).map(lambda line: f"{line}\n"),
    ),
    max_size=6,
).map("".join)


@given(texts, texts, texts)
def test_what_is_settled_is_the_same_whoever_is_who(base: str, ours: str, theirs: str) -> None:
    sides = [tree(text) for text in (base, ours, theirs)]
    here, there = settle(*sides)
    assert settle(sides[0], sides[2], sides[1]) == (there, here)
    settled_sides = [sides[0], here or sides[1], there or sides[2]]
    assert settle(*settled_sides) == ({}, {})
    for before, after in zip(sides, settled_sides, strict=True):
        lines = [side["file"].content.splitlines() for side in (before, after)]
        assert len(lines[0]) == len(lines[1])


def test_a_file_of_one_long_word_takes_no_time() -> None:
    sides = [tree(f"{word * 300_000}\n") for word in "abc"]
    assert settle(*sides) == ({}, {})


SCRIPT = "#!/bin/sh\nreadonly K3SUP_VERSION={}\nk3sup\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "right"),
    [
        ("0.13.0", "0.12.9", "0.13.0"),
        ("0.12.9", "0.13.0", "0.13.0"),
        ("0.13.0", "0.12.4", "0.13.0"),
        ("0.12.4", "0.13.0", "0.13.0"),
    ],
    ids=["both, Renovate newer", "both, blueprint newer", "Renovate only", "blueprint only"],
)
def test_a_version_that_both_have_raised_is_no_conflict(
    tmp_path: Path, ours: str, theirs: str, right: str
) -> None:
    world = World(tmp_path, {"bootstrap.sh": SCRIPT.replace("{}", "0.12.4")})
    world.hand.write("bootstrap.sh", SCRIPT.replace("{}", ours))
    world.commit("Renovate")
    world.set_blueprints({"bootstrap.sh": SCRIPT.replace("{}", theirs)})
    assert world.update().is_clean
    assert world.hand.read("bootstrap.sh") == SCRIPT.replace("{}", right)
    # It is settled for good: the next one does not bring the older version back.
    assert world.update().commit == ""


def test_after_a_settled_pin_the_next_release_is_met_in_the_same_way(tmp_path: Path) -> None:
    world = World(tmp_path, {"bootstrap.sh": SCRIPT.replace("{}", "0.12.4")})
    for ours, theirs, right in (
        ("0.13.0", "0.12.9", "0.13.0"),
        ("0.13.0", "0.13.1", "0.13.1"),
        ("0.13.5", "0.13.4", "0.13.5"),
        ("0.13.5", "0.13.5", "0.13.5"),
    ):
        world.hand.write("bootstrap.sh", SCRIPT.replace("{}", ours))
        world.commit("Renovate")
        world.set_blueprints({"bootstrap.sh": SCRIPT.replace("{}", theirs)})
        assert world.update().is_clean
        assert world.hand.read("bootstrap.sh") == SCRIPT.replace("{}", right)


APP = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  sources:
    - repoURL: https://charts.example.net
      chart: web
      targetRevision: #{ cookiecutter._component.chart.version }#
      helm: {valueFiles: [$values/components/web/values.yaml]}
"""
PAGE = "web is #{ cookiecutter._components.web.chart.version }#.\n"
WITH_WEB = CLUSTER.replace("components: {}", "components: {web: {}}")


def chart(version: str) -> str:
    return f"chart: {{name: web, repository: https://charts.example.net, version: {version}}}\n"


class WithChart(World):
    """A world with one component whose chart has a version."""

    def __init__(self, folder: Path, version: str) -> None:
        self.version = version
        super().__init__(folder, {"README.md": PAGE}, {"web": {"apps/web.yaml": APP}}, WITH_WEB)

    def set_blueprints(self, *arguments: object, **others: object) -> None:
        super().set_blueprints(
            {"README.md": PAGE}, {"web": {"apps/web.yaml": APP}}, chart(self.version)
        )

    def release(self, version: str) -> None:
        self.version = version
        self.set_blueprints()

    def renovate(self, old: str, new: str) -> None:
        self.hand.edit("apps/web.yaml", f"targetRevision: {old}", f"targetRevision: {new}")
        self.commit("Renovate")


@pytest.mark.parametrize(
    ("ours", "theirs", "right"),
    [
        ("1.2.0", "1.1.0", "1.2.0"),
        ("1.1.0", "1.2.0", "1.2.0"),
        ("1.2.0", "1.0.0", "1.2.0"),
        ("1.0.0", "1.2.0", "1.2.0"),
    ],
    ids=["both, Renovate newer", "both, blueprint newer", "Renovate only", "blueprint only"],
)
def test_a_newer_chart_is_kept_and_named_everywhere(
    tmp_path: Path, ours: str, theirs: str, right: str
) -> None:
    world = WithChart(tmp_path, "1.0.0")
    if ours != "1.0.0":
        world.renovate("1.0.0", ours)
    world.release(theirs)
    assert world.update().is_clean
    assert f"targetRevision: {right}\n" in world.hand.read("apps/web.yaml")
    assert world.hand.read("README.md") == f"web is {right}.\n"
    assert f"version: {right}\n" in world.hand.read(".gitopsgen/lock.yaml")
    assert world.update().commit == ""


def test_a_version_that_somebody_has_set_back_is_left_to_git() -> None:
    assert settled(SCRIPT, "1.1.0", "1.0.0", "1.2.0") == ("same", "same")
    assert settled(SCRIPT, "1.1.0", "1.2.0", "1.0.0") == ("same", "same")


def test_a_chart_that_somebody_holds_back_is_raised_by_nobody_unasked(tmp_path: Path) -> None:
    world = WithChart(tmp_path, "1.1.0")
    base = world.render()
    world.renovate("1.1.0", "1.0.0")
    assert update_as_git(world, base).is_clean
    assert "targetRevision: 1.0.0\n" in world.hand.read("apps/web.yaml")
    world.release("1.2.0")
    assert update_as_git(world, base).conflicts == ("apps/web.yaml",)

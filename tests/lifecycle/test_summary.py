from __future__ import annotations

from gitopsgen.lifecycle.locked import Lock
from gitopsgen.lifecycle.summary import Description, describe


def test_a_new_generator_names_the_update() -> None:
    described = describe(Lock("0.1.0", "sha256:0"), Lock("0.2.0", "sha256:1"))
    assert described == Description(
        render="Render the repository with gitopsgen 0.2.0",
        title="Update to gitopsgen 0.2.0",
        message="Update to gitopsgen 0.2.0\n\n- gitopsgen 0.1.0 -> 0.2.0\n",
    )


def test_blueprints_that_come_go_and_change_are_listed_by_name() -> None:
    before = Lock("0.1.0", blueprints={"web": 1, "wiki": 2, "gone": 1})
    after = Lock("0.1.0", blueprints={"web": 3, "wiki": 2, "api": 1})
    described = describe(before, after)
    assert described.title == "Update from cluster.yaml and the blueprints"
    assert described.message == (
        "Update from cluster.yaml and the blueprints\n\n"
        "- api is added\n- gone is removed\n- web: blueprint 1 -> 3\n"
    )


def test_what_a_person_asked_for_is_the_title() -> None:
    before, after = Lock("0.1.0", blueprints={}), Lock("0.2.0", blueprints={"web": 1})
    described = describe(before, after, "Add web")
    assert described.title == "Add web"
    assert described.message == "Add web\n\n- gitopsgen 0.1.0 -> 0.2.0\n- web is added\n"


def test_with_nothing_to_list_the_title_is_all() -> None:
    lock = Lock("0.1.0", blueprints={"web": 1})
    assert describe(lock, lock).message == "Update from cluster.yaml and the blueprints\n"


def test_an_old_lock_may_say_nothing() -> None:
    assert "- gitopsgen unknown -> 0.1.0\n" in describe(Lock(), Lock("0.1.0")).message

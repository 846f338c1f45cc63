from __future__ import annotations

import time

import pytest

from gitopsgen.documents.reader import MAX_PROBLEMS, read_documents


def data_of(text: str) -> object:
    contents = read_documents(text)
    assert not [p for p in contents.problems if p.rule == "yaml-syntax"], contents.problems
    return contents.documents[0].data


def problems_of(text: str, rule: str) -> list[tuple[int, int, str]]:
    return [(p.line, p.column, p.message) for p in read_documents(text).problems if p.rule == rule]


class TestDuplicateKeys:
    RULE = "yaml-duplicate-key"

    def test_the_second_key_is_reported_and_wins(self) -> None:
        text = "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n"

        assert problems_of(text, self.RULE) == [
            (5, 3, "the key `c` is already set at line 3"),
            (6, 1, "the key `a` is already set at line 1"),
        ]
        assert data_of(text) == {"a": 2, "b": {"c": 3, "d": 2}}

    def test_every_further_key_is_reported(self) -> None:
        assert [p[:2] for p in problems_of("{a: 1, a: 2, a: 3}", self.RULE)] == [(1, 8), (1, 14)]

    @pytest.mark.parametrize("second", ["'1'", "1", "0x1", "1.0", "+1", "!!str 1"])
    def test_keys_are_the_same_when_kubernetes_reads_the_same(self, second: str) -> None:
        assert len(problems_of(f"1: a\n{second}: b\n", self.RULE)) == 1

    def test_an_alias_can_repeat_a_key(self) -> None:
        assert problems_of("&x a: 1\nb: *x\n*x : 2\n", self.RULE) == [
            (3, 1, "the key `a` is already set at line 1")
        ]

    def test_a_key_beside_a_merge_that_brings_it_is_none(self) -> None:
        text = "base: &base {image: a, port: 1}\nweb:\n  <<: *base\n  image: b\n"

        assert read_documents(text).problems == ()

    def test_thousands_of_them_do_not_fill_the_memory(self) -> None:
        assert len(read_documents("a: 1\n" * 5_000).problems) == MAX_PROBLEMS

    def test_they_do_not_hide_that_kubernetes_refuses_the_document(self) -> None:
        contents = read_documents("a: yes\n" * 5_000 + "b: .inf\n")

        assert contents.documents[0].data is None
        assert [p.line for p in contents.problems if p.rule == "yaml-syntax"] == [5_001]

    def test_the_same_key_in_two_mappings_is_none(self) -> None:
        assert read_documents("- {a: 1}\n- {a: 2}\n---\na: 1\n---\na: 1\n").problems == ()


class TestMerges:
    RULE = "yaml-ambiguous-scalar"

    def test_what_is_written_after_a_merge_wins(self) -> None:
        text = "base: &base {image: a, port: 1}\nweb:\n  <<: *base\n  image: b\n"

        assert data_of(text) == {
            "base": {"image": "a", "port": 1},
            "web": {"image": "b", "port": 1},
        }

    def test_a_merge_after_a_key_wins_in_kubernetes_and_is_reported(self) -> None:
        text = "web:\n  image: b\n  <<: {image: a, port: 1}\n"

        assert data_of(text) == {"web": {"image": "a", "port": 1}}
        assert problems_of(text, self.RULE) == [
            (
                3,
                7,
                "`<<` comes after `image`: Kubernetes takes the merged value, other parsers do not",
            )
        ]

    @pytest.mark.parametrize("mapping", ["{b: 1, <<: {a: 1}}", "{a: 1, <<: {a: 1}}"])
    def test_a_merge_after_keys_that_it_leaves_alone_is_fine(self, mapping: str) -> None:
        assert read_documents(mapping).problems == ()

    def test_of_a_list_the_first_that_has_a_key_wins(self) -> None:
        text = "- &a {x: 1}\n- &b {x: 2, z: 3}\n- {<<: [*a, *b, {z: 4, w: 5}]}\n"

        assert data_of(text) == [{"x": 1}, {"x": 2, "z": 3}, {"x": 1, "z": 3, "w": 5}]
        assert read_documents(text).problems == ()

    def test_a_list_after_a_key_changes_it_only_through_its_first(self) -> None:
        assert read_documents("{x: 1, <<: [{x: 1}, {x: 2}]}").problems == ()

    def test_merges_nest(self) -> None:
        text = "- &a {x: 1, v: 1}\n- &b {<<: *a, v: 2}\n- {<<: *b, z: 3}\n"

        assert data_of(text) == [{"x": 1, "v": 1}, {"x": 1, "v": 2}, {"x": 1, "v": 2, "z": 3}]

    def test_two_merges_in_one_mapping_are_reported(self) -> None:
        text = "x:\n  <<: {a: 1}\n  <<: {b: 2, a: 3}\n"

        assert data_of(text) == {"x": {"a": 3, "b": 2}}
        assert [p[:2] for p in problems_of(text, self.RULE)] == [(3, 7)]

    def test_a_quoted_merge_key_is_a_key(self) -> None:
        assert data_of("'<<': {a: 1}\n") == {"<<": {"a": 1}}

    def test_a_merge_does_not_change_what_it_takes_from(self) -> None:
        assert data_of("- &a {x: 1}\n- {<<: *a, x: 2, z: 3}\n- *a\n") == [
            {"x": 1},
            {"x": 2, "z": 3},
            {"x": 1},
        ]


class TestAliases:
    def test_an_alias_shares_the_data(self) -> None:
        data = data_of("a: &x {b: [1]}\nc: *x\n")

        assert isinstance(data, dict)
        assert data["c"] is data["a"]

    def test_the_latest_anchor_of_a_name_counts(self) -> None:
        assert data_of("- &x 1\n- &x 2\n- *x\n- &x [&x 3, *x]\n- *x\n") == [1, 2, 2, [3, 3], 3]

    def test_anchors_stay_in_their_document(self) -> None:
        contents = read_documents("&x a\n---\n*x\n")

        assert [document.data for document in contents.documents] == ["a", None]

    def test_an_anchored_scalar_reads_the_same_behind_the_alias(self) -> None:
        assert data_of("a: &x 0o14\nb: &y 'on'\nc: [*x, *y]\n*x : d\n*y : e\n") == {
            "a": 12,
            "b": "on",
            "c": [12, "on"],
            "12": "d",
            "on": "e",
        }

    def test_an_anchored_key_is_its_value_behind_the_alias(self) -> None:
        assert data_of("&x 1.0: a\nb: *x\n") == {"1": "a", "b": 1}

    def test_a_doubtful_anchor_is_reported_once(self) -> None:
        assert len(read_documents("- &x yes\n- *x\n- *x\n").problems) == 1

    @pytest.mark.parametrize("levels", [9, 30])
    def test_an_alias_bomb_is_refused_at_once(self, levels: int) -> None:
        text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, levels)
        )
        start = time.process_time()

        contents = read_documents(text)

        assert time.process_time() - start < 1
        assert contents.documents[0].data is None
        assert "aliases make this document so large" in contents.problems[0].message

    def test_a_merge_bomb_is_refused_at_once(self) -> None:
        keys = ", ".join(f"k{number}: 1" for number in range(5_000))
        text = f"a: &a {{{keys}}}\nb:\n" + "- <<: *a\n" * 20_000
        start = time.process_time()

        contents = read_documents(text)

        assert time.process_time() - start < 3
        assert contents.documents[0].data is None
        assert len(contents.problems) == 1

    def test_a_long_list_of_merges_over_many_keys_takes_no_time(self) -> None:
        keys = ", ".join(f"k{number}: 1" for number in range(20_000))
        text = f"a: &a {{x: 1}}\nb: {{{keys}, <<: [{'*a, ' * 20_000}]}}\n"
        start = time.process_time()

        data = data_of(text)

        assert time.process_time() - start < 3
        assert isinstance(data, dict)
        assert data["b"]["x"] == 1

    def test_repeating_a_block_many_times_is_fine(self) -> None:
        data = data_of("a: &a {b: [1, 2, 3, 4]}\nc:\n" + "- *a\n" * 2_000)

        assert isinstance(data, dict)
        assert len(data["c"]) == 2_000


class TestExpansionLimit:
    """The borders are those of go.yaml.in/yaml/v2 v2.4.4 ("excessive aliasing")."""

    @pytest.mark.parametrize(
        ("plain", "aliases", "refused"),
        [(0, 150, False), (0, 151, True), (100_000, 2479, False), (100_000, 2480, True)],
    )
    def test_kubernetes_refuses_what_it_refuses(
        self, plain: int, aliases: int, refused: bool
    ) -> None:
        text = f"p: [{'x, ' * plain}]\na: &a [{'x, ' * 300}]\nb: [{'*a, ' * aliases}]\n"

        assert bool(read_documents(text).problems) == refused

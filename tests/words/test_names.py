"""Columns' names, levels and lists of them as people read them."""

from __future__ import annotations

import pytest

from coterie import words


def test_parts_are_joined_like_a_sentence() -> None:
    assert [words.joined(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_sentence_begins_with_a_capital_and_keeps_the_others() -> None:
    assert [words.sentence(text) for text in ("", "high income", "RFM")] == ["", "High income", "RFM"]


def test_two_columns_of_one_label_keep_the_names_that_tell_them_apart() -> None:
    assert words.labels(["MntWines", "mnt_wines", "age"]) == {
        "MntWines": "MntWines",
        "mnt_wines": "mnt_wines",
        "age": "age",
    }


@pytest.mark.parametrize("word", ["very high", "high", "above-average", "below-average", "low", "very low"])
@pytest.mark.parametrize("label", ["recency", "tenure", "number of visits", "annual income"])
def test_each_level_of_a_measure_reads_as_a_fact_of_its_own(label: str, word: str) -> None:
    others = {words.level(other, label) for other in ("high", "low") if other != word}
    assert words.level(word, label) not in others
    assert "recency" not in words.level(word, label)


@pytest.mark.parametrize(
    ("levels", "said"),
    [(["ticked", "not ticked"], True), (["ticked"], True), (["Ja", "nein"], True), (["ticked", "half"], False)],
)
def test_a_box_that_is_ticked_is_a_yes(levels: list[str], said: bool) -> None:
    assert words.answers_yes_or_no(levels) == said

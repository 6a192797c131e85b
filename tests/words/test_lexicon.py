"""What is known of the words in columns' names."""

from __future__ import annotations

import pytest

from coterie.words import label, level, some
from coterie.words.lexicon import read_lexicon

LEVELS = {"very_high", "high", "above_average", "below_average", "low", "very_low"}


def test_a_measure_with_words_of_its_own_has_a_different_one_for_every_level() -> None:
    for measure, words in read_lexicon().levels.items():
        assert words.keys() == LEVELS, measure
        assert len(set(words.values())) == len(LEVELS), measure


def test_no_level_has_a_noun_for_people() -> None:
    said = " ".join(word for words in read_lexicon().levels.values() for word in words.values())
    assert not {"customers", "people", "buyers", "shoppers"} & set(said.split())


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("orders_90", "orders in 90 days"),
        ("Orders_365", "orders in a year"),
        ("median_gap", "days between orders"),
        ("MntGoldProds", "spend on gold products"),
        ("Kidhome", "number of kids at home"),
    ],
)
def test_headers_are_read_as_words(header: str, said: str) -> None:
    assert label(header) == said


def test_there_are_many_of_what_can_be_counted_and_shares_have_words() -> None:
    assert level("high", "orders") == "many orders"
    assert level("high", "income") == "high income"
    assert level("very low", "average order") == "very small orders"
    assert some("returns share") == "with returns"
    assert some("spend on fish") == "any spend on fish"

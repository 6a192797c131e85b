"""A record whose texts are harmless."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coterie.record import clean, clean_text, clean_value, dumps
from records import simulated


@given(st.text())
def test_a_clean_text_holds_nothing_that_moves_cursor_or_direction(text: str) -> None:
    made = clean_text(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F or c in "\u202e\u2066\u2028\u200f" for c in made)
    assert clean_text(made) == made


def test_texts_are_cleaned_wherever_they_stand() -> None:
    assert clean_value({"a\x1b": ("\u202eb", 1.5, None, True)}) == {"a\\x1b": ("\\u202eb", 1.5, None, True)}


def test_cleaning_reaches_every_text_of_a_record_and_leaves_the_record_alone() -> None:
    record, _ = simulated(names=["a\x1b[31m\u202eb"] * 5)
    before = dumps(record)
    made = clean(record)
    assert made.segments[0].name == "a\\x1b[31m\\u202eb"
    assert "\u202e" not in dumps(made)
    assert dumps(record) == before
    assert clean(made) is made

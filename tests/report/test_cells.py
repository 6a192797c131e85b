"""Texts and bars in the cells of a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coterie.report.cells import cut, draw_bar, pad, width_of, wrap

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))


@given(TEXT, st.integers(1, 60))
def test_a_padded_text_fills_exactly_its_cells(text: str, width: int) -> None:
    assert width_of(pad(text, width)) == width
    assert width_of(cut(text, width)) <= width


def test_a_wide_character_takes_two_cells_and_an_accent_none() -> None:
    assert width_of("顧客") == 4
    assert width_of("e\u0301te\u0301") == 3


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1), st.integers(10, 40))
def test_lines_hold_every_word_and_are_no_wider_than_asked(said: list[str], width: int) -> None:
    lines = wrap(" ".join(said), width)
    assert " ".join(lines).split() == said
    assert all(width_of(line) <= width for line in lines)


@given(st.floats(-1, 2), st.integers(1, 40))
def test_a_bar_is_padded_to_its_full_length_and_never_vanishes(part: float, length: int) -> None:
    bar = draw_bar(part, length)
    assert len(bar) == length
    assert (bar.strip() == "") == (part <= 0)

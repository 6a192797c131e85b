"""Numbers, shares, counts and days as people read them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coterie import words


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (87.3, None, "87"),
        (4.26, None, "4.3"),
        (0.4567, None, "0.46"),
        (0.0123, None, "0.012"),
        (1234567.0, None, "1.23M"),
        (2.5e9, None, "2.5B"),
        (-3.456, None, "−3.5"),
        (4.2, 120.0, "4"),
        (-0.001, 50.0, "0"),
        (1e20, None, "1e+20"),
    ],
)
def test_numbers_have_the_digits_their_column_deserves(value: float, scale: float | None, text: str) -> None:
    assert words.short_number(value, scale=scale) == text


@given(st.floats(0, 1))
def test_a_percentage_is_nothing_or_everything_only_if_it_is(share: float) -> None:
    text = words.percent(share)
    assert (text == "0%") == (share == 0)
    assert (text == "100%") == (share == 1)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_becomes_a_short_text(value: float) -> None:
    assert 1 <= len(words.short_number(value)) <= 12


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0"), (1, "fewer than 10"), (9, "fewer than 10"), (10, "10"), (12345, "12,345")]
)
def test_small_counts_are_not_told(n: int, text: str) -> None:
    assert words.count(n) == text


@given(st.integers(0, 20_000))
def test_a_number_of_customers_that_is_told_is_none_or_at_least_ten(n: int) -> None:
    told = {words.count(n).replace(",", ""), words.short_count(n).replace(",", "")}
    assert told == ({"fewer than 10", "<10"} if words.too_few(n) else {str(n)})
    assert words.too_few(n) == (0 < n < words.SMALLEST_GROUP)


@given(st.floats(-1e12, 1e12))
def test_an_exact_number_reads_back_as_the_number(value: float) -> None:
    assert float(words.exact_number(value).replace(",", "").replace("−", "-")) == value


@given(st.floats(-1, 1))
def test_a_negative_number_has_a_minus_and_nothing_has_no_sign(value: float) -> None:
    for text in (words.rounded(value), words.percent(value), words.signed_percent(value), words.short_number(value)):
        assert "-" not in text
        assert "−" not in text or any(digit in text for digit in "123456789")


@pytest.mark.parametrize("write", [words.short_number, words.count, words.percent, words.rounded])
def test_what_is_not_known_is_a_dash(write) -> None:
    assert write(None) == "–"


@given(st.dates())
def test_a_day_is_the_date_that_it_counts_to(date: datetime.date) -> None:
    assert words.day((date - words.DAY_ZERO).days) == words.day((date - words.DAY_ZERO).days + 0.7) == date.isoformat()


def test_a_day_before_all_calendars_is_out_of_reach() -> None:
    assert words.day(-1e9) == words.day(1e12) == "a day out of reach"


@pytest.mark.parametrize(
    ("difference", "text"),
    [(None, ""), (float("inf"), ""), (0.004, "±0%"), (-0.004, "±0%"), (-0.5, "−50%"), (9.99, "+999%"), (11, "×12")],
)
def test_a_difference_is_signed_and_never_a_percentage_of_four_digits(difference: float | None, text: str) -> None:
    assert words.signed_percent(difference) == text


def test_small_numbers_are_words_and_large_ones_digits() -> None:
    assert [words.in_words(n) for n in (0, 12, 13, 1_300)] == ["no", "twelve", "13", "1,300"]
    assert words.in_words(2, capital=True) == "Two"


def test_letters_go_on_after_z_and_no_segment_has_anothers() -> None:
    assert [words.letter(s) for s in (1, 26, 27, 52, 53, 702, 703)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert len({words.letter(s) for s in range(1, 2_000)}) == 1_999


@given(st.floats(0, 1))
def test_a_share_is_written_one_way_without_a_blank(share: float) -> None:
    for text in (words.percent(share), words.fine_percent(share), words.signed_percent(share)):
        assert text.endswith("%")
        assert " " not in text


def test_a_limit_keeps_its_figures() -> None:
    assert [words.fine_percent(s) for s in (0.02, 0.005, 0.333, 0.07, 1)] == ["2%", "0.5%", "33.3%", "7%", "100%"]


@given(st.floats(0, 1), st.booleans())
def test_a_p_value_never_rounds_to_nothing(p: float, about: bool) -> None:
    text = words.p_value(p, about=about)
    assert float(text.split()[-1]) > 0
    assert ("<" in text) == (p < 0.001)

"""What numbers are counted in."""

from __future__ import annotations

import pytest

from coterie.words import say_days, unit_of, with_unit


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Annual Income (k$)", "k$"),
        ("revenue [EUR]", "EUR"),
        ("discount (%)", "%"),
        ("weight (kg)", "kg"),
        ("Spending Score (1-100)", None),
        ("plan (old)", None),
        ("income", None),
    ],
)
def test_a_unit_is_read_from_brackets_and_nothing_else_is_one(header: str, unit: str | None) -> None:
    assert unit_of(header) == unit


def test_no_currency_is_guessed() -> None:
    assert with_unit("87", None) == "87"
    assert with_unit("87", "CHF") == "87 CHF"
    assert with_unit("–", "EUR") == "–"


def test_long_times_have_their_months() -> None:
    assert say_days("423", 423.0) == "423 days (14 months)"
    assert say_days("42", 42.0) == "42 days"

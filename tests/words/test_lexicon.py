"""What is known of the words in columns' names."""

from __future__ import annotations

import pytest

from coterie.words import label, level, measure, never, some, timed
from coterie.words.lexicon import read_lexicon

LEVELS = {"very_high", "high", "above_average", "below_average", "low", "very_low"}


def test_a_measure_with_words_of_its_own_has_a_different_one_for_every_level() -> None:
    for meant, words in read_lexicon().levels.items():
        assert words.keys() == LEVELS, meant
        assert len(set(words.values())) == len(LEVELS), meant


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
        ("order_count", "number of orders"),
        ("Login Cnt", "number of logins"),
        ("unit_count", "unit count"),
        ("TotalSpent", "total spend"),
        ("CLV", "lifetime value"),
        ("No. of Orders", "number of orders"),
        ("# of visits", "number of visits"),
        ("n_calls", "number of calls"),
        ("num_of_trips", "number of trips"),
        ("orders_cnt", "number of orders"),
        ("nr_kids", "number of kids"),
        ("order_count_12m", "number of orders 12m"),
        ("number_plate", "number plate"),
        ("n_status", "n status"),
        ("NoShows", "no-shows"),
        ("no_complaints", "no complaints"),
    ],
)
def test_headers_are_read_as_words(header: str, said: str) -> None:
    assert label(header) == said


def test_there_are_many_of_what_can_be_counted_and_shares_have_words() -> None:
    assert level("high", "orders") == "many orders"
    assert level("high", "income") == "high income"
    assert level("low", label("no_orders")) == "few orders"
    assert level("high", label("classes_booked")) == "many classes booked"
    assert level("high", label("visits_last_30d")) == "many visits last 30d"
    assert level("high", label("hours_per_week")) == "many hours per week"
    assert level("high", label("spend_last_30d")) == "high spend last 30d"
    assert level("very low", "average order") == "very small orders"
    assert some("returns share") == "with returns"
    assert some("spend on fish") == "any spend on fish"


@pytest.mark.parametrize(
    ("meant", "headers"),
    [
        (
            "recency",
            "recency Recency_Days days_since_order DaysSinceLastPurchase months_since_last_order days_inactive",
        ),
        ("recency", "days_since_the_most_recent_transaction weeks_since_purchase"),
        ("last seen", "days_since_last_login days_since_last_visit weeks_since_last_activity DaysSinceLastOpen"),
        ("tenure", "tenure tenure_months Days_Since_Signup days_since_first_order months_since_first_purchase"),
        ("tenure", "years_as_customer account_age months_on_book membership_length"),
        ("frequency", "frequency order_frequency Purchase_Frequency"),
        ("average order", "average_order AOV avg_order_value Average_Transaction_Value basket_value"),
        ("days between orders", "median_gap avg_days_between_orders purchase_interval"),
        ("returns share", "returns_share return_rate"),
        ("age", "age Age customer_age"),
        ("hour of day", "hour_of_day usual_hour"),
    ],
)
def test_what_exports_call_a_measure_is_named_by_its_words(meant: str, headers: str) -> None:
    for header in headers.split():
        assert measure(label(header)) == meant, header
        assert level("low", label(header)) == read_lexicon().levels[meant]["low"]


@pytest.mark.parametrize(
    "header", ["days_since_midnight", "days", "last_order", "package", "order_value_rank", "first_order"]
)
def test_other_headers_mean_themselves(header: str) -> None:
    assert measure(label(header)) == label(header)
    assert level("low", label(header)).startswith("low ")


def test_every_meaning_has_its_words_and_is_no_measure_itself() -> None:
    known = read_lexicon()
    assert set(known.meanings.values()) | set(known.since.values()) <= set(known.levels)
    assert not set(known.meanings) & set(known.levels)
    assert all(label(said) == said for said in known.meanings)


@pytest.mark.parametrize(
    ("header", "days", "said"),
    [
        ("days_since_last_order", 400, "lapsed"), ("recency", 400, "lapsed"), ("months_since_last_order", 400, None),
        ("days_since_last_login", 400, None),
    ],
)  # fmt: skip
def test_times_are_absolute_in_days_alone(header: str, days: float, said: str | None) -> None:
    assert timed(label(header), days, 73, above=True) == said


@pytest.mark.parametrize(
    ("fact", "said", "name"),
    [
        ("responded", True, "never responded"), ("with a loan", True, "without a loan"), ("luxury", True, "no luxury"),
        ("married", False, "none married"), ("Paris", False, "none Paris"), ("red wine", True, "no red wine"),
    ],
)  # fmt: skip
def test_what_holds_for_nobody_is_not_seldom(fact: str, said: bool, name: str) -> None:
    assert never(fact, said=said) == name

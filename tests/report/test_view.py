"""A record as its readers see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coterie.portrait.naming import CLEAR, SHARE_DIFFERENCE
from coterie.record import Record, clean
from coterie.report import view
from records import simulated, with_segment


def test_the_share_of_a_small_cell_is_only_bounded() -> None:
    record, _ = simulated()
    few = tuple(
        replace(r, share=3 / 35, n=3) if (r.column, r.level, r.segment) == ("member", "yes", 3) else r
        for r in record.profile
    )
    member = next(m for m in view.measures(clean(replace(record, profile=few))) if m.column == "member")
    assert member.text(3) == "<29%"


def test_a_difference_of_shares_that_earns_a_word_weighs_like_one_of_numbers_that_does() -> None:
    record, _ = simulated()
    known = tuple(
        replace(r, share=member_overall(record) + SHARE_DIFFERENCE)
        if (r.column, r.level, r.segment) == ("member", "yes", 2)
        else r
        for r in record.profile
    )
    member = next(m for m in view.measures(clean(replace(record, profile=known))) if m.column == "member")
    assert member.effect(2) == pytest.approx(CLEAR[0])


def member_overall(record: Record) -> float:
    """The share of members among all customers, as it is printed."""
    (share,) = [r.share for r in record.profile if (r.column, r.level, r.segment) == ("member", "yes", 0)]
    assert share is not None
    return round(share, 2)


def test_yes_and_no_are_one_measure() -> None:
    record, _ = simulated()
    members = [m for m in view.measures(clean(record)) if m.column == "member"]
    assert [(m.level, m.label) for m in members] == [("yes", "Member")]


def test_what_formed_the_segments_comes_first_and_then_the_strongest() -> None:
    found = view.measures(clean(simulated()[0]))
    assert [m.role for m in found] == ["feature", "feature", "value", "describe", "describe"]
    for one, two in ((0, 1), (3, 4)):
        assert found[one].strength >= found[two].strength


def test_segments_are_ordered_by_value_or_by_size() -> None:
    assert view.by_value(clean(simulated()[0]))[0].letter == "B"
    assert [s.letter for s in view.by_value(clean(simulated(value=False)[0]))] == list("ABCDE")


def test_shares_of_value_are_not_shown_where_they_are_not_known() -> None:
    record = clean(simulated()[0])
    assert view.has_value(record)
    assert not view.has_value(clean(with_segment(record, "A", value_share=None)))


def test_a_segment_without_an_effect_stands_where_its_superiority_says() -> None:
    record, _ = simulated()
    bare = clean(replace(record, profile=tuple(replace(r, effect=None) for r in record.profile)))
    income = next(m for m in view.measures(bare) if m.column == "annual_income")
    assert income.effect(2) > 1

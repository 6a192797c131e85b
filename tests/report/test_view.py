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


def test_whole_numbers_are_printed_whole_and_parts_of_one_in_per_cent() -> None:
    record, _ = simulated()
    name = next(m.column for m in view.measures(clean(record)) if m.level is None and m.kind == "number")

    def told(values: list[float], **changes: object) -> list[str]:
        rows = iter(values)
        profile = tuple(
            replace(r, mean=v, median=v) if r.column == name and (v := next(rows, 0.0)) is not None else r
            for r in record.profile
        )
        columns = tuple(replace(c, **changes) if c.name == name else c for c in record.columns)
        shown = clean(replace(record, profile=profile, columns=columns))
        measure = next(m for m in view.measures(shown) if m.column == columns[place].name)
        return [measure.format(v) for v in values]

    place = next(i for i, c in enumerate(record.columns) if c.name == name)
    assert told([1.0, 0.0, 2.0, 1.0, 3.0]) == ["1", "0", "2", "1", "3"]
    assert "1.0" in told([1.0, 0.0, 2.5, 1.0, 3.0])[0]


def test_a_column_with_one_value_is_nothing_to_print() -> None:
    record, _ = simulated()
    name = next(m.column for m in view.measures(clean(record)) if m.level is None)
    columns = tuple(replace(c, min=0.0, max=0.0) if c.name == name else c for c in record.columns)
    assert name not in {m.column for m in view.measures(clean(replace(record, columns=columns)))}

"""What a column was when the segments were formed says how a new file is read; a flag says it louder."""

from __future__ import annotations

import pytest

from coterie.reading.column_values import judge_cells
from coterie.reading.date_forms import DateForm
from coterie.reading.notation import Notation, Values
from coterie.reading.request import Before, Reading

COMMA, DAY_FIRST = Notation(",", "."), Notation(forms=(DateForm.DAY_FIRST,), between="/")
BEFORE = (
    Before("spend", "number", COMMA),
    Before("age", "number"),
    Before("since", "date", DAY_FIRST),
    Before("zip", "category"),
)


def judged(name: str, *cells: str, **asked: str) -> Values:
    return judge_cells(name, cells, Reading(before=BEFORE, **asked))  # type: ignore[arg-type]


def test_numbers_that_read_both_ways_are_read_as_they_were() -> None:
    assert judged("spend", "5.466").notation == COMMA
    assert judged("age", "5.466").notation is None
    assert judged("age", "5,466").notation == Notation()  # no form that a cell has: it will be refused
    assert judged("age", "5,466.50").notation == Notation(".", ",")


def test_a_flag_wins_over_what_was() -> None:
    assert judged("spend", "5.466", decimal=".").notation is None
    assert judged("age", "5,466", decimal=",").notation == COMMA
    assert judged("since", "3/4/2026", date_order="mdy").notation == Notation(
        forms=(DateForm.MONTH_FIRST,), between="/"
    )


def test_dates_that_read_both_ways_are_read_as_they_were() -> None:
    assert judged("since", "3/4/2026").notation == DAY_FIRST
    assert judged("since", "2026-04-03").notation == Notation(forms=(DateForm.YEAR_FIRST,))


def test_other_signs_between_day_and_month_are_not_read_as_they_were() -> None:
    assert judged("since", "3.4.2026").notation == Notation(between=".")
    assert judged("since", "3.4.2026", date_order="dmy").notation == Notation(forms=(DateForm.DAY_FIRST,), between=".")


@pytest.mark.parametrize("cells", [["12345"], ["2026-04-03"], ["Bonn"]])
def test_a_category_stays_one(cells: list[str]) -> None:
    assert judged("zip", *cells).kind == "text"


def test_a_number_stays_one_whatever_is_there() -> None:
    assert judged("age", "", "") == Values("number")
    assert judged("age", "old").kind == "number"
    assert judged("age", "true", "false").kind == "flag"  # becomes 1 and 0 where it was


def test_nothing_is_taken_for_granted_of_a_column_that_was_not_there() -> None:
    assert judged("height", "0,75").notation == COMMA

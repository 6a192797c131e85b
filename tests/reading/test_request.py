"""What was asked for of a reader."""

from __future__ import annotations

from coterie.reading.date_forms import DateForm
from coterie.reading.notation import Notation
from coterie.reading.request import Before, Reading


def test_a_column_is_what_it_was_before_or_nothing_is_known() -> None:
    age, since = Before("age", "number"), Before("since", "date", Notation(forms=(DateForm.DAY_FIRST,)))
    reading = Reading(before=(age, since))
    assert [reading.column(name) for name in ("age", "since", "city")] == [age, since, None]


def test_what_was_written_as_programs_write_has_a_point_and_the_year_first() -> None:
    assert (Before("age", "number").decimal, Before("age", "number").order) == (".", None)
    assert (Before("since", "date").decimal, Before("since", "date").order) == (None, "ymd")
    assert Before("since", "date", Notation(forms=(DateForm.NAMED, DateForm.MONTH_FIRST))).order == "mdy"


def test_by_default_a_bad_row_is_an_error() -> None:
    assert Reading().on_bad_rows == "error"

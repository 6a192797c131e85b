"""What was asked for of a reader."""

from __future__ import annotations

from coterie.reading.request import Reading


def test_a_column_is_what_it_was_before_or_nothing_is_known() -> None:
    reading = Reading(kinds=(("age", "number"), ("zip", "category")))
    assert [reading.kind(name) for name in ("age", "zip", "city")] == ["number", "category", None]


def test_by_default_a_bad_row_is_an_error() -> None:
    assert Reading().on_bad_rows == "error"

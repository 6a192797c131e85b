"""An engine reads the dates that the grammar of dates matches, as Python reads them."""

from __future__ import annotations

import duckdb
import pytest

from coterie import sql
from coterie.engines.dates import DateTexts, count_dates, counts_of, date_in
from coterie.engines.engine import unmask
from coterie.reading import COUNTS, WRITTEN, DateForm
from coterie.reading.date_forms import count_forms, day_in

TEXTS = [
    "2025-03-07", "2025/3/7 10:15", "2025-03-07T23:50:00+0200", "2025-03-07 10:02:30 PM", "20250307", "20250307T101500",
    "7.3.2025", "13/03/25", "3/13/2025 11:02 PM", "7. März 2025", "Fri, 07 Mar 2025 10:00:00 +0100", "07MAR2025",
    "Fri Mar  7 10:00:00 2025", "7 DÉCEMBRE 2025", "2025-02-30", "31/04/2025", "epoch", "2025117", "2025-01-05 garbage",
    "0044-03-15 (BC)", "", "NA", "7.3.2025, 22:02 Uhr", "vendredi 7 mars 2025 à 22h02", "7/3/2025, 10:02:00 p.\u00a0m.",
    "March 7, 2025 at 10:02\u202fPM", "07/Mar/2025:22:02:30 +0000", "7. 3. 2025", "7/3/2025 24h02",
    "Fr., 07.03.2025", "vendredi 7/3/2025 22h02", "FRI 2025-03-07", "sexta-feira, 7 de março de 2025",
    "mar 11 mar 2025", "Mar. 11th, 2025", "ab 07.03.2025", "March 07.03.2025", "before 7 March 2025",
    "7 Friday 2025", "2025年03月07日",
]  # fmt: skip
NEAR = [":Fri 2025-03-07", "(Fri 2025-03-07", "?2025-03-07", "=2025-03-07", "Friday,2025-03-07", "Fri:2025-03-07"]


def value(node: sql.Node) -> object:
    return duckdb.sql(f"SELECT {sql.render(node, 'duckdb')}").fetchall()[0][0]


@pytest.mark.parametrize("text", [*TEXTS, *NEAR])
def test_python_and_the_engine_read_the_same_days(text: str) -> None:
    got = {form: value(date_in(sql.text(text), [form])) for form in WRITTEN}
    assert {form: day and day.date() for form, day in got.items()} == {  # type: ignore[attr-defined]
        form: day_in(text, form) for form in WRITTEN
    }


def test_where_no_form_was_found_nothing_is_read() -> None:
    assert value(date_in(sql.text("2025-03-07"), ())) is None


def test_the_clock_is_the_one_that_is_written() -> None:
    usual = ("2025-03-07 22:02:30 +0200", "2025-03-07 10:02:30 PM", "20250307T220230", "7 Mar 2025 22:02:30")
    spoken = ("07/Mar/2025:22:02:30 +0000", "7. März 2025 um 22:02:30 Uhr", "March 7, 2025 at 10:02:30\u202fPM")
    for text in (*usual, *spoken):
        assert str(value(date_in(sql.text(text), WRITTEN))) == "2025-03-07 22:02:30"


def test_days_and_seconds_are_counted_from_where_programs_count_them() -> None:
    for text in ("45723", "45723.0", "1741305600", "1741305600000"):
        assert str(value(date_in(sql.text(text), list(COUNTS)))) == "2025-03-07 00:00:00"
    assert value(date_in(sql.text("99999999"), list(COUNTS))) is None


def test_forms_are_counted_with_their_first_rows() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT unnest($1) t, unnest(range(100, $2)) r", [TEXTS, 100 + len(TEXTS)])
        query = count_dates([DateTexts("d", sql.column("t"), sql.column("r"))], "t")
        got = connection.execute(sql.render(query, "duckdb")).fetchnumpy()
    counts = counts_of({name: unmask(column) for name, column in got.items()}, "d")
    assert counts.seen == count_forms([t for t in TEXTS if t])[0]
    assert (counts.there, counts.unread) == (len(TEXTS) - 2, 12)
    assert (counts.rows[DateForm.COMPACT], counts.rows[None]) == (104, 114)

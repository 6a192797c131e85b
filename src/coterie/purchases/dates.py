"""Dates of an engine or in texts, as whole days.

A day and a month are never swapped on a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coterie import errors, sql
from coterie.engines import (
    DATES,
    NUMBERS,
    ROW,
    DateCounts,
    DateForm,
    DateTexts,
    Engine,
    Kind,
    Reading,
    as_text,
    choose_forms,
    count_dates,
    counts_of,
    date_in,
)
from coterie.findings import Finding
from coterie.reading import DIGITS, READ_AS
from coterie.sql import Node

FIRST_DAY = -25_567  # 1900-01-01
FIRST_ROWS = 5_000
TEXTS = (DateForm.YEAR_FIRST, DateForm.COMPACT, DateForm.DAY_FIRST, DateForm.MONTH_FIRST, DateForm.NAMED)
COUNTED = (DateForm.COMPACT, DateForm.SERIAL, DateForm.SECONDS, DateForm.MILLISECONDS)


def day(engine: Engine, relation: str, column: tuple[str, Kind], reading: Reading) -> tuple[Node, tuple[Finding, ...]]:
    """Return the days since 1970 of each row of a relation, and how they were read where that is not plain.

    A time that the engine knows as an instant (with a zone) counts by its day in UTC, every other by the day it shows;
    where a time zone was named, instants and times with an offset count by their day there.

    Parameters
    ----------
    column : its name and kind.
    reading : the order of dates in texts, where it was named; whether rows that cannot be read may be left out.

    Raises
    ------
    InputError : values that are no dates, forms that cannot be read together, or texts in a database.
    """
    name, kind = column
    node = sql.column(name)
    if kind is Kind.INSTANT:
        return sql.day_number(sql.at_zone(node, reading.time_zone) if reading.time_zone else sql.in_utc(node)), ()
    if kind in DATES:
        return sql.day_number(node), ()
    if not engine.caps.texts:
        raise errors.uncast_dates(name)
    text = as_text(node, kind)  # 19970101.0 where a frame had gaps
    forms, findings = _forms(engine, relation, (name, text), COUNTED if kind in NUMBERS else TEXTS, reading)
    return _said(text, forms, reading.time_zone), findings


def _said(text: Node, forms: Sequence[DateForm], zone: str | None) -> Node:
    """Return the day that a text says in the first form that fits; a year before 1900 is a misread day or month."""
    day = sql.day_number(date_in(sql.trimmed(text), forms, zone))
    return sql.case([(sql.at_most(sql.whole(FIRST_DAY), day), day)])


def _forms(
    engine: Engine, relation: str, column: tuple[str, Node], able: Sequence[DateForm], reading: Reading
) -> tuple[tuple[DateForm, ...], tuple[Finding, ...]]:
    """Return the forms that read a column of dates, and a finding where they are counts of days or seconds."""
    name, text = column
    row = sql.column(ROW) if engine.caps.rows else None
    texts = [DateTexts("d", text, row, reading.time_zone)]
    if row is not None and able is TEXTS and reading.on_bad_rows == "error":
        first = sql.at_most(row.copy(), sql.whole(FIRST_ROWS))
        seen = counts_of(engine.fetch(count_dates(texts, relation, able, where=first)), "d", able)
        if any(seen.seen.forms.values()) or _in_digits(engine, (relation, first), name, texts, reading) is None:
            _refuse_early(name, seen, lambda: _first_cell(engine, relation, text))
    counts = counts_of(engine.fetch(count_dates(texts, relation, able)), "d", able)
    best = max(able, key=lambda form: counts.seen.forms[form])
    if counts.seen.forms[best] < counts.there and (able is COUNTED or not counts.seen.forms[best]):
        form = _in_digits(engine, (relation, None), name, texts, reading)
        if form is not None:
            said = "dates are not written as year-month-day"
            return (form,), (Finding("COT110", "note", name, counts.there, said, f"read as {READ_AS[form]}"),)
    if not counts.seen.forms[best]:
        raise errors.unreadable_dates(name, odd=_first_cell(engine, relation, text))
    forms: tuple[DateForm, ...]
    if able is COUNTED:
        forms, unread = (best,), counts.there - counts.seen.forms[best]
    else:
        forms, unread = _written(name, counts, reading), counts.unread
    if unread and reading.on_bad_rows == "error":
        raise errors.unreadable_dates(name, unread, counts.rows[None] if row is not None and counts.unread else None)
    if best in COUNTED[1:]:
        said = f"dates are {best}"
        return forms, (Finding("COT110", "note", name, counts.seen.forms[best], said, "read as days"),)
    return forms, ()


def _in_digits(
    engine: Engine, place: tuple[str, Node | None], name: str, texts: Sequence[DateTexts], reading: Reading
) -> DateForm | None:
    """Return the only form of digits that reads the values.

    None where none does; the column is of dates.
    """
    relation, where = place
    counts = counts_of(engine.fetch(count_dates(texts, relation, tuple(DIGITS), where=where)), "d", tuple(DIGITS))
    named = [form for form in DIGITS if reading.date_order in (None, DIGITS[form])]
    most = max((counts.seen.forms[form] for form in named), default=0)
    if most < counts.there:
        if where is not None or 2 * most < counts.there:
            return None
        if reading.on_bad_rows == "error":
            raise errors.unreadable_dates(name, counts.there - most)
    able = [form for form in named if 0 < most == counts.seen.forms[form]]
    if len(orders := {DIGITS[form] for form in able}) > 1 and where is None:
        raise errors.ambiguous_dates(name, sorted(orders))
    return able[0] if able else None


def _first_cell(engine: Engine, relation: str, text: Node) -> errors.OddCell | None:
    """Return the first text of a column that is there; None: rows have no order."""
    if not engine.caps.rows:
        return None
    there = sql.negate(sql.is_null(text.copy()))
    asked = [sql.named(sql.column(ROW), "row"), sql.named(text.copy(), "seen")]
    got = engine.fetch(sql.select(asked, sql.table(relation), where=there, order=[sql.column(ROW)], limit=1))
    return errors.OddCell(int(got["row"][0]), str(got["seen"][0]), "a date") if len(got["row"]) else None


def _refuse_early(name: str, counts: DateCounts, find: Callable[[], errors.OddCell | None]) -> None:
    """Refuse what the first rows show to be unreadable, before every form is tried on all of them."""
    if counts.there < FIRST_ROWS or not counts.unread:
        return
    if not any(counts.seen.forms.values()):
        raise errors.unreadable_dates(name, first=counts.there, odd=find())
    raise errors.unreadable_dates(name, counts.unread, counts.rows[None], first=counts.there)


def _written(name: str, counts: DateCounts, reading: Reading) -> tuple[DateForm, ...]:
    """Return the forms that texts are surely written in, or the commonest where bad rows may be left out."""
    choice = choose_forms(counts.seen, reading.date_order)
    if choice.open and not choice.apart:
        raise errors.ambiguous_dates(name, ("dmy", "mdy"))
    if choice.apart and reading.on_bad_rows == "error":
        seen = [(str(form), counts.seen.forms[form], counts.rows[form]) for form in choice.apart]
        raise errors.two_date_forms("the table", name, seen, switched=choice.switched)
    return choice.forms or (max(choice.apart, key=lambda form: counts.seen.forms[form]),)

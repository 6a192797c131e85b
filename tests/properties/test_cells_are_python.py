"""What is read of a cell is what Python's own parsers read, or the cell is unread; what is well written is read."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from coterie import sql
from coterie.engines.dates import date_in
from coterie.engines.duckdb import cells
from coterie.reading import WRITTEN, DateForm, Notation, TextColumn
from coterie.reading.date_forms import day_in
from coterie.reading.notation import judge

DATABASE = duckdb.connect()


@st.composite
def mutated(draw: st.DrawFn, written: st.SearchStrategy[str], signs: str) -> str:
    """A well-written cell, of which a sign is put in, taken out, or another."""
    cell = draw(written)
    at = draw(st.integers(0, len(cell)))
    sign = draw(st.sampled_from(["", *signs]))
    return cell[:at] + sign + cell[at + draw(st.integers(0, 1)) :]


def in_engine(nodes: Sequence[sql.Node], texts: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what each node makes of each text, which is called ``cell``."""
    query = sql.select([sql.named(node, f"v{i}") for i, node in enumerate(nodes)], sql.table("t"))
    DATABASE.execute("CREATE OR REPLACE TABLE t AS SELECT unnest($1::VARCHAR[]) AS cell", [list(texts)])
    return DATABASE.execute(sql.render(query, "duckdb")).fetchall()


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────

WAYS = [Notation(), Notation(",", "."), Notation(".", ","), Notation(",", " "), Notation(".", ",", signs=True)]
AMOUNTS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False)


def write_number(x: Decimal, way: Notation) -> str:
    bare = f"{abs(x):,.2f}" if way.grouping else f"{abs(x):.2f}"
    sign, dollar = ("-" if x < 0 else ""), ("$" if way.signs else "")
    return sign + dollar + bare.translate({44: way.grouping, 46: way.decimal})


def as_python_reads(cell: str, way: Notation) -> float | None:
    """Return what Python makes of a number without currency and signs between thousands."""
    bare = cell.strip().replace("$", "").replace("\u2212", "-")
    below = bare.endswith("-") or (bare.startswith("(") and bare.endswith(")"))
    bare = re.sub(r"\s+", "", bare.strip("()").removesuffix("-").removesuffix("%"))
    bare = bare.replace(way.grouping.strip() or "\0", "").replace("'", "").replace(way.decimal, ".")
    try:
        value = float(Decimal(bare))
    except InvalidOperation:
        return None
    return -value if below else value


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(WAYS), st.lists(AMOUNTS, min_size=30, max_size=40), st.data())
def test_a_number_is_what_python_reads_or_unread(way: Notation, amounts: list[Decimal], data: st.DataObject) -> None:
    sure = [Decimal("-1234567.25"), *amounts]
    column = [write_number(x, way) for x in sure]
    column += data.draw(st.lists(mutated(st.sampled_from(column), "0123456789.,-+ '()%$eEx_ ٣年"), max_size=3))
    values = judge("v", column)
    assert values.kind == "number"
    node = cells.convert_leniently(TextColumn("v", values), sql.column("cell"))
    got = [row[0] for row in in_engine([node], column)]
    held = values.notation or Notation()
    if values.notation is None and way != Notation():
        return  # a point and a comma could both be the decimal sign: the table is refused
    assert got[: len(sure)] == [float(x) for x in sure]
    for cell, value in zip(column, got, strict=True):
        assert value is None or value == as_python_reads(cell, held), (cell, held)


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FORMATS = {
    DateForm.YEAR_FIRST: ["%Y-%m-%d"],
    DateForm.COMPACT: ["%Y%m%d"],
    DateForm.SHORT_YEAR_FIRST: ["%y-%m-%d"],
    DateForm.DAY_FIRST: ["%d-%m-%Y", "%d-%m-%y"],
    DateForm.MONTH_FIRST: ["%m-%d-%Y", "%m-%d-%y"],
    DateForm.NAMED: ["%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%y"],
}
WORDED = [f"{day} {year}" for day in ("%d %b", "%d %B", "%b %d", "%B %d") for year in ("%Y", "%y")]
CLOCKS = ["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p"]
WEEKDAYS = ["", "%a ", "%A, ", "%a, "]
DAYS = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2067, 12, 31))


def read_by_python(cell: str, form: DateForm) -> set[datetime.date]:
    """Return the days that Python's formats read of a text, whatever stands between day, month, year and the clock."""
    day = re.sub(r"[ T:,]+\d{1,2}:\d\d.*$", "", cell)
    ways, between = (WORDED, " ") if form is DateForm.NAMED else (FORMATS[form], "-")
    if form is DateForm.NAMED:  # a word ends where digits begin
        day = re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", day)
    found = set()
    for said in (day, re.sub(r"^[^\W\d_]+(?:[.,]+ *| +)", "", day)):
        for way in ways:
            with contextlib.suppress(ValueError):
                found.add(datetime.datetime.strptime(re.sub(r"[-/., ]+", between, said), way).date())
    return found


@st.composite
def dated(draw: st.DrawFn) -> tuple[DateForm, str, datetime.date]:
    form = draw(st.sampled_from(WRITTEN))
    way = draw(st.sampled_from(FORMATS[form]))
    clock = draw(st.sampled_from([c for c in CLOCKS if form is not DateForm.COMPACT or not c]))
    weekday = draw(st.sampled_from(WEEKDAYS if form is not DateForm.COMPACT else [""]))
    between = draw(st.sampled_from("-/."))
    moment = draw(DAYS)
    if form is not DateForm.NAMED:
        way = way.replace("-", between)
    return form, moment.strftime(weekday + way + clock), moment.date()


@settings(max_examples=10, deadline=None)
@given(st.lists(dated(), min_size=20, max_size=30), st.data())
def test_a_day_is_what_python_reads_or_unread(
    written: list[tuple[DateForm, str, datetime.date]], data: st.DataObject
) -> None:
    for form, cell, day in written:
        assert day_in(cell, form) == day, cell
    odd = mutated(st.sampled_from([cell for _, cell, _ in written]), "0123456789-/.: xT年")
    texts = [text.strip() for text in data.draw(st.lists(odd, min_size=1, max_size=20))]
    got = in_engine([date_in(sql.column("cell"), [form]) for form in WRITTEN], texts)
    for text, moments in zip(texts, got, strict=True):
        days = [day_in(text, form) for form in WRITTEN]
        assert [m and m.date() for m in moments] == days, text
        for form, day in zip(WRITTEN, days, strict=True):
            assert day is None or day in read_by_python(text, form), (text, form, day)

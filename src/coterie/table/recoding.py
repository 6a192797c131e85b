"""Cells that stand for something else: codes, ticks, seconds since 1970, values that mean missing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import sql, words
from coterie.doors import frozen
from coterie.engines import DATES, NUMBERS, TEXTS, Engine, Kind, as_text, date_in
from coterie.findings import Finding
from coterie.reading import DIGITS, READ_AS, Before, DateForm
from coterie.sql import Node
from coterie.table.identifiers import is_date_name, is_month_name, is_quantity, named

CellKind = Literal["number", "date", "text", "other"]
CODES = "COT114"  # zeros in front: digits that are no number
TICKED, NOT_TICKED = "ticked", "not ticked"
TICKS = "ticks"  # what such a column was when the segments were formed
HEAD = 1_000  # so many rows rule out most columns


class Recoding(Enum):
    """What the cells of a column stand for."""

    CODES = "codes"
    TICKS = TICKS
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    DAY_NUMBERS = "day numbers"
    DIGITS = "days in digits"
    DAY_DIGITS = "days in digits, the day first"
    MONTH_DIGITS = "days in digits, the month first"
    SHORT_DIGITS = "days in digits, a short year first"
    YEAR_MONTH = "months in digits"

    @property
    def kind(self) -> CellKind:
        """The kind of what the cells stand for."""
        return "text" if self in (Recoding.CODES, Recoding.TICKS) else "date"


# From September 2001, when a count of seconds gets its tenth digit, to the end of 2049; so many make a day, and the day
# that is zero. A spreadsheet's day numbers, from 1990, have the size of money: only the column's name tells them.
EPOCHS = {Recoding.SECONDS: (1e9, 2_524_607_999.0, 86_400.0, 0.0)}
EPOCHS[Recoding.MILLISECONDS] = (1e12, 2_524_607_999_999.0, 86_400_000.0, 0.0)
EPOCHS[Recoding.DAY_NUMBERS] = (32_874.0, 54_789.0, 1.0, 25_569.0)
FORMS = {
    Recoding.SECONDS: DateForm.SECONDS,
    Recoding.MILLISECONDS: DateForm.MILLISECONDS,
    Recoding.DAY_NUMBERS: DateForm.SERIAL,
    Recoding.DIGITS: DateForm.COMPACT,
    Recoding.DAY_DIGITS: DateForm.DAY_DIGITS,
    Recoding.MONTH_DIGITS: DateForm.MONTH_DIGITS,
    Recoding.SHORT_DIGITS: DateForm.SHORT_DIGITS,
    Recoding.YEAR_MONTH: DateForm.YEAR_MONTH,
}
BY_NAME = {form: recoding for recoding, form in FORMS.items() if form in DIGITS}
SHORTEST, LONGEST = 10_100, 31_129_999  # the digits of such days as numbers: 1 January 00, 31 December 9999
MONTHS = (190_001, 209_912)  # such months
MOSTLY = 0.5  # of a column that is called like days read so: it is worth a word that the others do not
# Numbers that may be days in digits, 20260131, with a clock behind or not; each of them must be a day of the calendar.
IN_DIGITS = tuple((19_000_101.0 * clock, 20_991_232.0 * clock) for clock in (1, 10_000, 1_000_000))


def held_as(kind: Kind) -> CellKind:
    """Return what coterie calls a kind of an engine's."""
    kinds: tuple[tuple[frozenset[Kind], CellKind], ...] = ((NUMBERS, "number"), (DATES, "date"), (TEXTS, "text"))
    return next((k for held, k in kinds if kind in held), "other")


def recode(value: Node, kind: CellKind, recoding: Recoding, zone: str | None = None) -> Node:
    """Return what a cell stands for, of one kind before and perhaps another after.

    Parameters
    ----------
    zone : the time zone whose clocks show a moment; None: UTC's do.
    """
    if recoding is Recoding.CODES:
        return as_text(value, Kind.FRACTION)
    if recoding is Recoding.TICKS:
        no = sql.equal(value.copy(), sql.number(0.0))
        if kind == "text":
            no = sql.among(sql.lower(sql.trimmed(value.copy())), (*sorted(words.no_words()), NOT_TICKED))
        return sql.case([(sql.either(sql.is_null(value), no), sql.text(NOT_TICKED))], sql.text(TICKED))
    if recoding is Recoding.DIGITS or recoding in BY_NAME.values():
        digits = sql.trimmed(value) if kind == "text" else as_text(value, Kind.FRACTION)
        said = date_in(digits, (FORMS[recoding],))
        return sql.multiply(sql.seconds(said), sql.number(1 / 86_400))
    _, _, day, zero = EPOCHS[recoding]
    if zero:
        return sql.subtract(value, sql.number(zero))
    if zone is None:
        return sql.multiply(value, sql.number(1 / day))
    micros = sql.multiply(value, sql.number(86_400e6 / day))
    shown = sql.at_zone(sql.at_zone(sql.time_of_micros(sql.cast(micros, "whole")), "UTC"), zone)
    return sql.multiply(sql.seconds(shown), sql.number(1 / 86_400))


def without(value: Node, kind: CellKind, missing: Sequence[str]) -> Node:
    """Return a cell, NULL where it holds one of the values that mean missing."""
    same: list[Node] = []
    if kind == "text" and missing:
        same = [sql.among(sql.trimmed(value.copy()), missing)]
    elif kind in ("number", "date"):
        numbers = [n for m in missing if (n := (_number if kind == "number" else _day)(m)) is not None]
        same = [sql.equal(value.copy(), sql.number(n)) for n in numbers]
    return sql.case([(sql.either(*same), sql.null())], value) if same else value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _day(text: str) -> float | None:
    try:
        return float((datetime.date.fromisoformat(text) - words.DAY_ZERO).days)
    except ValueError:
        return None


def find_padded(engine: Engine, relation: str, names: Sequence[str]) -> set[str]:
    """Return the columns of text in which some have blanks around: programs fill texts up to the width of a column.

    One narrow scan where there are columns of text.
    """
    texts = [name for name, kind in engine.schema(relation) if kind is Kind.TEXT and name in names]
    if not texts:
        return set()
    nodes = []
    for i, name in enumerate(texts):
        text = sql.cast(sql.column(name), "text")  # a UUID and a kind of its own are texts too
        around = sql.either(sql.is_like(text, " %"), sql.is_like(text.copy(), "% "))
        nodes.append(sql.named(sql.count(sql.case([(around, sql.whole(1))])), f"n{i}"))
    got = engine.fetch(sql.select(nodes, sql.table(relation)))
    return {name for i, name in enumerate(texts) if int(got[f"n{i}"][0])}


# ── ticks and epochs ──────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Recoded:
    """What a column's cells stand for, how many of them are filled, and their ends where they are numbers.

    ``recoding`` None: digits that are called like days, which ``orders`` read.
    """

    recoding: Recoding | None
    present: int
    low: float
    high: float
    orders: tuple[DateForm, ...] = ()


def find_recoded(
    engine: Engine,
    relation: str,
    kinds: Mapping[str, CellKind],
    rows: int,
    zone: str | None = None,
    order: str | None = None,
) -> dict[str, Recoded]:
    """Return the columns that are ticked or empty, or count seconds or days since a day.

    Days in digits that several orders read, or none, are among them without what they stand for.

    Parameters
    ----------
    zone, order : the time zone and the order of day, month and year that were named.

    Notes
    -----
    Cost: the first thousand rows; then, where there are more, one narrow scan of the columns that these leave in doubt.
    """
    able = [name for name, kind in kinds.items() if kind in ("number", "text")]
    if not able or not rows:
        return {}
    nodes = [sql.named(sql.column(name), f"c{i}") for i, name in enumerate(able)]
    head = engine.fetch(sql.select(nodes, sql.table(relation), limit=HEAD))
    if rows <= HEAD:
        judged = {name: _judge_all(name, head[f"c{i}"], rows) for i, name in enumerate(able)}
    else:
        doubted = [name for i, name in enumerate(able) if _may_stand_for_else(name, head[f"c{i}"])]
        judged = _judge_ends(engine, relation, doubted, rows)
    found = {
        name: recoded if zone is None else _ends_in_zone(engine, relation, recoded, zone)
        for name, recoded in judged.items()
        if recoded is not None
    }
    return _ordered(engine, relation, kinds, _proved(engine, relation, found), order)


def _judge_ends(engine: Engine, relation: str, doubted: Sequence[str], rows: int) -> dict[str, Recoded | None]:
    """Return what columns' cells stand for by their ends; one narrow scan where there are any."""
    if not doubted:
        return {}
    ends = {"n": sql.count, "l": sql.smallest, "h": sql.largest}
    wanted = [sql.named(f(sql.column(name)), f"{key}{i}") for i, name in enumerate(doubted) for key, f in ends.items()]
    got = engine.fetch(sql.select(wanted, sql.table(relation)))
    return {
        name: _judge(name, int(got[f"n{i}"][0]), got[f"l{i}"][0], got[f"h{i}"][0], rows)
        for i, name in enumerate(doubted)
    }


def _ordered(
    engine: Engine, relation: str, kinds: Mapping[str, CellKind], found: dict[str, Recoded], order: str | None
) -> dict[str, Recoded]:
    """Return the columns, of those of digits that are called like days the order that reads them.

    One narrow scan where there are any.
    """
    asked = [name for name, recoded in found.items() if recoded.recoding is None]
    if not asked or not engine.caps.texts:
        return {name: recoded for name, recoded in found.items() if name not in asked}
    nodes = []
    for i, name in enumerate(asked):
        for form, recoding in BY_NAME.items():
            day = recode(sql.column(name), kinds[name], recoding)
            ends = {"n": sql.count, "l": sql.smallest, "h": sql.largest}
            nodes += [sql.named(measure(day.copy()), f"{key}{i}_{form.name}") for key, measure in ends.items()]
    got = engine.fetch(sql.select(nodes, sql.table(relation)))
    for i, name in enumerate(asked):
        present, many = found[name].present, {form: int(got[f"n{i}_{form.name}"][0]) for form in BY_NAME}
        able = [form for form in BY_NAME if many[form] == present and order in (None, DIGITS[form])]
        if len(able) == 1:
            low, high = (float(got[f"{end}{i}_{able[0].name}"][0]) for end in "lh")
            found[name] = Recoded(BY_NAME[able[0]], present, low, high)
        elif able or max(many.values()) >= MOSTLY * present:
            found[name] = replace(found[name], orders=tuple(able))
        else:
            found.pop(name)
    return found


def _proved(engine: Engine, relation: str, found: dict[str, Recoded]) -> dict[str, Recoded]:
    """Return the columns without those of digits that are not all days; one narrow scan where there are any."""
    asked = [name for name, recoded in found.items() if recoded.recoding is Recoding.DIGITS]
    if not asked or not engine.caps.texts:
        return {name: recoded for name, recoded in found.items() if name not in asked}
    days = [recode(sql.column(name), "number", Recoding.DIGITS) for name in asked]
    ends = {"n": sql.count, "l": sql.smallest, "h": sql.largest}
    nodes = [sql.named(f(day.copy()), f"{key}{i}") for i, day in enumerate(days) for key, f in ends.items()]
    got = engine.fetch(sql.select(nodes, sql.table(relation)))
    for i, name in enumerate(asked):
        recoded = found.pop(name)
        if int(got[f"n{i}"][0]) == recoded.present:
            found[name] = replace(recoded, low=float(got[f"l{i}"][0]), high=float(got[f"h{i}"][0]))
    return found


def _ends_in_zone(engine: Engine, relation: str, found: Recoded, zone: str) -> Recoded:
    """Return a column of epochs, its ends as a zone's clocks show them."""
    if found.recoding not in (Recoding.SECONDS, Recoding.MILLISECONDS):
        return found
    ends = [sql.number(day * EPOCHS[found.recoding][2]) for day in (found.low, found.high)]
    nodes = [sql.named(recode(end, "number", found.recoding, zone), f"e{i}") for i, end in enumerate(ends)]
    got = engine.fetch(sql.select(nodes, sql.table(relation), limit=1))
    return replace(found, low=float(got["e0"][0]), high=float(got["e1"][0]))


def _may_stand_for_else(name: str, values: NDArray[Any]) -> bool:
    """Say whether some of a column's cells leave it open that all are ticks or epochs."""
    if values.dtype == object:
        different = {v for v in values if v is not None}
        return len(different) <= 1 or (_are_called_days(name, different))
    x = values[~np.isnan(values)]
    return len(x) == 0 or _judge(name, len(x), x.min(), x.max(), len(x) + 1) is not None


def _are_called_days(name: str, texts: Iterable[str]) -> bool:
    return all(_may_be_digits(text) and _is_called_days(name, float(text), float(text)) for text in texts)


def _judge_all(name: str, values: NDArray[Any], rows: int) -> Recoded | None:
    """Return what a column's cells stand for where all of them are here."""
    if values.dtype == object:
        present = [v for v in values if v is not None]
        return _judge(name, len(present), min(present), max(present), rows) if present else None
    x = values[~np.isnan(values)]
    return _judge(name, len(x), x.min(), x.max(), rows) if len(x) else None


def _judge(name: str, present: int, low: Any, high: Any, rows: int) -> Recoded | None:
    """Return what a column's cells stand for by their ends, or may stand for by its name."""
    if present == 0:
        return None
    found = _judge_values(name, present, low, high, rows)
    if found is not None or low == high:
        return found
    if isinstance(low, str):
        able = _may_be_digits(low) and _may_be_digits(high)
        return Recoded(None, present, 0, 0) if able and _is_called_days(name, float(low), float(high)) else None
    able = low >= SHORTEST and high <= LONGEST and _is_called_days(name, low, high)
    return Recoded(None, present, low, high) if able else None


def _is_called_days(name: str, low: float, high: float) -> bool:
    """Say whether digits are called like days, or like months where they may be some."""
    return is_date_name(name) or (is_month_name(name) and MONTHS[0] <= low and high <= MONTHS[1])


def _judge_values(name: str, present: int, low: Any, high: Any, rows: int) -> Recoded | None:
    if isinstance(low, str):
        no = low.strip().casefold() in (*words.no_words(), NOT_TICKED)
        return Recoded(Recoding.TICKS, present, 0, 0) if low == high and present < rows and not no else None
    low, high = float(low), float(high)
    if low == high == 1:
        return Recoded(Recoding.TICKS, present, 0, 0) if present < rows else None
    if any(least <= low and high <= most for least, most in IN_DIGITS):
        return Recoded(Recoding.DIGITS, present, low, high)
    if named(name) is not None or is_quantity(name) or low == high:
        return None
    for r, (least, most, day, zero) in EPOCHS.items():
        if least <= low and high <= most and (r is not Recoding.DAY_NUMBERS or is_date_name(name)):
            return Recoded(r, present, low / day - zero, high / day - zero)
    return None


def _may_be_digits(text: str) -> bool:
    """Say whether a text is as long as a day in digits."""
    bare = text.strip()
    return len(bare) in (6, 8) and bare.isascii() and bare.isdigit()


def as_before(then: Before | None, kind: CellKind, ends: Recoded | None) -> Recoding | None:
    """Return what a new table's cells stand for, given what the column was when the segments were formed."""
    before = then.kind if then is not None else None
    forms = then.notation.forms if then is not None and then.notation is not None else ()
    if (by_name := next((BY_NAME[form] for form in forms if form in BY_NAME), None)) is not None:
        return by_name
    if before in (Recoding.CODES.value, "category", "flag"):
        return Recoding.CODES if kind == "number" else None
    if before == TICKS:
        return Recoding.TICKS
    return ends.recoding if before == "date" and kind == "number" and ends is not None else None


def without_codes(found: Iterable[Finding], kinds: Mapping[str, CellKind]) -> list[Finding]:
    """Return findings but those that columns of days hold codes.

    Days in digits may begin with a zero.
    """
    return [f for f in found if f.code != CODES or kinds.get(f.column or "") != "date"]


def tell(name: str, found: Recoded, rows: int) -> Finding:
    """Return what was done about ticks or epochs."""
    if found.recoding is Recoding.TICKS:
        text = "one value, the other cells are empty"
        done = "read as ticked or not; where empty means unknown, leave the column out with --exclude"
        return Finding("COT141", "note", name, found.present, text, done)
    if found.recoding is None:
        orders = words.joined([READ_AS[form] for form in found.orders])
        text = f"digits that read as {orders}" if orders else "digits that are not all days of a calendar"
        choose = "; --date-order says which" if len({DIGITS[form] for form in found.orders}) > 1 else ""
        return Finding("COT130", "warning", name, found.present, text, f"not read as dates{choose}")
    if found.recoding is Recoding.DIGITS or found.recoding in BY_NAME.values():
        text = "dates are not written as year-month-day"
        return Finding("COT110", "note", name, rows, text, f"read as {READ_AS[FORMS[found.recoding]]}")
    counted = "of a spreadsheet" if found.recoding is Recoding.DAY_NUMBERS else "since 1970"
    text = f"{found.recoding.value} {counted}, from {words.day(found.low)} to {words.day(found.high)}"
    done = "read as dates, which form segments only when named in --features"
    return Finding("COT145", "note", name, found.present, text, done)


def are_ticks(levels: Sequence[str]) -> bool:
    """Say whether a column's levels are those of a check-box."""
    return bool(levels) and set(levels) <= {TICKED, NOT_TICKED}

"""Dates in texts as an engine reads them: what the grammar of dates matches, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from coterie import sql
from coterie.doors import frozen
from coterie.engines.engine import Columns
from coterie.reading import (
    COUNTS,
    FIRST_WORD,
    MISSING,
    OFFSETS,
    ORDERS,
    WRITTEN,
    DateForm,
    Rule,
    Seen,
    month_words,
    rules_of,
)
from coterie.sql import Node

HALF_DAYS = ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p")
SHAPES = {form: f"d{i}" for i, form in enumerate(DateForm)}


def date_in(bare: Node, forms: Sequence[DateForm], zone: str | None = None, *, born: bool = False) -> Node:
    """Return the time that a trimmed text says in a form, or NULL.

    Parameters
    ----------
    zone : the time zone whose clocks show a moment; None: a time is as it is written, or UTC's.
    born : years of two digits are those of births.
    """
    branches = [branch for form in forms if form not in COUNTS for branch in _written(bare, form, zone, born=born)]
    branches += [_counted(bare, form, zone) for form in forms if form in COUNTS]
    if not branches:  # no row shows a form: nothing is there to be read
        return sql.time_or_null(sql.null())
    return sql.case(branches, sql.null())


def _written(bare: Node, form: DateForm, zone: str | None, *, born: bool) -> list[tuple[Node, Node]]:
    """Return the conditions and values of a form's rules."""
    found = []
    for rule in rules_of(form, born=born):
        there = sql.call("regexp_full_match", bare.copy(), sql.text(rule.pattern))
        said = bare.copy()
        if rule.iso is not None:
            whole = f"^(?:{rule.pattern})$"
            said = sql.call("regexp_replace", said, sql.text(whole), sql.text(rule.iso))
        if rule.named is not None:
            word = sql.call("regexp_replace", bare.copy(), sql.text(whole), sql.text(rule.named))
            said = sql.call("replace", said, sql.text("|"), _month_of(word))
        if rule.before:
            digit = sql.both(sql.at_most(sql.text("0"), bare.copy()), sql.less(bare.copy(), sql.text(":")))
            there = sql.both(there, sql.either(digit, _begins_with(bare, rule.before)))
        said = sql.trimmed(said)
        time = sql.parsed_time(said, HALF_DAYS) if rule.half else sql.time_or_null(said)
        found.append((there, time if zone is None or rule.zone is None else _moved(time, bare, rule, zone)))
    return found


def _moved(time: Node, bare: Node, rule: Rule, zone: str) -> Node:
    """Return a time as a zone's clocks show it, where the text says by which clock it is; NULL where that is unsure."""
    whole = sql.text(f"^(?:{rule.pattern})$")
    said = sql.call("upper", sql.call("regexp_replace", bare.copy(), whole, sql.text(str(rule.zone))))
    word = sql.call("regexp_extract", said.copy(), sql.text(r"^[A-Z]*"))
    signs = sql.call("regexp_extract", said.copy(), sql.text(r"[+-](?:0\d|1[0-4]):?(?:[0-5]\d)?"))
    numbered = sql.call(
        "regexp_full_match", said.copy(), sql.text(r"(UTC|GMT)?[+-](0\d|1[0-4])(:?[0-5]\d)?([ \[(].*)?")
    )
    lettered = [(sql.equal(word.copy(), sql.text(letters)), sql.text(hours)) for letters, hours in OFFSETS.items()]
    offset = sql.case([(numbered, signs), *lettered], sql.null())
    moved = sql.at_zone(sql.instant_or_null(sql.concat(sql.cast(time.copy(), "text"), offset)), zone)
    return sql.case([(sql.equal(said.copy(), sql.text("")), time)], moved)


def _begins_with(bare: Node, words: Iterable[str]) -> Node:
    word = sql.call("regexp_extract", bare.copy(), sql.text(FIRST_WORD))
    return sql.above(_place(word, f" {' '.join(sorted(words))} "), sql.whole(0))


def _month_of(word: Node) -> Node:
    """Return the number of a month's word as text: its words stand in a block of one text. NULL for another word."""
    blocks = [" ".join(w for w, i in month_words().items() if i == month) for month in range(1, 13)]
    size = max(map(len, blocks)) + 2
    place = sql.null_if(_place(word, "".join(f" {block} ".ljust(size) for block in blocks)), sql.whole(0))
    month = sql.floor(sql.divide(sql.add(place, sql.whole(size - 1)), sql.whole(size)))
    return sql.cast(sql.cast(month, "whole"), "text")


def _place(word: Node, listed: str) -> Node:
    """Return where a word stands in a text of words, 0 where it does not: one node of the tree for all of them."""
    return sql.call("strpos", sql.text(listed), sql.concat(sql.text(" "), sql.lower(word), sql.text(" ")))


def _counted(bare: Node, form: DateForm, zone: str | None) -> tuple[Node, Node]:
    """Return the condition and the value of days or seconds since a day."""
    count = COUNTS[form]
    fits = sql.call("regexp_full_match", bare.copy(), sql.text(r"[0-9]+(\.[0-9]+)?"))
    number = sql.case([(fits, sql.cast(bare.copy(), "double"))])
    within = sql.both(sql.at_most(sql.number(count.low), number), sql.at_most(number.copy(), sql.number(count.high)))
    since = sql.multiply(sql.subtract(number.copy(), sql.number(count.zero)), sql.number(float(count.micros)))
    time = sql.time_of_micros(sql.cast(since, "whole"))
    return within, time if zone is None or form is DateForm.SERIAL else sql.at_zone(sql.at_zone(time, "UTC"), zone)


@frozen
class DateTexts:
    """A column of texts, and a name for what is counted of it."""

    key: str
    text: Node
    row: Node | None = None
    zone: str | None = None


def count_dates(
    columns: Sequence[DateTexts], relation: str, forms: Sequence[DateForm] = WRITTEN, *, where: Node | None = None
) -> Node:
    """Return the SELECT that counts columns' forms.

    With a number for each row, the first of each form beside them. Each form of a cell is read once.
    """
    bare, read, counted = [], [], []
    for c in columns:
        there = sql.both(sql.negate(sql.is_null(c.text)), sql.negate(sql.among(sql.trimmed(c.text.copy()), MISSING)))
        row = [] if c.row is None else [sql.named(c.row, f"{c.key}_row")]
        bare += [sql.named(sql.case([(there, sql.trimmed(c.text.copy()))]), f"{c.key}_text"), *row]
        text = sql.column(f"{c.key}_text")
        read += [sql.named(date_in(text, [form], c.zone), f"{c.key}_{SHAPES[form]}") for form in forms]
        read += [text.copy(), *(sql.column(f"{c.key}_row") for _ in row)]
        counted += _count(c, forms)
    texts = sql.select(bare, sql.table(relation), where=where)
    steps = [("texts", texts), ("dates", sql.select(read, sql.table("texts")))]
    return sql.steps(steps, sql.select(counted, sql.table("dates")))


def _count(column: DateTexts, forms: Sequence[DateForm]) -> list[Node]:
    """Return what is counted of the times that were read of a column."""
    key, there = column.key, sql.negate(sql.is_null(sql.column(f"{column.key}_text")))
    times = {form: sql.column(f"{key}_{SHAPES[form]}") for form in forms}
    read = {form: sql.negate(sql.is_null(time)) for form, time in times.items()}
    wanted = {SHAPES[form]: condition for form, condition in read.items()}
    orders = [read[form].copy() for form in ORDERS.values() if form in read]
    if orders:
        wanted |= {"either": sql.either(*orders), "both": sql.both(*(o.copy() for o in orders))}
    if DateForm.SHORT_YEAR_FIRST in read and orders:
        last = sql.either(*(o.copy() for o in orders))
        wanted["short"] = sql.both(read[DateForm.SHORT_YEAR_FIRST].copy(), sql.negate(last))
    read_at_all = sql.either(*(r.copy() for r in read.values()))
    wanted |= {"there": there, "unread": sql.both(there.copy(), sql.negate(read_at_all))}
    nodes = [sql.named(sql.count(sql.case([(c, sql.whole(1))])), f"{key}_{name}") for name, c in wanted.items()]
    if DateForm.YEAR_FIRST in times:
        day = sql.call("day", times[DateForm.YEAR_FIRST].copy())
        nodes.append(sql.named(sql.largest(day), f"{key}_last"))
    if column.row is not None:
        firsts = {name: c for name, c in wanted.items() if name not in ("either", "both", "there", "short")}
        for name, condition in firsts.items():
            first = sql.smallest(sql.case([(condition.copy(), sql.column(f"{key}_row"))]))
            nodes.append(sql.named(first, f"{key}_{name}_row"))
    return nodes


@frozen
class DateCounts:
    """What was counted of a column of texts: dates in each form, values without one.

    ``rows`` holds the first row of each form, and under None that of the first value without one.
    """

    seen: Seen
    there: int
    unread: int
    rows: dict[DateForm | None, int]


def counts_of(got: Columns, key: str, forms: Sequence[DateForm] = WRITTEN) -> DateCounts:
    """Return what ``count_dates`` counted under a key."""

    def number(name: str) -> int:
        return int(np.nan_to_num(got[f"{key}_{name}"][0])) if f"{key}_{name}" in got else 0

    counted = {form: number(SHAPES[form]) for form in forms}
    seen = Seen(counted, *(number(name) for name in ("either", "both", "last", "short")))
    rows: dict[DateForm | None, int] = {form: number(f"{SHAPES[form]}_row") for form in forms}
    return DateCounts(seen, number("there"), number("unread"), {**rows, None: number("unread_row")})

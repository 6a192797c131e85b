"""Dates of an engine or in texts, as whole days.

A day and a month are never swapped on a guess.
"""

from __future__ import annotations

from collections.abc import Sequence

from coterie import errors, sql
from coterie.engines import DATES, Engine, Kind, as_text
from coterie.sql import Node

PROBED_ROWS = 20_000
FIRST_DAY = -25_567  # 1900-01-01

# What dates in texts look like; short years first, for a long one takes two digits too.
CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
DAYS = {
    "ymd": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    "mdy": ("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y"),
    "dmy": ("%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y", "%d.%m.%y", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y"),
}


def day(engine: Engine, relation: str, column: tuple[str, Kind], order: str | None) -> Node:
    """Return the days since 1970 of each row of a relation.

    A time that the engine knows as an instant (with a zone) counts by its day in UTC, every other by the day it shows.

    Parameters
    ----------
    column : its name and kind.
    order : ``dmy``, ``mdy`` or ``ymd`` for dates in texts; None: found out from all rows.
    """
    name, kind = column
    node = sql.column(name)
    if kind is Kind.INSTANT:
        return sql.day_number(sql.in_utc(node))
    if kind in DATES:
        return sql.day_number(node)
    text = as_text(node, kind)  # 19970101.0 where a frame had gaps
    return _said(text, _formats(engine, relation, (name, text), order))


def _said(text: Node, formats: Sequence[str]) -> Node:
    """Return the day that a text says in the first format that fits; a year before 1900 is a misread day or month."""
    day = sql.day_number(sql.parsed_time(text, formats))
    return sql.case([(sql.at_most(sql.whole(FIRST_DAY), day), day)])


def _formats(engine: Engine, relation: str, column: tuple[str, Node], order: str | None) -> list[str]:
    """Return the formats that read a column of dates in texts.

    Raises
    ------
    InputError : no format reads them, or two ways of reading fit the same rows.
    """
    name, text = column
    there = sql.negate(sql.is_null(sql.column(name)))
    texts = sql.select([sql.named(text, "t")], sql.table(relation), where=there)
    few = sql.select([sql.named(text, "t")], sql.table(relation), where=there, limit=PROBED_ROWS)
    orders = {o: [f"{d}{c}" for d in DAYS[o] for c in CLOCKS] for o in ([order] if order is not None else DAYS)}
    found = _parsed(engine, few, [[f] for formats in orders.values() for f in formats])
    likely = {o: [f for f in formats if found[f,]] for o, formats in orders.items()}
    likely = {o: formats for o, formats in likely.items() if formats}
    if not likely:
        raise errors.unreadable_dates(name)
    counts = _parsed(engine, texts, list(likely.values()))
    best = [o for o, formats in likely.items() if counts[tuple(formats)] == max(counts.values())]
    if len(best) > 1:
        raise errors.ambiguous_dates(name, best)
    return likely[best[0]]


def _parsed(engine: Engine, texts: sql.Select, lists: Sequence[Sequence[str]]) -> dict[tuple[str, ...], int]:
    """Return how many texts each list of formats reads."""
    nodes = [sql.count(_said(sql.column("t"), formats)) for formats in lists]
    final = sql.select([sql.named(node, f"n{i}") for i, node in enumerate(nodes)], sql.table("texts"))
    got = engine.fetch(sql.steps([("texts", texts)], final))
    return {tuple(formats): int(got[f"n{i}"][0]) for i, formats in enumerate(lists)}

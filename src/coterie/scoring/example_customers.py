"""Single customers as examples, for whoever holds the table.

Three typical and two borderline ones of each segment.
They are looked up in the customers themselves and kept nowhere: no record, report or run folder holds them. Ids are
told on request only, columns that hold personal data never. docs/why/0070-examples-are-asked-for.md says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from coterie import sql, words
from coterie.doors import frozen
from coterie.model import confidence_sql, margins_sql
from coterie.portrait import PROFILED
from coterie.record import Record
from coterie.sql import column
from coterie.table import Table

SHOWN = {"typical": 3, "borderline": 2}


@frozen
class Example:
    """One customer: ``typical`` of a segment, or ``borderline``.

    The id is there where it was asked for.
    """

    segment: int
    what: str
    id: str | None
    margin: float
    values: Mapping[str, float | str | None]


def pick_examples(
    record: Record, table: Table, *, segment: int | None = None, ids: bool = False
) -> tuple[Example, ...]:
    """Return examples of every segment, or of one.

    They are the core customers nearest to a center (probable ones where nobody is core), and the least sure ones.

    Parameters
    ----------
    table : the customers, those of the run or new ones.
    ids : tell who they are.

    Notes
    -----
    Cost: one scan; five rows a segment leave the engine. In a segment merged by hand without its customers nobody is
    known to be core or borderline: there the nearest to a center and the nearest to a border are taken of all.
    """
    there = {c.name for c in table.columns}
    columns = [c for c in record.columns if c.role in PROFILED and c.name in there]
    got = table.engine.fetch(_query(record, table, [c.name for c in columns]))
    found = []
    for r in range(len(got["segment"])):
        its = int(got["segment"][r])
        if segment not in (None, its):
            continue
        values = {c.name: _plain(got[f"__c_k{i}"][r], c.kind) for i, c in enumerate(columns)}
        who = str(got["id"][r]) if ids else None
        found.append(Example(its, str(got["what"][r]), who, float(got["margin"][r]), values))
    return tuple(found)


def _query(record: Record, table: Table, keep: list[str]) -> sql.Node:
    model = record.model
    parts = margins_sql(table.relation, record.features, model, keep=keep)
    sure = sql.named(confidence_sql(model, record.stability.margins.cuts), "__c_sure")
    parts.append(("b", sql.select([sql.star(), sure], sql.table("margins"))))
    surest = "probable" if record.stability.margins.need is None else "core"
    kinds = {"typical": (surest, column("__c_near")), "borderline": ("borderline", column("margin"))}
    known, ranked = sql.negate(sql.is_null(column("segment"))), []
    for what, (word, key) in kinds.items():
        able = sql.either(sql.equal(column("__c_sure"), sql.text(word)), sql.is_null(column("__c_sure")))
        place = sql.over(sql.row_number(), [column("segment"), able], [key, column("id")])
        ranked.append(sql.named(sql.case([(sql.both(able, known), place)]), f"__c_{what}"))
    parts.append(("t", sql.select([sql.star(), *ranked], sql.table("b"))))
    taken = {what: sql.at_most(column(f"__c_{what}"), sql.whole(n)) for what, n in SHOWN.items()}
    taken_as = sql.case([(taken[what], sql.text(what)) for what in SHOWN])
    columns = [column(name) for name in ("id", "segment", "margin")]
    columns += [column(f"__c_k{i}") for i in range(len(keep))]
    order = [column("segment"), sql.descending(column("what")), column("__c_typical"), column("__c_borderline")]
    final = sql.select(
        [*columns, sql.named(taken_as, "what")], sql.table("t"), where=sql.either(*taken.values()), order=order
    )
    return sql.steps(parts, final)


def _plain(value: Any, kind: str) -> float | str | None:
    """Return a value as JSON knows it; a date as YYYY-MM-DD."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if kind == "date":
        return words.day(value)
    return value if isinstance(value, str) else float(value)

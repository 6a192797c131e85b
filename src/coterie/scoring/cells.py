"""A warehouse's columns as those that formed the segments.

Two steps: ``cells`` gives each column its type, ``known`` its known levels, and only numbers that can be counted with.
What the columns of a file needed to be read (a decimal comma) is no matter of a warehouse's types:
where a column cannot be read the same way, it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from coterie import errors, sql
from coterie.doors import frozen
from coterie.model import Feature
from coterie.purchases import PurchaseFacts, with_customer
from coterie.reading import missing_of
from coterie.record import ColumnRecord, Record
from coterie.scoring.new_customers import respelled
from coterie.sql import Dialect
from coterie.table import ID, SECONDS_PER_DAY, recoding

EPOCHS, ZONED = "COT145", "its dates are days of a time zone"
FARTHEST = 1e300  # what lies beyond it, as infinity and what is no number do, cannot be counted with
WHOLE, ZEROS = re.compile(r"-?(0|[1-9]\d*)"), re.compile(r"-?\d*\.\d*0")

Expected = Literal["number", "text", "date"]


@frozen
class Raw:
    """A column that the warehouse must have, and what formed the segments of it."""

    feature: Feature
    column: ColumnRecord
    missing: tuple[str, ...]

    @property
    def kind(self) -> Expected:
        """What its cells must be."""
        if self.feature.levels is not None:
            return "text"
        return "date" if self.column.kind == "date" else "number"

    @property
    def levels(self) -> tuple[str, ...]:
        """Every level that is known, the pooled ones too."""
        return (*(self.feature.levels or ()), *self.feature.other)

    @property
    def are_codes(self) -> bool:
        """Whether its levels are whole numbers, which another type may write as ``3.0``."""
        return any(map(WHOLE.fullmatch, self.levels)) and not any(map(ZEROS.fullmatch, self.levels))


def raw_columns(record: Record, row: Dialect, features: Sequence[Feature], *, made: bool = False) -> tuple[Raw, ...]:
    """Return the columns that a record needs.

    Parameters
    ----------
    features : those that are asked for.
    made : they are made in the same query, and no table must have them.

    Raises
    ------
    InputError : one that cannot be written in the dialect as it was read from the file.
    """
    missing = missing_of(record.options.missing, [c.name for c in record.columns])
    everywhere, found = missing.get("", ()), []
    for feature in features:
        raw = Raw(feature, record.column(feature.column), (*everywhere, *missing.get(feature.column, ())))
        if not made:
            _refuse_name(feature.column, row)
        if any(f.code == EPOCHS and f.column == feature.column for f in record.findings):
            raise errors.unwritable_column(feature.column, "its dates were counts of seconds or of days", row.title)
        if raw.column.notation is not None and raw.column.notation.zone:
            raise errors.unwritable_column(feature.column, ZONED, row.title)
        if raw.kind == "date" and not row.dates:
            reason = "what a date is there depends on the session or on how it is kept"
            raise errors.unwritable_column(feature.column, reason, row.title)
        found.append(raw)
    return tuple(found)


def log_facts(record: Record, row: Dialect, customer: str | None) -> PurchaseFacts:
    """Return how a run's log was read, for a table of purchases.

    Parameters
    ----------
    customer : the table's column of customers' ids; None: that of the log.

    Raises
    ------
    InputError : the run has no log, or its days cannot be written in the dialect.
    """
    facts = record.sample.purchases
    if facts is None:
        raise errors.no_log()
    if customer is not None:
        facts = with_customer(facts, customer)
    if record.time_zone is not None:
        raise errors.unwritable_column(str(facts.columns["date"]), ZONED, row.title)
    for name in facts.columns.values():
        _refuse_name(name or "", row)
    return facts


def _refuse_name(column: str, row: Dialect) -> None:
    if found := [sign for sign in column if sign in row.unfit]:
        raise errors.unwritable_column(column, f"no column can have {found[0]} in its name there", row.title)


def cells_sql(raws: Sequence[Raw], place: sql.Node, id: sql.Node) -> list[tuple[str, sql.Select]]:
    """Return the steps from the table to ``known``, which has the columns that the assignment reads."""
    cells = [sql.named(id, ID), *(sql.named(_cell(raw), raw.feature.column) for raw in raws)]
    known = [sql.column(ID), *(sql.named(_known(raw), raw.feature.column) for raw in raws)]
    return [("cells", sql.select(cells, place)), ("known", sql.select(known, sql.table("cells")))]


def text_id(name: str) -> sql.Node:
    """Return an id as text, NULL where it is blank."""
    text = sql.cast(sql.column(name), "text")
    return sql.case([(sql.equal(text, sql.text("")), sql.null())], text.copy())


def row_id() -> sql.Node:
    """Return the number of the row as text, in whatever order the engine reads them."""
    return sql.cast(sql.over(sql.row_number(), [], []), "text")


def _cell(raw: Raw) -> sql.Node:
    x = sql.column(raw.feature.column)
    if raw.kind == "number":
        return sql.number_in(x)
    if raw.kind == "date":
        return sql.multiply(sql.seconds(x), sql.number(1 / SECONDS_PER_DAY))
    text = sql.cast(x, "text")
    ticks = recoding.are_ticks(raw.feature.levels or ())
    text = sql.without_zeros(text) if raw.are_codes or ticks else text
    text = sql.case([(sql.equal(sql.trimmed(text.copy()), sql.text("")), sql.null())], text)
    text = recoding.without(text, "text", raw.missing)
    return recoding.recode(text, "text", recoding.Recoding.TICKS) if ticks else text


def _known(raw: Raw) -> sql.Node:
    x = sql.column(raw.feature.column)
    if raw.kind == "text":
        return x if recoding.are_ticks(raw.feature.levels or ()) else respelled(raw.feature)
    finite = sql.both(sql.at_most(sql.number(-FARTHEST), x), sql.at_most(x.copy(), sql.number(FARTHEST)))
    return recoding.without(sql.case([(finite, x.copy())]), raw.kind, raw.missing)

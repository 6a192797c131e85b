"""SUMMARIZE: one scan counts and bounds the values of each column.

Counts and bounds are the same whatever the threads and the order of rows, so they may enter the record; sums of
doubles are not, and are taken as whole numbers in ``profile``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from coterie import errors, sql
from coterie.doors import frozen
from coterie.engines import Kind
from coterie.table.table import BEYOND, DRAWN, ID, RELATION, ROWS, Column, Table, define_plainly

FEW = 1_000  # rows that leave the engine for less than what planning three counts a column costs
MANY = 100_000  # rows from which leaving tests out saves more than asking whether they are needed
LARGEST = 1e150  # beyond this a squared distance is infinite


@frozen
class ColumnSummary:
    """Rows with a value, and the least and the largest one.

    The bounds are NaN for text, and where there is no value.
    """

    present: int
    low: float
    high: float

    @property
    def beyond(self) -> bool:
        """Whether a number is infinite, or too large to be squared."""
        return max(abs(self.low), abs(self.high)) > LARGEST

    @property
    def finite(self) -> bool:
        """Whether all values are finite numbers.

        What is no number the engine takes for the largest.
        """
        return np.isnan(self.low) == np.isnan(self.high) and not np.isinf([self.low, self.high]).any()

    @property
    def inexact(self) -> bool:
        """Whether it is whole numbers, some of them no doubles."""
        return self.beyond and self.high == BEYOND


@frozen
class Summary:
    """The rows of a table, and a summary of each column.

    ``different`` is how many different values were asked about have, give or take a few percent; None: nobody asked.
    """

    rows: int
    columns: dict[str, ColumnSummary]
    different: int | None = None


def summarize(table: Table, different: sql.Node | None = None, only: Collection[str] | None = None) -> Summary:
    """Return counts and bounds of every column.

    Parameters
    ----------
    different : whose different values are to be counted too, roughly, in the same scan.
    only : the columns that are asked about; None: all.

    Raises
    ------
    InputError : another number of rows than were counted.

    Notes
    -----
    Cost: one scan; exact on every engine.
    """
    columns = [c for c in table.columns if c.kind != "other" and (only is None or c.name in only)]
    if different is None and 0 < table.rows <= FEW and columns:
        found = _look(table, columns)
    else:
        found = _measure(table, columns, different)
    if found.rows != table.rows:
        raise errors.uncounted(table.name, found.rows, table.rows)
    return found


def _look(table: Table, columns: Sequence[Column]) -> Summary:
    """Return the summary from all values."""
    nodes = [sql.named(sql.column(c.name), f"c{i}") for i, c in enumerate(columns)]
    got = table.engine.fetch(sql.select(nodes, sql.table(table.relation), limit=table.rows + 1))
    found = {}
    for i, column in enumerate(columns):
        values = got[f"c{i}"]
        if column.kind == "text":
            found[column.name] = ColumnSummary(sum(v is not None for v in values.tolist()), np.nan, np.nan)
            continue
        present = values[~np.isnan(values)]
        ends = (float(present.min()), float(present.max())) if len(present) else (np.nan, np.nan)
        found[column.name] = ColumnSummary(len(present), *ends)
    return Summary(len(got["c0"]), found)


def _measure(table: Table, columns: Sequence[Column], different: sql.Node | None) -> Summary:
    """Return the summary from the engine.

    What the cells turn out not to need is no more tested in what comes after.
    """
    wanted = [sql.named(sql.count(), "rows")]
    if different is not None:
        wanted.append(sql.named(sql.nearly_distinct(different), "different"))
    for i, column in enumerate(columns):
        node = sql.column(column.name)
        wanted.append(sql.named(sql.count(node), f"n{i}"))
        if column.kind != "text":
            wanted.append(sql.named(sql.smallest(node), f"low{i}"))
            wanted.append(sql.named(sql.largest(node), f"high{i}"))
    plain = table.rows >= MANY and _is_own(table)
    if plain:
        kinds = dict(table.engine.schema(ROWS))
        fractions = [c.name for c in columns if c.recoding is None and kinds[c.name] is Kind.FRACTION]
        define_plainly(table, fractions)
        wanted += _odd(table, fractions)
    got = table.engine.fetch(sql.select(wanted, sql.table(table.relation)))
    if plain and got["no_numbers"][0]:
        define_plainly(table, ())
        got |= table.engine.fetch(sql.select(wanted, sql.table(table.relation)))
        fractions = []
    found = {}
    for i, column in enumerate(columns):
        low, high = (float(got[f"{end}{i}"][0]) if f"{end}{i}" in got else np.nan for end in ("low", "high"))
        found[column.name] = ColumnSummary(int(got[f"n{i}"][0]), low, high)
    rows = int(got["rows"][0])
    if plain:
        texts = [c.name for c in columns if c.recoding is None and c.kind == "text"]
        full = [name for name in texts if found[name].present == rows]
        define_plainly(table, [*fractions, *full, *([] if got["odd_ids"][0] else [ID])])
    return Summary(rows, found, int(got["different"][0]) if different is not None else None)


def _is_own(table: Table) -> bool:
    """Say whether the table is what was read, no part of it and nothing made of it."""
    held = [name for name, _ in table.engine.schema(table.relation) if name not in (ID, DRAWN)]
    whole = held == [c.name for c in table.columns if c.kind != "other"]
    return whole and table.relation == RELATION and table.some is None


def _odd(table: Table, fractions: Sequence[str]) -> list[sql.Node]:
    """Return how many rows hold what is no number, and how many an id that may be another text than is written.

    It is asked for by name, never concluded from bounds: the statistics of a file do not know of what is no number.
    """
    none = sql.equal(sql.whole(1), sql.whole(0))
    numbers = [sql.is_nan(sql.column(name)) for name in fractions]
    ids = sql.negate(none.copy())
    if ID in table.sure:
        ids = none.copy()
    elif table.id is not None and table.kind(table.id) == "text":
        id = sql.column(table.id)
        ids = sql.either(sql.is_null(id), sql.ends_in(id.copy(), ".0"))
    asked = {"no_numbers": sql.either(none, *numbers), "odd_ids": ids}
    return [sql.named(sql.count(sql.case([(node, sql.whole(1))])), name) for name, node in asked.items()]


def refuse_infinite(summary: Summary, names: Iterable[str]) -> None:
    """Refuse columns with numbers that nothing can be reckoned with.

    Raises
    ------
    InputError : it names the first such column.
    """
    for name in names:
        held = summary.columns.get(name)
        if held is not None and held.beyond:
            raise errors.inexact(name) if held.inexact else errors.infinite(name)

"""The rows of a relation, each beside its row of a kept table, as SQL.

DuckDB joins by position in one thread. Parts of both, joined each for itself, are joined in many threads. Their rows
together are the whole, but a file written of them would not be in its order (docs/why/0092-scored-once.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from coterie import sql
from coterie.engines.duckdb.cells import union_all
from coterie.engines.engine import ROW

ROW_GROUP = 122_880
PART = 16 * ROW_GROUP  # rows that are joined in one thread
MOST_SCANS = 2_000  # of files in one query, for every part looks into every file


def parts_of(rows: int, last: int, files: int) -> list[tuple[int, int] | None]:
    """Return the parts that so many rows are joined in: from row, to row; None is all of them.

    Parameters
    ----------
    last : the number of the last row; where rows were left out it is not how many there are, and they are one part.
    files : that the rows come from.

    >>> parts_of(100, 100, 1), parts_of(4_000_000, 4_000_000, 1)
    ([None], [(0, 1966080), (1966080, 3932160), (3932160, 5898240)])
    """
    part = max(PART, rows * files // MOST_SCANS // ROW_GROUP * ROW_GROUP)
    if rows != last or rows <= part:
        return [None]
    return [(start, start + part) for start in range(0, rows, part)]


def put_beside(relation: str, kept: str, parts: Sequence[tuple[int, int] | None]) -> sql.Node:
    """Return the SELECT of every column of a relation and of a kept table, by position."""
    return union_all([_join(relation, kept, part) for part in parts])


def _join(relation: str, kept: str, part: tuple[int, int] | None) -> sql.Select:
    # the relation counts its rows from 1, the table from 0
    left, right = _rows(relation, sql.column(ROW), part, 1), _rows(kept, sql.column("rowid"), part, 0)
    query = sql.select([sql.star()], left.subquery("a", copy=False))
    query.append("joins", exp.Join(this=right.subquery("b", copy=False), method="POSITIONAL"))
    return query


def _rows(relation: str, row: sql.Node, part: tuple[int, int] | None, first: int) -> sql.Select:
    where = None
    if part is not None:
        start, end = (sql.whole(end + first) for end in part)
        where = sql.both(sql.negate(sql.less(row, start)), sql.less(row.copy(), end))
    return sql.select([sql.star()], sql.table(relation), where=where)

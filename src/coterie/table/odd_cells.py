"""The cell that makes text of a column of numbers or dates, for who named the column."""

from __future__ import annotations

from collections import Counter

from coterie import sql
from coterie.engines import ROW
from coterie.errors import OddCell
from coterie.reading import Reading, judge_cells
from coterie.table.table import ROWS, Table

SEEN = 1_000
KINDS = {"number": "a number", "date": "a date"}


def find_odd_cell(table: Table, name: str) -> OddCell | None:
    """Return the first cell of a text that is no number, or no date, where at least half of them are.

    None where there is none among the first 1,000 rows, or rows have no order.

    Notes
    -----
    Cost: one column of the first 1,000 rows. It is asked only before an error.
    """
    if table.kind(name) != "text" or not table.engine.caps.rows:
        return None
    near = sql.at_most(sql.column(ROW), sql.whole(SEEN))
    got = table.engine.fetch(sql.select([sql.column(ROW), sql.column(name)], sql.table(ROWS), where=near))
    cells = sorted((int(row), str(cell)) for row, cell in zip(got[ROW], got[name], strict=True) if cell is not None)
    kinds = {cell: judge_cells(name, [cell], Reading()).kind for _, cell in cells}
    counted = Counter(kind for _, cell in cells if (kind := kinds[cell]) in KINDS)
    if not counted:
        return None
    kind, many = counted.most_common(1)[0]
    odd = next(((row, cell) for row, cell in cells if kinds[cell] != kind), None)
    return OddCell(*odd, KINDS[kind]) if odd is not None and 2 * many >= len(cells) else None

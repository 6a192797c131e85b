"""DRAW: the rows that decide, picked by their ids.

Every engine, thread count and order of rows picks the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import errors, sql
from coterie.doors import frozen
from coterie.table.copied_rows import choose_least, count_copies
from coterie.table.table import DRAWN, ID, Table

HEX_DIGITS = 13
MORE = 1.1  # the prefix takes a few more rows than wanted, so that the full hash can cut off exactly


@frozen
class Sample:
    """Transient arrays of the drawn rows, in hash order.

    The first rows are a smaller sample.

    ``values`` has one array a column: float64 with NaN for missing, or objects (text, None for missing). ``key`` is
    the first 64 bits of each row's hash, for random numbers that belong to the row. ``rows`` are the table's;
    ``copies`` (drawn,) says which of those drawn were left out because they tell a customer once more.
    """

    values: dict[str, NDArray[Any]]
    key: NDArray[np.uint64]
    rows: int
    copies: NDArray[np.bool_] | None = None

    @property
    def size(self) -> int:
        """Customers drawn."""
        return len(self.key)

    @property
    def repeated(self) -> int:
        """Rows drawn and left out, which tell a customer once more."""
        return 0 if self.copies is None else int(np.count_nonzero(self.copies))

    @property
    def whole(self) -> bool:
        """Whether every row was drawn."""
        return self.size + self.repeated == self.rows


def draw(
    table: Table, columns: Sequence[str], size: int, *, seed: int, distinct_ids: bool = True, once: bool = True
) -> Sample:
    """Return the rows whose ``md5(seed:id)`` is least, ordered by it.

    A table of at most ``size`` rows is taken whole. Where ids repeat it is ``md5(seed:id:row)``: rows that share a hash
    would be drawn together, all of an id or none.

    Parameters
    ----------
    once : leave out rows that tell a customer once more under another id (``copied_rows``).

    Raises
    ------
    InputError : an id occurs twice among the drawn rows (all copies of an id are drawn together).

    Notes
    -----
    Cost: one scan of the id and the columns; only ``size`` rows leave the engine. Copies cost another of the id.
    """
    apart = table.repeat and not distinct_ids and table.engine.caps.rows
    hashed = sql.md5(sql.concat(sql.text(f"{seed}:"), sql.column(DRAWN if apart else ID)))
    names = {name: f"c{i}" for i, name in enumerate(columns)}
    nodes = [sql.named(hashed, "hash"), *(sql.named(sql.column(name), short) for name, short in names.items())]
    where = None
    if table.rows > size:
        prefix = format(int(MORE * size / table.rows * 16**HEX_DIGITS), f"0{HEX_DIGITS}x")
        where = sql.less(hashed, sql.text(prefix)) if MORE * size < table.rows else None
    # Rows that share an id share a hash: their values put them in an order that the source's order cannot change.
    ties = [] if distinct_ids else [sql.column(short) for short in names.values()]
    order, most = [sql.column("hash"), *ties], min(size, table.rows)
    got = table.engine.fetch(sql.select(nodes, sql.table(table.relation), where=where, order=order, limit=most))
    digits = got["hash"]
    repeats = int(np.count_nonzero(digits[1:] == digits[:-1]))
    if repeats and distinct_ids:
        raise errors.duplicate_ids(table.id or "row number", repeats, None)
    raw = bytes.fromhex("".join(digits))
    key = np.frombuffer(raw, dtype=">u8").reshape(-1, 2)[:, 0].astype(np.uint64)
    drawn = Sample({name: _plain(got[short]) for name, short in names.items()}, key, table.rows)
    # Where ids repeat and that is allowed, every row is a customer of its own.
    copies = count_copies(drawn.values) if once and not (apart or repeats) else None
    if copies is None:
        return drawn
    named = [nodes[0].copy(), sql.named(sql.column(ID), "id")]
    ids = table.engine.fetch(sql.select(named, sql.table(table.relation), where=where, order=order[:1], limit=most))
    stay = choose_least(*copies, ids["id"].tolist())
    return Sample({name: x[stay] for name, x in drawn.values.items()}, key[stay], table.rows, ~stay)


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    return values if values.dtype == object else values.astype(np.float64)

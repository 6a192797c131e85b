"""customers(): the customers of a log, as the kind of table that came in."""

from __future__ import annotations

from typing import Any, Unpack

from coterie.engines import Engine, Reading, Source, as_kind_of, choose_rows, engine_for
from coterie.purchases.customers_query import customers_sql
from coterie.purchases.log import read_log
from coterie.purchases.roles import PurchaseOptions, Purchases, choose_purchases
from coterie.signatures import written_out


@written_out(PurchaseOptions, Purchases)
def customers(
    source: Any,
    options: Purchases | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    table: str | None = None,
    query: str | None = None,
    **roles: Unpack[PurchaseOptions],
) -> Any:
    """Return one row a customer: how recently, how often, for how much.

    Parameters
    ----------
    source : a path, a pandas, polars, Arrow or DuckDB table, or the address of a database with ``table="orders"`` or
        ``query="SELECT …"``: one row a purchase, or one a line of an order.
    options : which columns are which; ``roles`` are the same by name, such as ``customer="CustomerID"``, and win.
        Columns that nobody names are found by their names.
    reading : how to read a file where it should not be found out from the file.
    engine : where the data are worked on (``coterie.connect``); None: DuckDB in this process.

    Returns
    -------
    the kind of table that came in (a DuckDB relation for a path), ordered by ``customer_id`` (text): ``recency`` (days
    since the last purchase), ``frequency`` (orders), ``monetary``, ``average_order``, ``average_repeat``,
    ``order_days``, ``tenure``, ``median_gap`` (days), ``orders_30``, ``orders_90``, ``orders_365``, ``returned``,
    ``returns_share``; with a category ``favorite_category`` and ``favorite_share``.

    Raises
    ------
    InputError : a column is missing, not to be guessed or of the wrong kind; dates that could be read in two ways.

    Notes
    -----
    Cost: two scans; the second is one query that groups by order, then by customer, and spills to disk where memory
    is short. Sums are exact: customers who bought the same have the same numbers, to the last bit.

    >>> import coterie, pandas as pd
    >>> orders = pd.DataFrame({"customer": ["a", "a", "b"], "date": ["2026-01-01", "2026-01-11", "2026-01-05"],
    ...                        "amount": [10.0, 30.0, 5.0]})
    >>> coterie.customers(orders, as_of="2026-01-31")[["customer_id", "recency", "frequency", "monetary"]]
      customer_id  recency  frequency  monetary
    0           a       20          2      40.0
    1           b       26          1       5.0
    """
    given, reading = choose_rows(source, reading, {"table": table, "query": query})
    source, engine = Source.of(given), engine or engine_for(given)
    log = read_log(source, engine, choose_purchases(roles, "coterie.customers", options), reading)
    return as_kind_of(source, engine, customers_sql(log))

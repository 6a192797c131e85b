"""A log of purchases becomes customers.

Its modules, in import order::

    roles            which column is which
    likeness         whether rows that were given as customers are purchases
    dates            texts and numbers as days
    neighbors        what other columns say of the amounts: their currency, whether a purchase was undone
    log              a log of purchases, one rule for each kind of row
    findings         what was found in a log
    customers_query  one query from lines to customers
    rfm/             R-F-M scores, and the named segments that editable rules make of them
    holdout          which grouping foretells what customers bought afterwards
    customer_base    the customers that purchases make
    warehouse_query  the same customers in a warehouse's SQL
    scoring          RFM and the holdout of a run
    delivery         customers in a file
"""

from __future__ import annotations

from typing import Any, Unpack

from coterie.engines import Engine, Reading, Source, as_kind_of, engine_for
from coterie.purchases.customer_base import CustomerBase, PurchaseFacts
from coterie.purchases.customers_query import CUSTOMER, customers_sql, later_sql
from coterie.purchases.delivery import Delivered
from coterie.purchases.holdout import Holdout, Method
from coterie.purchases.likeness import Repeats, accept_rows, buyer_in, tell_purchases
from coterie.purchases.log import Log, read_log
from coterie.purchases.rfm import RfmFacts, RfmOptions, RfmRules, choose_rules
from coterie.purchases.rfm.counts import Crossed, GridCell, NamedCounts, agreement
from coterie.purchases.roles import PurchaseOptions, Purchases, choose_purchases
from coterie.purchases.warehouse_query import STEP_NOTES, TODAY, warehouse_steps, with_customer
from coterie.signatures import written_out

__all__ = [
    "CUSTOMER",
    "STEP_NOTES",
    "TODAY",
    "Crossed",
    "CustomerBase",
    "Delivered",
    "GridCell",
    "Holdout",
    "Log",
    "Method",
    "NamedCounts",
    "PurchaseFacts",
    "PurchaseOptions",
    "Purchases",
    "Repeats",
    "RfmFacts",
    "RfmOptions",
    "RfmRules",
    "accept_rows",
    "agreement",
    "buyer_in",
    "choose_purchases",
    "choose_rules",
    "customer_base",
    "customers",
    "customers_sql",
    "delivery",
    "later_sql",
    "read_log",
    "scoring",
    "tell_purchases",
    "warehouse_steps",
    "with_customer",
]


@written_out(PurchaseOptions, Purchases)
def customers(
    source: Any,
    options: Purchases | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    **roles: Unpack[PurchaseOptions],
) -> Any:
    """Return one row a customer: how recently, how often, for how much.

    Parameters
    ----------
    source : a path, or a pandas, polars, Arrow or DuckDB table; one row a purchase, or one a line of an order.
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
    source, engine = Source.of(source), engine or engine_for(source)
    log = read_log(source, engine, choose_purchases(roles, "coterie.customers", options), reading or Reading())
    return as_kind_of(source, engine, customers_sql(log))

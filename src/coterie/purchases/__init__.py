"""A log of purchases becomes customers.

Its modules, in import order::

    facts            what is kept of purchases
    recognition      customers whom purchases made, known again by their columns
    roles            which column is which
    likeness         whether rows that were given as customers are purchases
    dates            texts and numbers as days
    neighbors        what other columns say of the amounts: their currency, whether a purchase was undone
    far_days         days far from all others: stand-ins for unknown ones, mistyped years
    log              a log of purchases, one rule for each kind of row
    findings         what was found in a log
    customers_query  one query from lines to customers
    rfm/             R-F-M scores, and the named segments that editable rules make of them
    holdout          which grouping foretells what customers bought afterwards
    customer_base    the customers that purchases make
    warehouse_query  the same customers in a warehouse's SQL
    scoring          RFM and the holdout of a run
    delivery         customers in a file
    answer           customers(): the customers as the kind of table that came in
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie.doors import opened
from coterie.purchases.facts import (
    Crossed,
    Delivered,
    GridCell,
    Holdout,
    Method,
    NamedCounts,
    PurchaseFacts,
    Repeats,
    RfmFacts,
)

if TYPE_CHECKING:
    from coterie.purchases import customer_base, delivery, recognition, scoring
    from coterie.purchases.answer import customers
    from coterie.purchases.customer_base import CustomerBase
    from coterie.purchases.customers_query import customers_sql, later_sql
    from coterie.purchases.likeness import accept_rows, buyer_in, tell_purchases
    from coterie.purchases.log import Log, read_log
    from coterie.purchases.recognition import CUSTOMER
    from coterie.purchases.rfm import RfmOptions, RfmRules, choose_rules
    from coterie.purchases.rfm.counts import agreement
    from coterie.purchases.roles import PurchaseOptions, Purchases, choose_purchases
    from coterie.purchases.warehouse_query import STEP_NOTES, TODAY, warehouse_steps, with_customer

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
    "recognition",
    "scoring",
    "tell_purchases",
    "warehouse_steps",
    "with_customer",
]

__getattr__, __dir__ = opened(
    __name__,
    {
        **{module: module for module in ("customer_base", "delivery", "recognition", "rfm", "scoring")},
        **dict.fromkeys(("accept_rows", "buyer_in", "tell_purchases"), "likeness"),
        **dict.fromkeys(("customers_sql", "later_sql"), "customers_query"),
        **dict.fromkeys(("Log", "read_log"), "log"),
        **dict.fromkeys(("RfmOptions", "RfmRules", "choose_rules"), "rfm"),
        **dict.fromkeys(("PurchaseOptions", "Purchases", "choose_purchases"), "roles"),
        **dict.fromkeys(("STEP_NOTES", "TODAY", "warehouse_steps", "with_customer"), "warehouse_query"),
        "CUSTOMER": "recognition",
        "CustomerBase": "customer_base",
        "agreement": "rfm.counts",
        "customers": "answer",
    },
)

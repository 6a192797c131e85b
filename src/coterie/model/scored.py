"""Customers scored once: what is written of the scores is read, not computed again.

The engine keeps id, segment and margin of every customer, in the relation's order. Where it cannot (``Caps.keeps``), of
more customers than ``MOST``, of another model, and where a customer's columns are asked for beside his segment, queries
score again: docs/why/0092-scored-once.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from coterie import sql
from coterie.engines import ROW
from coterie.model.assignment import margins_sql
from coterie.model.formula import Feature
from coterie.model.known import NOTHING, Known
from coterie.model.model import Model
from coterie.sql import column
from coterie.table import Scored, Table

KEPT = "customers_scored"
MOST = 50_000_000  # customers whose scores take 1.5 GB, with ids of twelve letters; longer ids are as much more
SCORES = ("id", "segment", "margin")  # of ``margins``


def score(table: Table, features: Sequence[Feature], model: Model, known: Known = NOTHING) -> Table:
    """Return the table with its customers scored, where the engine keeps what it computes.

    Notes
    -----
    Cost: one scan.
    """
    if not table.engine.caps.keeps or table.rows > MOST:
        return table
    keep = () if table.in_order else (ROW,)
    parts = margins_sql(table.relation, features, model, keep=keep, known=known)
    query = sql.select([column(name) for name in SCORES], sql.table("margins"), order=[column("__c_k0") for _ in keep])
    table.engine.keep(KEPT, sql.steps(parts, query))
    return replace(table, scored=Scored(KEPT, _key(features, model)))


def kept_margins(table: Table, features: Sequence[Feature], model: Model) -> list[tuple[str, sql.Select]] | None:
    """Return the step ``margins`` of a query where a model's scores are kept: id, segment, margin, in their order."""
    if table.scored is None or table.scored.by != _key(features, model):
        return None
    return [("margins", sql.select([column(name) for name in SCORES], sql.table(table.scored.kept)))]


def _key(features: Sequence[Feature], model: Model) -> Hashable:
    return tuple(features), model.centers, model.segment_of

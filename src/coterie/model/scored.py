"""Customers scored once: what queries need of the scores after that is read.

The engine keeps id, segment, margin and least squared distance of every customer, in the relation's order. Where it
cannot (``Caps.keeps``), of more customers than ``MOST``, and of another model queries score again:
docs/why/0092-scored-once.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from coterie import sql
from coterie.engines import ROW
from coterie.model.assignment import margins_sql, prepared_steps, segments_sql
from coterie.model.formula import Feature
from coterie.model.known import NOTHING, Known
from coterie.model.model import Model
from coterie.sql import column
from coterie.table import ID, Scored, Table

KEPT, BESIDE = "customers_scored", "customers_beside"
MOST = 50_000_000  # customers whose scores take 2 GB, with ids of twelve letters; longer ids are as much more
SCORES = {"id": "__c_key", "segment": "__c_segment", "margin": "__c_margin", "__c_least": "__c_least"}  # of ``margins``
Steps = list[tuple[str, sql.Select]]


def score(table: Table, features: Sequence[Feature], model: Model, known: Known = NOTHING) -> Table:
    """Return the table with its customers scored, where the engine keeps what it computes.

    Notes
    -----
    Cost: one scan, and a narrow one that sees whether each score stands beside its own customer. Where one does not,
    for the rows of some files come in another order, only what needs nothing beside the scores reads them.
    """
    if not table.engine.caps.keeps or table.rows > MOST:
        return table
    keep = () if table.in_order else (ROW,)
    parts = margins_sql(table.relation, features, model, keep=keep, least=True, known=known)
    nodes, order = [sql.named(column(name), kept) for name, kept in SCORES.items()], [column("__c_k0") for _ in keep]
    table.engine.keep(KEPT, sql.steps(parts, sql.select(nodes, sql.table("margins"), order=order)))
    table.engine.beside(BESIDE, table.relation, KEPT)
    another = sql.negate(sql.equal(column(ID), column(SCORES["id"])))
    strangers = sql.named(sql.count(sql.case([(another, sql.whole(1))])), "strangers")
    found = table.engine.fetch(sql.select([strangers], sql.table(BESIDE)))["strangers"][0]
    return replace(table, scored=Scored(KEPT, None if found else BESIDE, _key(features, model)))


def segment_steps(
    table: Table, features: Sequence[Feature], model: Model, keep: Sequence[str] = (), known: Known = NOTHING
) -> Steps:
    """Return the steps of a query whose last has each customer's segment, ``__c_segment``.

    It has ``__c_id``, the columns that are kept as ``__c_k0…``, the prepared ones as ``__c_f0…`` and ``__c_least``.
    """
    scored = _scored(table, features, model)
    if scored is None or scored.beside is None:
        return segments_sql(table.relation, features, model, keep, known)
    return prepared_steps(scored.beside, features, keep, known, beside=("__c_segment", "__c_least"))


def margin_steps(table: Table, features: Sequence[Feature], model: Model, keep: Sequence[str] = ()) -> Steps:
    """Return the steps of a query that ends with ``margins``, as ``margins_sql`` does."""
    scored = _scored(table, features, model)
    nodes = [sql.named(column(kept), name) for name, kept in SCORES.items()]
    if scored is not None and not keep:
        return [("margins", sql.select(nodes, sql.table(scored.kept)))]
    if scored is None or scored.beside is None:
        return margins_sql(table.relation, features, model, keep=keep)
    nodes.append(sql.named(sql.square_root(column("__c_least")), "__c_near"))
    nodes += [sql.named(column(name), f"__c_k{i}") for i, name in enumerate(keep)]
    return [("margins", sql.select(nodes, sql.table(scored.beside)))]


def is_scored(table: Table, features: Sequence[Feature], model: Model) -> bool:
    """Say whether a model's scores of the customers are kept, in their order."""
    return _scored(table, features, model) is not None


def _scored(table: Table, features: Sequence[Feature], model: Model) -> Scored | None:
    """Return where the scores of a model are; None: they must be computed."""
    found = table.scored
    return found if found is not None and found.by == _key(features, model) else None


def _key(features: Sequence[Feature], model: Model) -> Hashable:
    return tuple(features), model.centers, model.segment_of

"""Every customer's segment: the query and the file."""

from __future__ import annotations

from dataclasses import replace

from coterie import sql
from coterie.engines import ROW, Target
from coterie.model import CONFIDENCES, NOTHING, WHY, kept_margins, margins_sql, result_sql
from coterie.record import Record
from coterie.scoring.new_customers import NewCustomers
from coterie.sql import Node, column
from coterie.table import Table


def query_assignments(record: Record, table: Table, *, why: bool = False) -> Node:
    """Return the SELECT of every customer's segment under a record.

    ``why`` adds the two columns that speak most for it: ``why_1``, ``why_2``.
    """
    names = {s.id: s.called for s in record.segments}
    model, cuts = record.model, record.stability.margins.cuts
    columns = [*result_sql(model, names, cuts), *(column(name) for name in WHY if why)]
    if not why and (kept := kept_margins(table, record.features, model)) is not None:
        return sql.steps(kept, sql.select(columns, sql.table("margins")))
    known = table.knows(record.features) if isinstance(table, NewCustomers) else NOTHING
    # An engine may let rows of small pieces of a file come late: their numbers say where they belong. They are put
    # there before they are named, for texts make a sort large. Where rows have no numbers, ids give the order.
    keep = (ROW,) if table.engine.caps.rows and not table.in_order else ()
    parts = margins_sql(table.relation, record.features, model, keep=keep, why=why, known=known)
    told = [column(name) for name in ("id", "segment", "margin", *(WHY if why else ()))]
    ordered = sql.select(told, sql.table("margins"), order=[column("__c_k0") for _ in keep])
    last = sql.select(columns, sql.table("ordered"), order=[] if table.engine.caps.rows else [column("id")])
    return sql.steps([*parts, ("ordered", ordered)], last)


def write_assignments(record: Record, table: Table, target: Target, *, why: bool = False) -> None:
    """Write every customer's segment, in the table's order."""
    table.engine.deliver(query_assignments(record, table, why=why), replace(target, levels=levels_of(record)))


def levels_of(record: Record) -> dict[str, tuple[str, ...]]:
    """Return the texts of the result's columns that have but a few."""
    return {"name": tuple(dict.fromkeys(s.called for s in record.segments)), "confidence": CONFIDENCES}

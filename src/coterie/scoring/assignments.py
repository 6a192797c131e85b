"""Every customer's segment: the query and the file."""

from __future__ import annotations

from coterie import sql
from coterie.engines import Target
from coterie.model import assignment_sql, margin_steps, result_sql
from coterie.record import Record
from coterie.sql import Node
from coterie.table import Table


def query_assignments(record: Record, table: Table, *, why: bool = False) -> Node:
    """Return the SELECT of every customer's segment under a record.

    ``why`` adds the two columns that speak most for it: ``why_1``, ``why_2``.
    """
    names = {s.id: s.called for s in record.segments}
    model, cuts = record.model, record.stability.margins.cuts
    if why:
        return assignment_sql(table.relation, record.features, model, names, cuts, why=True)
    parts = margin_steps(table, record.features, model)
    return sql.steps(parts, sql.select(result_sql(model, names, cuts), sql.table("margins")))


def write_assignments(record: Record, table: Table, target: Target, *, why: bool = False) -> None:
    """Write every customer's segment, in the table's order."""
    table.engine.deliver(query_assignments(record, table, why=why), target)

"""Every customer's segment: the query and the file."""

from __future__ import annotations

from coterie.engines import Target
from coterie.model import assignment_sql
from coterie.record import Record
from coterie.sql import Node
from coterie.table import Table


def query_assignments(record: Record, table: Table, *, why: bool = False) -> Node:
    """Return the SELECT of every customer's segment under a record.

    ``why`` adds the two columns that speak most for it: ``why_1``, ``why_2``.
    """
    names = {s.id: s.called for s in record.segments}
    return assignment_sql(table.relation, record.features, record.model, names, record.stability.margins.cuts, why=why)


def write_assignments(record: Record, table: Table, target: Target, *, why: bool = False) -> None:
    """Write every customer's segment, in the table's order."""
    table.engine.deliver(query_assignments(record, table, why=why), target)

"""What puts one customer into his segment, column by column.

He is looked up in the customers themselves and kept nowhere; what is told of him holds no id.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from coterie import errors, sql
from coterie.doors import frozen
from coterie.model import Feature
from coterie.record import Record
from coterie.scoring.change import Change, Customer, Value, find_change
from coterie.table import ID, Table


@frozen
class Part:
    """What one column adds to the distance between two segments.

    Above 0 it speaks for the customer's segment, below 0 for the next one. A value that is missing, or a level that was
    never met (``known`` is False), adds 0.
    """

    column: str
    part: float
    value: Value
    known: bool


@frozen
class Reasons:
    """The customer's segment, the next one, and why.

    ``distance`` leads to the nearest center, ``next_distance`` to the nearest one of another segment; the parts add up
    to the difference of their squares, and stand by size. Of a customer who is not assigned, because he lacks every
    value, both segments are None and there are no parts. ``change`` is None where none within the range seen leads to
    the next segment.
    """

    segment: int | None
    next: int | None
    distance: float | None
    next_distance: float | None
    parts: tuple[Part, ...]
    change: Change | None

    @property
    def margin(self) -> float | None:
        """0 on the border, towards 1 deep inside."""
        if self.distance is None or self.next_distance is None:
            return None
        both = self.next_distance + self.distance
        return (self.next_distance - self.distance) / both if both > 0 else 0.0


NOT_ASSIGNED = Reasons(None, None, None, None, (), None)


def find_reasons(record: Record, table: Table, id: str) -> Reasons:
    """Return why a customer is in his segment.

    The part of a column is the sum, over its prepared columns, of ``(z - c2)**2 - (z - c1)**2``: c1 is the nearest
    center, c2 the nearest one of another segment.

    Parameters
    ----------
    table : the customers, read as those of the run.
    id : as in ``segments.parquet``; without a column of ids the row's number.

    Raises
    ------
    InputError : nobody has the id, or several do; the run has one segment.

    Notes
    -----
    Cost: one scan for the customer's row.
    """
    if len(record.model.segments) < 2:
        raise errors.one_segment()
    return explain(Customer.of(record, _look_up(record.features, table, id)))


def explain(him: Customer) -> Reasons:
    """Return why a customer is in his segment.

    See ``find_reasons``.
    """
    if np.isnan(him.z).all():
        return NOT_ASSIGNED
    (near, far), away, owner = him.nearest, him.distances, him.record.model.segment_of
    parts = []
    for feature, its in him.columns:
        terms = (him.z[its] - him.centers[far, its]) ** 2 - (him.z[its] - him.centers[near, its]) ** 2
        known = not np.isnan(terms).all()
        parts.append(Part(feature.column, float(np.nansum(terms)), him.values[feature.column], known))
    parts.sort(key=lambda p: -p.part)
    order = [p.column for p in parts if p.known]
    ends = (float(np.sqrt(away[near])), float(np.sqrt(away[far])))
    return Reasons(owner[near], owner[far], *ends, tuple(parts), find_change(him, order, far))


def _look_up(features: tuple[Feature, ...], table: Table, id: str) -> dict[str, Value]:
    """Return the values of one customer."""
    names = {f.column: f"c{i}" for i, f in enumerate(features)}
    nodes = [sql.named(sql.column(name), short) for name, short in names.items()]
    where = sql.equal(sql.column(ID), sql.text(id))
    got = table.engine.fetch(sql.select(nodes, sql.table(table.relation), where=where, limit=2))
    found = len(got["c0"])
    if found != 1:
        raise errors.no_customer(id, table.name) if found == 0 else errors.repeated_customer(id, table.name)
    return {name: _plain(got[short][0]) for name, short in names.items()}


def _plain(value: Any) -> Value:
    return value if value is None or isinstance(value, str) else float(value)

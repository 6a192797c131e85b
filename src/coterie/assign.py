"""ASSIGN: the whole way from a customer's columns to a segment, as one SELECT.

The steps are ``f`` (prepared columns), ``d`` (squared distance to each center), ``m`` (the least one), ``s`` (the
segment). Distances are summed in column order and the first center within 1e-12 of the least wins: the kernel's rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coterie import sql
from coterie.features import Feature, expressions
from coterie.model import Model
from coterie.table import ID

TIE = 1e-12
FAR = 1e300  # farther than any other center; a literal that every dialect can compare


def segments_sql(
    relation: str,
    features: Sequence[Feature],
    model: Model,
    dialect: sql.Dialect,
    *,
    keep: Sequence[str] = (),
) -> list[tuple[str, sql.Node]]:
    """Return the steps of a query whose last one, ``s``, has a row a customer with its segment.

    Parameters
    ----------
    keep : columns of the relation that ``s`` must carry along.

    Returns
    -------
    steps for ``sql.steps``; ``s`` has ``__c_id``, the kept columns as ``__c_k0…``, the prepared ones as ``__c_f0…``,
    the squared distances as ``__c_d0…``, the least of them ``__c_least`` and ``__c_segment`` (NULL: no value at all).
    """
    prepared = [node for feature in features for node in expressions(feature)]
    carried = [sql.named(sql.column(name), f"__c_k{i}") for i, name in enumerate(keep)]
    f = [sql.column(ID), *carried, *(sql.named(node, f"__c_f{i}") for i, node in enumerate(prepared))]
    distances = [_distance(center) for center in model.centers]
    d = [sql.star(), *(sql.named(node, f"__c_d{j}") for j, node in enumerate(distances))]
    least = sql.least([sql.column(f"__c_d{j}") for j in range(len(distances))])
    nothing = sql.both(*(sql.is_null(sql.column(f"__c_f{i}")) for i in range(len(prepared))))
    close = sql.add(sql.column("__c_least"), sql.number(TIE))
    winners = [
        (sql.at_most(sql.column(f"__c_d{j}"), close.copy()), sql.whole(segment))
        for j, segment in enumerate(model.segment_of)
    ]
    segment = sql.case([(nothing, sql.null()), *winners])
    return [
        ("f", sql.select(f, sql.table(relation))),
        ("d", sql.select(d, sql.table("f"))),
        ("m", sql.select([sql.star(), sql.named(least, "__c_least")], sql.table("d"))),
        ("s", sql.select([sql.star(), sql.named(segment, "__c_segment")], sql.table("m"))),
    ]


def _distance(center: Sequence[float]) -> sql.Node:
    """Return the squared distance to a center; a missing value adds nothing."""
    terms = []
    for i, c in enumerate(center):
        gap = sql.subtract(sql.column(f"__c_f{i}"), sql.number(c))
        terms.append(sql.coalesce(sql.multiply(gap, gap.copy()), sql.number(0.0)))
    return sql.add(*terms)


def assignment_sql(
    relation: str, features: Sequence[Feature], model: Model, names: Mapping[int, str], dialect: sql.Dialect
) -> sql.Node:
    """Return the SELECT of id, segment, name and margin: one row a customer, in the relation's order.

    The margin is ``(d2 - d1) / (d2 + d1)`` with d1 the distance to the nearest center and d2 the distance to the
    nearest center of another segment: 0 on a border, towards 1 deep inside.
    """
    parts = segments_sql(relation, features, model, dialect)
    segment = sql.column("__c_segment")
    rivals = [
        sql.case([(sql.equal(segment.copy(), sql.whole(s)), sql.number(FAR))], sql.column(f"__c_d{j}"))
        for j, s in enumerate(model.segment_of)
    ]
    roots = [
        *(sql.column(name) for name in (ID, "__c_segment")),
        sql.named(sql.square_root(sql.column("__c_least")), "__c_near"),
        sql.named(sql.square_root(sql.least(rivals)), "__c_next"),
    ]
    near, far = sql.column("__c_near"), sql.column("__c_next")
    margin = sql.case(
        [
            (sql.is_null(segment.copy()), sql.null()),
            (sql.equal(sql.add(far, near), sql.number(0.0)), sql.number(0.0)),
        ],
        sql.divide(sql.subtract(far.copy(), near.copy()), sql.add(far.copy(), near.copy())),
    )
    known = [(sql.equal(segment.copy(), sql.whole(s)), sql.text(names[s])) for s in model.segments]
    columns = [
        sql.named(sql.column(ID), "id"),
        sql.named(sql.cast(segment.copy(), "small", dialect), "segment"),
        sql.named(sql.case(known), "name"),
        sql.named(margin, "margin"),
    ]
    final = sql.select(columns, sql.table("r"))
    return sql.steps([*parts, ("r", sql.select(roots, sql.table("s")))], final, dialect)

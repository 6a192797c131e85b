"""ASSIGN: from a customer's columns to a segment, as one SELECT.

The steps are ``scaled``, ``prepared`` (capped and weighted), ``distances`` (squared, to each center), ``least`` (of
them), ``nearest`` (the segment), ``roots`` and ``margins``. Distances are summed in column order and the first center
within 1e-12 of the least wins: the kernel's rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from coterie import sql
from coterie.model.formula import Feature, prepared_sql, scaled_sql
from coterie.model.known import NOTHING, Known
from coterie.model.model import Model
from coterie.sql import column
from coterie.table import ID

if TYPE_CHECKING:
    from coterie.evidence import Cut

COLUMNS = ("id", "segment", "name", "margin", "confidence")  # of segments.parquet, in order
CONFIDENCES = ("core", "probable", "borderline")
WHY = ("why_1", "why_2")
TIE = 1e-12
FAR = 1e300  # farther than any other center; a literal that can be compared in every engine


def segments_sql(
    relation: str,
    features: Sequence[Feature],
    model: Model,
    keep: Sequence[str] = (),
    known: Known = NOTHING,
) -> list[tuple[str, sql.Select]]:
    """Return the query's steps that end with each customer's segment.

    Parameters
    ----------
    keep : columns of the relation that ``nearest`` must carry along.
    known : what need not be asked of the relation's values.

    Returns
    -------
    steps for ``sql.steps``; ``nearest`` has ``__c_id``, the kept columns as ``__c_k0…``, the prepared ones as
    ``__c_f0…``, the squared distances as ``__c_d0…``, the least of them ``__c_least`` and
    ``__c_segment`` (NULL: no value at all).
    """
    parts = prepared_steps(relation, features, keep, known)
    whole = [known.fills(f) for f in features for _ in f.prepared]
    distances = [_distance(center, whole) for center in model.centers]
    d = [sql.star(), *(sql.named(node, f"__c_d{j}") for j, node in enumerate(distances))]
    least = sql.least([sql.column(f"__c_d{j}") for j in range(len(distances))])
    close = sql.add(sql.column("__c_least"), sql.number(TIE))
    winners = [
        (sql.at_most(sql.column(f"__c_d{j}"), close), sql.whole(segment)) for j, segment in enumerate(model.segment_of)
    ]
    if not any(whole):
        nothing = sql.both(*(sql.is_null(sql.column(f"__c_f{i}")) for i in range(len(whole))))
        winners = [(nothing, sql.null()), *winners]
    return [
        *parts,
        ("distances", sql.select(d, sql.table("prepared"))),
        ("least", sql.select([sql.star(), sql.named(least, "__c_least")], sql.table("distances"))),
        ("nearest", sql.select([sql.star(), sql.named(sql.case(winners), "__c_segment")], sql.table("least"))),
    ]


def prepared_steps(
    relation: str, features: Sequence[Feature], keep: Sequence[str], known: Known = NOTHING
) -> list[tuple[str, sql.Select]]:
    """Return the query's steps that end with each customer's prepared columns.

    ``prepared`` has ``__c_id``, the kept columns as ``__c_k0…`` and the prepared ones as ``__c_f0…``.
    """
    scaled = [(f, node) for f in features for node in scaled_sql(f, tame=f.column in known.tame)]
    carried = [sql.named(sql.column(name), f"__c_k{i}") for i, name in enumerate(keep)]
    u = [sql.column(ID), *carried, *(sql.named(node, f"__c_u{i}") for i, (_, node) in enumerate(scaled))]
    kept = [sql.column(ID), *(sql.column(f"__c_k{i}") for i in range(len(keep)))]
    capped = [prepared_sql(f, sql.column(f"__c_u{i}"), tame=f.column in known.tame) for i, (f, _) in enumerate(scaled)]
    f = [*kept, *(sql.named(node, f"__c_f{i}") for i, node in enumerate(capped))]
    return [("scaled", sql.select(u, sql.table(relation))), ("prepared", sql.select(f, sql.table("scaled")))]


def _distance(center: Sequence[float], whole: Sequence[bool]) -> sql.Node:
    """Return the squared distance to a center; a missing value adds nothing."""
    terms = []
    for i, c in enumerate(center):
        gap = sql.subtract(sql.column(f"__c_f{i}"), sql.number(c))
        squared = sql.multiply(gap, gap)
        terms.append(squared if whole[i] else sql.coalesce(squared, sql.number(0.0)))
    return sql.add(*terms)


def assignment_sql(
    relation: str,
    features: Sequence[Feature],
    model: Model,
    names: Mapping[int, str],
    cuts: Sequence[Cut],
    *,
    why: bool = False,
) -> sql.Node:
    """Return the SELECT of id, segment, name, margin and confidence.

    It has one row a customer, in the relation's order. The margin is ``(d2 - d1) / (d2 + d1)`` with d1 the distance to
    the nearest center and d2 the distance to the nearest center of another segment: 0 on a border, towards 1 deep
    inside. Confidence is core, probable or borderline, by the cuts on the margin; NULL in a segment without cuts.

    Parameters
    ----------
    why : add ``why_1`` and ``why_2``, the columns that speak most for the segment against the next one.
    """
    parts = margins_sql(relation, features, model, why=why)
    added = [column(name) for name in WHY] if why else []
    return sql.steps(parts, sql.select([*result_sql(model, names, cuts), *added], sql.table("margins")))


def result_sql(model: Model, names: Mapping[int, str], cuts: Sequence[Cut]) -> list[sql.Node]:
    """Return the columns of the result, read from ``margins``."""
    known = [(sql.equal(column("segment"), sql.whole(s)), sql.text(names[s])) for s in model.segments]
    made = {"name": sql.case(known), "confidence": confidence_sql(model, cuts)}
    return [sql.named(made[name], name) if name in made else column(name) for name in COLUMNS]


def margins_sql(
    relation: str,
    features: Sequence[Feature],
    model: Model,
    *,
    keep: Sequence[str] = (),
    why: bool = False,
    known: Known = NOTHING,
) -> list[tuple[str, sql.Select]]:
    """Return the steps of a query that ends with each customer's margin.

    The last step, ``margins``, has ``id``, ``segment`` and ``margin``.

    Parameters
    ----------
    keep : columns of the relation that ``margins`` must carry along, as ``__c_k0…``; then it has ``__c_near`` too, the
        distance to the nearest center.
    why : ``margins`` has ``why_1`` and ``why_2`` too.
    known : what need not be asked of the relation's values.
    """
    parts = segments_sql(relation, features, model, keep, known)
    segment = column("__c_segment")
    kept = [column(f"__c_k{i}") for i in range(len(keep))]
    more = [column(name) for name in WHY if why]
    if why:
        parts += _whys(features, model)
    roots = [
        *(column(name) for name in (ID, "__c_segment")),
        sql.named(sql.square_root(column("__c_least")), "__c_near"),
        sql.named(sql.square_root(sql.least(_rivals(model))), "__c_next"),
        *kept,
        *more,
    ]
    near, far = column("__c_near"), column("__c_next")
    margin = sql.case(
        [
            (sql.is_null(segment), sql.null()),
            (sql.equal(sql.add(far, near), sql.number(0.0)), sql.number(0.0)),
        ],
        sql.divide(sql.subtract(far, near), sql.add(far, near)),
    )
    columns = [
        sql.named(column(ID), "id"),
        sql.named(sql.cast(segment, "small"), "segment"),
        sql.named(margin, "margin"),
        *([near, *kept] if keep else []),
        *more,
    ]
    return [
        *parts,
        ("roots", sql.select(roots, sql.table(parts[-1][0]))),
        ("margins", sql.select(columns, sql.table("roots"))),
    ]


def _rivals(model: Model) -> list[sql.Node]:
    """Return the distances to centers of other segments.

    Those of the customer's own lie beyond reach.
    """
    segment = column("__c_segment")
    return [
        sql.case([(sql.equal(segment, sql.whole(s)), sql.number(FAR))], column(f"__c_d{j}"))
        for j, s in enumerate(model.segment_of)
    ]


def _whys(features: Sequence[Feature], model: Model) -> list[tuple[str, sql.Select]]:
    """Return the steps to the columns that speak most.

    What a column speaks is the sum over its prepared columns of ``(f - c2)**2 - (f - c1)**2``, c1 the nearest center
    and c2 the nearest one of another segment; here with its sign turned, as the least of several is asked for.
    """
    close = sql.add(column("__c_least"), sql.number(TIE))
    near = [(sql.at_most(column(f"__c_d{j}"), close.copy()), sql.whole(j)) for j in range(len(model.centers))]
    far = [(sql.equal(node, column("__c_rival")), sql.whole(j)) for j, node in enumerate(_rivals(model))]
    gaps = [
        sql.named(sql.subtract(column(f"__c_f{i}"), _coordinate(model, which, i)), f"__c_{which}{i}")
        for i in range(len(model.prepared))
        for which in ("own", "other")
    ]
    columns = {
        "rivals": [sql.named(sql.least(_rivals(model)), "__c_rival")],
        "pairs": [sql.named(sql.case(near), "__c_own"), sql.named(sql.case(far), "__c_other")],
        "gaps": gaps,
        "parts": _parts(features),
    }
    speaks = [(column(f"__c_q{f}"), sql.text(feature.column)) for f, feature in enumerate(features)]
    for name in WHY:
        columns[f"least_{name}"] = [sql.named(sql.least([q for q, _ in speaks]), f"__c_{name}")]
        least = column(f"__c_{name}")
        silent = sql.either(sql.is_null(column("__c_segment")), sql.at_most(sql.number(0.0), least))
        named = [(sql.equal(q.copy(), least.copy()), said.copy()) for q, said in speaks]
        columns[name] = [sql.named(sql.case([(silent, sql.null()), *named]), name)]
        told = column(name)
        speaks = [
            (sql.case([(sql.equal(told.copy(), said.copy()), sql.number(0.0))], q.copy()), said) for q, said in speaks
        ]
    places = ["nearest", *columns]
    return [
        (name, sql.select([sql.star(), *nodes], sql.table(before)))
        for before, (name, nodes) in zip(places, columns.items(), strict=False)
    ]


def _coordinate(model: Model, which: str, i: int) -> sql.Node:
    """Return a coordinate of the center that a column names."""
    place = column(f"__c_{which}")
    return sql.case([(sql.equal(place.copy(), sql.whole(j)), sql.number(c[i])) for j, c in enumerate(model.centers)])


def _parts(features: Sequence[Feature]) -> list[sql.Node]:
    """Return what each feature says against its own center."""
    found, i = [], 0
    for f, feature in enumerate(features):
        terms = []
        for _ in feature.prepared:
            own, other = column(f"__c_own{i}"), column(f"__c_other{i}")
            less = sql.subtract(sql.multiply(own, own.copy()), sql.multiply(other, other.copy()))
            terms.append(sql.coalesce(less, sql.number(0.0)))
            i += 1
        found.append(sql.named(sql.add(*terms), f"__c_q{f}"))
    return found


def confidence_sql(model: Model, cuts: Sequence[Cut]) -> sql.Node:
    """Return core, probable or borderline, from segment and margin.

    In a segment without cuts it is NULL.
    """
    segment, margin = column("segment"), column("margin")
    unknown = [s for s in model.segments if s not in {c.segment for c in cuts}]  # merged by hand: no refit was asked
    bands = [(sql.equal(segment, sql.whole(s)), sql.null()) for s in unknown]
    # one comparison a word and the least margin of each segment inside it: half of what a comparison a segment costs
    for word in CONFIDENCES[:-1] if cuts else ():
        least = [(sql.equal(segment.copy(), sql.whole(c.segment)), sql.number(getattr(c, word))) for c in cuts]
        bands.append((sql.at_most(sql.case(least), margin.copy()), sql.text(word)))
    last = sql.case([(sql.negate(sql.is_null(segment)), sql.text(CONFIDENCES[-1]))])
    return sql.case(bands, last)

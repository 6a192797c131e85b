"""Who is in another segment than before, as a query and as a file.

The engine holds three relations of ids and segments: ``FORMER`` (as the run before wrote them), ``NOW`` (this run's
customers in its segments) and ``THEN`` (the same customers in the segments of before). Their ids are unique.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from coterie import errors, sql
from coterie.doors import frozen
from coterie.engines import Engine, Reading, Source, Target, as_kind_of
from coterie.model import Model, kept_margins, segments_sql
from coterie.record import Record
from coterie.runs.run_folder import RunFolder
from coterie.sql import Node, Select, field
from coterie.table import ID, Table

FORMER, NOW, THEN = "segments_former", "segments_new", "segments_then"
CHANGES, CHANGES_CSV, WRITTEN = "changes.parquet", "changes.csv", "changes_written"
COLUMNS = ("id", "from", "to", "change")
KINDS = ("moved", "line", "entered", "left")


@frozen
class Flow:
    """Customers with the same segments: that of before, the one it would be by the old model, that of now.

    None is "not assigned", or not there where ``entered`` or ``left``.
    """

    before: int | None
    then: int | None
    now: int | None
    entered: bool
    left: bool
    n: int


@frozen
class Changes:
    """Every customer whose segment is another one, where a run follows another.

    Parameters
    ----------
    engine : holds the relations.
    source : whose kind of table a frame of changes is; None: the engine's own.
    record : the record of now.
    segment_of : the segment of each of its centers when the changes were found.
    known : whether ``THEN`` is there, so that customers who moved and lines that moved can be told apart.
    same : the former segment that each new one is, where the runs have ids of their own: another id of none; None:
        the ids of before are carried on.
    """

    engine: Engine
    source: Source | None
    record: Record
    segment_of: tuple[int, ...]
    known: bool = True
    same: Mapping[int, int] | None = None

    def frame(self) -> Any:
        """Return id, from, to and change, as the kind of table that came in."""
        return as_kind_of(self.source, self.engine, self.query())

    def after(self, record: Record) -> Changes:
        """Return the changes under the record's next one; merging moves nobody."""
        return replace(self, record=record)

    def query(self) -> Node:
        """Return the SELECT of id, from, to and change, by id."""
        moves = dict(zip(self.segment_of, self.record.model.segment_of, strict=True))
        return _changes_sql(moves, self.same, known=self.known)

    def write(self, folder: RunFolder, *, csv_too: bool, raw: bool) -> None:
        """Write changes.parquet into a run folder, and changes.csv too."""
        self.engine.deliver(self.query(), Target(folder.file(CHANGES)))
        if csv_too:
            self.engine.deliver(self.query(), Target(folder.file(CHANGES_CSV), "csv", raw))


def count(engine: Engine, path: Path) -> dict[str, int]:
    """Return how many customers a file of changes has of each kind, the kinds that it has none of too."""
    engine.read(Source.of(path), WRITTEN, Reading(), lambda name: True)
    kind = sql.column("change")
    got = engine.fetch(sql.select([kind, sql.named(sql.count(), "n")], sql.table(WRITTEN), group=[kind.copy()]))
    return dict.fromkeys(KINDS, 0) | dict(zip(map(str, got["change"]), map(int, got["n"]), strict=True))


def keep_segments(table: Table, name: str, record: Record) -> None:
    """Make a relation of every customer's segment by a record.

    Cost: one scan, of the scores where they are kept.
    """
    parts, id, segment = kept_margins(table, record.features, record.model), "id", "segment"
    if parts is None:
        parts, id, segment = segments_sql(table.relation, record.features, record.model), ID, "__c_segment"
    table.engine.keep(name, sql.steps(parts, _of(parts[-1][0], id, segment)))


def _of(relation: str, id: str, segment: str) -> Select:
    whole = sql.cast(sql.column(segment), "small")
    return sql.select([sql.named(sql.column(id), "id"), sql.named(whole, "segment")], sql.table(relation))


def count_shared(
    table: Table, record: Record, centers: Sequence[Sequence[float]]
) -> tuple[list[list[int]], list[int], int]:
    """Return former customers by segment and center, each center's size, and how many former customers there are.

    Those who are not assigned, then or now, are in the last number alone.

    Parameters
    ----------
    record : the run before, whose customers' segments are in ``FORMER``.
    centers : of the new solution.
    """
    k, place = len(centers), {s.id: i for i, s in enumerate(record.segments)}
    model = Model(record.model.prepared, tuple(tuple(c) for c in centers), tuple(range(1, k + 1)), 0.0, 0, 0)
    parts = segments_sql(table.relation, record.features, model)
    near = parts[-1][0]
    was, now = field(FORMER, "segment"), field(near, "__c_segment")
    found = sql.select(
        [
            sql.named(was, "was"),
            sql.named(now, "now"),
            sql.named(sql.count(), "n"),
            sql.named(sql.count(field(FORMER, "id")), "met"),
        ],
        sql.table(near),
        group=[was.copy(), now.copy()],
    )
    joined = sql.left_join(found, FORMER, field(near, ID), field(FORMER, "id"))
    got = table.engine.fetch(sql.steps(parts, joined))
    shared, sizes = [[0] * k for _ in place], [0] * k
    for was_, now_, n in zip(got["was"], got["now"], got["n"], strict=True):
        if (center := _whole(now_)) is not None:
            sizes[center - 1] += int(n)
            if (segment := _whole(was_)) is not None:
                shared[place[segment]][center - 1] += int(n)
    return shared, sizes, sum(int(n) for n in got["met"])


def merged_sql(relation: str, moves: Mapping[int, int]) -> Node:
    """Return the changes left after a merge by hand, which moves nobody."""
    lost = {s: new for s, new in moves.items() if s != new}
    now = _put(sql.column("to"), lost)
    columns = [sql.named(sql.cast(now, "small"), name) if name == "to" else sql.column(name) for name in COLUMNS]
    stays = _equal(_put(sql.column("from"), lost), now)
    return sql.select(columns, sql.table(relation), where=sql.negate(stays), order=[sql.column("id")])


def refuse_repeats(engine: Engine, name: str, shown: str) -> None:
    """Refuse customers of whom several have one id.

    Raises
    ------
    InputError : they cannot be followed from one run to the next.
    """
    column = sql.column("id")
    got = engine.fetch(
        sql.select(
            [sql.named(sql.count(column), "n"), sql.named(sql.count_distinct(column.copy()), "ids")], sql.table(name)
        )
    )
    if repeats := int(got["n"][0]) - int(got["ids"][0]):
        raise errors.repeated_customers(shown, repeats)


def share_met(engine: Engine, name: str) -> float:
    """Return the share of the customers of ``FORMER`` or ``NOW`` who are in ``THEN``."""
    columns = [sql.named(sql.count(field(name, "id")), "n"), sql.named(sql.count(field(THEN, "id")), "met")]
    query = sql.left_join(sql.select(columns, sql.table(name)), THEN, field(name, "id"), field(THEN, "id"))
    got = engine.fetch(query)
    return int(got["met"][0]) / max(1, int(got["n"][0]))


def borderline_share(engine: Engine, name: str) -> float | None:
    """Return the share of customers who are borderline; None where no confidence is known."""
    confidence = sql.column("confidence")
    edge = sql.case([(sql.equal(confidence, sql.text("borderline")), sql.whole(1))])
    columns = [sql.named(sql.count(confidence.copy()), "n"), sql.named(sql.count(edge), "edge")]
    got = engine.fetch(sql.select(columns, sql.table(name)))
    return int(got["edge"][0]) / int(got["n"][0]) if int(got["n"][0]) else None


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


# ── the join ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(columns: Sequence[Node], known: bool, where: Node | None = None, **more: Any) -> Select:
    """Return customers of before and of now side by side."""
    query = sql.select(columns, sql.table(NOW), where=where, **more)
    query = sql.full_join(query, FORMER, field(NOW, "id"), field(FORMER, "id"))
    return sql.left_join(query, THEN, field(NOW, "id"), field(THEN, "id")) if known else query


def _nodes(known: bool) -> tuple[Node, Node, Node, Node, Node]:
    """Return the segments before, then and now, and whether somebody entered, or left."""
    then = field(THEN, "segment") if known else sql.null()
    entered, left = sql.is_null(field(FORMER, "id")), sql.is_null(field(NOW, "id"))
    return field(FORMER, "segment"), then, field(NOW, "segment"), entered, left


def fetch_flows(engine: Engine, *, known: bool) -> tuple[Flow, ...]:
    """Return how many customers have gone from where to where. Cost: one join."""
    before, then, now, entered, left = _nodes(known)
    one = sql.whole(1)
    keys = {
        "before": before,
        "now": now,
        "entered": sql.case([(entered, one.copy())], sql.whole(0)),
        "departed": sql.case([(left, one)], sql.whole(0)),
    }
    keys |= {"then": then} if known else {}
    columns = [*(sql.named(node.copy(), name) for name, node in keys.items()), sql.named(sql.count(), "n")]
    got = engine.fetch(_joined(columns, known, group=[node.copy() for node in keys.values()]))
    thens = got["then"] if known else [math.nan] * len(got["n"])
    rows = zip(got["before"], thens, got["now"], got["entered"], got["departed"], got["n"], strict=True)
    flows = [Flow(_whole(b), _whole(t), _whole(w), bool(e), bool(d), int(n)) for b, t, w, e, d, n in rows]
    return tuple(sorted(flows, key=lambda f: [(v is None, v or 0) for v in (f.before, f.then, f.now)] + [(f.left, 0)]))


def _changes_sql(moves: Mapping[int, int], same: Mapping[int, int] | None, *, known: bool) -> Node:
    before, then, now, entered, left = _nodes(known)
    lost = {s: new for s, new in moves.items() if s != new}

    became = _put(now, lost)
    stays = _equal(_put(before, lost), became) if same is None else _equal(before, _put(now, same))
    kind = sql.case(
        [
            (entered, sql.text("entered")),
            (left, sql.text("left")),
            *([(_equal(then, before), sql.text("line"))] if known else []),
        ],
        sql.text("moved" if known else "other"),
    )
    id = sql.coalesce(field(NOW, "id"), field(FORMER, "id"))
    columns = [
        sql.named(id, "id"),
        sql.named(sql.cast(before.copy(), "small"), "from"),
        sql.named(sql.cast(became.copy(), "small"), "to"),
        sql.named(kind, "change"),
    ]
    return _joined(columns, known, where=sql.negate(stays), order=[sql.column("id")])


def _put(node: Node, into: Mapping[int, int]) -> Node:
    """Return a segment under the id that it has become."""
    branches = [(sql.equal(node.copy(), sql.whole(s)), sql.whole(t)) for s, t in into.items()]
    return sql.case(branches, node.copy()) if branches else node.copy()


def _equal(a: Node, b: Node) -> Node:
    """Return whether two segments are one, not assigned being a segment too."""
    both = sql.both(sql.is_null(a.copy()), sql.is_null(b.copy()))
    return sql.coalesce(sql.equal(a.copy(), b.copy()), both)

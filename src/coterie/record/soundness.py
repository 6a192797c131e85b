"""Whether the parts of a record fit together."""

from __future__ import annotations

from collections.abc import Callable

from coterie.record.record import Record

Check = Callable[[Record], bool]
LARGEST = 1e150  # the largest number that is read, for it can still be squared


def first_fault(record: Record) -> str | None:
    """Return what does not fit in a record, if anything."""
    return next((fault for fault, sound in CHECKS if not sound(record)), None)


def _unique(values: list[object]) -> bool:
    return len(set(values)) == len(values)


def _is_share(value: float | None) -> bool:
    return value is None or 0.0 <= value <= 1.0


def _features_fit(record: Record) -> bool:
    names = {c.name for c in record.columns}
    return bool(record.features) and all(
        f.column in names and f.factor > 0 and f.weight >= 0 and (f.cap is None or f.cap[0] <= f.cap[1])
        and (f.levels is None or len(f.levels) > 0) and (f.unit is None or f.unit > 0)
        for f in record.features
    )  # fmt: skip


def _centers_fit(record: Record) -> bool:
    width = len(record.model.prepared)
    return (
        width == sum(len(f.prepared) for f in record.features)
        and len(record.model.centers) == len(record.model.segment_of) > 0
        and all(len(center) == width for center in record.model.centers)
    )


def _segments_fit(record: Record) -> bool:
    ids = [s.id for s in record.segments]
    return _unique([*ids]) and set(ids) == set(record.model.segment_of) and min(ids) > 0


def _lineage_fits(record: Record) -> bool:
    return record.lineage.next_id > max(s.id for s in record.segments)


def _shares_fit(record: Record) -> bool:
    shares = [(s.share, s.value_share, s.depth, s.name_returns) for s in record.segments]
    return all(_is_share(v) for row in shares for v in row) and all(_is_share(r.share) for r in record.profile)


def _counts_fit(record: Record) -> bool:
    counts = [record.sample.rows, record.sample.used, record.sample.unassigned, *(s.size for s in record.segments)]
    counts += [n for r in record.profile for n in (r.n, r.missing)] + [c.missing for c in record.columns]
    rfm = record.sample.rfm
    counts += [c.n for part in (rfm.grid, rfm.segments, rfm.cross) for c in part] if rfm is not None else []
    return min(counts) >= 0 and sum(s.size for s in record.segments) + record.sample.unassigned == record.sample.rows


def _profile_fits(record: Record) -> bool:
    ids, names = {0, *(s.id for s in record.segments)}, {c.name for c in record.columns}
    overall = {(r.column, r.level) for r in record.profile if r.segment == 0}
    return all(r.segment in ids and r.column in names and (r.column, r.level) in overall for r in record.profile)


def _flow_fits(record: Record) -> bool:
    flow = record.choice.flow
    after = {k: {f.from_ for f in flow if f.k == k} for k in {f.k for f in flow}}
    return all(1 <= f.from_ <= f.k and 1 <= f.to <= f.k + 1 and f.to in after.get(f.k + 1, {f.to}) for f in flow)


def _tree_fits(record: Record) -> bool:
    tree, ids, names = record.model.tree, {s.id for s in record.segments}, {c.name for c in record.columns}
    return tree is None or all(
        node.segment in ids
        and (node.condition is None or (node.condition.column in names and len(node.answers) > 0))
        and all(place < below < len(tree.nodes) for _, _, below in node.answers)
        for place, node in enumerate(tree.nodes)
    )


def _groups_fit(record: Record) -> bool:
    ids, names = {s.id for s in record.segments}, {c.name for c in record.columns}
    groups = [group for s in record.segments for group in (s.typical, s.border) if group is not None]
    return all(g.towards is None or g.towards in ids for g in groups) and all(
        v.column in names for g in groups for v in g.values
    )


def _refits_fit(record: Record) -> bool:
    width, refits = len(record.model.prepared), record.stability.refits
    return all(len(center) == width for centers in refits for center in centers)


def _margins_fit(record: Record) -> bool:
    ids = {s.id for s in record.segments}
    return all(c.segment in ids and c.probable <= c.core for c in record.stability.margins.cuts)


def _map_fits(record: Record) -> bool:
    cells, ids = record.sample.map.cells, {s.id for s in record.segments}
    return cells is None or all(
        0 <= c.i < len(cells.x) - 1 and 0 <= c.j < len(cells.y) - 1 and c.segment in ids for c in cells.counts
    )


def _sizes_fit(record: Record) -> bool:
    """Say whether what lies in prepared space can be squared."""
    spreads = [s.spread for s in record.segments if s.spread is not None]
    return min(spreads, default=0.0) >= 0 and all(
        abs(v) <= LARGEST for values in (spreads, *record.model.centers) for v in values
    )


CHECKS: tuple[tuple[str, Check], ...] = (
    ("two of its columns have one name", lambda record: _unique([c.name for c in record.columns])),
    ("its features do not fit its columns", _features_fit),
    ("its centers and features do not fit together", _centers_fit),
    ("its segments and centers do not fit together", _segments_fit),
    ("an id of its segments would be used again", _lineage_fits),
    ("a share lies outside 0 to 1", _shares_fit),
    ("its counts do not add up", _counts_fit),
    ("its profile tells of other segments or columns", _profile_fits),
    ("its numbers of segments do not flow into each other", _flow_fits),
    ("its tree, columns and segments do not fit together", _tree_fits),
    ("its typical customers, columns and segments do not fit together", _groups_fit),
    ("its refits and centers do not fit together", _refits_fit),
    ("its margins and segments do not fit together", _margins_fit),
    ("its map does not fit its segments", _map_fits),
    ("its distances are beyond all measure", _sizes_fit),
)

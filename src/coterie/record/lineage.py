"""What becomes of segments from one record to the next: kept, split, merged, new, retired.

Segments are told again by the customers that both records have, else by where their centers lie. An id stays with its
customers and is never used for others; so are its letter, its color, and what was done by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.cluster import distances, match
from coterie.doors import frozen
from coterie.evidence import Evidence
from coterie.findings import Finding
from coterie.portrait import Segment
from coterie.record.json import dumps
from coterie.record.record import Fate, Lineage, Record, Renewal
from coterie.table import ColumnRecord

SAME = 0.5  # from this Jaccard overlap on, two segments are the same one
MOST, WHOLE, PART = 0.5, 0.8, 0.1  # of a segment: most of it, what several hold together, what counts as a piece
STAYED = 0.2  # of the usual share of customers who are there again: with fewer, a segment has left
REFRESHED = "Refreshed with"  # how the sentences of a refresh begin
BY_CENTERS, CHANGED, OTHER_K, OTHER_NAME, GONE = "COT311", "COT312", "COT313", "COT314", "COT315"
GROUPED = ("overlapping", "partly", "natural")

Counts = NDArray[np.int64]


@frozen
class Matched:
    """The segment id of each center, and what became of every segment.

    ``shared`` counts the customers that both records have; ``by`` says whether they told the segments.
    """

    ids: tuple[int, ...]
    fates: tuple[Fate, ...]
    by: Literal["customers", "centers"]
    shared: int


def digest(record: Record) -> str:
    """Return the SHA-256 of a record's run.json."""
    return hashlib.sha256(dumps(record).encode()).hexdigest()


# ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────────


def match_segments(old: Record, shared: Counts, sizes: Sequence[int], centers: NDArray[np.float64]) -> Matched:
    """Return which segment each center of a new solution is.

    Parameters
    ----------
    old : the record of before.
    shared : (segments of the record, centers) customers who are in both.
    sizes : all customers of each center; ids that were never used go to the largest first.
    centers : (centers, d), prepared as the record says.
    """
    enough = int(shared.sum()) >= len(old.segments) * words.SMALLEST_GROUP
    found = _by_customers(old, shared) if enough else _by_centers(old, centers)
    kept = {u: old.segments[o].id for o, u in found.pairs.items()}
    fresh = sorted(set(range(len(found.units))) - kept.keys(), key=lambda u: (-_size(sizes, found.units[u]), u))
    names = kept | {u: old.lineage.next_id + i for i, u in enumerate(fresh)}
    ids = {p: names[u] for u, unit in enumerate(found.units) for p in unit}
    return Matched(
        tuple(ids[p] for p in range(len(centers))),
        _fates(old, found, names),
        "customers" if enough else "centers",
        int(shared.sum()),
    )


@frozen
class _Pairing:
    """Centers as units (those of a segment merged by hand stay one), and the old segment that each unit is.

    ``both`` (segments, units) counts the shared customers, all 0 where centers told; ``stayed`` says which segments
    still have customers.
    """

    units: list[list[int]]
    pairs: dict[int, int]
    both: Counts
    overlap: NDArray[np.float64]
    stayed: NDArray[np.bool_]


def _size(sizes: Sequence[int], unit: Sequence[int]) -> int:
    return sum(sizes[p] for p in unit)


def _merged(old: Record) -> list[int]:
    """Return the places of segments that were merged by hand."""
    return [o for o, s in enumerate(old.segments) if old.model.segment_of.count(s.id) > 1]


def _units(k: int, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the centers as units, in order: those of a group together, each other one alone."""
    joined = [sorted(g) for g in groups if len(g) > 1]
    taken = {p for g in joined for p in g}
    return sorted([*joined, *([p] for p in range(k) if p not in taken)])


def _by_customers(old: Record, shared: Counts) -> _Pairing:
    rows, columns = np.maximum(shared.sum(axis=1), 1), np.maximum(shared.sum(axis=0), 1)
    piece = (shared > MOST * columns) & (PART * rows <= shared.T).T
    units = _units(shared.shape[1], [np.flatnonzero(piece[o]).tolist() for o in _merged(old)])
    both = np.stack([shared[:, unit].sum(axis=1) for unit in units], axis=1)
    overlap = both / np.maximum(both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both, 1)
    pairs = {o: int(u) for o, u in enumerate(match(overlap)) if u >= 0 and overlap[o, u] >= SAME}
    sizes = np.array([max(s.size, 1) for s in old.segments])
    stayed = both.sum(axis=1) / sizes >= STAYED * both.sum() / sizes.sum()
    return _Pairing(units, pairs, both, overlap, stayed)


def _by_centers(old: Record, centers: NDArray[np.float64]) -> _Pairing:
    """Return the pairs whose centers lie closer than half-way to the next segment."""
    were, owner = np.array(old.model.centers), np.array(old.model.segment_of)
    between = distances(were, were)
    between[owner[:, None] == owner[None, :]] = np.inf
    reach = np.sqrt(between.min(axis=1)) / 2
    near = 1 - np.sqrt(distances(centers, were)) / np.maximum(reach, 1e-300)  # (new, old): 1 the same, 0 half-way
    score = np.stack([near[:, owner == s.id].max(axis=1) for s in old.segments])
    best = score.argmax(axis=0)
    inside = score.max(axis=0) > 0
    units = _units(len(centers), [np.flatnonzero(inside & (best == o)).tolist() for o in _merged(old)])
    close = np.stack([score[:, unit].max(axis=1) for unit in units], axis=1)
    pairs = {o: int(u) for o, u in enumerate(match(np.maximum(close, 0))) if u >= 0 and close[o, u] > 0}
    nobody = np.zeros(close.shape, dtype=np.int64)
    return _Pairing(units, pairs, nobody, np.full(close.shape, np.nan), np.zeros(len(score), dtype=np.bool_))


def _fates(old: Record, found: _Pairing, names: Mapping[int, int]) -> tuple[Fate, ...]:
    """Return what became of every segment: each old id is in one fate's ``before``, each new one in one's ``after``."""
    ids, both = [s.id for s in old.segments], found.both
    rows, columns = np.maximum(both.sum(axis=1), 1), np.maximum(both.sum(axis=0), 1)
    fates: list[Fate] = []
    gone: set[int] = set()
    known: set[int] = set()

    def tell(kind: Literal["kept", "split", "merged", "new", "retired"], before: list[int], after: list[int]) -> None:
        gone.update(before)
        known.update(after)
        overlap = float(found.overlap[before[0], after[0]]) if kind == "kept" else float("nan")
        was, now = sorted(ids[o] for o in before), sorted(names[u] for u in after)
        fates.append(Fate(kind, tuple(was), tuple(now), None if np.isnan(overlap) else overlap))

    for o in range(len(ids)):
        pieces = np.flatnonzero((both[o] > MOST * columns) & (both[o] >= PART * rows[o])).tolist()
        if len(pieces) > 1 and both[o, pieces].sum() >= WHOLE * rows[o]:
            tell("split", [o], pieces)
    for u in range(len(names)):
        into = (both[:, u] > MOST * rows) & (both[:, u] >= words.SMALLEST_GROUP) & found.stayed
        parts = [o for o in np.flatnonzero(into).tolist() if o not in gone]
        if u not in known and len(parts) > 1 and both[parts, u].sum() >= WHOLE * columns[u]:
            tell("merged", parts, [u])
    for o, u in found.pairs.items():
        if o not in gone:
            tell("kept", [o], [u])
    for o in sorted(set(range(len(ids))) - gone):
        tell("retired", [o], [])
    for u in sorted(set(names) - known, key=lambda u: names[u]):
        tell("new", [], [u])
    return tuple(sorted(fates, key=lambda f: (min(f.before, default=max(ids) + 1), f.after)))


# ── what is handed on ─────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Heritage:
    """What a record has from the one before: its lineage, names, and what is to be said of it."""

    lineage: Lineage
    former: Mapping[int, Segment] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def rename(self, segments: Sequence[Segment]) -> tuple[Segment, ...]:
        """Return the segments under the names they had; who is new gets one that nobody has."""
        held = {id: s for id, s in self.former.items() if id in {now.id for now in segments}}
        taken = {name.casefold() for s in held.values() for name in (s.name, s.called)}
        return tuple(_keep(s, held[s.id]) if s.id in held else _apart(s, taken) for s in segments)

    def tell(self, fresh: Sequence[Segment]) -> tuple[Finding, ...]:
        """Return what is to be said of what was handed on, beside the names that their numbers give segments now."""
        held = [(s, self.former[s.id]) for s in fresh if s.id in self.former]
        return (*self.findings, *(_other_name(now, was) for now, was in held if now.name != was.name and not was.given))


def _other_name(now: Segment, was: Segment) -> Finding:
    text = f"{now.letter} “{was.name}” reads “{now.name}” by its numbers of now"
    done = "the name was kept; coterie name gives another"
    return Finding(OTHER_NAME, "note", None, now.size, text, done, (now.id,))


def _keep(now: Segment, was: Segment) -> Segment:
    if now.name == was.name:
        return replace(now, given=was.given)
    return replace(now, name=was.name, given=was.given, tentative=was.tentative, name_returns=None)


def _apart(now: Segment, taken: set[str]) -> Segment:
    return replace(now, name=f"{now.name} ({now.letter})") if now.name.casefold() in taken else now


def begin(segments: int) -> Heritage:
    """Return the heritage of a first record: nothing but ids that were never used."""
    return Heritage(Lineage(None, segments + 1, ()))


def follow_by_hand(record: Record, said: str, next_id: int) -> Lineage:
    """Return the lineage of what a record becomes by hand: its parent, and one more sentence."""
    held, parent = record.lineage, digest(record)
    history, ancestors = (*held.history, said), (*held.ancestors, parent)
    return replace(held, parent=parent, next_id=next_id, history=history, ancestors=ancestors)


def is_by_hand(record: Record) -> bool:
    """Say whether a record was made from its parent by hand, and not by a refresh."""
    renewal = record.lineage.renewal
    born = set() if renewal is None else {id for fate in renewal.fates for id in fate.after}
    # a merge since then has given an id of its own
    return record.lineage.parent is not None and any(s.id not in born for s in record.segments)


def inherit(old: Record, matched: Matched, rows: int, start: Literal["warm", "cold"], gain: float | None) -> Heritage:
    """Return what a refreshed record has from the one before.

    Parameters
    ----------
    rows : customers of the new record.
    start : whose centers were kept; ``gain`` is how much less inertia a fresh start reached.
    """
    parent = digest(old)
    lineage = Lineage(
        parent=parent,
        next_id=max(old.lineage.next_id, max(matched.ids) + 1),
        history=(*old.lineage.history, *_sentences(old, matched, rows)),
        ancestors=(*old.lineage.ancestors, parent),
        renewal=Renewal(matched.by, matched.shared, start, gain, matched.fates),
    )
    return Heritage(lineage, {s.id: s for s in old.segments}, tuple(_findings(matched, start, gain)))


def _sentences(old: Record, matched: Matched, rows: int) -> list[str]:
    """Return the refresh in words: who was met again, and what became of each segment."""
    names = {s.id: f"{s.letter} “{s.called}”" for s in old.segments}

    def say(ids: Sequence[int]) -> str:
        return words.joined([names.get(s, words.letter(s)) for s in ids])

    met = f"{words.count(matched.shared)} of whom the run before had" if matched.shared else "none of them met before"
    told = [f"{REFRESHED} {words.plural(rows, 'customer')}, {met}."]
    kept = [f.before[0] for f in matched.fates if f.kind == "kept"]
    if kept:
        told.append(f"{words.joined([words.letter(s) for s in kept])} {'was' if len(kept) == 1 else 'were'} kept.")
    for fate in matched.fates:
        after = words.joined([words.letter(s) for s in fate.after])
        if fate.kind == "split":
            told.append(f"{say(fate.before)} was split into {after}.")
        elif fate.kind == "merged":
            told.append(f"{say(fate.before)} became one segment, {after}.")
        elif fate.kind == "new":
            told.append(f"{after} is new.")
        elif fate.kind == "retired":
            told.append(f"{say(fate.before)} was retired: its customers are gone, or in other segments.")
    return told


def _findings(matched: Matched, start: Literal["warm", "cold"], gain: float | None) -> list[Finding]:
    found = []
    if matched.by == "centers":
        some = f"only {words.count(matched.shared)}" if matched.shared else "no"
        text = f"{some} customers of the run before are among these"
        found.append(Finding(BY_CENTERS, "warning", None, matched.shared, text, "segments are told by their centers"))
    if start == "cold" and gain is not None:
        text = f"the best partition changed: a fresh start is {words.fine_percent(gain)} better than the former centers"
        found.append(Finding(CHANGED, "warning", None, 0, text, "the fresh one was taken; --warm keeps the former"))
    return found


def tell_lost(old: Record, now: Sequence[ColumnRecord]) -> tuple[Finding, ...]:
    """Return the finding that columns which described the segments are gone."""
    have = {c.name for c in now}
    lost = [c.name for c in old.columns if c.role == "describe" and c.name not in have]
    if not lost:
        return ()
    text = f"{words.plural(len(lost), 'column')} that described the segments gone, or of another kind"
    return (Finding(GONE, "warning", lost[0], len(lost), f"{text}: {words.joined(lost[:5])}", "left out"),)


def tell_other_k(old: Record, evidence: Evidence) -> tuple[Finding, ...]:
    """Return the finding that the evidence supports another number of segments than before."""
    choice, structure = evidence.choice, evidence.structure
    known = old.choice.asked is not None and old.choice.supported == choice.supported
    if structure is None or structure.code not in GROUPED or choice.supported == choice.k or known:
        return ()
    text = f"{choice.supported} segments are supported now, where the run has {choice.k}"
    return (Finding(OTHER_K, "warning", None, choice.supported, text, "the number was kept; -k auto takes the other"),)

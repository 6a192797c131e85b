"""compare(): two runs side by side, and whether to form segments again."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

import numpy as np

from coterie import errors, words
from coterie.cluster import match
from coterie.engines import Engine, Reading, Source, Target, engine_for
from coterie.model import prepare, sample_size
from coterie.portrait import profile
from coterie.record import ComparedRuns, Migration, Move, Party, Record, Side, digest
from coterie.report import comparison_page, notebook
from coterie.runs import changes, one_file
from coterie.scoring import read_new_customers
from coterie.segmentation.drifting import Gathered, weigh
from coterie.segmentation.loaded import load
from coterie.segmentation.segmentation import Segmentation
from coterie.table import Sample, Table, draw

MET = 0.99  # of a run's customers must be in the source that is said to hold them
SAME, WHOLE = 0.5, 0.95
LINES = 0.02  # of the customers under other lines, beyond chance, from which on that is said


class Comparison:
    """Two runs side by side.

    Attributes
    ----------
    facts : everything that was found (``coterie.record.comparison``).
    advice : ``assign`` (go on with the old segments), ``review`` or ``refit``.
    reasons : why, in words.
    changes : whose customers are in another segment; None where nobody can be followed.
    """

    def __init__(self, facts: ComparedRuns, changes: changes.Changes | None) -> None:
        self.facts, self.changes = facts, changes

    @property
    def advice(self) -> str:
        """What to do: assign, review or refit."""
        return self.facts.advice

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, a sentence each."""
        return self.facts.reasons

    def __repr__(self) -> str:
        return "\n".join([f"advice: {self.advice}", *(f"  {reason}" for reason in self.reasons)])

    def _repr_html_(self) -> str:
        return notebook.comparison_html(self.facts)

    @overload
    def report(self, path: None = None, *, overwrite: bool = False) -> str: ...
    @overload
    def report(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path: ...
    def report(self, path: str | os.PathLike[str] | None = None, *, overwrite: bool = False) -> str | Path:
        """Return the page as HTML; where a path is given write it there, and return the path."""
        html = comparison_page.render(self.facts)
        if path is None:
            return html
        with errors.calling(out="path"):
            one_file.write_text(Path(path), html, overwrite=overwrite)
        return Path(path)

    def write_changes(self, target: Target) -> None:
        """Write id, from, to and change to a file.

        Raises
        ------
        InputError : the runs have no id in common, so that nobody can be followed.
        """
        if self.changes is None:
            raise errors.nobody_followed()
        self.changes.engine.deliver(self.changes.query(), target)


def compare(
    old: Segmentation | str | os.PathLike[str],
    new: Segmentation | str | os.PathLike[str],
    *,
    source: Any = None,
    old_source: Any = None,
    reading: Reading | None = None,
    engine: Engine | None = None,
) -> Comparison:
    """Return what changed between two runs, and what to do.

    Parameters
    ----------
    old, new : segmentations, or the folders of runs, that were formed with the same columns.
    source : the customers of the new run, which tell customers who moved from lines that moved; None: those at hand,
        as after ``segment`` and ``refresh``, if they are.
    old_source : the customers of the old run, likewise; with both, the drift of all columns together is measured.

    Raises
    ------
    InputError : the same run twice; other columns; a source that does not hold the run's customers.

    Notes
    -----
    Cost: both files of segments once; of the customers of either run four scans.

    >>> import coterie, coterie.simulate
    >>> import pandas as pd
    >>> table = pd.DataFrame(coterie.simulate.tutorial())
    >>> run = coterie.segment(table, k=4)
    >>> coterie.compare(run, coterie.refresh(run, table)).advice
    'assign'
    """
    before, after = (run if isinstance(run, Segmentation) else load(run) for run in (old, new))
    _check_pair(before.record, after.record)
    engine, reading = engine or engine_for(source, _src(after)), reading or Reading()
    table = _keep_customers(before, after, source, engine, reading)
    followed = _have_ids(before.record, after.record)
    followed = followed or (table is not None and before.former().is_followed(table, _src(after)))
    flows = changes.fetch_flows(engine, known=table is not None) if followed else ()
    follows = digest(before.record) in after.record.lineage.ancestors
    same = _same_segments(before.record, after.record, flows, follows=follows)
    sample = None if table is None else _draw(after.record, table)
    found = Gathered(
        old=before.record,
        new=after.record,
        sample=sample,
        cloud=_fetch_cloud(before, old_source, reading) if sample is not None else None,
        borderline=changes.borderline_share(engine, changes.FORMER),
        placed=_sizes(flows),
        same=same,
    )
    migration = _migrate(before.record, flows, same, known=table is not None) if followed else None
    facts = _judge(found, migration, _lacking(table is not None, found.cloud is not None, followed), follows=follows)
    if not followed:
        return Comparison(facts, None)
    return Comparison(facts, _changes(engine, after, None if follows else same, known=table is not None))


def _keep_customers(
    before: Segmentation, after: Segmentation, source: Any, engine: Engine, reading: Reading
) -> Table | None:
    """Make relations of both runs' customers; return those of the new run, where they are at hand."""
    before.former().keep(engine, changes.FORMER)
    after.former().keep(engine, changes.NOW)
    table = _customers(after, source, engine, reading)
    if table is not None:
        changes.keep_segments(table, changes.THEN, before.record)
        if source is not None:
            _check_source(engine, changes.NOW, table)
    return table


def _check_source(engine: Engine, name: str, table: Table) -> None:
    if changes.share_met(engine, name) < MET:
        raise errors.other_source(table.name)


def _judge(found: Gathered, migration: Migration | None, lacking: Iterable[str], *, follows: bool) -> ComparedRuns:
    weighed = weigh(found)
    return ComparedRuns(
        old=_side(found.old),
        new=_side(found.new),
        follows=follows,
        same=tuple(sorted(found.same.items())),
        migration=migration,
        columns=weighed.columns,
        criteria=weighed.criteria,
        advice=weighed.advice,
        reasons=(*weighed.reasons, *(_say_lines(migration) if weighed.advice == "assign" and migration else ())),
        lacking=tuple(lacking),
    )


def _say_lines(found: Migration) -> Iterable[str]:
    """Say why many are in another segment though the customers are as they were."""
    if found.line is not None and found.line - found.merged - found.floor >= LINES:
        share = words.percent(found.line - found.merged)
        yield (
            f"{share} of the customers are in another segment only because the new run draws other lines: go on with"
            " one of the two runs."
        )


def _check_pair(old: Record, new: Record) -> None:
    if digest(old) == digest(new):
        raise errors.same_run()
    was, now = ([f.column for f in record.features] for record in (old, new))
    if set(was) != set(now):
        both = [c for c in was if c in now]
        raise errors.other_features(both, [c for c in was if c not in now], [c for c in now if c not in was])


def _have_ids(old: Record, new: Record) -> bool:
    ids = [next((c.name for c in record.columns if c.role == "id"), None) for record in (old, new)]
    return None not in ids


def _src(run: Segmentation) -> Source:
    return run.origin.source if run.origin is not None else Source("", None)


def _customers(run: Segmentation, given: Any, engine: Engine, reading: Reading) -> Table | None:
    """Return the customers of a run, where they are given or at hand."""
    if given is None:
        if run.origin is None or run.origin.purchases is not None or not run.origin.is_there:
            return None
        given, reading = run.origin.source, run.origin.reading
    usual = next((c.name for c in run.record.columns if c.role == "id"), None)
    return read_new_customers(run.record, given, engine, reading, usual)


def _draw(record: Record, table: Table) -> Sample:
    have = {c.name for c in table.columns if c.kind != "other"}
    used = [c.name for c in record.columns if c.role in profile.PROFILED and c.name in have]
    return draw(table, used, sample_size(record.options.max_k), seed=record.options.seed)


def _fetch_cloud(run: Segmentation, given: Any, reading: Reading) -> Any:
    """Return the prepared sample of the old run's customers, where these are at hand."""
    engine = engine_for(given, _src(run))
    try:
        table = _customers(run, given, engine, reading)
        if table is None:
            return None
        if given is not None:
            run.former().keep(engine, changes.FORMER)
            changes.keep_segments(table, changes.THEN, run.record)
            _check_source(engine, changes.FORMER, table)
        return prepare(run.record.features, _draw(run.record, table).values)
    finally:
        engine.close()


def _side(record: Record) -> Side:
    parties = tuple(Party(s.id, s.letter, s.called, s.size, s.share) for s in record.segments)
    return Side(record.sample.rows, record.verdict.counts_as, record.verdict.label, parties)


def _same_segments(old: Record, new: Record, flows: Sequence[changes.Flow], *, follows: bool) -> dict[int, int]:
    """Return the new segment that each old one is, where it still is one."""
    was, now = [s.id for s in old.segments], [s.id for s in new.segments]
    if follows:
        return {s: s for s in was if s in now}
    both = np.zeros((len(was), len(now)))
    for flow in flows:
        if flow.before is not None and flow.now is not None:
            both[was.index(flow.before), now.index(flow.now)] += flow.n
    overlap = both / np.maximum(both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both, 1)
    return {was[o]: now[n] for o, n in enumerate(match(overlap)) if n >= 0 and overlap[o, n] >= SAME}


def _sizes(flows: Sequence[changes.Flow]) -> dict[int, int] | None:
    """Return how many customers of now the old model puts into each segment; None where that is not known."""
    found: dict[int, int] = {}
    for flow in flows:
        if flow.then is not None:
            found[flow.then] = found.get(flow.then, 0) + flow.n
    return found or None


# ── migration ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _migrate(old: Record, flows: Sequence[changes.Flow], same: Mapping[int, int], *, known: bool) -> Migration:
    both = [f for f in flows if not f.entered and not f.left]
    shared = sum(f.n for f in both)
    floor = _floor(old, same)
    cells: dict[tuple[int | None, int | None], list[changes.Flow]] = {}
    for flow in both:
        cells.setdefault((flow.before, flow.now), []).append(flow)
    moves = [_move(key, parts, shared, floor, same, known=known) for key, parts in cells.items()]
    united = _find_united(both)
    moves = [replace(m, merged=(m.before, m.now) in united and not m.stays) for m in moves]
    gone = [m for m in moves if not m.stays]

    def share(counts: Iterable[int | None]) -> float:
        return sum(n or 0 for n in counts) / max(1, shared)

    changed, noise = share(m.n for m in gone), sum(floor.values())
    merged = share(m.n for m in gone if m.merged)
    return Migration(
        shared=shared,
        entered=sum(f.n for f in flows if f.entered),
        left=sum(f.n for f in flows if f.left),
        changed=changed,
        moved=share(m.moved for m in gone) if known else None,
        line=share(m.line for m in gone) if known else None,
        floor=noise,
        beyond=max(0.0, changed - merged - noise),
        moves=tuple(moves),
        merged=merged,
    )


def _find_united(flows: Sequence[changes.Flow]) -> set[tuple[int | None, int | None]]:
    """Return the segments of before that are one now: nearly all of each are there, and nearly nobody else is."""
    was, now, both = Counter[int](), Counter[int](), Counter[tuple[int, int]]()
    for f in flows:
        if f.before is not None and f.now is not None:
            was[f.before] += f.n
            now[f.now] += f.n
            both[f.before, f.now] += f.n
    whole = [key for key, n in both.items() if n >= WHOLE * was[key[0]]]
    held = Counter[int]()
    for key in whole:
        held[key[1]] += both[key]
    several = {s for s, many in Counter(s for _, s in whole).items() if many > 1 and held[s] >= WHOLE * now[s]}
    return {key for key in whole if key[1] in several}


def _floor(old: Record, same: Mapping[int, int]) -> dict[tuple[int, int], float]:
    """Return the share of customers who would change from one old segment to another without any change."""
    owner, found = old.model.segment_of, dict[tuple[int, int], float]()
    for a, row in enumerate(old.stability.floor):
        for b, share in enumerate(row):
            if owner[a] != owner[b]:
                key = owner[a], same.get(owner[b], -owner[b])
                found[key] = found.get(key, 0.0) + share
    return found


def _move(
    key: tuple[int | None, int | None],
    parts: Sequence[changes.Flow],
    shared: int,
    floor: Mapping[tuple[int, int], float],
    same: Mapping[int, int],
    *,
    known: bool,
) -> Move:
    before, now = key
    n = sum(f.n for f in parts)
    stays = before == now if before is None or now is None else same.get(before) == now
    chance = 0.0 if before is None or now is None or stays else floor.get((before, now), 0.0)
    line = sum(f.n for f in parts if f.then == f.before) if known and not stays else None
    moved = n - line if line is not None else None
    share = n / max(1, shared)
    return Move(before, now, n, share, moved, line, stays, chance, not stays and share <= chance)


def _changes(engine: Engine, after: Segmentation, same: Mapping[int, int] | None, *, known: bool) -> changes.Changes:
    """Return who is in another segment; of runs with ids of their own, segments that are one are one."""
    former = None
    if same is not None:
        held = {now: was for was, now in same.items()}
        former = {s.id: held.get(s.id, -s.id) for s in after.record.segments}
    owner = after.record.model.segment_of
    found = changes.Changes(engine, None, after.record, owner, known=known, same=former)
    return replace(found, source=after.origin.source) if after.origin is not None else found


def _lacking(at_hand: bool, both: bool, followed: bool) -> Iterable[str]:
    if not followed:
        yield "Nobody is followed: the runs have no id of their customers in common."
    if not at_hand:
        yield (
            "Customers who moved and lines that moved are not told apart, and distances and columns are known by their"
            " deciles alone: give the customers of the new run with --source."
        )
    elif not both:
        yield "The drift of all columns together is not measured: give the customers of the old run with --old-source."

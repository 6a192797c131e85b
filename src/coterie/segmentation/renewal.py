"""refresh(): new customers in segments that stay who they are."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import errors, words
from coterie.engines import Engine, Reading, engine_for
from coterie.evidence import Former, Start
from coterie.model import decision, know, sample_size, score, segments_sql
from coterie.options import Options
from coterie.portrait import profile
from coterie.purchases import choose_rules, scoring
from coterie.record import (
    Matched,
    Points,
    Record,
    StageResults,
    build_record,
    inherit,
    match_segments,
    tell_lost,
    tell_other_k,
)
from coterie.runs import changes
from coterie.scoring import read_new_customers
from coterie.segmentation import Segmentation, load
from coterie.segmentation.origin import Origin
from coterie.segmentation.progress import Progress, Stages, stages_of
from coterie.table import Table, describe_again, draw, odd_values, summarize

STARTS = ("auto", "warm", "cold")


def refresh(
    run: Segmentation | str | os.PathLike[str],
    source: Any,
    *,
    k: int | Literal["auto"] | None = None,
    start: Start = "auto",
    id: str | None = None,
    reading: Reading | None = None,
    engine: Engine | None = None,
    progress: Progress | Stages | None = None,
) -> Segmentation:
    """Return the next segments, told again from those before.

    Columns are prepared as they were. Segments keep their id, letter, color and name, what was named or merged by hand
    stays so, and the record's lineage says which were kept, split, merged, new or retired.

    Parameters
    ----------
    run : a segmentation, or the folder of one.
    source : the customers of now, as for ``segment``: a file or a frame with the columns that formed the segments.
    k : the number of segments; None: as many as before, ``"auto"``: as many as the evidence supports.
    start : ``auto`` keeps the former centers, moved to the new customers, unless a fresh start is more than 1% better;
        ``warm`` keeps them all the same, ``cold`` starts afresh.
    id : the column that identifies a customer; the run's own.

    Raises
    ------
    InputError : a column is missing or of another kind; another id; ids that repeat; fewer customers than segments.

    Notes
    -----
    Cost: as ``segment``, one scan more for who was where, and two for who would be where.

    >>> import coterie, coterie.simulate
    >>> import pandas as pd
    >>> table = pd.DataFrame(coterie.simulate.tutorial()).assign(customer_id=range(300))
    >>> run = coterie.segment(table, k=4)
    >>> [(fate.kind, fate.after) for fate in coterie.refresh(run, table).record.lineage.renewal.fates]
    [('kept', (1,)), ('kept', (2,)), ('kept', (3,)), ('kept', (4,))]
    """
    before = run if isinstance(run, Segmentation) else load(run)
    old, reading = before.record, reading or Reading()
    if start not in STARTS:
        raise errors.bad_option("start", start, f"one of {words.joined(STARTS)}")
    usual = _id_of(old)
    if id is not None and usual is not None and id != usual:
        raise errors.another_id(id, usual)
    asked = len(old.model.centers) if k is None else k
    options = replace(old.options, k=asked, id=id or old.options.id)
    origin = Origin.of(source, reading, options)
    with stages_of(progress) as say:
        engine = engine or engine_for(origin.source)
        say.watch(engine)
        say.begin("read")
        table: Table = read_new_customers(old, origin.source, engine, reading, id)
        _check_columns(old, table, options)
        say("read", f"{words.plural(table.rows, 'customer')}, {words.plural(len(table.columns), 'column')}")
        if k is None and 0 < table.rows < len(old.model.centers):
            raise errors.fewer_customers(len(old.model.centers), table.rows)
        say.begin("follow", rows=table.rows)
        followed = before.former().is_followed(table, origin.source)
        before.former().keep(table.engine, changes.FORMER, nobody=not followed)
        record, points, table = _form(old, table, options, start, say, kept=k is None)
        say.begin("follow", rows=table.rows)
        moved = _find_changes(table, old, record, origin) if followed else None
    return Segmentation(record, points=points, table=table, origin=origin, changes=moved)


def _check_columns(old: Record, table: Table, options: Options) -> None:
    usual = _id_of(old)
    if usual is not None and table.id != usual:
        raise errors.lost_id(usual, [c.name for c in table.columns])
    if options.value is not None and options.value not in [c.name for c in table.columns]:
        raise errors.unknown_column(options.value, [c.name for c in table.columns], "--value")


def _id_of(record: Record) -> str | None:
    """Return the column that identified a customer, None where it was the row's number."""
    return next((c.name for c in record.columns if c.role == "id"), None)


def _find_changes(table: Table, old: Record, record: Record, origin: Origin) -> changes.Changes:
    """Return who is in another segment, and who would be by the former model."""
    changes.keep_segments(table, changes.THEN, old)
    changes.keep_segments(table, changes.NOW, record)
    return changes.Changes(table.engine, origin.source, record, record.model.segment_of)


def _form(
    old: Record, table: Table, options: Options, start: Start, say: Stages, *, kept: bool
) -> tuple[Record, Points, Table]:
    """Return the record that follows from an older one, its map's points, and the table with its customers scored.

    Parameters
    ----------
    kept : whether the number of segments is the former one because nobody asked for another.
    """
    say.begin("check", rows=table.rows)
    summary = summarize(table)
    used = {c.name for c in old.columns if c.role in profile.PROFILED}
    used |= scoring.measured(table) if old.sample.rfm is not None else set()
    wanted = [c.name for c in table.columns if c.name in used and c.kind != "other"]
    sample = draw(table, wanted, sample_size(options.max_k), seed=options.seed)
    described = describe_again(old.columns, table, summary, sample)
    identify = partial(_identify, old, table)
    former = Former(np.array(old.model.centers), start, identify, kept)
    features = old.features
    say.begin("decide")
    decided = decision.decide(
        features, described, sample, options, threads=table.engine.threads, progress=say.step, former=former
    )
    after = decided.evidence.after
    assert after is not None  # there was a former solution
    assert isinstance(after.identity, Matched)
    heritage = inherit(old, after.identity, table.rows, after.start, after.gain)
    for line in heritage.lineage.history[len(old.lineage.history) :]:
        say("match", line)
    say.begin("profile", rows=table.rows)
    table = score(table, features, decided.model, know(features, summary))
    totals = profile.totals(table, summary, described, features, decided.model)
    say("profile", f"{words.percent(totals.explained)} of the differences lie between segments")
    told = odd_values.retold(table.findings, summary, described)
    seen = (*told, *odd_values.about(described, summary, sample))
    seen = (*seen, *odd_values.gathered(totals.size, totals.present, [f.column for f in features]))
    seen = (*seen, *tell_lost(old, described), *(tell_other_k(old, decided.evidence) if kept else ()))
    grouped = partial(segments_sql, table.relation, features, decided.model)
    rules = choose_rules(None, "coterie.refresh")
    record, points = build_record(
        StageResults(
            options=options,
            table=table,
            sample=sample,
            columns=described,
            features=features,
            findings=seen,
            decided=decided,
            totals=totals,
            repeats=None,
            purchases=None,
            rfm=None if old.sample.rfm is None else scoring.rfm_facts(table, summary, sample, rules, grouped),
            holdout=None,
            heritage=heritage,
        )
    )
    return record, points, table


def _identify(old: Record, table: Table, centers: NDArray[np.float64]) -> Matched:
    """Return which segment each center is."""
    shared, sizes, met = changes.count_shared(table, old, [[float(v) for v in c] for c in centers])
    return replace(match_segments(old, np.array(shared, dtype=np.int64), sizes, centers), shared=met)

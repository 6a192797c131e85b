"""segment(): the stages in order, from a source to a Segmentation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from coterie import words
from coterie.engines import Engine, Reading, choose_rows, engine_for
from coterie.model import decision, know, propose, sample_size, score, segments_sql
from coterie.options import Options, SegmentOptions, with_changes
from coterie.portrait import profile
from coterie.purchases import Repeats, accept_rows, choose_rules, recognition, scoring
from coterie.record import Points, Record, StageResults, build_record
from coterie.segmentation.origin import Origin
from coterie.segmentation.progress import Progress, Stages, stages_of
from coterie.segmentation.segmentation import Segmentation
from coterie.signatures import written_out
from coterie.table import Sample, Table, columns, draw, odd_values, summarize

if TYPE_CHECKING:
    from coterie.purchases import CustomerBase, PurchaseOptions, Purchases, RfmOptions, RfmRules


@written_out(SegmentOptions, Options)
def segment(
    source: Any,
    options: Options | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    progress: Progress | Stages | None = None,
    purchases: CustomerBase | Purchases | PurchaseOptions | None = None,
    rfm: RfmRules | RfmOptions | None = None,
    **changes: Unpack[SegmentOptions],
) -> Segmentation:
    """Return the segments of customers, named, profiled and checked.

    Parameters
    ----------
    source : a path (CSV, TSV, Parquet, JSON, JSON lines), a pandas, polars, Arrow or DuckDB table, or the address of a
        database with ``table="customers"`` or ``query="SELECT …"``: one row a customer.
    options : everything that shapes the result; ``changes`` are options by name, such as ``k=4`` or
        ``value="revenue"``, and win over it.
    reading : how to read a file where it should not be found out from the file.
    engine : where the data are worked on (``coterie.connect``); None: in the database, else DuckDB in this process.
    progress : called with a stage and what it found, after each; and every two seconds while one takes long. None: a
        line says what runs, at a terminal and in a notebook. Either way the logger ``coterie`` is told.
    purchases : given, the source is a log of purchases, and this says how it is read: ``coterie.purchases.Purchases``
        or its options by name (``{}`` finds every column by its name); or the customers that were made of it already.
    rfm : how customers with recency, frequency and money are scored: ``rfm_cuts`` and ``rfm_rules`` by name, or rules.

    Raises
    ------
    InputError : the data or an option must be changed; the message says which and how.
    AccessError, LimitError : the source cannot be read; memory ran out.

    Notes
    -----
    Cost: five scans of the data (rows and ids, summary, sample, scores, profile); everything else happens on a sample
    of at most 50,000 rows.

    >>> import coterie, coterie.simulate
    >>> import pandas as pd
    >>> run = coterie.segment(pd.DataFrame(coterie.simulate.tutorial()), k=4)
    >>> [s.name for s in run.segments][:2]
    ['High income, low spending', 'High income, high spending']
    """
    source, reading = choose_rows(source, reading, changes)
    options = with_changes(changes, "coterie.segment", options)
    rules = choose_rules(rfm, "coterie.segment, rfm")
    origin = Origin.of(source, reading, options, _log_options(purchases))
    with stages_of(progress) as say:
        if (base := _made_before(purchases)) is None:
            engine = engine or engine_for(origin.source)
            say.watch(engine)
            say.begin("read")
            table, base, options = origin.open(engine)
        else:
            table, options = base.table, base.choose_options(options)
        repeats = None if base is not None else accept_rows(table, options)
        for line in () if base is None else base.sentences:
            say("purchases", line)
        say("read", f"{words.plural(table.rows, 'customer')}, {words.plural(len(table.columns), 'column')}")
        own = base is not None or options != origin.options
        record, points, table = _form(table, base, options, rules, say, own=own, repeats=repeats)
    return Segmentation(record, points=points, table=table, origin=origin)


def _made_before(purchases: CustomerBase | Purchases | PurchaseOptions | None) -> CustomerBase | None:
    """Return the customers that were made of a log already, if that is what was given."""
    if purchases is None:
        return None
    from coterie.purchases import CustomerBase

    return purchases if isinstance(purchases, CustomerBase) else None


def _log_options(purchases: CustomerBase | Purchases | PurchaseOptions | None) -> Purchases | None:
    """Return how a log is read; None: the source is none."""
    if purchases is None:
        return None
    from coterie.purchases import CustomerBase, Purchases, choose_purchases

    if isinstance(purchases, CustomerBase):
        return purchases.log.chosen
    if isinstance(purchases, Purchases):
        return purchases
    return choose_purchases(purchases, "coterie.segment, purchases")


def _form(
    table: Table,
    base: CustomerBase | None,
    options: Options,
    rules: RfmRules,
    say: Stages,
    *,
    own: bool,
    repeats: Repeats | None,
) -> tuple[Record, Points, Table]:
    """Return the record of the segments, its map's points, and the table with its customers scored.

    Parameters
    ----------
    own : whether the customers' columns were made of purchases, now or before.
    repeats : customers who stand in several rows, where that was allowed.
    """
    say.begin("check", rows=table.rows)
    summary = summarize(table)
    size, unique = sample_size(options.max_k), not options.allow_duplicate_ids
    sample = draw(table, columns.wanted(table, options), size, seed=options.seed, distinct_ids=unique)
    described, dropped = columns.describe(table, summary, sample, options)
    features, alike = propose(described, sample.values, options.scale)
    say("check", f"{words.plural(len(features), 'column forms', 'columns form')} segments; {_drawn(sample)}")
    say.begin("decide")
    decided = decision.decide(features, described, sample, options, threads=table.engine.threads, progress=say.step)
    say("decide", decided.evidence.choice.words)
    say.begin("profile", rows=table.rows)
    table = score(table, features, decided.model, know(features, summary))
    totals = profile.totals(table, summary, described, features, decided.model)
    say("profile", f"{words.percent(totals.explained)} of the differences lie between segments")
    seen = (*odd_values.retold(table.findings, summary, described), *dropped)
    seen = (*seen, *odd_values.about(described, summary, sample))
    seen = recognition.without_own_constants((*seen, *alike), options) if own else (*seen, *alike)
    seen = (*seen, *odd_values.gathered(totals.size, totals.present, [f.column for f in features]))
    grouped = partial(segments_sql, table.relation, features, decided.model)
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
            repeats=repeats,
            purchases=None if base is None else base.facts,
            rfm=scoring.rfm_facts(table, summary, sample, rules, grouped),
            holdout=None if base is None else scoring.compare_holdout(base, sample, decided.label, options.seed),
        )
    )
    return record, points, table


def _drawn(sample: Sample) -> str:
    return "all customers decide" if sample.whole else f"{words.plural(sample.size, 'customer')} drawn to decide"

"""segment(): the stages in order; Segmentation: the record they make, and what can be done with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict, Unpack

from coterie import errors, example_customers, words
from coterie import new_customers as newcomers
from coterie import options as config
from coterie.engines import Engine, Reading, Target, as_kind_of, connect
from coterie.example_customers import Example
from coterie.model import assignment_sql, decision, model, segments_sql
from coterie.model import features as feature_maker
from coterie.portrait import Segment, profile
from coterie.purchases import (
    CustomerBase,
    PurchaseOptions,
    Purchases,
    RfmOptions,
    RfmRules,
    choose_rules,
    customer_base,
    scoring,
    with_changes,
)
from coterie.record import Points, Record, Worked, build, by_hand, json, read_points
from coterie.report import Plot, page
from coterie.runs import contents, next_run, one_file, read_manifest, read_published, run_folder
from coterie.sql import Node
from coterie.table import Finding, Sample, Table, draw, odd_values, read, summarize
from coterie.table import columns as column_roles

Progress = Callable[[str, str], None]  # stage, what it found


class Changes(TypedDict, total=False):
    """Options by name, as ``segment`` takes them."""

    id: str | None
    features: Sequence[str] | None
    describe: Sequence[str]
    value: str | None
    k: int | str
    max_k: int
    min_share: float
    seed: int
    effort: str
    scale: str
    allow_duplicate_ids: bool


def segment(
    source: Any,
    options: config.Options | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    purchases: CustomerBase | Purchases | PurchaseOptions | None = None,
    rfm: RfmRules | RfmOptions | None = None,
    **changes: Unpack[Changes],
) -> Segmentation:
    """Return the segments of the customers in a file or a frame, named, profiled and checked.

    Parameters
    ----------
    source : a path (CSV, TSV, Parquet, JSON, JSON lines), or a pandas, polars, Arrow or DuckDB table: one row a
        customer.
    options : everything that shapes the result; ``changes`` are options by name, such as ``k=4`` or
        ``value="revenue"``, and win over it.
    reading : how to read a file where it should not be found out from the file.
    engine : where the data are worked on (``coterie.connect``); None: DuckDB in this process.
    progress : called with a stage and what it found, after each; and every two seconds while one takes long.
    purchases : given, the source is a log of purchases, and this says how it is read: ``coterie.purchases.Purchases``
        or its options by name (``{}`` finds every column by its name); or the customers that were made of it already.
    rfm : how customers with recency, frequency and money are scored: ``rfm_cuts`` and ``rfm_rules`` by name, or rules.

    Raises
    ------
    InputError : the data or an option must be changed; the message says which and how.
    AccessError, LimitError : the source cannot be read; memory ran out.

    Notes
    -----
    Cost: five scans of the data (rows and ids, summary, sample, profile, and the assignments when they are asked for);
    everything else happens on a sample of at most 50,000 rows.

    >>> import coterie, coterie.simulate
    >>> import pandas as pd
    >>> run = coterie.segment(pd.DataFrame(coterie.simulate.tutorial()), k=4)
    >>> [s.name for s in run.segments][:2]
    ['High income, low spending', 'High income, high spending']
    """
    options, rules = _changed(options or config.Options(), changes), choose_rules(rfm, "coterie.segment, rfm")
    say = progress or (lambda stage, found: None)
    engine = engine or connect()
    table, base, options = _opened(source, engine, purchases, reading or Reading(), options)
    for line in () if base is None else customer_base.sentences(base):
        say("purchases", line)
    say("read", f"{words.plural(table.rows, 'customer')}, {words.plural(len(table.columns), 'column')}")
    wanted = column_roles.wanted(table, options)
    summary = summarize(table)
    size, unique = model.sample_size(options.max_k), not options.allow_duplicate_ids
    sample = draw(table, wanted, size, seed=options.seed, distinct_ids=unique)
    columns, dropped = column_roles.describe(table, summary, sample, options)
    features, alike = feature_maker.propose(columns, sample.values, options.scale)
    say("check", f"{words.plural(len(features), 'column')} form segments; {_drawn(sample)}")
    decided = decision.decide(
        features, columns, sample, options, threads=engine.threads, progress=partial(say, "decide")
    )
    say("decide", decided.evidence.choice.words)
    totals = profile.totals(table, summary, columns, features, decided.model)
    say("profile", f"{words.share(totals.explained)} of the differences lie between segments")
    seen = (
        *odd_values.with_ranges(table.findings, summary),
        *dropped,
        *odd_values.about(columns, summary, sample),
        *alike,
    )
    seen = seen if base is None else customer_base.without_own_constants(seen, options)
    seen = (*seen, *odd_values.gathered(totals.size, totals.present, [f.column for f in features]))
    made, points = build.gathered(Worked(options, table, sample, columns, features, seen, decided, totals))
    grouped = partial(segments_sql, table.relation, features, decided.model)
    made["sample"]["purchases"] = None if base is None else customer_base.facts(base)
    made["sample"]["rfm"] = scoring.rfm_facts(table, summary, sample, rules, grouped)
    later = None if base is None else scoring.compare_holdout(base, sample, decided.label, options.seed)
    made["sensitivity"]["holdout"] = later
    return Segmentation(json.plain(made), points=points, table=table, source=source)


def _opened(
    source: Any,
    engine: Engine,
    purchases: CustomerBase | Purchases | PurchaseOptions | None,
    reading: Reading,
    options: config.Options,
) -> tuple[Table, CustomerBase | None, config.Options]:
    """Return the customers, made of purchases where the source is a log of them, and the options that follow."""
    if purchases is None:
        return read(source, engine, options, reading), None, options
    if not isinstance(purchases, CustomerBase):
        if not isinstance(purchases, Purchases):
            purchases = with_changes(purchases, "coterie.segment, purchases")
        purchases = customer_base.customers_of_log(source, engine, purchases, reading)
    return purchases.table, purchases, customer_base.choose_options(purchases, options)


def _changed(options: config.Options, changes: Mapping[str, Any]) -> config.Options:
    """Return the options with those that were given by name; lists of columns become tuples."""
    unknown = [name for name in changes if not hasattr(options, name)]
    if unknown:
        raise errors.unknown_option(unknown[0], [f.name for f in fields(options)], "coterie.segment")
    return config.made(changes, options)


def _drawn(sample: Sample) -> str:
    return "all customers decide" if sample.whole else f"{words.plural(sample.size, 'customer')} drawn to decide"


class Segmentation:
    """Customers in segments: the record of how they were formed, and everything that can be done with it.

    Attributes
    ----------
    record : the whole result as plain values, as in run.json (docs/reference/record.md).
    verdict : whether there are groups at all; ``.code`` (None: not tested yet), ``.text``.
    segments : the segments by id; ``.name``, ``.share``, ``.value_share``, ``.markers``, ``.idea``.
    """

    def __init__(
        self,
        made: Record,
        *,
        points: Points | None = None,
        table: Table | None = None,
        source: Any = None,
        before: next_run.Before | None = None,
    ) -> None:
        self.record, self.points = made, points
        self._table, self._source, self._before = table, source, before

    @property
    def verdict(self) -> SimpleNamespace:
        """Whether there are groups: code, label, text, and the numbers behind them."""
        return SimpleNamespace(**self.record["verdict"])

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, by id."""
        return json.segments(self.record)

    @property
    def plot(self) -> Plot:
        """Charts of the result, each of which shows itself in a notebook: ``.map()``, ``.profile()``, and others."""
        return Plot(self.record, self.points)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in the data, and what was done about it."""
        return tuple(Finding(**f) for f in self.record["findings"])

    def __repr__(self) -> str:
        lines = [f"{words.plural(self.record['sample']['rows'], 'customer')} in {len(self.segments)} segments"]
        lines += [f"  {s.letter}  {words.share(s.share):>6}  {s.name}" for s in self.segments]
        return "\n".join(lines)

    # ── assigning ────────────────────────────────────────────────────────────────────────────────────────────────

    def assignments(self) -> Any:
        """Return id, segment, name, margin and confidence of every customer, as the kind of table that came in.

        After a path the answer is a DuckDB relation; so it is of a run that was loaded, which reads its
        ``segments.parquet``.
        """
        if self._table is not None:
            return as_kind_of(self._source, self._table.engine, self._assignment_sql(self._table))
        assert self._before is not None
        return next_run.assignments(self.record, self._before)

    def assign(self, source: Any, *, reading: Reading | None = None, id: str | None = None) -> Any:
        """Return the segments of new customers, prepared as the ones that formed the segments were.

        Parameters
        ----------
        source : as for ``segment``; it must have the columns that formed the segments, and may have others.
        id : the column that identifies a customer; None: the one of the run where it is there, else found by name.

        Raises
        ------
        InputError : a column is missing or of another kind.
        """
        table = self.new_customers(source, connect(), reading=reading, id=id)
        return as_kind_of(source, table.engine, self._assignment_sql(table))

    def new_customers(
        self, source: Any, engine: Engine, *, reading: Reading | None = None, id: str | None = None
    ) -> Table:
        """Return a handle on new customers that have every column the segments were formed with."""
        return newcomers.read_new(self.record, source, engine, reading, id)

    def write_assignments(self, table: Table, target: Target) -> None:
        """Write id, segment, name and margin of a table's customers to a file, in the table's order."""
        table.engine.deliver(self._assignment_sql(table), target)

    def _assignment_sql(self, table: Table) -> Node:
        names = {s.id: s.given or s.name for s in self.segments}
        held = (json.features(self.record), json.model(self.record))
        return assignment_sql(table.relation, *held, names, json.cuts(self.record))

    def examples(
        self, segment: int | str | None = None, *, ids: bool = False, customers: Table | None = None
    ) -> tuple[Example, ...]:
        """Return three typical and two borderline customers of each segment, or of one; ids only when asked for.

        They are looked up in the customers segmented here, or in ``customers`` (``coterie.table.read``), and kept
        nowhere.

        Raises
        ------
        InputError : the run was loaded, so its customers are not at hand; no such segment.
        """
        table = customers or self._table
        if table is None:
            raise errors.InputError("This run was loaded without its customers.", do="Give them as `customers`.")
        key = None if segment is None else by_hand.segment_id(self.record, segment)
        return example_customers.examples(self.record, table, segment=key, ids=ids)

    # ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────

    def name(self, segment: int | str, text: str | None) -> Segmentation:
        """Return the next segmentation, in which a segment has the name given; this one stays as it is.

        Parameters
        ----------
        segment : its id or its letter.
        text : at most 80 characters that show; None takes a given name back. The factual name stays beside it.

        Raises
        ------
        InputError : no such segment, a name that cannot be one, or one that another segment has.
        """
        return self._with(by_hand.named(self.record, segment, text))

    def merge(self, first: int | str, second: int | str, *, customers: Table | None = None) -> Segmentation:
        """Return the next segmentation, in which two segments are one with an id never used; this one stays as it is.

        Customers are assigned as before, only the two segments' centers belong together. Where the customers are at
        hand the new segment is measured like any other; a run that was loaded has the record alone, and what that
        cannot tell of both together is None: docs/reference/record.md says what.

        Parameters
        ----------
        customers : a handle on the same customers (``coterie.table.read``); None: those that were segmented here.

        Raises
        ------
        InputError : no such segments, the same one twice, or the last two; ``customers`` are others.
        """
        made, table = by_hand.merged(self.record, first, second), customers or self._table
        if table is None:
            return self._with(made)
        again = build.measured_again(made, table)
        if again is None:
            raise errors.other_source(table.name)
        return Segmentation(again[0], points=again[1], table=table, source=self._source, before=self._before)

    def _with(self, made: Record) -> Segmentation:
        moves = dict(zip(json.model(self.record).segment_of, json.model(made).segment_of, strict=True))
        found = next_run.points(self.points, moves)
        return Segmentation(made, points=found, table=self._table, source=self._source, before=self._before)

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────

    def report(self, path: str | os.PathLike[str] | None = None, *, points: bool = True) -> str:
        """Return the report as HTML, and write it where a path is given.

        Parameters
        ----------
        points : False leaves the single customers off the map.
        """
        html = page.render(self.record, self.points if points else None, source=self.source_name)
        if path is not None:
            one_file.write_text(Path(path), html)
        return html

    @property
    def source_name(self) -> str | None:
        """What the customers came from, in words for a reader; the record does not hold it."""
        if self._table is not None:
            return self._table.name
        return None if self._before is None else read_manifest(self._before.folder).get("source")

    def save(self, out: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the run folder: published whole or not at all.

        Raises
        ------
        InputError : ``out`` exists and ``overwrite`` is not set, or is not a run.
        AccessError, BusyError : it cannot be written; another run is writing there.
        """
        with run_folder.open_run(Path(out), overwrite=overwrite) as folder:
            self.write(folder)

    def write(self, folder: run_folder.RunFolder, *, csv_too: bool = False, points: bool = True) -> None:
        """Write every file of the run into an open run folder and publish it."""
        table, shown = self._table, self.points if points else None
        if self._before is not None:
            fill = None if table is None else partial(self.write_assignments, table)
            next_run.write(folder, self.record, shown, self._before, fill)
            return
        assert table is not None
        contents.write(folder, self.record, shown, source=self.source_name)
        if table.rejected:
            folder.write_text("rejected.csv", contents.rejected_csv(table.rejected))
        self.write_assignments(table, Target(folder.file("segments.parquet")))
        if csv_too:
            self.write_assignments(table, Target(folder.file("segments.csv"), "csv"))
        folder.commit(self._manifest(table))

    def _manifest(self, table: Table) -> dict[str, Any]:
        warnings = [f"{f.code} {f.column or ''}: {f.text}" for f in self.findings if f.level == "warning"]
        return {
            "coterie": self.record["coterie"],
            "source": self.source_name,
            "options": self.record["options"],
            "rows": {"accepted": table.rows, "rejected": table.left_out},
            "versions": table.engine.versions(),
            "warnings": warnings,
        }


# ── files of a run ────────────────────────────────────────────────────────────────────────────────────────────────


def load(run: str | os.PathLike[str]) -> Segmentation:
    """Return the segmentation of a run folder; only a folder whose files are as they were written is trusted.

    Raises
    ------
    FormatError : not a run of coterie's, changed since it was written, or of another version.
    """
    folder = Path(run)
    data = read_published(folder, "run.json")
    made = json.parse(data, str(folder))
    points = folder / "points.csv"
    found = read_points(points) if points.exists() else None
    return Segmentation(made, points=found, before=next_run.before(folder, data, made))

"""segment(): the stages in order; Segmentation: the record they make, and what can be done with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict, Unpack

import coterie
from coterie import columns as column_roles
from coterie import (
    config,
    customer_base,
    decision,
    errors,
    files,
    findings,
    model,
    outputs,
    profile,
    projection,
    publish,
    record,
    report,
    segments,
    words,
)
from coterie import features as feature_maker
from coterie.assign import assignment_sql
from coterie.columns import ColumnRecord
from coterie.decision import Decision
from coterie.engines import Engine, Reading, connect
from coterie.features import Feature
from coterie.manifest import read_published
from coterie.plot import Plot
from coterie.profile import Totals
from coterie.record import Record
from coterie.rules import worst_first
from coterie.sample import Sample, draw
from coterie.segments import Segment
from coterie.sql import DIALECTS, Node
from coterie.summary import summarize
from coterie.table import Finding, Table, read

Progress = Callable[[str, str], None]  # stage, what it found

STEP_WARNING = 0.02


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
    purchases: Mapping[str, Any] | None = None,
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
    progress : called after each stage with its name and what it found.
    purchases : given, the source is a log of purchases, and this its options by name (``coterie.customers`` has them;
        ``{}`` finds every column by its name); besides ``holdout_from``, ``rfm_cuts`` and ``rfm_rules``.

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
    options = _changed(options or config.Options(), changes)
    say = progress or (lambda stage, found: None)
    engine = engine or connect()
    table, base, options = _opened(source, engine, purchases, reading or Reading(), options)
    for line in () if base is None else customer_base.said(base):
        say("purchases", line)
    say("read", f"{words.plural(table.rows, 'customer')}, {words.plural(len(table.columns), 'column')}")
    wanted = column_roles.wanted(table, options)
    summary = summarize(table)
    size, unique = model.sample_size(options.max_k), not options.allow_duplicate_ids
    sample = draw(table, wanted, size, seed=options.seed, distinct_ids=unique)
    columns, dropped = column_roles.describe(table, summary, sample, options)
    features, alike = feature_maker.propose(columns, sample.values, options.scale)
    say("check", f"{words.plural(len(features), 'column')} form segments; {_drawn(sample)}")
    decided = decision.decide(features, columns, sample, options, threads=engine.threads)
    say("decide", decided.weighed.choice.words)
    totals = profile.totals(table, summary, columns, features, decided.model)
    say("profile", f"{words.share(totals.explained)} of the differences lie between segments")
    seen = worst_first(
        (*findings.with_ranges(table.findings, summary), *dropped, *findings.about(columns, summary, sample), *alike,
         *_step_finding(totals), *findings.gathered(totals.size, totals.present, [f.column for f in features]))
    )  # fmt: skip
    made, points = _record(_Worked(options, table, sample, columns, features, seen, decided, totals))
    made["sample"]["purchases"] = None if base is None else customer_base.record(base)
    made["sample"]["rfm"] = customer_base.scored(table, summary, sample, purchases or {}, (features, decided.model))
    made["sensitivity"]["holdout"] = customer_base.judged(base, sample, decided.label, options.seed)
    return Segmentation(record.plain(made), points=points, table=table, source=source)


@dataclass(frozen=True, slots=True)
class _Worked:
    """What the stages found, on the way into the record."""

    options: config.Options
    table: Table
    sample: Sample
    columns: tuple[ColumnRecord, ...]
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]
    decided: Decision
    totals: Totals


def _record(w: _Worked) -> tuple[dict[str, Any], report.Points]:
    """Return the record, and the points of its map."""
    decided, totals = w.decided, w.totals
    rows = profile.rows(totals, w.columns, w.features, w.sample.values, decided.label, decided.model.segments)
    found = segments.portray(rows, w.columns, totals, decided, value=w.options.value)
    charted = projection.project(w.features, w.columns, w.sample.values, decided.Z, decided.label)
    made = {
        "format": record.FORMAT,
        "coterie": coterie.__version__,
        "options": config.to_record(w.options),
        "columns": profile.with_means(w.columns, totals),
        "findings": w.findings,
        "features": w.features,
        "sample": record.of_sample(w.sample, totals, charted, w.options.seed),
        "model": record.of_model(decided, totals),
        "verdict": decision.verdict(decided, [s.name for s in found], w.table.rows),
        "choice": decided.weighed.choice,
        "stability": record.of_stability(decided),
        "sensitivity": record.plain(decided.sensitivity),
        "segments": found,
        "profile": profile.with_names(rows, {s.id: s.name for s in found}),
        "lineage": {"parent": None, "next_id": len(found) + 1, "history": []},
    }
    return made, report.Points(*(axis.tolist() for axis in charted.points))


def _opened(
    source: Any, engine: Engine, purchases: Mapping[str, Any] | None, reading: Reading, options: config.Options
) -> tuple[Table, customer_base.CustomerBase | None, config.Options]:
    """Return the customers, made of purchases where the source is a log of them, and the options that follow."""
    if purchases is None:
        return read(source, engine, options, reading), None, options
    base, options = customer_base.opened(source, engine, purchases, reading, options)
    return base.table, base, options


def _changed(options: config.Options, changes: Mapping[str, Any]) -> config.Options:
    """Return the options with those that were given by name; lists of columns become tuples."""
    unknown = [name for name in changes if not hasattr(options, name)]
    if unknown:
        raise errors.unknown_option(unknown[0], [f.name for f in fields(options)], "coterie.segment")
    return config.made(changes, options)


def _drawn(sample: Sample) -> str:
    return "all customers decide" if sample.whole else f"{words.plural(sample.size, 'customer')} drawn to decide"


def _step_finding(totals: Totals) -> tuple[Finding, ...]:
    """Return a warning where the sample's centers are not the customers' own means."""
    if totals.step <= STEP_WARNING:
        return ()
    text = f"segment means over all customers lie up to {words.share(totals.step)} of a range from the sample's centers"
    return (Finding("COT301", "warning", None, 0, text, "the sample's centers were kept"),)


class Segmentation:
    """Customers in segments: the record of how they were formed, and everything that can be done with it.

    Attributes
    ----------
    record : the whole result as plain values, as in run.json (docs/reference/record.md).
    verdict : whether there are groups at all; ``.code`` (None: not tested yet), ``.text``.
    segments : the segments by id; ``.name``, ``.share``, ``.value_share``, ``.markers``, ``.idea``.
    """

    def __init__(
        self, made: Record, *, points: report.Points | None = None, table: Table | None = None, source: Any = None
    ) -> None:
        self.record, self.points = made, points
        self._table, self._source = table, source

    @property
    def verdict(self) -> SimpleNamespace:
        """Whether there are groups: code, label, text, and the numbers behind them."""
        return SimpleNamespace(**self.record["verdict"])

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, by id."""
        return record.segments(self.record)

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

        After a path the answer is a DuckDB relation; a run that was loaded reads its ``segments.parquet``.
        """
        if self._table is None:
            raise errors.InputError("This run was loaded without its customers.", do="Read segments.parquet beside it.")
        return _as_came(self._table.engine, self._assignment_sql(self._table), self._source)

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
        return _as_came(table.engine, self._assignment_sql(table), source)

    def new_customers(
        self, source: Any, engine: Engine, *, reading: Reading | None = None, id: str | None = None
    ) -> Table:
        """Return a handle on new customers that have every column the segments were formed with."""
        wanted = id or self.record["options"]["id"]
        before = tuple((str(c["name"]), str(c["kind"])) for c in self.record["columns"])
        reading = replace(reading or Reading(), kinds=before)
        table = read(source, engine, config.Options(id=wanted), reading, empty_ok=True)
        have = {c.name: c.kind for c in table.columns}
        needed = record.features(self.record)
        missing = [f.column for f in needed if f.column not in have]
        if missing:
            raise errors.missing_features(missing, list(have))
        for feature in needed:
            is_text = feature.levels is not None
            if have[feature.column] == "other" or (have[feature.column] == "text") != is_text:
                kinds = ("text", "numbers") if is_text else ("numbers", "text")
                raise errors.wrong_kind(feature.column, *kinds)
        summary = summarize(table)  # refuses infinite numbers, which no segment could take
        names = [c.name for c in table.columns]
        seen = findings.of_new_customers(self.record["columns"], names, table.id, summary)
        return replace(table, findings=(*table.findings, *seen, *findings.never_met(table, needed)))

    def write_assignments(self, table: Table, path: Path, *, as_csv: bool = False) -> None:
        """Write id, segment, name and margin of a table's customers to a file, in the table's order."""
        write = table.engine.write_csv if as_csv else table.engine.write
        write(self._assignment_sql(table), path)

    def _assignment_sql(self, table: Table) -> Node:
        names = {s.id: s.given or s.name for s in self.segments}
        held = (record.features(self.record), record.model(self.record))
        return assignment_sql(table.relation, *held, names, record.cuts(self.record), DIALECTS[table.engine.dialect])

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────

    def report(self, path: str | os.PathLike[str] | None = None, *, points: bool = True) -> str:
        """Return the report as HTML, and write it where a path is given.

        Parameters
        ----------
        points : False leaves the single customers off the map.
        """
        html = report.render(self.record, self.points if points else None, source=self.source_name)
        if path is not None:
            files.write_text(Path(path), html)
        return html

    @property
    def source_name(self) -> str | None:
        """What the customers came from, in words for a reader; the record does not hold it."""
        return self._table.name if self._table is not None else None

    def save(self, out: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the run folder: published whole or not at all.

        Raises
        ------
        InputError : ``out`` exists and ``overwrite`` is not set, or is not a run.
        AccessError, BusyError : it cannot be written; another run is writing there.
        """
        with publish.open_run(Path(out), overwrite=overwrite) as folder:
            self.write(folder)

    def write(self, folder: publish.RunFolder, *, csv_too: bool = False, points: bool = True) -> None:
        """Write every file of the run into an open run folder and publish it."""
        if self._table is None:
            raise errors.InputError("This run was loaded without its customers.", do="Copy its folder instead.")
        outputs.write(folder, self.record, self.points if points else None, source=self.source_name)
        if self._table.rejected:
            folder.write_text("rejected.csv", outputs.rejected_csv(self._table.rejected))
        self.write_assignments(self._table, folder.file("segments.parquet"))
        if csv_too:
            self.write_assignments(self._table, folder.file("segments.csv"), as_csv=True)
        folder.commit(self._manifest())

    def _manifest(self) -> dict[str, Any]:
        assert self._table is not None
        warnings = [f"{f.code} {f.column or ''}: {f.text}" for f in self.findings if f.level == "warning"]
        return {
            "coterie": self.record["coterie"],
            "source": self.source_name,
            "options": self.record["options"],
            "rows": {"accepted": self._table.rows, "rejected": self._table.left_out},
            "versions": self._table.engine.versions(),
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
    made = record.parse(read_published(folder, "run.json"), str(folder))
    points = folder / "points.csv"
    return Segmentation(made, points=report.read_points(points) if points.exists() else None)


def _as_came(engine: Engine, query: Node, source: Any) -> Any:
    """Return a query's result as the kind of table that the customers came in."""
    root = type(source).__module__.split(".")[0]
    if root in ("pandas", "polars", "pyarrow"):
        import narwhals.stable.v2 as nw

        kind = nw.get_native_namespace(nw.from_native(source))
        return nw.from_dict(engine.fetch(query), backend=kind).to_native()
    return engine.relation(query)

"""segment(): the stages in order; Segmentation: the record they make, and what can be done with it."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

import coterie
from coterie import columns as column_roles
from coterie import config, errors, model, profile, projection, publish, record, report, segments, words
from coterie import features as feature_maker
from coterie.assign import assignment_sql
from coterie.cluster import measures
from coterie.engines import Engine, Reading, connect
from coterie.profile import ALL, ProfileRow, Totals
from coterie.manifest import read_published
from coterie.plot import Plot
from coterie.record import Record
from coterie.segments import Segment
from coterie.sample import Sample, draw
from coterie.sql import DIALECTS, Node
from coterie.summary import Summary, summarize
from coterie.table import Finding, Table, read

Progress = Callable[[str, str], None]  # stage, what it found

SILHOUETTE_ROWS = 2_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


STEP_WARNING = 0.02
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def segment(
    source: Any,
    options: config.Options | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
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
    table = read(source, engine, options, reading or Reading())
    say("read", f"{words.plural(table.rows, 'customer')}, {words.plural(len(table.columns), 'column')}")
    wanted = column_roles.wanted(table, options)
    summary = summarize(table)
    sample = draw(
        table, wanted, model.sample_size(options.max_k), seed=options.seed,
        distinct_ids=not options.allow_duplicate_ids,
    )  # fmt: skip
    columns, dropped = column_roles.describe(table, summary, sample, options)
    features, alike = feature_maker.propose(columns, sample.values, options.scale)
    say("check", f"{words.plural(len(features), 'column')} form segments; {_drawn(sample)}")
    Z = feature_maker.prepare(features, sample.values)
    model.check_distinct(Z, _asked(options), table.rows)
    choice = model.by_silhouette(Z, _asked(options), options.max_k, options.min_share, seed=options.seed)
    prepared = tuple(name for f in features for name in f.prepared)
    fitted = model.decide(Z, prepared, choice.k, seed=options.seed)
    say("fit", f"{choice.k} segments; {choice.words}")
    totals = profile.totals(table, summary, columns, features, fitted)
    label = model.predict(fitted, Z)
    rows = profile.rows(totals, columns, features, sample.values, label, fitted.segments)
    say("profile", f"{words.share(totals.explained)} of the differences lie between segments")
    found = segments.portray(rows, columns, totals, (Z, label), fitted, value=options.value)
    charted = projection.project(features, columns, sample.values, Z, label)
    made = {
        "format": record.FORMAT,
        "coterie": coterie.__version__,
        "options": config.to_record(options),
        "columns": _with_means(columns, totals),
        "findings": (*table.findings, *dropped, *alike, *_step_finding(totals)),
        "features": features,
        "sample": _sample_part(sample, totals, charted, options.seed),
        "model": _model_part(fitted, totals, Z, label),
        "verdict": UNTESTED,
        "choice": choice,
        "stability": None,
        "sensitivity": None,
        "segments": found,
        "profile": profile.with_names(rows, {s.id: s.name for s in found}),
        "lineage": {"parent": None, "next_id": len(found) + 1, "history": []},
    }
    return Segmentation(record.plain(made), points=report.Points(*charted.points), table=table, source=source)


UNTESTED = {
    "code": None, "label": "structure not tested yet", "face": "grey", "term": None, "text": None, "caveats": [],
    "k": None, "p_structure": None, "p_gap": None, "p_depth": None, "depth": None, "null_depth": None,
    "share": None, "draws": None, "rows": None, "repeated_rows": None,
}  # fmt: skip


def _sample_part(sample: Sample, totals: Totals, charted: projection.Map, seed: int) -> dict[str, Any]:
    shown = {"kind": charted.kind, "x": charted.x, "y": charted.y, "shown": len(charted.points[2]), "of": charted.of}
    return {
        "rows": sample.rows,
        "used": sample.size,
        "seed": seed,
        "whole": sample.whole,
        "unassigned": totals.unassigned,
        "map": shown,
    }


def _model_part(
    fitted: model.Model, totals: Totals, Z: NDArray[np.float64], label: NDArray[np.int32]
) -> dict[str, Any]:
    silhouette, error, rows = _silhouette(Z, label, fitted)
    return {
        **record.plain(fitted),
        "inertia_all": totals.inertia,
        "explained": totals.explained,
        "step": totals.step,
        "silhouette": silhouette,
        "silhouette_error": error,
        "silhouette_rows": rows,
    }


def _changed(options: config.Options, changes: Mapping[str, Any]) -> config.Options:
    """Return the options with those that were given by name; lists of columns become tuples."""
    unknown = [name for name in changes if not hasattr(options, name)]
    if unknown:
        raise errors.unknown_option(unknown[0], [f.name for f in fields(options)], "coterie.segment")
    return replace(options, **{n: tuple(v) if isinstance(v, list) else v for n, v in changes.items()})


def _asked(options: config.Options) -> int | None:
    return options.k if isinstance(options.k, int) else None


def _drawn(sample: Sample) -> str:
    return "all customers decide" if sample.whole else f"{words.plural(sample.size, 'customer')} drawn to decide"


def _step_finding(totals: Totals) -> tuple[Finding, ...]:
    """Return a warning where the sample's centers are not the customers' own means."""
    if totals.step <= STEP_WARNING:
        return ()
    text = f"segment means over all customers lie up to {words.share(totals.step)} of a range from the sample's centers"
    return (Finding("COT301", "warning", None, 0, text, "the sample's centers were kept"),)


def _silhouette(Z: NDArray[np.float64], label: NDArray[np.int32], fitted: model.Model) -> tuple[float, float, int]:
    """Return the mean silhouette of the first rows, twice its standard error, and how many rows they are."""
    rows = np.flatnonzero(label[:SILHOUETTE_ROWS] > 0).astype(np.int32)
    position = np.searchsorted(fitted.segments, label[rows]).astype(np.int32)
    s = measures.silhouette(np.ascontiguousarray(Z[rows]), position, len(fitted.segments))
    return float(s.mean()), 2 * float(s.std()) / max(1, len(s)) ** 0.5, len(s)


def _with_means(
    columns: Sequence[column_roles.ColumnRecord], totals: Totals
) -> tuple[column_roles.ColumnRecord, ...]:
    """Return the columns with their means over all rows, which only the profile's scan knows."""
    return tuple(
        replace(c, mean=totals.total[ALL, c.name] / max(1, totals.present[ALL, c.name]))
        if (ALL, c.name) in totals.total
        else c
        for c in columns
    )


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
        """Charts of the result, each of which shows itself in a notebook: ``.map()``, ``.profile()``, ``.choice()``…"""
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
        """Return id, segment, name and margin of every customer, as the kind of table that came in.

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
        table = read(source, engine, config.Options(id=wanted), reading or Reading(), empty_ok=True)
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
        summarize(table)  # refuses infinite numbers, which no segment could take
        return table

    def write_assignments(self, table: Table, path: Path, *, as_csv: bool = False) -> None:
        """Write id, segment, name and margin of a table's customers to a file, in the table's order."""
        write = table.engine.write_csv if as_csv else table.engine.write
        write(self._assignment_sql(table), path)

    def _assignment_sql(self, table: Table) -> Node:
        names = {s.id: s.given or s.name for s in self.segments}
        held = (record.features(self.record), record.model(self.record))
        return assignment_sql(table.relation, *held, names, DIALECTS[table.engine.dialect])

    # ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────

    def report(self, path: str | os.PathLike[str] | None = None, *, points: bool = True) -> str:
        """Return the report as HTML, and write it where a path is given.

        Parameters
        ----------
        points : False leaves the single customers off the map.
        """
        html = report.render(self.record, self.points if points else None, source=self.source_name)
        if path is not None:
            publish.write_file(Path(path), html)
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
        folder.write_text("run.json", record.dumps(self.record))
        self.write_assignments(self._table, folder.file("segments.parquet"))
        if csv_too:
            self.write_assignments(self._table, folder.file("segments.csv"), as_csv=True)
        folder.write_text("profile.csv", profile_csv(self.record))
        if points and self.points is not None:
            folder.write_text("points.csv", points_csv(self.points))
        folder.write_text("report.html", self.report(points=points))
        for name, chart in Plot(self.record, self.points if points else None).all().items():
            folder.write_text(f"charts/{name}.svg", chart.svg("light"))
        folder.commit(self._manifest())

    def _manifest(self) -> dict[str, Any]:
        assert self._table is not None
        warnings = [f"{f.code} {f.column or ''}: {f.text}" for f in self.findings if f.level == "warning"]
        return {
            "coterie": self.record["coterie"],
            "source": self.source_name,
            "options": self.record["options"],
            "rows": {"accepted": self._table.rows, "rejected": 0},
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


def profile_csv(made: Record) -> str:
    """Return the profile as CSV text, long: one line a segment, column and level."""
    names = [f.name for f in fields(ProfileRow)]
    return _csv(names, ([row[n] for n in names] for row in made["profile"]))


def points_csv(points: report.Points) -> str:
    """Return the points of the map as CSV text: x, y, segment; no ids."""
    rows = zip(points.x, points.y, points.segment, strict=True)
    return _csv(["x", "y", "segment"], ((float(x), float(y), int(s)) for x, y, s in rows))


def _csv(names: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_harmless(v) for v in line] for line in lines)
    return out.getvalue()


def _harmless(value: Any) -> Any:
    """Return a text cell so that no spreadsheet takes it for a formula; numbers stay numbers."""
    if isinstance(value, float):
        return repr(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _as_came(engine: Engine, query: Node, source: Any) -> Any:
    """Return a query's result as the kind of table that the customers came in."""
    root = type(source).__module__.split(".")[0]
    if root in ("pandas", "polars", "pyarrow"):
        import narwhals.stable.v2 as nw

        return nw.from_dict(engine.fetch(query), backend=root).to_native()
    return engine.relation(query)

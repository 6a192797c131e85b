"""The files of a run folder that follow from its record.

The record, the profile, the map's points, report and charts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from coterie import words
from coterie.engines import Publisher, Target
from coterie.portrait import ProfileRow
from coterie.record import Points, Record, dumps, points_csv
from coterie.report import Plot, page
from coterie.runs.manifest import RunFacts
from coterie.runs.run_folder import RunFolder
from coterie.scoring import query_assignments, write_assignments
from coterie.table import Table


def write(folder: RunFolder, record: Record, points: Points | None, *, source: str | None) -> None:
    """Write every file that follows from record and points.

    ``points`` None leaves single customers out.
    """
    folder.write_text("run.json", dumps(record))
    folder.write_text("profile.csv", profile_csv(record))
    if points is not None:
        folder.write_text("points.csv", points_csv(points))
    charts = Plot(record, points).all()
    folder.write_text("report.html", page.render(record, points, source=source, drawn=charts))
    for name, chart in charts.items():
        folder.write_text(f"charts/{name}.svg", chart.svg("light"))


def write_customers(
    folder: RunFolder, record: Record, table: Table, *, csv_too: bool, raw: bool, into: Publisher | None = None
) -> None:
    """Write who is where, and which rows were left out.

    ``raw`` leaves what looks like a formula as it is in segments.csv; ``into`` is where the segments stand instead.
    """
    if table.rejected:
        folder.write_text("rejected.csv", rejected_csv(table.rejected))
    if into is None:
        write_assignments(record, table, Target(folder.file("segments.parquet"), parts=table.rows))
    else:
        sizes: dict[int | None, int] = {s.id: s.size for s in record.segments}
        into.store(query_assignments(record, table), {**sizes, None: record.sample.unassigned})
    if csv_too:
        write_assignments(record, table, Target(folder.file("segments.csv"), "csv", raw))


def facts(record: Record, table: Table, source: str | None, *, raw_csv: bool) -> RunFacts:
    """Return what a run's manifest says beside its files."""
    said: RunFacts = {
        "coterie": record.coterie,
        "source": source,
        "options": asdict(record.options),
        "rows": {"accepted": table.rows, "rejected": table.left_out},
        "versions": table.engine.versions(),
        "warnings": [f"{f.code} {f.column or ''}: {f.text}" for f in record.findings if f.level == "warning"],
    }
    return {**said, "raw_csv": True} if raw_csv else said


def profile_csv(record: Record) -> str:
    """Return the profile as CSV: one line a segment, column, level."""
    names = [f.name for f in fields(ProfileRow)]
    return _csv(names, ([getattr(row, n) for n in names] for row in record.profile))


def rejected_csv(rejected: Iterable[tuple[int | None, str, bool]]) -> str:
    """Return rows that were left out or repaired as CSV.

    Line, reason, whether the row was kept; no values.
    """
    return _csv(["line", "reason", "kept"], rejected)


def _csv(names: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_harmless(v) for v in line] for line in lines)
    return out.getvalue()


def _harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, float):
        return repr(value)
    return words.harmless(value) if isinstance(value, str) else value

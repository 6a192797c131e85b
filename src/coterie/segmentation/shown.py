"""What a run shows of its record, without its customers: verdict, segments, charts, tables."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from coterie import report, words
from coterie.engines import columns_as, connect
from coterie.evidence import Verdict
from coterie.portrait import ProfileRow
from coterie.record import Points, Record
from coterie.report import Plot
from coterie.segmentation.origin import Origin


class Shown:
    """A record as people look at it, in a notebook too."""

    def __init__(self, record: Record, points: Points | None, origin: Origin | None) -> None:
        self.record, self.points, self.origin = record, points, origin

    @property
    def verdict(self) -> Verdict:
        """Whether there are groups: code, label, text, and the numbers behind them."""
        return self.record.verdict

    @property
    def segments(self) -> report.Segments:
        """The segments, by id."""
        return report.Segments.of(self.record)

    @property
    def plot(self) -> Plot:
        """Charts of the result, each of which shows itself in a notebook."""
        return Plot(self.record, self.points)

    @property
    def findings(self) -> report.Findings:
        """What was found in the data, and what was done about it."""
        return report.Findings(self.record.findings)

    def table(self) -> Any:
        """Return the segments as the kind of table that came in: one row a segment, by id."""
        told = ("letter", "name", "given", "tentative", "size", "share", "value", "value_share", "idea")
        rows = [{"segment": s.id, **{name: getattr(s, name) for name in told}} for s in self.record.segments]
        return self._as_came_in(["segment", *told], rows)

    def profile(self) -> Any:
        """Return the profile as the kind of table that came in: one row a segment, column and level."""
        names = [f.name for f in fields(ProfileRow)]
        return self._as_came_in(names, [{n: getattr(row, n) for n in names} for row in self.record.profile])

    def choice(self) -> Any:
        """Return what speaks for each number of segments, as the kind of table that came in."""
        found = self.record.choice
        votes = {k: sum(v.k == k for v in found.votes) for k in (c.k for c in found.candidates)}
        rows = [
            {
                "k": c.k,
                "chosen": c.k == found.k,
                "votes": votes[c.k],
                "silhouette": c.silhouette,
                "repeatability": None if c.ari is None else c.ari.median,
                "inertia": c.inertia,
                "gap": c.gap,
                "prediction_strength": c.prediction_strength,
                "smallest": c.smallest,
                "feasible": c.feasible,
                "reason": c.reason,
            }
            for c in found.candidates
        ]
        return self._as_came_in(list(rows[0]) if rows else ["k"], rows)

    def _as_came_in(self, names: list[str], rows: list[dict[str, Any]]) -> Any:
        source = None if self.origin is None else self.origin.source
        return columns_as(source, {name: [row[name] for row in rows] for name in names}, connect)

    def __repr__(self) -> str:
        people = words.plural(self.record.sample.rows, "customer")
        lines = [f"{people} in {len(self.segments)} segments: {self.verdict.label}"]
        lines += [f"  {s.letter}  {words.percent(s.share):>5}  {s.called}" for s in self.segments]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return report.notebook.run_html(self.record, self.points)

"""run.plot: every chart of a run by name, for notebooks and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coterie.record import Points
from coterie.report import charts
from coterie.report.charts import Chart


@dataclass(frozen=True, slots=True)
class Plot:
    """The charts of a record; a method returns None where the record does not hold what its chart would show."""

    record: Mapping[str, Any]
    points: Points | None

    def map(self) -> Chart | None:
        """Return where each customer sits: the two columns, or principal components."""
        return charts.map_chart(self.record, self.points)

    def profile(self) -> Chart | None:
        """Return what makes each segment different: bars against all customers."""
        return charts.profile(self.record)

    def averages(self) -> Chart | None:
        """Return the averages side by side."""
        return charts.heat(self.record)

    def value(self) -> Chart | None:
        """Return share of customers against share of value."""
        return charts.ribbons(self.record)

    def choice(self) -> Chart | None:
        """Return how well each number of segments separates and repeats."""
        return charts.choice(self.record)

    def flow(self) -> Chart | None:
        """Return how segments split as their number grows."""
        return charts.alluvial(self.record)

    def stability(self) -> Chart | None:
        """Return how often each segment comes back in resamples."""
        return charts.jaccard(self.record)

    def rfm(self) -> Chart | None:
        """Return customers by their scores in recency and frequency."""
        return charts.rfm_grid(self.record)

    def foretells(self) -> Chart | None:
        """Return how much of later purchases the segments explain, with RFM and recency beside them."""
        return charts.foretells(self.record)

    def all(self) -> dict[str, Chart]:
        """Return every chart that the record can fill, by name."""
        made = {
            "map": self.map(),
            "profile": self.profile(),
            "averages": self.averages(),
            "value": self.value(),
            "choice": self.choice(),
            "flow": self.flow(),
            "stability": self.stability(),
            "rfm": self.rfm(),
            "foretells": self.foretells(),
        }
        return {name: chart for name, chart in made.items() if chart is not None}

"""run.plot: every chart of a run by name, for notebooks and files."""

from __future__ import annotations

from html import escape

from coterie.doors import frozen
from coterie.record import Points, Record, clean
from coterie.report.charts import CHARTS, Chart, draw_all

_BY_NAME = {entry.name: entry for entry in CHARTS}


@frozen
class Plot:
    """The charts of a record, a method each.

    A method returns None where the record does not hold what its chart would show.
    """

    record: Record
    points: Points | None

    def map(self) -> Chart | None:
        """Return where each customer sits."""
        return self._draw("map")

    def profile(self) -> Chart | None:
        """Return what makes each segment different."""
        return self._draw("profile")

    def averages(self) -> Chart | None:
        """Return the averages side by side."""
        return self._draw("averages")

    def value(self) -> Chart | None:
        """Return share of customers against share of value."""
        return self._draw("value")

    def ranges(self) -> Chart | None:
        """Return how each number spreads within the segments."""
        return self._draw("ranges")

    def gains(self) -> Chart | None:
        """Return how concentrated the value is."""
        return self._draw("gains")

    def choice(self) -> Chart | None:
        """Return how well each number of segments separates and repeats."""
        return self._draw("choice")

    def flow(self) -> Chart | None:
        """Return how segments split as their number grows."""
        return self._draw("flow")

    def stability(self) -> Chart | None:
        """Return how often each segment comes back in resamples."""
        return self._draw("stability")

    def drivers(self) -> Chart | None:
        """Return how much each column decides about the segments."""
        return self._draw("drivers")

    def rfm(self) -> Chart | None:
        """Return customers by their scores in recency and frequency."""
        return self._draw("rfm")

    def foretells(self) -> Chart | None:
        """Return how much of later purchases the segments explain."""
        return self._draw("foretells")

    def all(self) -> dict[str, Chart]:
        """Return every chart that the record can fill, by name."""
        return draw_all(clean(self.record), self.points)

    def __repr__(self) -> str:
        return f"Charts: {', '.join(f'.{name}()' for name in self.all())}"

    def _repr_html_(self) -> str:
        drawn = self.all()
        shown = drawn.get("map") or next(iter(drawn.values()), None)
        listed = "".join(f"<li><code>.{name}()</code> {escape(chart.title)}</li>" for name, chart in drawn.items())
        return f"<div>{'' if shown is None else shown._repr_html_()}<ul>{listed}</ul></div>"

    def _draw(self, name: str) -> Chart | None:
        return _BY_NAME[name].draw(clean(self.record), self.points)

"""Charts: a record becomes pictures; nothing else is seen.

Every drawing takes the record and returns a :class:`Chart`, or None where the record does not hold what it would show.
:data:`CHARTS` is the only list of them: the page, a run's folder and ``run.plot`` read it. Its modules, in import
order::

    attributes  a picture whose style is attributes
    drawing   shapes, scales and axes
    choice    how many segments, how sure
    flows     segments and their value, money that moves
    profiles  segments column by column
    rfm       the grid of recency and frequency
    labels    where the names on a map find room
    scatter   the map
    lifts      what a campaign brought in each segment
    migration  who went where between two runs
    parts     why one customer is in his segment
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coterie.doors import frozen
from coterie.record import CleanRecord, Points
from coterie.report.charts.choice import draw_choice, draw_drivers, draw_stability
from coterie.report.charts.drawing import Chart
from coterie.report.charts.flows import draw_flow, draw_gains, draw_value
from coterie.report.charts.migration import draw_migration
from coterie.report.charts.parts import draw_parts
from coterie.report.charts.profiles import draw_averages, draw_profile, draw_ranges
from coterie.report.charts.rfm import draw_foretells, draw_rfm
from coterie.report.charts.scatter import draw_map

__all__ = ["CHARTS", "Chart", "Entry", "draw_all", "draw_migration", "draw_parts"]


Drawing = Callable[[CleanRecord], Chart | None]
Column = tuple[str, str]


@frozen
class Entry:
    """A chart on the list: its name and how it is drawn.

    ``columns`` are those of the table below the picture, key and head. The page has other forms of what is not
    ``on_page``: a panel for each segment, a table.
    """

    name: str
    draw: Callable[[CleanRecord, Points | None], Chart | None]
    columns: tuple[Column, ...] = ()
    on_page: bool = True


def _entry(name: str, draw: Drawing, *columns: Column, on_page: bool = True) -> Entry:
    """Return the entry of a chart that needs no points."""
    return Entry(name, lambda record, points: draw(record), columns, on_page)


CHARTS = (
    _entry("value", draw_value, ("name", "Segment"), ("share", "Share of customers"),
           ("value_share", "Share of value")),
    Entry("map", draw_map),
    _entry("profile", draw_profile, on_page=False),
    _entry("averages", draw_averages, on_page=False),
    _entry("ranges", draw_ranges, on_page=False),
    _entry("gains", draw_gains, ("name", "Up to"), ("customers", "Share of customers"), ("value", "Share of value")),
    _entry("choice", draw_choice, ("k", "Segments"), ("silhouette", "Separation"), ("null_p05", "Groupless"),
           ("null_p95", "to"), ("ari_median", "Repeats"), ("ari_p10", "from"), ("ari_p90", "to"),
           ("smallest", "Smallest")),
    _entry("flow", draw_flow, ("k", "Segments"), ("from", "From"), ("to", "To, at one more"), ("n", "Customers")),
    _entry("stability", draw_stability, ("name", "Segment"), ("jaccard", "Comes back"), ("p05", "5%"),
           ("null", "Groupless"), ("words", "In words"), ("name_returns", "Same name")),
    _entry("drivers", draw_drivers, ("label", "Without"), ("share", "Customers who change segment")),
    _entry("rfm", draw_rfm),
    _entry("foretells", draw_foretells),
)  # fmt: skip
"""Every chart, in the order of the report."""


def draw_all(record: CleanRecord, points: Points | None, entries: Iterable[Entry] = CHARTS) -> dict[str, Chart]:
    """Return every chart that a record can fill, by name."""
    made = {entry.name: entry.draw(record, points) for entry in entries}
    return {name: chart for name, chart in made.items() if chart is not None}

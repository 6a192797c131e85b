"""Charts: a saved record becomes pictures; nothing else is seen.

Every function takes the record (the content of `run.json`) and returns a :class:`Chart`, or None where the record does
not hold what the chart would show. Add a chart: a function in one of these files, and its name here. Its modules, in
import order::

    drawing   shapes, scales and axes
    choice    how many segments, how sure
    flows     segments and their value, money that moves
    profiles  segments column by column
    rfm       the grid of recency and frequency
    scatter   the map
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coterie.record import Points
from coterie.report.charts.choice import choice, drivers, jaccard, silhouette
from coterie.report.charts.drawing import Chart
from coterie.report.charts.flows import alluvial, gains, ribbons
from coterie.report.charts.profiles import heat, profile, profile_panel, ranges
from coterie.report.charts.rfm import foretells, rfm_grid, rfm_section
from coterie.report.charts.scatter import map_chart

__all__ = [
    "Chart",
    "alluvial",
    "choice",
    "drivers",
    "foretells",
    "gains",
    "heat",
    "jaccard",
    "map_chart",
    "pictures",
    "profile",
    "profile_panel",
    "ranges",
    "rfm_grid",
    "rfm_section",
    "ribbons",
    "silhouette",
]


def pictures(record: Mapping[str, Any], points: Points | None = None) -> list[Chart]:
    """Return every chart that the record permits, in the order of the report."""
    made = (
        ribbons(record),
        map_chart(record, points),
        *(draw(record) for draw in (profile, heat, ranges, gains, choice, alluvial, jaccard, silhouette, drivers)),
        rfm_grid(record),
        foretells(record),
    )
    return [chart for chart in made if chart is not None]

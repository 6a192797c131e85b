"""Charts: a saved record becomes pictures; nothing else is seen.

Every function takes the record (the content of `run.json`) and returns a :class:`Chart`, or None where the record does
not hold what the chart would show. Add a chart: a function in one of these files, and its name here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coterie.charts.drawing import Chart
from coterie.charts.evidence import choice, drivers, jaccard, silhouette
from coterie.charts.flows import alluvial, gains, ribbons
from coterie.charts.profiles import heat, profile, profile_panel, ranges
from coterie.charts.rfm import foretells, rfm_grid, rfm_section
from coterie.charts.scatter import Points, map_chart, read_points

__all__ = [
    "Chart",
    "Points",
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
    "read_points",
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

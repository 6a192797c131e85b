"""Charts: a saved record becomes pictures; nothing else is seen.

Every function takes the record (the content of `run.json`) and returns a :class:`Chart`, or None where the record does
not hold what the chart would show. Add a chart: a function in one of these files, and its name here.
"""

from __future__ import annotations

from coterie.charts.drawing import Chart
from coterie.charts.evidence import choice, drivers, jaccard
from coterie.charts.flows import alluvial, ribbons
from coterie.charts.profiles import heat, profile, profile_panel, ranges
from coterie.charts.scatter import Points, map_chart, read_points

__all__ = [
    "Chart",
    "Points",
    "alluvial",
    "choice",
    "drivers",
    "heat",
    "jaccard",
    "map_chart",
    "profile",
    "profile_panel",
    "ranges",
    "read_points",
    "ribbons",
]

"""PROFILE: segments as people read them.

Its modules, in import order::

    profile          one GROUP BY; exact sizes, means, shares
    naming           what sets a segment apart, and the name that says so
    name_stability   does a name come back when the segments are formed again
    conditions       conditions on a column in its own units, and the words for them
    rules            one short rule a segment, measured on customers that it was not found on
    tree             a small tree that retells the segments, and how faithfully
    typical          what typical and borderline customers are like: groups, never a person
    ideas            rules, tree, ideas to test
    segments         segments as records
    map              the map's two axes
"""

from coterie.portrait.conditions import DAY_ZERO, exact
from coterie.portrait.map import Map
from coterie.portrait.naming import Marker
from coterie.portrait.profile import ALL, PROFILED, ProfileRow, Totals, as_effect
from coterie.portrait.segments import Placed, Portrait, Segment, letter

__all__ = [
    "ALL",
    "DAY_ZERO",
    "PROFILED",
    "Map",
    "Marker",
    "Placed",
    "Portrait",
    "ProfileRow",
    "Segment",
    "Totals",
    "as_effect",
    "exact",
    "ideas",
    "letter",
    "map",
    "naming",
    "profile",
    "segments",
]

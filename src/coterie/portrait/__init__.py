"""PROFILE: segments as people read them.

Its modules, in import order::

    profile          one GROUP BY; exact sizes, means, shares
    marks            the one rule for marks: what is printed of a column, and whether it stands out
    naming           what sets a segment apart, and the name that says so
    name_stability   does a name come back when the segments are formed again
    conditions       conditions on a column in its own units, and the words for them
    tree             a small tree that retells the segments, and how faithfully
    rules            one short rule a segment, measured on customers that it was not found on
    typing           the few columns that tell the segments, and how often they agree
    typical          what typical and borderline customers are like: groups, never a person
    ideas            an idea to test for each segment
    segments         segments as records
    map              the map's two axes
"""

from coterie.portrait.conditions import Condition
from coterie.portrait.ideas import choose_ideas
from coterie.portrait.map import Cell, Cells, Map, MapAxis
from coterie.portrait.marks import Compared, compare
from coterie.portrait.naming import Marker
from coterie.portrait.profile import ALL, PROFILED, ProfileRow, Statistic, Totals, totals
from coterie.portrait.rules import ROWS, Rule, RulesFacts, WeakRule, rules_text
from coterie.portrait.segments import Portrait, Segment, SegmentedSample, portray
from coterie.portrait.tree import GOOD, Node, Tree
from coterie.portrait.typical import CustomerGroup, UsualValue
from coterie.portrait.typing import LEAST_CUSTOMERS, Agreement, TypingFacts, choose_questions

__all__ = [
    "ALL",
    "GOOD",
    "LEAST_CUSTOMERS",
    "PROFILED",
    "ROWS",
    "Agreement",
    "Cell",
    "Cells",
    "Compared",
    "Condition",
    "CustomerGroup",
    "Map",
    "MapAxis",
    "Marker",
    "Node",
    "Portrait",
    "ProfileRow",
    "Rule",
    "RulesFacts",
    "Segment",
    "SegmentedSample",
    "Statistic",
    "Totals",
    "Tree",
    "TypingFacts",
    "UsualValue",
    "WeakRule",
    "choose_ideas",
    "choose_questions",
    "compare",
    "map",
    "naming",
    "portray",
    "profile",
    "rules_text",
    "totals",
]

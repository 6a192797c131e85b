"""R-F-M scores, and the named segments that editable rules make of them.

Its modules, in import order::

    rules            the named segments, from a file
    scores           recency, frequency and money as scores
    counts           how many customers each named segment has
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie.doors import opened

if TYPE_CHECKING:
    from coterie.purchases.rfm.counts import Grouped, count
    from coterie.purchases.rfm.rules import MEASURES, NamedSegment, RfmOptions, RfmRules, choose_rules, read_rules
    from coterie.purchases.rfm.scores import Scale, columns, scale, scored_sql

__all__ = [
    "MEASURES",
    "Grouped",
    "NamedSegment",
    "RfmOptions",
    "RfmRules",
    "Scale",
    "choose_rules",
    "columns",
    "count",
    "read_rules",
    "scale",
    "scored_sql",
]

__getattr__, __dir__ = opened(
    __name__,
    {
        **dict.fromkeys(("Grouped", "count"), "counts"),
        **dict.fromkeys(("MEASURES", "NamedSegment", "RfmOptions", "RfmRules", "choose_rules", "read_rules"), "rules"),
        **dict.fromkeys(("Scale", "columns", "scale", "scored_sql"), "scores"),
    },
)

"""R-F-M: scores of recency, frequency and money, and the named segments that rules make of them.

A score depends on nothing but the customer's value and the cuts, so equal customers always get equal scores. The cuts
are quantiles of the sample (of everybody, where everybody is in it); scores and names are counted over all customers.
"""

from __future__ import annotations

from coterie.rfm.counts import record
from coterie.rfm.rules import MEASURES, Rule, Rules, rules
from coterie.rfm.scores import Scale, columns, scale, scored_sql

__all__ = ["MEASURES", "Rule", "Rules", "Scale", "columns", "record", "rules", "scale", "scored_sql"]

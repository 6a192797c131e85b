"""What is known of a table's values, so that a query over it need not ask.

A run's own query leaves out what nothing in its table needs: the test for what is missing where nothing is, the cap
that no value reaches. A query for other customers, such as exported SQL, knows nothing and asks for everything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coterie.doors import frozen
from coterie.model.formula import Feature, transform
from coterie.table import Summary

SLACK = 1e-9  # of a prepared value to its cap: engines and numpy agree on more digits


@frozen
class Known:
    """Columns in which no value is missing, and those whose values no cap and no floor of a log changes."""

    whole: frozenset[str] = frozenset()
    tame: frozenset[str] = frozenset()

    def fills(self, feature: Feature) -> bool:
        """Say whether every customer has the feature's prepared column; a level may be one that was never met."""
        return feature.levels is None and feature.column in self.whole


NOTHING = Known()


def know(features: Sequence[Feature], summary: Summary) -> Known:
    """Return what the exact counts and bounds of a table say of its values."""
    whole = frozenset(name for name, held in summary.columns.items() if held.present == summary.rows)
    return Known(whole, frozenset(f.column for f in features if _is_tame(f, summary)))


def _is_tame(feature: Feature, summary: Summary) -> bool:
    """Say whether the bounds of a number stay what they are; the formula rises from the one to the other."""
    held = summary.columns[feature.column]
    if feature.levels is not None or not held.present or held.beyond:
        return False
    if (feature.transform == "log" and held.low < 0) or (feature.transform == "neglog" and held.high > 0):
        return False
    if feature.cap is None:
        return True
    ends = (transform(feature, np.array([held.low, held.high])) - feature.shift) * feature.factor
    return bool(min(ends) > feature.cap[0] + SLACK and max(ends) < feature.cap[1] - SLACK)

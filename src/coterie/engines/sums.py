"""Sums over all rows, and shares of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from coterie.engines.engine import round_off


def shares_of(parts: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return each part's share of all parts, from 0 to 1.

    None for each where there is no such share: a part is unknown or below zero, or all of them come to nothing.

    >>> shares_of([1.0, 3.0])
    (0.25, 0.75)
    >>> shares_of([-1.0, 3.0])
    (None, None)
    """
    known = [part for part in parts if part is not None]
    whole = math.fsum(known)
    if len(known) < len(parts) or min(known, default=-1.0) < 0 or whole <= 0:
        return (None,) * len(parts)
    return tuple(min(1.0, round_off(part / whole)) for part in known)

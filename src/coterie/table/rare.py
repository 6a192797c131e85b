"""How much a column counts that few customers have, so that no share of them makes a difference all at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOTHING, FULL = 0.02, 0.20  # shares of values other than the commonest one: up to and from where


def weight(share: float) -> float:
    """Return how much a column counts: 0 up to 2 %, 1 from 20 %, smooth between.

    Parameters
    ----------
    share : of the values other than the commonest one.

    >>> [round(weight(share), 3) for share in (0.02, 0.04, 0.06, 0.11, 0.5)]
    [0.0, 0.034, 0.126, 0.5, 1.0]
    """
    x = min(1.0, max(0.0, (share - NOTHING) / (FULL - NOTHING)))
    return x * x * (3.0 - 2.0 * x)


def share_apart(values: NDArray[Any]) -> float:
    """Return the share of values other than the commonest one, missing ones aside.

    >>> share_apart(np.array([0.0, 0.0, 0.0, 2.0, np.nan]))
    0.25
    """
    if values.dtype == object:
        counts = list(Counter(v for v in values if v is not None).values())
    else:
        counts = np.unique(values[~np.isnan(values)], return_counts=True)[1].tolist()
    return (sum(counts) - max(counts)) / sum(counts) if counts else 0.0

"""Values that stand for something else: 99 beside answers from 1 to 5, -1 beside days, 9999999, 1900-01-01."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from coterie import words

FEWEST, SHARE = 5, 0.01  # so often a number is met that stands for something: one value is an extreme one
LONGEST_SCALE = 11  # answers from 0 to 10
ROOM = 0.5  # of the scale's length lies between it and what stands apart
RARE = 0.15  # of the answers; a lowest answer that is met more often is one
BATTERY = 2  # so many other columns have the scale without the number
BELOW = frozenset({-1, -7, -8, -9, -66, -77, -88, -97, -98, -99, -998, -999, -9998, -9999, -99_999})
FAR = 2  # times the largest of the others
NO_DAYS = ((1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1, 1, 1))  # what stands where a day is not known
PLACEHOLDERS = [(datetime.date(*d) - words.DAY_ZERO).days for d in NO_DAYS]
FUTURE = (datetime.date(2100, 1, 1) - words.DAY_ZERO).days


def are_no_days(days: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which days since 1970 stand for unknown ones wherever they are met."""
    return np.isin(days, PLACEHOLDERS) | (days >= FUTURE)


def stand_ins_of(x: NDArray[np.float64], scales: Mapping[tuple[int, int], int]) -> list[float]:
    """Return the numbers that stand for something else, in order: repeated, and apart from all the others.

    Parameters
    ----------
    x : the values of a column that are there.
    scales : how many columns have answers from one whole number to another, as ``count_scales`` says.
    """
    values, counts = np.unique(x, return_counts=True)
    if len(values) < 3 or not np.all(np.isfinite(values)):
        return []
    often = {float(v): int(n) for v, n in zip(values, counts, strict=True)}
    below = [v for v in often if v in BELOW]
    above = [v for v in often if _is_stand_in(v)]
    rest = np.array([v for v in often if v not in below and v not in above])
    if len(rest) < 2:
        return []
    low, high = float(rest.min()), float(rest.max())
    found = [v for v in below if low >= 0]
    room = _room(rest)
    # A number of nines is far from the others, or has room between it and the answers of a scale.
    found += [v for v in above if (v > FAR * high and v >= 99) or (room is not None and v - high > room)]
    if not found or sum(often[v] for v in found) < max(FEWEST, SHARE * len(x)):
        return [0.0] if _is_odd_zero(rest, often, scales, len(x)) else []
    return sorted(found)


def _is_stand_in(value: float) -> bool:
    """Say whether a number is one of those that people write for "don't know": 9, 98, 99, 888, 9999999."""
    if value != int(value) or value <= 0:
        return False
    digits = f"{value:.0f}"
    return len(digits) <= 18 and (
        set(digits) <= {"9"} or set(digits) in ({"8"}, {"7"}) or (set(digits[:-1]) == {"9"} and digits[-1] in "678")
    )


def _room(rest: NDArray[np.float64]) -> float | None:
    """Return how far from a scale of answers a number stands apart; None where the others are no scale."""
    low, high = rest.min(), rest.max()
    whole = bool(np.all(rest == np.floor(rest)))
    if not whole or low not in (0, 1) or high - low + 1 != len(rest) or len(rest) > LONGEST_SCALE:
        return None
    return max(1.0, ROOM * float(high - low))


def count_scales(columns: Iterable[NDArray[np.float64]]) -> Mapping[tuple[int, int], int]:
    """Return how many columns hold every whole number from one to another, few enough for answers."""
    found: Counter[tuple[int, int]] = Counter()
    for values in columns:
        x = np.unique(values[~np.isnan(values)])
        if 3 <= len(x) <= LONGEST_SCALE and np.all(x == np.floor(x)) and x[-1] - x[0] + 1 == len(x):
            found[int(x[0]), int(x[-1])] += 1
    return found


def _is_odd_zero(
    rest: NDArray[np.float64], often: Mapping[float, int], scales: Mapping[tuple[int, int], int], rows: int
) -> bool:
    """Say whether 0 stands apart from answers from 1 on, which other columns have without it."""
    low, high = int(rest.min()), int(rest.max())
    if low != 0 or often.get(0.0, 0) < max(FEWEST, SHARE * rows) or often[0.0] > RARE * rows:
        return False
    return high - low + 1 == len(rest) and scales.get((1, high), 0) >= BATTERY

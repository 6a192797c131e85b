"""Days of purchases that lie far from all others: stand-ins for unknown ones, and mistyped years."""

from __future__ import annotations

import datetime

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.engines import Columns
from coterie.purchases.dates import FIRST_DAY
from coterie.table import are_no_days

GAP = 366  # days: so far from all others nobody buys again by chance
LONE_SHARE, MANY = 0.001, 100  # of the rows at most, or one of so many: that few are probably a slip
# The zeros and ends of programs' calendars, which are days of purchases too: only far from all others do they stand for
# unknown ones. The last of 1969 is the first of 1970 west of Greenwich.
ENDS = [(1901, 1, 1), (1904, 1, 1), (1969, 12, 31), (1970, 1, 1), (1980, 1, 1)]
ENDS += [(2079, 6, 6), (2099, 1, 1), (2099, 12, 31)]
CALENDAR_ENDS = [(datetime.date(*day) - words.DAY_ZERO).days for day in ENDS]


@frozen
class FarDays:
    """Rows on days far from all others.

    How many, and the first and the last of these days.

    ``gap`` is how many days lie between them and the others; ``left_out`` says that they do not count.
    """

    rows: int
    first: float
    last: float
    gap: int
    left_out: bool = True


def find_stand_ins(days: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of some days stand for unknown ones.

    They are known as such, and far before or after all others.

    >>> find_stand_ins(np.array([0.0, 20_000.0, 20_001.0, 2_932_896.0])).tolist()
    [True, False, False, True]
    """
    able = are_no_days(days) | np.isin(days, CALENDAR_ENDS) | (days < FIRST_DAY)
    others = days[~able]
    if not len(others):
        return np.zeros(len(days), dtype=bool)
    far = (days < others.min() - GAP) | (days > others.max() + GAP)
    return np.asarray(able & far)


def tell_stand_ins(counts: Columns, far: NDArray[np.bool_]) -> FarDays | None:
    """Return what the days that stand for unknown ones hold, None where there are none."""
    days = counts["d"][far]
    if not len(days):
        return None
    others = counts["d"][~far & ~np.isnan(counts["d"])]
    gap = max(others.min() - days.min(), days.max() - others.max())
    return FarDays(int(counts["n"][far].sum()), float(days.min()), float(days.max()), int(gap))


def find_lone_end(days: NDArray[np.float64], used: NDArray[np.float64]) -> FarDays | None:
    """Return the few last rows that lie far after all others, None where there are none.

    They are left out where all other days together are not as long as the gap: as of a mistyped year everybody is long
    gone. Where they are as long, a shop may have been closed.

    Parameters
    ----------
    days : in order, each once.
    used : the rows of each.
    """
    most = max(LONE_SHARE * float(used.sum()), min(1, used.sum() // MANY))
    gaps = np.diff(days)
    for at in np.flatnonzero(gaps > GAP):
        if (rows := int(used[at + 1 :].sum())) <= most:
            gap = int(gaps[at])
            return FarDays(rows, float(days[at + 1]), float(days[-1]), gap, left_out=gap > days[at] - days[0])
    return None

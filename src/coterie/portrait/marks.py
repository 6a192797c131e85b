"""The one rule for marks: what is printed of a column in a segment, and whether it stands out.

Card, bar, heat table, name, rule and sentence ask :func:`compare`. It judges the very numbers that are printed, rounded
as they are printed, so that no mark can contradict the two numbers beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from coterie import words
from coterie.doors import frozen
from coterie.portrait.profile import ALL, POSITIVE, SHARE, ProfileRow, Statistic
from coterie.table import ColumnRecord

VISIBLE = 0.10
"""A difference that people can see: of the overall number, or of shares in points."""

FAR = 0.5
"""An effect that is more than chance: half a robust standard deviation."""

SHARE_AS_ONE = 0.15 / 0.8
"""A difference of shares that counts like one robust standard deviation: it earns a word where that does."""

STEPS = (FAR, 0.8, 1.2, 2.0)


@frozen
class Compared:
    """A number of a segment as it is printed, beside that of all customers.

    ``value`` of a share that stands for fewer than ten customers is the least share of ten, ``bounded``. ``effect``
    counts robust standard deviations, or for shares what weighs as much. ``relative`` numbers have a percentage; those
    that are a ``part`` of one are told in per cent, and differ by points as shares do.
    """

    statistic: Statistic
    value: float | None
    overall: float | None
    effect: float
    relative: bool
    dated: bool
    bounded: bool = False
    part: bool = False

    @property
    def in_points(self) -> bool:
        """Whether both numbers are told in per cent, and what lies between them is points."""
        return self.is_share or self.part

    @property
    def is_share(self) -> bool:
        """Whether both numbers are shares of customers."""
        return self.statistic in (SHARE, POSITIVE)

    @property
    def away(self) -> float:
        """How far the value lies from the overall number; 0 where one is unknown."""
        return 0.0 if self.value is None or self.overall is None else self.value - self.overall

    @property
    def change(self) -> float | None:
        """By how much the value differs: of shares in points, else as a part of the overall number where it has one."""
        if self.value is None or self.overall is None:
            return None
        if self.in_points:
            return round(self.value - self.overall, 9)
        return self.value / self.overall - 1 if self.relative and self.overall > 0 else None

    @property
    def is_close(self) -> bool:
        """Whether the two printed numbers are about the same."""
        if self.value is None or self.overall is None:
            return True
        away = abs(self.value - self.overall)
        if self.bounded and self.value >= self.overall:
            return True  # nothing more is known than that the share is less than this
        if self.dated:
            return abs(self.effect) < FAR
        least = VISIBLE if self.in_points else VISIBLE * abs(self.overall)
        return away == 0 or round(away / least, 9) < 1 if least else away == 0

    @property
    def stands_out(self) -> bool:
        """Whether the number is marked: people see the difference, the effect is clear, and both point one way."""
        if self.is_close or self.value is None or self.overall is None:
            return False
        return self.in_points or (abs(self.effect) >= FAR and (self.effect > 0) == (self.value > self.overall))

    @property
    def side(self) -> int:
        """1 for a mark above all customers, −1 below, 0 without a mark."""
        if not self.stands_out or self.value is None or self.overall is None:
            return 0
        return 1 if self.value > self.overall else -1

    @property
    def step(self) -> int:
        """How strong the mark is, 1 to 4; 0 without a mark."""
        return max(1, sum(abs(self.effect) >= limit for limit in STEPS)) if self.stands_out else 0


def compare(rows: Sequence[ProfileRow], column: ColumnRecord) -> dict[int, Compared]:
    """Return what is printed of a column, or of one level of it, for each segment.

    Parameters
    ----------
    rows : the profile's rows of the column and level, one a segment and one for all customers.
    """
    by_segment = {row.segment: row for row in rows}
    everybody = by_segment[ALL]
    places = words.decimals(max((abs(row.shown) for row in rows if row.shown is not None), default=0.0))
    found = {s: _compare(row, everybody, column, places) for s, row in by_segment.items() if s != ALL}
    printed = [c for s, c in found.items() if not words.too_few(by_segment[s].n)]
    return {s: replace(c, effect=_bound(c, printed)) for s, c in found.items()}


def _bound(mine: Compared, printed: Sequence[Compared]) -> float:
    """Return an effect that is no stronger than that of a number farther away on the same side.

    Effects are against the rest, which differs from segment to segment; readers see distances from one number.
    """
    away, size = mine.away, abs(mine.effect)
    for other in printed:
        if other.away * away > 0 and abs(other.away) > abs(away):
            size = min(size, max(0.0, math.copysign(1.0, away) * other.effect))
    return math.copysign(size, mine.effect)


def _compare(row: ProfileRow, everybody: ProfileRow, column: ColumnRecord, places: int) -> Compared:
    statistic, value, overall = everybody.printed, row.shown, everybody.shown
    if statistic in (SHARE, POSITIVE):
        known = row.n if row.level is None or not value else row.n / value
        bounded = value is not None and words.too_few(round(value * known))
        if bounded:
            value = min(1.0, math.ceil(100 * words.SMALLEST_GROUP / known) / 100)  # the share of nine is below it
        value, overall = (None if v is None else round(v, 2) for v in (value, overall))
        effect = 0.0 if value is None or overall is None else (value - overall) / SHARE_AS_ONE
        return Compared(statistic, value, overall, effect, False, False, bounded)
    if column.kind == "number" and words.is_part(column.name, column.min, column.max):
        value, overall = (None if v is None else round(v, 2) for v in (value, overall))
        effect = 0.0 if value is None or overall is None else (value - overall) / SHARE_AS_ONE
        return Compared(statistic, value, overall, effect, False, False, part=True)
    value, overall = (None if v is None else round(v, places) for v in (value, overall))
    dated = column.kind == "date" or words.is_year(column.label, column.min, column.max)
    relative = not dated and column.min is not None and column.min >= 0
    return Compared(statistic, value, overall, row.standing or 0.0, relative, dated)

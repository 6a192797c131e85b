"""Labels: where names on a map find room.

They stand clear of its marks and of each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coterie.report.charts import drawing

_FIELD = 4.0  # the side of the squares in which marks are counted
_MARK = 5.0  # how far a mark reaches from its place
_RINGS = (0.0, *(8.0 * i for i in range(2, 30)))
_ANGLES = tuple(math.tau * (i + 0.25) / 24 for i in range(24))
_NEAR = 70.0  # how far a name may stand from its segment's middle; a letter stands anywhere
_LED_FROM = 9.0  # a label that is farther from its segment's middle is led to it


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        """Return the rectangle, larger on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: Box) -> bool:
        """Say whether the two have a point in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Label(NamedTuple):
    """A text, its place, and a line to its segment.

    The line is there where the text stands away from its segment.
    """

    segment: int
    lines: Sequence[str]
    box: Box
    leader: tuple[float, float, float, float] | None


class Ask(NamedTuple):
    """A segment's middle, and its texts, the best first."""

    segment: int
    x: float
    y: float
    texts: Sequence[Sequence[str]]


class Crowd:
    """Where marks are; any rectangle is counted at once."""

    def __init__(self, spots: Iterable[tuple[float, float]], room: Box) -> None:
        self.room = room
        self._across = int((room.right - room.left) / _FIELD) + 2
        self._down = int((room.bottom - room.top) / _FIELD) + 2
        counts = [[0] * (self._across + 1) for _ in range(self._down + 1)]
        for x, y in spots:
            i, j = int((x - room.left) / _FIELD), int((y - room.top) / _FIELD)
            if 0 <= i < self._across and 0 <= j < self._down:
                counts[j + 1][i + 1] += 1
        for j in range(1, self._down + 1):
            for i in range(1, self._across + 1):
                counts[j][i] += counts[j - 1][i] + counts[j][i - 1] - counts[j - 1][i - 1]
        self._upto = counts

    def within(self, box: Box) -> int:
        """Return about how many marks a rectangle would touch."""
        reach = box.grown(_MARK)
        left, right = (self._clip((x - self.room.left) / _FIELD, self._across) for x in (reach.left, reach.right))
        top, bottom = (self._clip((y - self.room.top) / _FIELD, self._down) for y in (reach.top, reach.bottom))
        right, bottom = min(right + 1, self._across), min(bottom + 1, self._down)
        sums = self._upto
        return sums[bottom][right] - sums[top][right] - sums[bottom][left] + sums[top][left]

    @staticmethod
    def _clip(at: float, most: int) -> int:
        return min(max(int(at), 0), most)


def place_labels(asked: Sequence[Ask], crowd: Crowd, size: float) -> list[Label]:
    """Return a place for each label.

    A text stands as near to its segment's middle as it can without touching a mark or another label; where no text of
    a segment finds such a place, the last one stands where it touches fewest marks. Only the last stands far away.

    Parameters
    ----------
    size : of the letters.
    """
    placed: list[Label] = []
    for ask in asked:
        tries = (found for lines in ask.texts if (found := _place(ask, lines, crowd, placed, size)) is not None)
        clear = next((box_lines for box_lines in tries if not box_lines[0]), None)
        if clear is None:
            clear = _place(ask, ask.texts[-1], crowd, placed, size)
        if clear is not None:
            placed.append(_label(ask, clear[2], clear[1]))
    return placed


def _place(
    ask: Ask, lines: Sequence[str], crowd: Crowd, placed: Sequence[Label], size: float
) -> tuple[int, Box, Sequence[str]] | None:
    """Return the best place, and how many marks it touches."""
    half = max(drawing.estimate_width(line, size) for line in lines) / 2 + 2
    tall, room = len(lines) * 1.2 * size / 2 + 1, crowd.room
    taken = [p.box.grown(3) for p in placed]
    best: tuple[int, Box, Sequence[str]] | None = None
    for ring in _RINGS:
        if ring > _NEAR and lines is not ask.texts[-1]:
            break
        for angle in _ANGLES if ring else (0.0,):
            # wider than high: a text reaches farther to its sides
            x, y = ask.x + (ring + half * (ring > 0)) * math.cos(angle), ask.y + (ring + tall) * math.sin(angle)
            box = Box(x - half, y - tall, x + half, y + tall)
            inside = box.left >= room.left and box.right <= room.right
            inside = inside and box.top >= room.top and box.bottom <= room.bottom
            if not inside or any(box.meets(t) for t in taken) or _is_crossed(ask, box, placed):
                continue
            touched = crowd.within(box)
            if best is None or touched < best[0]:
                best = touched, box, lines
        if best is not None and not best[0]:
            return best
    return best


def _is_crossed(ask: Ask, box: Box, placed: Sequence[Label]) -> bool:
    """Say whether a line to a segment would run through the text of another one."""
    mine = _label(ask, (), box).leader
    if mine is not None and any(_passes(mine, other.box) for other in placed):
        return True
    return any(other.leader is not None and _passes(other.leader, box) for other in placed)


def _passes(line: tuple[float, float, float, float], box: Box) -> bool:
    """Say whether a part of the line lies inside (Liang & Barsky 1984)."""
    x, y, to_x, to_y = line
    first, last = 0.0, 1.0
    for start, way, low, high in ((x, to_x - x, box.left, box.right), (y, to_y - y, box.top, box.bottom)):
        if way == 0:
            if not low < start < high:
                return False
            continue
        enters, leaves = sorted(((low - start) / way, (high - start) / way))
        first, last = max(first, enters), min(last, leaves)
    return first < last


def _label(ask: Ask, lines: Sequence[str], box: Box) -> Label:
    """Return a label, led to its segment where away from it."""
    x, y = min(max(ask.x, box.left), box.right), min(max(ask.y, box.top), box.bottom)
    away = math.hypot(ask.x - x, ask.y - y) > _LED_FROM
    return Label(ask.segment, lines, box, (x, y, ask.x, ask.y) if away else None)

"""What a campaign brought: lifts with intervals, from sums of outcomes.

Members of an audience got the campaign, its held-out customers got nothing, and a keyed hash decided who is which. So
the difference of their mean outcomes is the campaign's lift, and chance alone stands between it and the truth:

- **rates** (outcomes are 0 and 1): the score interval of Miettinen and Nurminen (Statistics in Medicine 4, 1985), which
  holds for rare conversions and for sides of very different size;
- **amounts**: a score interval of the same kind. The held-out are few and money is skewed, so that their own spread is
  a poor guide: it is taken from both sides together, in proportion to the mean, and the normal quantiles are corrected
  for skewness (Cornish and Fisher). docs/why/0090-a-spread-of-both-sides.md has the coverage of this and of t.

Everything follows from counts and three moments a side, which an engine adds up whatever the number of customers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Literal

from coterie.doors import frozen

LEVEL, POWER = 0.95, 0.8
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
Z_POWER = NormalDist().inv_cdf(POWER)
FEWEST = 10  # customers a side, below which nothing is said
FEWEST_PAYING = 5.0  # held-out customers with an amount that are to be expected: fewer do not show how amounts spread
BASE_RATES = (0.01, 0.05, 0.2)  # of which the detectable lift is told
HALVINGS, WIDEST = 60, 40.0
ROUNDING = 1e-20  # of the squared mean: so much variance comes of rounding the mean alone
Kind = Literal["rate", "amount"]
Obstacle = Literal["few", "rare", "alike", "one side"]  # why there is no lift


@frozen
class Side:
    """The outcomes of one side, members or held-out customers.

    ``n`` customers count, of whom ``listed`` have an outcome in the results, ``positive`` one other than 0;
    ``variance`` is that of a sample (n − 1), ``third`` the mean cubed deviation, ``least`` the smallest outcome.
    """

    n: int
    listed: int
    positive: int
    mean: float
    variance: float = 0.0
    third: float = 0.0
    least: float = 0.0


@frozen
class Interval:
    """A lift with its 95% interval, and the p-value that belongs to it."""

    lift: float
    low: float
    high: float
    p: float


@frozen
class SegmentLift:
    """What a campaign brought in a segment, or in all (``segment`` None).

    ``lift`` is the difference of the mean outcomes a customer; ``low`` to ``high`` its 95% interval, None where there
    are not enough customers. ``relative`` is the lift as a part of the held-out customers' mean, ``extra`` (with its
    interval) the lift times the members. ``p`` is the p-value, ``adjusted`` Holm's over the segments, and ``clear``
    says whether chance alone would seldom show it. ``obstacle`` is why there is no lift: few customers, few with an
    outcome, outcomes that do not differ within a side, or results that hold one side alone.
    """

    segment: int | None
    letter: str
    name: str
    members: Side
    held_out: Side
    lift: float | None
    low: float | None
    high: float | None
    relative: float | None
    extra: float | None
    extra_low: float | None
    extra_high: float | None
    p: float | None
    adjusted: float | None
    clear: bool
    obstacle: Obstacle | None
    text: str


@frozen
class Counts:
    """How the results meet the audience: rows and customers.

    ``rows`` of the results, ``without_value`` of them; ``customers`` listed, ``several`` of them in more than one row,
    ``strangers`` never in the audience. Of the audience ``unlisted`` customers are not in the results, and
    ``without_outcome`` are there without an outcome in any of their rows.
    """

    rows: int
    without_value: int
    customers: int
    several: int
    strangers: int
    unlisted: int
    without_outcome: int


@frozen
class Lift:
    """What a campaign brought: in all, and in each segment.

    ``outcome`` is the column, None where to be listed is the outcome; ``kind`` says whether outcomes are rates or
    amounts, ``only_listed`` whether those without an outcome in the results were left out.
    """

    outcome: str | None
    kind: Kind
    only_listed: bool
    overall: SegmentLift
    segments: tuple[SegmentLift, ...]
    counts: Counts
    method: str
    multiplicity: str
    cautions: tuple[str, ...]


def compare_sides(members: Side, held: Side, kind: Kind) -> Interval | None:
    """Return the lift of members over held-out customers.

    None where there are not enough customers: fewer than 10 on a side or, of amounts, fewer than 5 held-out customers
    with one to be expected.

    >>> members, held = Side(900, 900, 90, 0.1), Side(100, 100, 5, 0.05)
    >>> found = compare_sides(members, held, "rate")
    >>> [round(v, 3) for v in (found.lift, found.low, found.high, found.p)]
    [0.05, -0.014, 0.087, 0.106]
    """
    if min(members.n, held.n) < FEWEST:
        return None
    if kind == "rate":
        return _compare_rates(members, held)
    expected = (members.positive + held.positive) * held.n / (members.n + held.n)
    return _compare_amounts(members, held) if expected >= FEWEST_PAYING else None


def find_obstacle(members: Side, held: Side) -> Obstacle:
    """Return why there is no lift of members over held-out customers, where none was found."""
    if min(members.n, held.n) < FEWEST:
        return "few"
    return "alike" if members.positive + held.positive and not _differ(members, held) else "rare"


def count_expected(side: Side, everybody: int, others: int) -> float:
    """Return how many of the other side would be in the results if they were there as often as this side is."""
    return side.listed / everybody * others if everybody else 0.0


def find_detectable(members: int, held: int, rate: float) -> float | None:
    """Return the smallest lift of a rate that is seen four times in five.

    None where even a rate of 1 would not be.

    >>> round(find_detectable(9000, 1000, 0.05), 4), find_detectable(9, 1, 0.4)
    (0.023, None)
    """
    if min(members, held) < 1:
        return None
    lift, n = 0.0, members + held
    for _ in range(HALVINGS):
        raised = min(1.0, rate + lift)
        both = (members * raised + held * rate) / n
        by_chance = math.sqrt(both * (1 - both) * (1 / members + 1 / held))
        lift = Z * by_chance + Z_POWER * math.sqrt(raised * (1 - raised) / members + rate * (1 - rate) / held)
    return lift if rate + lift <= 1 else None


def find_detectable_spread(members: int, held: int) -> float | None:
    """Return the smallest lift of an amount that is seen four times in five, in its standard deviations."""
    return (Z + Z_POWER) * math.sqrt(1 / members + 1 / held) if min(members, held) else None


def adjust(p: Sequence[float | None]) -> list[float | None]:
    """Return Holm's p-values: each of them holds however many are looked at.

    >>> adjust([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((value, i) for i, value in enumerate(p) if value is not None)
    found: list[float | None] = [None] * len(p)
    least = 0.0
    for place, (value, i) in enumerate(known):
        least = max(least, min(1.0, value * (len(known) - place)))
        found[i] = least
    return found


def pool(sides: Sequence[Side]) -> Side:
    """Return several sides as one: their moments combine exactly.

    >>> pool([Side(2, 2, 1, 1.0, 2.0, 0.0), Side(2, 2, 2, 3.0, 2.0, 0.0)])
    Side(n=4, listed=4, positive=3, mean=2.0, variance=2.6666666666666665, third=0.0, least=0.0)
    """
    n = sum(s.n for s in sides)
    if not n:
        return Side(0, 0, 0, 0.0)
    mean = math.fsum(s.n * s.mean for s in sides) / n
    away = [(s, s.mean - mean) for s in sides]
    squares = math.fsum((s.n - 1) * s.variance + s.n * d * d for s, d in away if s.n)
    cubes = math.fsum(s.n * s.third + 3 * d * (s.n - 1) * s.variance + s.n * d**3 for s, d in away if s.n)
    variance = squares / (n - 1) if n > 1 else 0.0
    listed, positive = sum(s.listed for s in sides), sum(s.positive for s in sides)
    return Side(n, listed, positive, mean, variance, cubes / n, min(s.least for s in sides))


# ── rates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _compare_rates(members: Side, held: Side) -> Interval:
    def score(d: float) -> float:
        return _score_of_rates(members.positive, members.n, held.positive, held.n, d)

    lift = members.positive / members.n - held.positive / held.n
    low = _find_end(lambda d: score(d) > Z, -1.0, lift)
    high = _find_end(lambda d: score(d) >= -Z, lift, 1.0)
    return Interval(lift, low, high, _two_sided(score(0.0)))


def _find_end(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds at ``low`` ends to hold."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2


def _score_of_rates(x1: int, n1: int, x0: int, n0: int, d: float) -> float:
    """Return how far two rates lie from a difference ``d``, in its own standard errors."""
    p0 = _constrain(x1, n1, x0, n0, d)
    p1, n = p0 + d, n1 + n0
    variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1)
    away = x1 / n1 - x0 / n0 - d
    if variance <= 0:
        return 0.0 if abs(away) < 1e-12 else math.copysign(math.inf, away)
    return away / math.sqrt(variance)


def _constrain(x1: int, n1: int, x0: int, n0: int, d: float) -> float:
    """Return the likeliest second rate if the first is ``d`` larger: the root of a cubic (Farrington and Manning)."""
    n, x = n1 + n0, x1 + x0
    a, b = n, (n1 + 2 * n0) * d - n - x
    c, e = (n0 * d - n - 2 * x0) * d + x, x0 * d * (1 - d)
    q = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + e / (2 * a)
    r = math.copysign(math.sqrt(max((b / (3 * a)) ** 2 - c / (3 * a), 0.0)), q)
    angle = (math.pi + math.acos(max(-1.0, min(1.0, q / r**3 if r else 0.0)))) / 3
    return min(max(2 * r * math.cos(angle) - b / (3 * a), 0.0, -d), 1.0, 1.0 - d)


# ── amounts ───────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class _Spread:
    """How amounts spread on both sides together: a variance a unit of the mean, or as it is; and their skewness."""

    variance: float
    skew: float
    grows: bool

    def of(self, mean: float) -> float:
        return self.variance * max(mean, 1e-12) if self.grows else self.variance


def _differ(members: Side, held: Side) -> bool:
    """Say whether outcomes differ within a side."""
    return any(side.variance > ROUNDING * side.mean**2 for side in (members, held))


def _compare_amounts(members: Side, held: Side) -> Interval | None:
    if not _differ(members, held):
        return None
    n1, n0 = members.n - 1, held.n - 1
    pooled = (n1 * members.variance + n0 * held.variance) / (n1 + n0)
    third = (members.n * members.third + held.n * held.third) / (members.n + held.n)
    grows = min(members.least, held.least) >= 0
    mean = (n1 * members.mean + n0 * held.mean) / (n1 + n0)
    spread = _Spread(pooled / mean if grows else pooled, third / pooled**1.5, grows)
    lift = members.mean - held.mean
    error = math.sqrt(pooled * (1 / members.n + 1 / held.n))

    def end(side: float, inner: float, outer: float) -> float:
        def is_beyond(d: float) -> bool:
            score, skew = _score_of_amounts(members, held, spread, d)
            return side * (score - skew * (Z * Z - 1) / 6) > Z

        return _find_end(is_beyond, outer, inner)

    low = end(1.0, lift, lift - WIDEST * error)
    high = end(-1.0, lift, lift + WIDEST * error)
    score, skew = _score_of_amounts(members, held, spread, 0.0)
    return Interval(lift, low, high, _two_sided(_uncorrect(score, skew / 6)))


def _score_of_amounts(members: Side, held: Side, spread: _Spread, d: float) -> tuple[float, float]:
    """Return how far two means lie from a difference ``d``, in its own standard errors, and the skewness of that."""
    mean = (members.n * (members.mean - d) + held.n * held.mean) / (members.n + held.n)
    first, second = spread.of(mean + d), spread.of(mean)
    variance = first / members.n + second / held.n
    skew = spread.skew * (first**1.5 / members.n**2 - second**1.5 / held.n**2) / variance**1.5
    return (members.mean - held.mean - d) / math.sqrt(variance), skew


def _uncorrect(score: float, c: float) -> float:
    """Return the normal quantile whose corrected one is ``score``: x + c·(x² − 1) = score."""
    inside = 1 + 4 * c * (score + c)
    return score if abs(c) < 1e-9 or inside < 0 else (math.sqrt(inside) - 1) / (2 * c)


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))

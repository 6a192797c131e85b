"""Have the customers changed? Columns one by one, all together, and the segments' shares.

In a large table everything differs significantly, in a small one large differences come by chance: each measure has a
size that matters and a p-value, and counts only beyond both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import FloatArray
from coterie.doors import frozen
from coterie.evidence.plan import Plan

PERMUTATIONS = 199
ENERGY_ROWS = 1_000  # of each period
ENERGY_STREAM = 7 << 40
GRAIN = 2.0**16  # distances are whole multiples of 1 / GRAIN: their sums are exact in any order


@frozen
class Shift:
    """How far two distributions lie apart: the size, what chance adds to it, and the p-value."""

    size: float
    chance: float
    p: float

    @property
    def corrected(self) -> float:
        """The size beyond what chance gives, at least 0."""
        return max(0.0, self.size - self.chance)


def stability_index(before: Sequence[float], after: Sequence[float], n: int, m: int) -> Shift:
    """Return the population stability index of a column's bins.

    Parameters
    ----------
    before, after : shares of the values in each bin; bins that nobody is in do not count.
    n, m : values before and after.

    Notes
    -----
    Without a change it has the mean (B - 1)(1/n + 1/m), and divided by (1/n + 1/m) nearly a chi-squared distribution
    with B - 1 degrees of freedom: Yurdakul & Naranjo (2020), Statistical properties of the population stability index.

    >>> stability_index([0.5, 0.5], [0.5, 0.5], 100, 100)
    Shift(size=0.0, chance=0.02, p=1.0)
    """
    p, q = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    bins = int(((p > 0) | (q > 0)).sum())
    if bins < 2 or min(n, m) == 0:
        return Shift(0.0, 0.0, 1.0)
    there = (p > 0) | (q > 0)
    # half a value more in each bin: an empty one would make the index infinite
    p, q = (p[there] * n + 0.5) / (n + 0.5 * bins), (q[there] * m + 0.5) / (m + 0.5 * bins)
    size, unit = float(((q - p) * np.log(q / p)).sum()), 1 / n + 1 / m
    return Shift(size, (bins - 1) * unit, chi_squared_tail(size / unit, bins - 1))


def share_change(before: Sequence[int], after: Sequence[int], chance: Sequence[float]) -> Shift:
    """Return the largest change of a share beyond its chance, and the chi-squared test of all.

    >>> share_change([50, 50], [60, 40], [0.0, 0.02])
    Shift(size=0.1, chance=0.0, p=0.15521848968468432)
    """
    table = np.array([before, after], dtype=np.float64)
    some = table.sum(axis=0) > 0
    table, noise = table[:, some], np.asarray(chance, dtype=np.float64)[some]
    rows = table.sum(axis=1, keepdims=True)
    if table.shape[1] < 2 or not rows.all():
        return Shift(0.0, 0.0, 1.0)
    expected = rows * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    away = np.abs(np.subtract(*(table / rows)))
    worst = int((away - noise).argmax())
    return Shift(round(float(away[worst]), 12), float(noise[worst]), chi_squared_tail(statistic, table.shape[1] - 1))


def energy_distance(before: FloatArray, after: FloatArray, plan: Plan) -> Shift:
    """Return how far two clouds of prepared rows lie apart.

    The size is the energy distance as a share of the mean distance between the clouds, from 0 (the same) to 1. The
    p-value is that of 199 permutations; beyond them their own mean, spread and skewness are continued.

    Parameters
    ----------
    before, after : (n, d) and (m, d), NaN = missing, which adds nothing to a distance; the first 1,000 rows count.

    References
    ----------
    Székely & Rizzo (2013), Energy statistics.  doi:10.1016/j.jspi.2013.03.018
    """
    a, b = before[:ENERGY_ROWS], after[:ENERGY_ROWS]
    n, total = len(a), len(a) + len(b)
    if min(n, total - n) < 2:
        return Shift(0.0, 0.0, 1.0)
    apart = _distances(np.concatenate([a, b]))
    generator = plan.generator(ENERGY_STREAM)
    first = np.zeros((total, PERMUTATIONS + 1))
    first[:n, 0] = 1.0
    for i in range(1, PERMUTATIONS + 1):
        first[generator.permutation(total)[:n], i] = 1.0
    near = apart @ first
    inside = (first * near).sum(axis=0)
    across = near.sum(axis=0) - inside
    others = float(apart.sum()) - inside - 2 * across
    m = total - n
    statistic = 2 * across / (n * m) - inside / n**2 - others / m**2
    least = float(2 * across[0] / (n * m))
    found, drawn = float(statistic[0]), statistic[1:]
    size = found / least if least > 0 else 0.0
    return Shift(max(0.0, size), max(0.0, float(drawn.mean()) / least) if least > 0 else 0.0, _tail(found, drawn))


def _distances(Z: FloatArray) -> FloatArray:
    """Return the distances of all rows, as whole multiples of a grain: (n, n)."""
    squared = np.zeros((len(Z), len(Z)))
    for column in Z.T:
        gap = column[:, None] - column[None, :]
        squared += np.where(np.isnan(gap), 0.0, gap) ** 2
    return np.asarray(np.rint(np.sqrt(squared) * GRAIN) / GRAIN)


def _tail(found: float, drawn: FloatArray) -> float:
    """Return the chance of a statistic as large, continued beyond the permutations by a gamma distribution."""
    p = (1 + int((drawn >= found).sum())) / (len(drawn) + 1)
    spread = float(drawn.std())
    if p > 5 / (len(drawn) + 1) or spread == 0:
        return p
    skew = max(float((((drawn - drawn.mean()) / spread) ** 3).mean()), 0.05)
    shape = 4 / skew**2
    return min(p, gamma_tail(shape, max(0.0, shape + (found - float(drawn.mean())) / spread * math.sqrt(shape))))


def adjust(p: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values.

    >>> adjust([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order, worst, found = sorted(range(len(p)), key=lambda i: p[i]), 0.0, [0.0] * len(p)
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - rank) * p[i]))
        found[i] = worst
    return found


def normal_tail(z: float) -> float:
    """Return the chance that a standard normal is larger."""
    return math.erfc(z / math.sqrt(2)) / 2


def chi_squared_tail(x: float, df: int) -> float:
    """Return the chance that a chi-squared variable is larger.

    >>> round(chi_squared_tail(3.841459, 1), 6), round(chi_squared_tail(21.66599, 9), 6)
    (0.05, 0.01)
    """
    return gamma_tail(df / 2, x / 2)


def gamma_tail(a: float, x: float) -> float:
    """Return the regularized upper incomplete gamma function Q(a, x).

    By its series below a + 1, by Lentz's continued fraction above.
    """
    if x <= 0:
        return 1.0
    scale = math.exp(min(0.0, a * math.log(x) - x - math.lgamma(a)))
    if x < a + 1:
        term = total = 1 / a
        k = a
        while term > total * 1e-15:
            k += 1
            term *= x / k
            total += term
        return max(0.0, 1 - total * scale)
    b = x + 1 - a
    c, d = 1e300, 1 / b
    h, i = d, 0
    while True:
        i += 1
        step = -i * (i - a)
        b += 2
        d = 1 / (step * d + b)
        c = b + step / c
        h *= d * c
        if abs(d * c - 1) < 1e-14 or i > 10_000:
            return min(1.0, h * scale)


def bin_shares(edges: Sequence[float], values: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the shares of values up to each edge, and above the last.

    Parameters
    ----------
    edges : ascending, all different.
    values : without missing ones.
    """
    place = np.searchsorted(np.asarray(edges, dtype=np.float64), values, side="left")
    return tuple(float(v) for v in np.bincount(place, minlength=len(edges) + 1) / max(1, len(values)))


def find_least_change(before: Sequence[float], least: Sequence[float], most: Sequence[float]) -> list[float]:
    """Return the cumulative shares between bounds whose stability index is least.

    Against the shares of before they are the string pulled taut between the bounds: of all sums of a convex function of
    the bins' ratios, as the index is, it has the least.

    Parameters
    ----------
    before : cumulative shares of before, ascending, without 0 and 1; ``least`` and ``most`` are those of now.

    >>> find_least_change([0.2, 0.4, 0.6], [0.3, 0.3, 0.7], [0.3, 0.5, 0.7])
    [0.3, 0.5, 0.7]
    >>> find_least_change([0.2, 0.4, 0.6], [0.0, 0.3, 0.3], [0.3, 0.5, 0.7])
    [0.2, 0.4, 0.6]
    """
    x, low, high = [0.0, *before, 1.0], [0.0, *least, 1.0], [0.0, *most, 1.0]
    found, start = [0.0], 0
    while start < len(x) - 1:
        flat, steep, turns = -math.inf, math.inf, (start, start)
        for i in range(start + 1, len(x)):
            run = max(x[i] - x[start], 1e-12)
            up, down = (low[i] - found[start]) / run, (high[i] - found[start]) / run
            if up > steep or down < flat:
                break
            turns = (i if up >= flat else turns[0], i if down <= steep else turns[1])
            flat, steep = max(flat, up), min(steep, down)
        slope, end = (steep, turns[1]) if up > steep else (flat, turns[0])
        found += [found[start] + slope * (x[i] - x[start]) for i in range(start + 1, end + 1)]
        start = end
    return found[1:-1]

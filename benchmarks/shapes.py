"""Simulated tables for benchmarks/verdict.py: clouds without groups, clouds that trick tests, and tables with groups.

Every shape takes a random generator and a number of rows and gives a matrix (or columns by name) and, where there are
groups, the group of each row. ``listed`` marks the shapes that the method was designed on; the others were added
afterwards and nothing was tuned on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Kind = Literal["plain", "dependence", "bounded", "open", "groups", "beside"]
Table = Mapping[str, NDArray[Any]]
Made = tuple[Table, NDArray[np.int64] | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """A named way to simulate a table. ``k`` is its number of groups (1 = none, 0 = no number is right).

    ``also`` are numbers that are right too.
    """

    name: str
    kind: Kind
    listed: bool
    k: int
    make: Callable[[np.random.Generator, int], Any]
    also: tuple[int, ...] = ()

    def table(self, seed: int, n: int) -> Made:
        """Return the table of one seed."""
        key = np.frombuffer(self.name.encode().ljust(32, b"\0")[:32], dtype=np.uint64)
        made = self.make(np.random.default_rng([*(int(x) for x in key), seed, n]), n)
        X, group = made if isinstance(made, tuple) else (made, None)
        columns = X if isinstance(X, Mapping) else {f"f{j + 1}": X[:, j] for j in range(X.shape[1])}
        return columns, group


def normals(r: np.random.Generator, n: int, corr: NDArray[np.float64]) -> NDArray[np.float64]:
    return r.standard_normal((n, len(corr))) @ np.linalg.cholesky(corr).T


def equal(d: int, rho: float) -> NDArray[np.float64]:
    return np.full((d, d), rho) + (1 - rho) * np.eye(d)


def factors(r: np.random.Generator, n: int, d: int, f: int, strength: float = 0.7) -> NDArray[np.float64]:
    load = np.zeros((d, f))
    load[np.arange(d), np.arange(d) % f] = strength
    return r.standard_normal((n, f)) @ load.T + np.sqrt(1 - strength**2) * r.standard_normal((n, d))


def items(x: NDArray[np.float64], cuts: list[float]) -> NDArray[np.float64]:
    return np.digitize(x, cuts).astype(float)


def blobs(
    r: np.random.Generator,
    n: int,
    centers: Any,
    sd: Any = 1.0,
    weights: Any = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    centers = np.asarray(centers, dtype=float)
    group = r.choice(len(centers), n, p=weights)
    sd = np.broadcast_to(np.asarray(sd, dtype=float), (len(centers),))
    return centers[group] + sd[group, None] * r.standard_normal((n, centers.shape[1])), group


def simplex(k: int, d: int, distance: float) -> NDArray[np.float64]:
    """Return k centers in d dimensions, each pair ``distance`` apart."""
    return np.eye(k, d) * distance / np.sqrt(2)


def categories(r: np.random.Generator, n: int, shares: list[float], group: Any = None) -> NDArray[Any]:
    names = np.array([f"level {chr(97 + i)}" for i in range(len(shares))], dtype=object)
    if group is None:
        return names[r.choice(len(shares), n, p=shares)]
    drawn = r.choice(len(shares), n, p=shares)
    return names[np.where(r.random(n) < 0.7, group % len(shares), drawn)]


# ── clouds without groups ─────────────────────────────────────────────────────────────────────────────────────────


def _tutorial(r, n):
    return np.column_stack([r.integers(20000, 120000, n), r.integers(1, 100, n)]).astype(float)


def _rfm(r, n):
    z = normals(r, n, np.array([[1, -0.3, -0.2], [-0.3, 1, 0.7], [-0.2, 0.7, 1]]))
    return np.exp(z * [1.0, 0.8, 1.0] + [3.0, 1.0, 5.0])


def _capped(r, n):
    z = normals(r, n, equal(4, 0.4))
    tenure = np.minimum(60, np.exp(3 + z[:, 0]))
    return np.column_stack([tenure, np.minimum(2.0, z[:, 1]), z[:, 2], np.clip(z[:, 3], -1.5, 1.5)])


def _zero_heavy(r, n):
    z = normals(r, n, equal(3, 0.5))
    spend = np.where(r.random((n, 3)) < 0.3, 0.0, np.exp(1.2 * z))
    return spend


def _mixed(r, n):
    z = normals(r, n, equal(4, 0.3))
    return np.column_stack([z[:, 0], stats.expon.ppf(stats.norm.cdf(z[:, 1])), stats.norm.cdf(z[:, 2]), z[:, 3] ** 3])


def _with_binaries(r, n):
    z = normals(r, n, equal(7, 0.3))
    return np.column_stack([z[:, :4], (z[:, 4:] > [0.0, 0.8, -0.5]).astype(float)])


def _with_categories(r, n):
    z = normals(r, n, equal(4, 0.4))
    region = np.digitize(0.5 * z[:, 3] + r.standard_normal(n), [-0.8, 0.0, 0.8])
    levels = np.array(["east", "north", "south", "west"], dtype=object)
    return {"age": z[:, 0], "spend": np.exp(z[:, 1]), "visits": z[:, 2], "region": levels[region]}


def _missing(r, n):
    x = normals(r, n, equal(5, 0.5))
    x[r.random(x.shape) < 0.15] = np.nan
    x[np.isnan(x).all(axis=1), 0] = 0.0
    return x


def _autoregressive(r, n):
    d = 8
    corr = 0.7 ** np.abs(np.subtract.outer(np.arange(d), np.arange(d)))
    return stats.gamma.ppf(stats.norm.cdf(normals(r, n, corr)), 2.0)


def _one_sided(r, n):
    z = normals(r, n, equal(4, 0.2))
    return np.abs(r.standard_normal((n, 1))) * 2 + z


def _skew_normal(r, n):
    return stats.skewnorm.ppf(stats.norm.cdf(normals(r, n, equal(4, 0.4))), 5.0)


def _rarely_bought(r, n):
    z = normals(r, n, equal(4, 0.4))
    return np.maximum(0.0, np.exp(z) - [1.0, 0.7, 1.5, 0.4])


def _rounded(r, n):
    z = normals(r, n, equal(3, 0.4))
    return np.column_stack([np.round(np.exp(10 + 0.6 * z[:, 0]), -3), np.round(40 + 12 * z[:, 1]), z[:, 2]])


def _counts(r, n):
    z = normals(r, n, equal(4, 0.4))
    rate = np.exp([1.5, 0.5, 2.5, 1.0] + 0.5 * z)
    return r.poisson(rate).astype(float)


def _copied(r, n):
    return _tutorial(r, max(30, n // 5))[np.arange(n) % max(30, n // 5)]


# ── real dependence, and sharp or curved outlines ─────────────────────────────────────────────────────────────────


def _clayton(r, n):
    v = r.gamma(0.5, size=(n, 1))
    return stats.norm.ppf((1 + r.exponential(size=(n, 3)) / v) ** -0.5)


def _gumbel(r, n):
    a = 0.5
    t = np.pi * r.random((n, 1))
    w = r.exponential(size=(n, 1))
    s = np.sin(a * t) * np.sin((1 - a) * t) ** ((1 - a) / a) / (np.sin(t) ** (1 / a) * w ** ((1 - a) / a))
    return stats.norm.ppf(np.exp(-((r.exponential(size=(n, 2)) / s) ** a)))


def _fan(r, n):
    x = r.uniform(0.1, 1.0, n)
    return np.column_stack([x, x * r.standard_normal(n)])


def _banana(r, n):
    x = r.uniform(-2, 2, n)
    return np.column_stack([x, x**2 + 0.4 * r.standard_normal(n)])


def _hump(r, n):
    z = r.standard_normal((n, 3))
    return np.column_stack([z[:, 0], -0.5 * z[:, 0] ** 2 + 0.7 * z[:, 1], z[:, 2]])


def _ball(r, n, d=3):
    z = r.standard_normal((n, d))
    return z / np.linalg.norm(z, axis=1, keepdims=True) * r.random((n, 1)) ** (1 / d)


def _ring(r, n):
    t = 2 * np.pi * r.random(n)
    return (1 + 0.1 * r.standard_normal(n))[:, None] * np.column_stack([np.cos(t), np.sin(t)])


def _half_ring(r, n):
    x = _ring(r, n)
    return np.column_stack([x[:, 0], np.abs(x[:, 1])])


def _spiral(r, n):
    t = 0.5 + 2.5 * np.pi * np.sqrt(r.random(n))
    return np.column_stack([t * np.cos(t), t * np.sin(t)]) + 0.3 * r.standard_normal((n, 2))


def _triangle(r, n):
    x = np.sort(r.random((n, 2)), axis=1)
    return x


# ── tables with groups ────────────────────────────────────────────────────────────────────────────────────────────


def _rfm3(r, n):
    x, group = blobs(r, n, [[3, 1, 4], [0.5, 3, 6.5], [5.5, 1.5, 7]], 0.7)
    return np.exp(x), group


def _survey3(r, n):
    x, group = blobs(r, n, [[-1] * 5 + [1] * 5, [1] * 5 + [-1] * 5, [1] * 10], 0.8)
    return items(x, [-1.2, -0.4, 0.4, 1.2]), group


def _elongated(r, n):
    x, group = blobs(r, n, [[0, 0], [0, 6]])
    return x * [4.0, 1.0], group


def _t_groups(r, n):
    centers = simplex(3, 5, 6.0)
    group = r.integers(0, 3, n)
    return centers[group] + r.standard_t(3, (n, 5)), group


def _noisy(r, n):
    x, group = blobs(r, n, simplex(3, 3, 5.0))
    return np.hstack([x, r.standard_normal((n, 17))]), group


def _bimodal(r, n):
    x, group = blobs(r, n, [[0], [5]])
    return np.hstack([x, r.standard_normal((n, 3))]), group


def _count_groups(r, n):
    group = r.choice(3, n, p=[0.5, 0.3, 0.2])
    rates = np.array([[2, 20, 4, 1], [15, 3, 5, 2], [3, 5, 25, 12]], dtype=float)
    return r.poisson(rates[group]).astype(float), group


def _binary_groups(r, n):
    group = r.integers(0, 3, n)
    odds = np.full((3, 12), 0.12)
    for g in range(3):
        odds[g, 4 * g : 4 * g + 4] = 0.88
    return (r.random((n, 12)) < odds[group]).astype(float), group


def _shop(r, n):
    group = r.choice(3, n, p=[0.4, 0.35, 0.25])
    z = np.array([[1, 5], [5, 1], [5.5, 5.5]])[group] + 0.6 * r.standard_normal((n, 2))
    zero = r.random(n) < 0.2
    return np.column_stack([np.exp(z[:, 0]), np.exp(z[:, 1]), np.where(zero, 0, np.exp(r.standard_normal(n)))]), group


def _mixed_groups(r, n):
    x, group = blobs(r, n, simplex(3, 3, 5.0))
    return {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "channel": categories(r, n, [0.4, 0.3, 0.3], group)}, group


def _gamma_groups(r, n):
    group = r.integers(0, 3, n)
    centers = np.array([[0, 0, 0], [9, 0, 4], [0, 9, 4]], dtype=float)
    return centers[group] + r.gamma(2.0, 1.0, (n, 3)), group


def _correlated_groups(r, n):
    group = r.integers(0, 2, n)
    step = np.array([4.0, -4.0, 0.0, 0.0])
    return normals(r, n, equal(4, 0.6)) + group[:, None] * step, group


def _crescents(r, n):
    group = r.integers(0, 2, n)
    t = np.pi * r.random(n)
    x = np.where(group, 1 - np.cos(t), np.cos(t))
    y = np.where(group, 0.5 - np.sin(t), np.sin(t))
    return np.column_stack([x, y]) + 0.08 * r.standard_normal((n, 2)), group


def _with_noise(r, n):
    x, group = blobs(r, n, [[0, 0], [4, 4]])
    return np.hstack([x, r.standard_normal((n, 6))]), group


def _uneven(r, n):
    return blobs(r, n, simplex(4, 4, 6.0), [1.0, 0.6, 1.0, 0.8], [0.5, 0.3, 0.15, 0.05])


SHAPES: tuple[Shape, ...] = (
    Shape("uniform d2", "plain", True, 1, lambda r, n: r.random((n, 2))),
    Shape("uniform d5", "plain", True, 1, lambda r, n: r.random((n, 5))),
    Shape("uniform d10", "plain", True, 1, lambda r, n: r.random((n, 10))),
    Shape("tutorial", "plain", True, 1, _tutorial),
    Shape("gauss d2", "plain", True, 1, lambda r, n: r.standard_normal((n, 2))),
    Shape("gauss d5", "plain", True, 1, lambda r, n: r.standard_normal((n, 5))),
    Shape("gauss d20", "plain", True, 1, lambda r, n: r.standard_normal((n, 20))),
    Shape("gauss d2 rho .9", "plain", True, 1, lambda r, n: normals(r, n, equal(2, 0.9))),
    Shape("gauss d5 rho .7", "plain", True, 1, lambda r, n: normals(r, n, equal(5, 0.7))),
    Shape("two factors d10", "plain", True, 1, lambda r, n: factors(r, n, 10, 2)),
    Shape("amounts (RFM)", "plain", True, 1, _rfm),
    Shape("exponential d3", "plain", True, 1, lambda r, n: r.exponential(size=(n, 3))),
    Shape("t3 d5", "dependence", True, 1, lambda r, n: r.standard_normal((n, 5)) / np.sqrt(r.chisquare(3, (n, 1)) / 3)),
    Shape("survey, ten 1-5 items", "plain", True, 1, lambda r, n: items(factors(r, n, 10, 1), [-1.2, -0.4, 0.4, 1.2])),
    Shape("ten binary items", "plain", True, 1, lambda r, n: (factors(r, n, 10, 1) > 0.3).astype(float)),
    Shape("zero-heavy amounts", "plain", True, 1, _zero_heavy),
    Shape("Poisson counts", "plain", True, 1, _counts),
    Shape("numbers and binaries", "plain", True, 1, _with_binaries),
    Shape("capped columns", "plain", False, 1, _capped),
    Shape("mixed margins", "plain", False, 1, _mixed),
    Shape("numbers and a category", "plain", False, 1, _with_categories),
    Shape("15 % missing", "plain", False, 1, _missing),
    Shape("gamma, autoregressive d8", "plain", False, 1, _autoregressive),
    Shape("skew normal", "plain", False, 1, _skew_normal),
    Shape("rounded amounts", "plain", False, 1, _rounded),
    Shape("Laplace d4", "plain", False, 1, lambda r, n: r.laplace(size=(n, 4))),
    Shape("logistic t5 d3", "plain", False, 1, lambda r, n: r.standard_t(5, (n, 3))),
    Shape("Beta(2,5) d4", "plain", False, 1, lambda r, n: r.beta(2, 5, (n, 4))),
    Shape(
        "seven-point items d6",
        "plain",
        False,
        1,
        lambda r, n: items(factors(r, n, 6, 2), list(np.linspace(-1.5, 1.5, 6))),
    ),
    Shape("negative binomial d3", "plain", False, 1, lambda r, n: r.negative_binomial(2, 0.2, (n, 3)).astype(float)),
    Shape("rows copied five times", "plain", False, 1, _copied),
    Shape("triangular margins d3", "plain", False, 1, lambda r, n: r.triangular(0, 0.3, 1, (n, 3))),
    Shape("rarely bought goods", "plain", False, 1, _rarely_bought),
    Shape("one-sided factor", "dependence", False, 1, _one_sided),
    Shape("Clayton", "dependence", False, 1, _clayton),
    Shape("Gumbel", "dependence", False, 1, _gumbel),
    Shape("fan", "dependence", False, 1, _fan),
    Shape("hump", "dependence", False, 1, _hump),
    Shape("banana", "bounded", True, 1, _banana),
    Shape("ring", "bounded", True, 1, _ring),
    Shape("disk", "bounded", True, 1, lambda r, n: _ball(r, n, 2)),
    Shape("ball d3", "bounded", True, 1, _ball),
    Shape("triangle", "bounded", True, 1, _triangle),
    Shape("simplex d4", "bounded", True, 1, lambda r, n: r.dirichlet(np.ones(5), n)[:, :4]),
    Shape("U-shaped Beta(.7,.7) d3", "bounded", True, 1, lambda r, n: r.beta(0.7, 0.7, (n, 3))),
    Shape(
        "L-shaped",
        "bounded",
        False,
        1,
        lambda r, n: np.where(r.random((n, 1)) < 0.5, r.random((n, 2)) * [1, 0.3], r.random((n, 2)) * [0.3, 1]),
    ),
    Shape("half ring", "bounded", False, 1, _half_ring),
    Shape("spiral", "bounded", False, 1, _spiral),
    Shape("4 groups 6 sd d2", "groups", True, 4, lambda r, n: blobs(r, n, [[0, 0], [6, 0], [0, 6], [6, 6]])),
    Shape("3 groups 6 sd d5", "groups", True, 3, lambda r, n: blobs(r, n, simplex(3, 5, 6.0))),
    Shape("6 groups 6 sd d10", "groups", True, 6, lambda r, n: blobs(r, n, simplex(6, 10, 6.0))),
    Shape("2 x 2 grid 4 sd", "groups", True, 4, lambda r, n: blobs(r, n, [[0, 0], [4, 0], [0, 4], [4, 4]])),
    Shape("3 groups 4 sd d5", "groups", True, 3, lambda r, n: blobs(r, n, simplex(3, 5, 4.0))),
    Shape("3 groups 3 sd d5", "groups", True, 3, lambda r, n: blobs(r, n, simplex(3, 5, 3.0))),
    Shape("5 groups 5 sd d10", "groups", True, 5, lambda r, n: blobs(r, n, simplex(5, 10, 5.0))),
    Shape("3 groups 5 sd d20", "groups", True, 3, lambda r, n: blobs(r, n, simplex(3, 20, 5.0))),
    Shape(
        "sizes .7 .2 .1, 5 sd d5", "groups", True, 3, lambda r, n: blobs(r, n, simplex(3, 5, 5.0), 1.0, [0.7, 0.2, 0.1])
    ),
    Shape("two elongated", "groups", True, 2, _elongated),
    Shape("t3 groups 6 sd", "groups", True, 3, _t_groups),
    Shape("3 segments of amounts", "groups", True, 3, _rfm3),
    Shape("survey, 3 classes", "groups", True, 3, _survey3),
    Shape("3 columns of 20 matter", "groups", True, 3, _noisy),
    Shape("one bimodal column of 4", "groups", True, 2, _bimodal),
    Shape("counts, 3 classes", "groups", False, 3, _count_groups),
    Shape("binary items, 3 classes", "groups", False, 3, _binary_groups),
    Shape("amounts with zeros, 3 classes", "groups", False, 3, _shop),
    Shape("numbers and a category, 3", "groups", False, 3, _mixed_groups),
    Shape("gamma groups", "groups", False, 3, _gamma_groups),
    Shape("two correlated groups", "groups", False, 2, _correlated_groups),
    Shape("crescents", "groups", False, 0, _crescents),
    Shape("uneven .5 .3 .15 .05", "groups", False, 4, _uneven),
    Shape(
        "8 groups 6 sd d4",
        "groups",
        False,
        8,
        lambda r, n: blobs(r, n, 6.0 * np.array([[i & 1, i >> 1 & 1, i >> 2 & 1, 0] for i in range(8)])),
    ),
    Shape(
        "unequal spreads",
        "groups",
        False,
        3,
        lambda r, n: blobs(r, n, [[0, 0, 0], [7, 0, 0], [0, 9, 0]], [1.0, 0.5, 2.0]),
    ),
    Shape(
        "2 groups + 6 noise columns",
        "groups",
        False,
        2,
        _with_noise,
    ),
)

"""Simulated tables made after the method was frozen: nothing was tuned on them, and the rates of the docs are theirs.

They came after the commit "The zeros of a count are no limit; a heap at the end of few values is one".
``also`` are numbers of segments that are right too: an unrelated column of few values may cut each group once more.
"""

from __future__ import annotations

import numpy as np
from customer_shapes import beside
from numpy.typing import NDArray
from shapes import Shape, blobs, equal, normals, simplex

# ── customers without groups ──────────────────────────────────────────────────────────────────────────────────────


def _patients(r, n):
    ago = np.minimum(365, np.ceil(r.exponential(120, n)))
    return np.column_stack([r.negative_binomial(1.2, 0.2, n), ago, np.round(np.clip(r.normal(48, 20, n), 0, 99))])


def _farms(r, n):
    land = np.maximum(5, 5 * np.round(np.exp(3.6 + 0.8 * r.standard_normal(n)) / 5))
    cows = np.where(r.random(n) < 0.5, 0, r.poisson(0.8 * land))
    return np.column_stack([land, cows, np.round(land * np.exp(5.3 + 0.2 * r.standard_normal(n)))])


def _readers(r, n):
    years = np.minimum(10, np.round(r.exponential(6, n)))
    fines = np.where(r.random(n) < 0.7, 0.0, 0.5 * np.ceil(r.exponential(6, n)))
    return np.column_stack([r.poisson(r.gamma(1.4, 9, n)), fines, years])


def _wine(r, n):
    bottles = 6 * (1 + r.negative_binomial(1.5, 0.3, n))
    return np.column_stack([bottles, np.round(np.exp(r.normal(2.3, 0.4, n)), 2), np.round(r.beta(4, 2, n), 2)])


def _commuters(r, n):
    return np.column_stack([np.round(r.gamma(2, 7, n), 1), r.binomial(10, 0.7, n), np.round(r.exponential(9, n))])


def _tenants(r, n):
    z = normals(r, n, equal(2, 0.5))
    arrears = np.where(r.random(n) < 0.92, 0.0, np.round(np.exp(6 + 0.8 * r.standard_normal(n))))
    years = np.minimum(30, np.round(r.exponential(8, n)))
    rent = 10 * np.round((800 + 220 * z[:, 0]) / 10)
    return np.column_stack([rent, 1 + np.digitize(z[:, 1], [-1.4, -0.4, 0.5, 1.3, 2.1]), years, arrears])


def _learners(r, n):
    streak = np.minimum(365, r.geometric(0.03, n))
    return np.column_stack([streak, r.poisson(2.5 * streak), np.round(100 * r.beta(8, 2, n))])


def _callers(r, n):
    calls = r.poisson(r.gamma(0.8, 2.5, n))
    return np.column_stack([calls, np.round(calls * r.gamma(4, 1.5, n), 1), r.binomial(10, 0.8, n)])


def _riders(r, n):
    rides = 1 + r.negative_binomial(1.1, 0.07, n)
    return np.column_stack([rides, np.round(rides * r.gamma(5, 0.4, n), 1), r.binomial(rides, 0.25)])


def _cinema(r, n):
    tickets = 1 + r.poisson(3, n)
    return np.column_stack([tickets, r.binomial(tickets, 0.5), np.minimum(730, np.round(r.exponential(200, n)))])


def _accounts(r, n):
    staff = np.ceil(np.exp(2.5 + 1.4 * r.standard_normal(n)))
    discount = r.choice([0, 5, 10, 15, 20], n, p=[0.4, 0.2, 0.2, 0.1, 0.1])
    return np.column_stack([staff, r.poisson(5 * staff**0.3), discount])


def _heavy(r, n):
    return normals(r, n, equal(3, 0.3)) * np.sqrt(6 / r.chisquare(6, (n, 1)))


def _bodies(r, n):
    height = np.round(r.normal(171, 9, n))
    weight = np.round(0.9 * (height - 100) + 12 * r.standard_normal(n) + 3)
    return np.column_stack([height, weight, np.round(r.uniform(18, 80, n))])


def _sparse_goods(r, n):
    taste = r.standard_normal((n, 1))
    bought = r.random((n, 5)) < np.array([0.2, 0.3, 0.4, 0.5, 0.6])
    return np.round(np.where(bought, np.exp(3 + 0.4 * taste + 0.6 * r.standard_normal((n, 5))), 0.0), 2)


def _seasons(r, n):
    return np.round(np.exp(4.5 + 0.7 * r.standard_normal((n, 1)) + 0.5 * r.standard_normal((n, 4))), 2)


def _months(r, n):
    return r.poisson(r.gamma(1.0, 0.6, (n, 1)), (n, 12)) + 0.0


def _plants(r, n):
    hours = np.minimum(8_760, np.round(r.gamma(12, 480, n)))
    return np.column_stack([hours, np.round(hours * r.gamma(20, 0.004, n)), np.round(r.normal(14, 5, n)).clip(0)])


# ── what bends or bounds them ─────────────────────────────────────────────────────────────────────────────────────


def _saturation(r, n):
    seen = r.gamma(2, 3, n)
    return np.column_stack([seen, 100 * (1 - np.exp(-seen / 4)) + 4 * r.standard_normal(n)])


def _budget(r, n):
    budget = r.uniform(50, 200, n)
    return np.column_stack([np.round(budget, 1), np.round(budget * r.uniform(0, 1, n), 1)])


# ── open kinds ────────────────────────────────────────────────────────────────────────────────────────────────────


def _stars_and_sales(r, n):
    reviews = 1 + r.poisson(0.8, n)
    given = np.array([r.choice(5, m, p=[0.1, 0.05, 0.1, 0.25, 0.5]).mean() + 1 for m in reviews])
    return np.column_stack([np.round(given, 2), np.exp(r.normal(3, 0.7, n)), r.poisson(4, n)])


def _gaps_between(r, n):
    """Days between orders, none where there was only one."""
    orders = 1 + r.geometric(0.4, n) - 1
    gap = np.where(orders > 1, np.round(r.gamma(2, 20, n)), 0.0)
    return np.column_stack([orders, gap, np.round(orders * np.exp(r.normal(3.5, 0.5, n)), 2)])


def _stopped(r, n):
    """Players half of whom stopped within weeks."""
    weeks = np.where(r.random(n) < 0.5, np.ceil(r.exponential(2, n)), np.ceil(r.uniform(0, 52, n)))
    return np.column_stack([weeks, r.poisson(6 * weeks), np.round(np.exp(r.normal(1, 1, n)) * weeks, 2)])


# ── customers with groups ─────────────────────────────────────────────────────────────────────────────────────────


def _plans(r, n):
    group = r.choice(3, n, p=[0.5, 0.3, 0.2])
    rates = np.array([[20, 5, 2], [60, 30, 3], [15, 70, 12]], dtype=float)
    return np.column_stack([r.poisson(rates[group]), np.exp(r.normal(3, 0.5, n))]).astype(float), group


def _savers(r, n):
    group = (r.random(n) < 0.4) + 0
    z = normals(r, n, equal(3, 0.5))
    return np.where(group[:, None] == 0, [0.0, 0.0, 0.0], [5.5, -3.0, 3.0]) + z, group


def _bands(r, n):
    return blobs(r, n, simplex(4, 3, 5.5), [1.0, 0.9, 1.0, 0.8])


def _wide(r, n):
    return blobs(r, n, simplex(5, 12, 6.5))


def _visitors(r, n):
    group = r.choice(3, n, p=[0.45, 0.35, 0.2])
    mean = np.array([3.0, 18.0, 90.0])[group]
    hour = np.array([9.0, 14.0, 20.0])[group] + r.standard_normal(n)
    return np.column_stack([r.poisson(mean * r.gamma(12, 1 / 12, n)), np.round(hour, 1)]), group


def _near(r, n):
    return blobs(r, n, simplex(2, 3, 4.5))


def _small_third(r, n):
    return blobs(r, n, simplex(3, 4, 7.0), 1.0, [0.5, 0.44, 0.06])


def _twelve_answers(r, n):
    group = r.integers(0, 3, n)
    yes = np.kron(np.eye(3), np.ones((1, 4)))[group] * 0.8 + 0.1
    return (r.random((n, 12)) < yes) + 0.0, group


def _never_bought(r, n):
    group = r.choice(3, n, p=[0.4, 0.35, 0.25])
    x = np.exp(np.array([[4, 0, 3], [4, 4, 5], [6.5, 4, 3]])[group] + 0.45 * r.standard_normal((n, 3)))
    x[group == 0, 1] = 0.0
    return np.round(x, 2), group


def _tails(r, n):
    group = r.integers(0, 4, n)
    return simplex(4, 4, 8.0)[group] + r.standard_t(5, (n, 4)), group


# ── clear groups beside one unrelated column ──────────────────────────────────────────────────────────────────────


def _sector(r: np.random.Generator, n: int) -> NDArray[np.object_]:
    kinds = np.array(["food", "health", "home", "sport", "toys", "travel"], dtype=object)
    return kinds[r.choice(6, n, p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])]


def _bought(share):
    return lambda r, n: np.where(r.random(n) < share, np.round(np.exp(r.normal(3.2, 0.7, n)), 2), 0.0)


def _few_returned(r, n):
    orders = 1 + r.poisson(1.5, n)
    return r.binomial(orders, 0.3) / orders


BESIDE = {
    "yes 45 %": lambda r, n: (r.random(n) < 0.45) + 0.0,
    "yes 20 %": lambda r, n: (r.random(n) < 0.2) + 0.0,
    "yes 5 %": lambda r, n: (r.random(n) < 0.05) + 0.0,
    "an amount, 5 % bought": _bought(0.05),
    "an amount, 25 % bought": _bought(0.25),
    "a tenure that stops at 24": lambda r, n: np.minimum(24, np.round(r.exponential(16, n))),
    "a count of many": lambda r, n: r.negative_binomial(1.5, 0.1, n) + 0.0,
    "an opinion 1 to 7": lambda r, n: r.binomial(6, 0.6, n) + 1.0,
    "a category of six": _sector,
    "an income with gaps": lambda r, n: np.where(r.random(n) < 0.15, np.nan, np.exp(r.normal(10.3, 0.4, n))),
    "a share between": lambda r, n: np.round(r.beta(2, 3, n), 2),
    "a share of few": _few_returned,
}
SPLITTING = {"yes 45 %": 6, "yes 20 %": 6, "yes 5 %": 6, "an amount, 5 % bought": 6, "an amount, 25 % bought": 6,
             "a tenure that stops at 24": 6, "a category of six": 18, "a share of few": 6}  # fmt: skip

FRESH: tuple[Shape, ...] = (
    *(
        Shape(name, "plain", False, 1, make)
        for name, make in {
            "patients": _patients,
            "farms": _farms,
            "readers of a library": _readers,
            "a wine club": _wine,
            "commuters": _commuters,
            "tenants": _tenants,
            "learners and their streaks": _learners,
            "callers": _callers,
            "riders": _riders,
            "a cinema": _cinema,
            "business accounts": _accounts,
            "three scores with tails": _heavy,
            "bodies": _bodies,
            "five goods, sparsely bought": _sparse_goods,
            "four seasons": _seasons,
            "twelve monthly counts": _months,
            "plants and their hours": _plants,
        }.items()
    ),
    Shape("what is seen and what is bought", "dependence", False, 1, _saturation),
    Shape("a budget and its use", "bounded", False, 1, _budget),
    Shape("mean of few stars, and sales", "open", False, 1, _stars_and_sales),
    Shape("gaps between few orders", "open", False, 1, _gaps_between),
    Shape("players half of whom stopped", "open", False, 1, _stopped),
    Shape("three plans", "groups", False, 3, _plans),
    Shape("savers and spenders", "groups", False, 2, _savers),
    Shape("four bands", "groups", False, 4, _bands),
    Shape("five d12", "groups", False, 5, _wide),
    Shape("visitors by the hour", "groups", False, 3, _visitors),
    Shape("two 4.5 sd d3", "groups", False, 2, _near),
    Shape("sizes .5 .44 .06", "groups", False, 3, _small_third),
    Shape("twelve yes or no, 3 classes", "groups", False, 3, _twelve_answers),
    Shape("who never bought one thing", "groups", False, 3, _never_bought),
    Shape("t5 groups 8 sd d4", "groups", False, 4, _tails),
    *(
        Shape(f"3 groups, {name}", "beside", False, 3, beside(column), (SPLITTING[name],) if name in SPLITTING else ())
        for name, column in BESIDE.items()
    ),
)

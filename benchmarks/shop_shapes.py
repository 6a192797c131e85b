"""More simulated tables with the columns that customer tables have, without groups.

They were made before the verdict learned that the zeros of a count are no limit and that a heap at the end of few
values is one, from "orders by quarter" and "drivers" among them.
"""

from __future__ import annotations

import numpy as np
from shapes import Shape, equal, normals

# ── customers without groups ──────────────────────────────────────────────────────────────────────────────────────


def _gym(r, n):
    months = np.minimum(60, np.round(r.exponential(20, n)))
    return np.column_stack([months, r.negative_binomial(1.5, 0.15, n), r.choice([19, 29, 49], n, p=[0.5, 0.3, 0.2])])


def _bank(r, n):
    z = normals(r, n, equal(3, 0.4))
    balance = np.round(1_500 + 900 * np.sinh(0.9 * z[:, 0]), 2)
    salary = np.where(r.random(n) < 0.35, 0.0, np.round(np.exp(7.6 + 0.4 * z[:, 1]), -1))
    return np.column_stack([balance, salary, 1 + r.binomial(5, 1 / (1 + np.exp(1.2 - z[:, 2])))])


def _telephone(r, n):
    z = normals(r, n, equal(2, 0.3))
    used = np.minimum(10, np.round(np.exp(1.1 + 0.8 * z[:, 0]), 2))
    return np.column_stack([used, np.round(np.exp(4.5 + 0.9 * z[:, 1])), r.poisson(0.4, n)])


def _hotel(r, n):
    ahead = np.where(r.random(n) < 0.15, 0, np.ceil(r.exponential(35, n)))
    return np.column_stack([1 + r.negative_binomial(1.3, 0.35, n), ahead, np.round(np.exp(r.normal(4.7, 0.35, n)))])


def _subscription(r, n):
    months = r.integers(1, 49, n)
    skipped = r.binomial(months, 0.1)
    return np.column_stack([months, skipped, np.round((months - skipped) * np.exp(r.normal(2.5, 0.2, n)), 2)])


def _two_moods(r, n):
    mood = normals(r, n, equal(2, 0.2)) @ np.kron(np.eye(2), np.ones((1, 3)))
    return np.digitize(mood + 0.9 * r.standard_normal((n, 6)), [-2.2, -1.3, -0.5, 0.4, 1.2, 2.1]) + 1.0


def _drivers(r, n):
    age = np.round(np.clip(r.normal(44, 16, n), 18, 88))
    licensed = np.maximum(0, age - 18 - r.geometric(0.25, n) + 1)
    free = np.minimum(15, np.minimum(licensed, r.geometric(0.12, n)))
    return np.column_stack([age, licensed, free, np.round(np.exp(6.3 - 0.01 * age + 0.3 * r.standard_normal(n)))])


def _donors(r, n):
    usual = r.choice([10, 20, 25, 50, 100, 200], n, p=[0.22, 0.25, 0.15, 0.22, 0.12, 0.04])
    gift = np.where(r.random(n) < 0.7, usual, np.round(np.exp(r.normal(3.4, 0.7, n))))
    return np.column_stack([r.geometric(0.3, n), gift, r.integers(0, 37, n)])


def _panel(r, n):
    return np.column_stack([np.round(np.exp(r.normal(4, 0.8, n)), 1), np.round(r.beta(2, 2, n), 2), r.poisson(3, n)])


def _students(r, n):
    grades = np.clip(np.round(72 + 13 * normals(r, n, equal(3, 0.6))), 0, 100)
    return np.column_stack([grades, r.negative_binomial(0.7, 0.25, n)])


def _points(r, n):
    earned = 50 * np.round(np.exp(r.normal(6.5, 0.9, n)) / 50)
    spent = np.where(r.random(n) < 0.4, 0.0, 50 * np.round(earned * r.beta(2, 3, n) / 50))
    return np.column_stack([earned, spent, np.round(r.gamma(2, 14, n))])


def _branches(r, n):
    z = normals(r, n, np.array([[1, 0.9, 0.6], [0.9, 1, 0.6], [0.6, 0.6, 1]]))
    return np.exp(np.array([13, 2.3, 6]) + np.array([0.6, 0.5, 0.4]) * z).round()


def _steps(r, n):
    z = normals(r, n, np.array([[1, 0.2, -0.3], [0.2, 1, -0.1], [-0.3, -0.1, 1]]))
    return np.column_stack([np.round(8_000 + 2_500 * z[:, 0]), np.round(7 + z[:, 1], 1), np.round(62 + 8 * z[:, 2])])


def _baskets(r, n):
    shares = np.round(100 * r.dirichlet([5, 3, 2, 2], n)[:, :3])
    return np.column_stack([shares, 1 + r.negative_binomial(2, 0.08, n), np.round(np.exp(r.normal(3.4, 0.5, n)), 2)])


def _players(r, n):
    z = normals(r, n, equal(3, 0.5))
    sessions = 1 + r.poisson(np.exp(1.8 + z[:, 0]))
    paid = np.where(z[:, 1] > 1.6, np.exp(2.5 + 1.2 * z[:, 2]), 0.0)
    return np.column_stack([sessions, np.floor(3 * np.sqrt(sessions)) + r.poisson(2, n), np.round(paid, 2)])


def _homes(r, n):
    area = np.round(np.exp(4.5 + 0.4 * r.standard_normal(n)))
    people = 1 + np.minimum(5, r.poisson(1.3, n))
    return np.column_stack([area, people, np.round(25 * area * np.exp(0.3 * r.standard_normal(n)) + 500 * people)])


def _quarters(r, n):
    return r.poisson(r.gamma(1.3, 2.5, (n, 1)), (n, 4)) + 0.0


# ── what bends or bounds them ─────────────────────────────────────────────────────────────────────────────────────


def _volume_price(r, n):
    volume = np.exp(r.normal(4, 1, n))
    return np.column_stack([volume, 8 + 60 / (3 + volume / 12) + 0.8 * r.standard_normal(n)])


def _both_limits(r, n):
    used = np.clip(r.normal(0.55, 0.35, n), 0, 1)
    return np.column_stack([np.round(100 * used), np.round(100 * np.clip(used + 0.25 * r.standard_normal(n), 0, 1))])


# ── open kinds ────────────────────────────────────────────────────────────────────────────────────────────────────


def _stars(r, n):
    reviews = 1 + r.poisson(1.2, n)
    given = np.array([r.choice(5, m, p=[0.06, 0.06, 0.13, 0.3, 0.45]).mean() + 1 for m in reviews])
    return np.column_stack([given, reviews, np.exp(r.normal(4, 0.8, n))])


def _sale_share(r, n):
    orders = 1 + r.negative_binomial(1.2, 0.2, n)
    return np.column_stack([np.round(r.binomial(orders, 0.35) / orders, 2), orders, np.exp(r.normal(3.6, 0.5, n))])


def _churned(r, n):
    """Subscribers who came evenly over four years; four in ten have left since."""
    since = r.uniform(0, 48, n)
    stayed = np.minimum(since, np.where(r.random(n) < 0.5, np.inf, r.exponential(18, n)))
    return np.column_stack([np.round(since - stayed), np.round(stayed), np.round(r.gamma(4, 6, n), 2)])


MORE_CUSTOMERS: tuple[Shape, ...] = (
    *(
        Shape(name, "plain", False, 1, make)
        for name, make in {
            "a gym's members": _gym,
            "a bank's balances": _bank,
            "telephone use up to a limit": _telephone,
            "hotel nights": _hotel,
            "a subscription and its skips": _subscription,
            "six opinions, two moods": _two_moods,
            "drivers": _drivers,
            "donors": _donors,
            "a panel": _panel,
            "grades and absence": _students,
            "points by fifty": _points,
            "branches": _branches,
            "steps and sleep": _steps,
            "shares of a basket": _baskets,
            "players": _players,
            "homes": _homes,
            "orders by quarter": _quarters,
        }.items()
    ),
    Shape("volume and its price", "dependence", False, 1, _volume_price),
    Shape("use between two limits", "bounded", False, 1, _both_limits),
    Shape("mean of few stars", "open", False, 1, _stars),
    Shape("share of many orders on sale", "open", False, 1, _sale_share),
    Shape("subscribers, half of them leaving", "open", False, 1, _churned),
)

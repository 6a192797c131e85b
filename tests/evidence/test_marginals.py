"""The nearest distribution with a single mode, and broken ties."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.evidence import _structure, marginals
from prepared_tables import keys


def best_unimodal(values):
    """Fit a unimodal distribution function by hand: every observed value as the mode, slow hulls."""
    u, counts = np.unique(values, return_counts=True)
    head = np.cumsum(counts) / counts.sum()
    foot = head - counts / counts.sum()
    best = np.inf
    for m in range(len(u)):
        left = np.array([lower_hull(u[: m + 1], foot[: m + 1], t) for t in u[: m + 1]])
        right = -np.array([lower_hull(u[m:], -head[m:], t) for t in u[m:]])
        distance = max((head[:m] - left[:m]).max(initial=0), (right[1:] - foot[m + 1 :]).max(initial=0))
        best = min(best, distance)
    return best


def lower_hull(x, y, t):
    """Return the greatest convex function below (x, y), at t."""
    at = [y[i] for i in range(len(x)) if x[i] == t]
    chords = [
        y[i] + (y[j] - y[i]) * (t - x[i]) / (x[j] - x[i])
        for i in range(len(x))
        for j in range(len(x))
        if x[i] < t < x[j]
    ]
    return min([*at, *chords])


@pytest.mark.parametrize("seed", range(4))
def test_unimodal_fit_is_the_best_one(seed):
    r = np.random.default_rng(seed)
    values = np.concatenate([r.normal(size=12), r.normal(4, 1, size=9)]).round(2)
    u, counts = np.unique(values, return_counts=True)
    head = np.cumsum(counts) / counts.sum()
    foot = head - counts / counts.sum()
    x, height = _structure.unimodal(u, foot, head, np.arange(len(u)))
    mode = next((i for i in range(len(x) - 1) if x[i] == x[i + 1]), 0)
    before = np.interp(u[u < x[mode]], x[: mode + 1], height[: mode + 1])
    after = np.interp(u[u > x[mode]], x[mode + 1 :], height[mode + 1 :])
    distance = max((head[u < x[mode]] - before).max(initial=0), (after - foot[u > x[mode]]).max(initial=0))
    assert distance == pytest.approx(best_unimodal(values), abs=1e-12)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(height) >= 0).all()


def test_one_peak_keeps_the_sum_and_a_single_peak():
    shape = marginals._one_peak(np.arange(7.0), np.array([0.3, 0.05, 0.05, 0.3, 0.2, 0.1]))
    assert shape.sum() == pytest.approx(1.0)
    turns = np.sign(np.diff(shape))
    turns = turns[turns != 0]
    assert (np.diff(turns) <= 0).all()


def test_ties_are_broken_by_the_row_alone():
    Z = np.random.default_rng(0).integers(0, 5, (200, 2)).astype(float)
    key = keys(200)
    shaken = marginals.jitter(Z, marginals.measure_steps(Z), key)
    assert np.abs(shaken - Z).max() <= 0.5
    assert len(np.unique(shaken[:, 0])) == 200
    order = np.random.default_rng(1).permutation(200)
    assert np.array_equal(marginals.jitter(Z[order], marginals.measure_steps(Z), key[order]), shaken[order])


def shares(most):
    r = np.random.default_rng(3)
    orders = 1 + np.minimum(r.poisson(1.5, 400), most - 1)
    return r.binomial(orders, 0.3) / orders


ONE_STEP = {
    "a rating": np.random.default_rng(1).integers(1, 6, 400),
    "nought to ten": np.random.default_rng(1).integers(0, 11, 400),
    "orders": np.random.default_rng(1).poisson(4, 400),
    "ages": np.random.default_rng(1).normal(45, 15, 400).round(),
    "two decimals": np.random.default_rng(1).random(400).round(2),
    "an amount": np.random.default_rng(1).lognormal(3, 1, 400),
    "mostly nothing": np.where(np.random.default_rng(1).random(400) < 0.9, 0, np.random.default_rng(2).random(400)),
    "nothing near a fraction": np.repeat([0.0, 0.029, 0.46, 1.0], 100),
    "yes or no": np.random.default_rng(1).integers(0, 2, 400),
}


@pytest.mark.parametrize("decimals", [2, 4, 15])
@pytest.mark.parametrize("scale", [1.0, 100.0, 0.37])
def test_a_share_of_few_keeps_its_heaps(decimals, scale):
    values = shares(12).round(decimals) * scale
    found = marginals.fit_marginal(values)
    there, counts = np.unique(values, return_counts=True)
    assert (found.x[::2] == there).all()
    assert np.diff(found.height)[::2] == pytest.approx(counts / len(values))


@pytest.mark.parametrize("name", ONE_STEP)
def test_steps_of_one_length_are_no_shares_of_few(name):
    assert not marginals.is_share_of_few(*np.unique(ONE_STEP[name] * 1.0, return_counts=True))

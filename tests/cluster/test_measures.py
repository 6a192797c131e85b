"""Measures of partitions and distributions, against scikit-learn, scipy and published values."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog
from scipy.stats import norm
from sklearn import metrics

from coterie.cluster import _measures, fit, measures


@pytest.fixture(scope="module")
def solved():
    rng = np.random.default_rng(3)
    Z = rng.normal(size=(300, 3)) + 4 * rng.normal(size=(4, 3))[rng.integers(0, 4, 300)]
    return Z, fit(Z, 4)


def test_silhouettes_are_scikit_learns(solved):
    Z, found = solved
    assert np.allclose(measures.silhouette(Z, found.label, 4), metrics.silhouette_samples(Z, found.label), atol=1e-12)
    rows = np.array([5, 0, 299])
    assert np.array_equal(
        measures.silhouette(Z, found.label, 4, rows=rows), measures.silhouette(Z, found.label, 4)[rows]
    )


def test_adjusted_rand_of_many_pairs_is_scikit_learns():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 4, (6, 90)), rng.integers(0, 3, (6, 90))
    b[0] = a[0] % 3
    wanted = [metrics.adjusted_rand_score(x, y) for x, y in zip(a, b, strict=True)]
    assert np.allclose(measures.adjusted_rand(a, b), wanted)
    assert np.allclose(measures.adjusted_rand(a[0], b), [metrics.adjusted_rand_score(a[0], y) for y in b])
    assert measures.adjusted_rand(np.zeros(5, int), np.zeros(5, int)) == 1.0


def test_jaccard_is_rows_in_both_over_rows_in_either():
    a, b = np.array([0, 0, 1, 2, -1]), np.array([1, 1, 1, 0, 0])
    assert np.allclose(measures.jaccard(a, b, 3, 2), [[0, 2 / 3], [0, 1 / 3], [1, 0]])


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (6, 4), (9, 9), (1, 1)])
def test_match_finds_the_best_partners(shape):
    overlap = np.random.default_rng(sum(shape)).random(shape)
    partner = measures.match(overlap)
    rows, columns = linear_sum_assignment(-overlap)
    paired = partner >= 0
    assert len(set(partner[paired])) == paired.sum() == min(shape)
    assert overlap[np.flatnonzero(paired), partner[paired]].sum() == pytest.approx(overlap[rows, columns].sum())


def dip_by_linear_program(x):
    """Return the least distance of a unimodal distribution function, by trying each mode."""
    v, count = np.unique(x, return_counts=True)
    high = np.cumsum(count) / count.sum()
    low = high - count / count.sum()
    n = len(v)
    best = np.inf
    for mode in range(n):
        # unknowns: the function left and right of each value (equal but at the mode), and the distance
        left, right, distance = np.arange(n), np.arange(n, 2 * n), 2 * n
        rows, bounds, same = [], [], []

        def at_most(terms, value, rows=rows, bounds=bounds):
            row = np.zeros(2 * n + 1)
            for index, factor in terms:
                row[index] += factor
            rows.append(row)
            bounds.append(value)

        for i in range(n):
            at_most([(left[i], 1), (distance, -1)], low[i])
            at_most([(left[i], -1), (distance, -1)], -low[i])
            at_most([(right[i], 1), (distance, -1)], high[i])
            at_most([(right[i], -1), (distance, -1)], -high[i])
            at_most([(left[i], 1), (right[i], -1)], 0)
            if i != mode:
                row = np.zeros(2 * n + 1)
                row[left[i]], row[right[i]] = 1, -1
                same.append(row)
            if i:
                at_most([(right[i - 1], 1), (left[i], -1)], 0)
        for i in range(1, n - 1):
            a, b = v[i] - v[i - 1], v[i + 1] - v[i]
            before, after = [(left[i], 1 / a), (right[i - 1], -1 / a)], [(left[i + 1], 1 / b), (right[i], -1 / b)]
            if i < mode:
                at_most(before + [(j, -f) for j, f in after], 0)
            elif i > mode:
                at_most(after + [(j, -f) for j, f in before], 0)
        cost = np.zeros(2 * n + 1)
        cost[distance] = 1
        equal = (np.array(same), np.zeros(len(same))) if same else (None, None)
        found = linprog(cost, np.array(rows), bounds, *equal)
        best = min(best, found.fun)
    return best


@pytest.mark.parametrize("seed", range(25))
def test_dip_is_the_distance_to_the_nearest_unimodal_distribution(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 14))
    x = rng.normal(size=n) if seed % 2 else rng.integers(0, 6, n).astype(float)
    if len(np.unique(x)) > 1:
        assert float(measures.dip(x)) == pytest.approx(dip_by_linear_program(x), abs=1e-9)


def test_dip_of_many_samples_is_each_ones_dip():
    rng = np.random.default_rng(0)
    samples = [rng.normal(size=n) for n in (5, 50, 500)]
    assert measures.dip(samples).tolist() == [float(measures.dip(s)) for s in samples]
    assert measures.dip(np.stack([samples[1], samples[1] * 3 + 1])) == pytest.approx(
        [float(measures.dip(samples[1]))] * 2
    )
    assert float(measures.dip(np.r_[samples[2], samples[2] + 40])) > 0.2


def test_the_normal_distribution_is_scipys_in_both_tails():
    x = np.linspace(-37, 9, 2001)
    assert np.allclose(_measures.norm_cdf(x, 1), norm.cdf(x), rtol=1e-12, atol=0)
    p = np.r_[10.0 ** -np.linspace(0.01, 300, 500), np.linspace(0.001, 0.999, 500), 1 - 10.0 ** -np.arange(4, 16)]
    assert np.allclose(_measures.norm_ppf(p, 1), norm.ppf(p), rtol=1e-12, atol=1e-14)
    assert _measures.norm_ppf(np.array([0.0, 1.0]), 1).tolist() == [-np.inf, np.inf]
    assert np.isnan(_measures.norm_ppf(np.array([-0.1, 1.1, np.nan]), 1)).all()

"""What must hold of every fit: weights, order, units, exact arithmetic, processors, threads."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from coterie.cluster import Fit, Job, _kernel, assign, fit, fit_many

SEEDS = st.integers(0, 2**32 - 1)


def table(seed, n=None, d=None, missing=0.0):
    """Groups, a tail, rounded values or a grid; now and then far from zero or in very unequal units."""
    rng = np.random.default_rng(seed)
    n, d = n or int(rng.integers(20, 400)), d or int(rng.integers(1, 12))
    Z = rng.normal(size=(n, d)) + 4 * rng.normal(size=(5, d))[rng.integers(0, 5, n)]
    kind = seed % 5
    if kind == 1:
        Z = np.exp(Z)
    if kind == 2:
        Z = np.round(Z)
    if kind == 3:
        Z = Z * 10.0 ** rng.integers(-6, 7, d)
    if kind == 4:
        Z = Z + 1e6
    Z[rng.random(Z.shape) < missing] = np.nan
    return Z[~np.isnan(Z).all(axis=1)]


def digest(fits):
    return [
        (f.centers.tobytes(), f.label.tobytes(), f.sizes.tobytes(), f.inertia, f.iterations, f.hits, repr(f.runner_up))
        for f in fits
    ]


def exact_labels(Z, centers):
    """Return the first center within 1e-12 of the least squared distance, summed in column order."""
    squared = np.zeros((len(Z), len(centers)))
    for j in range(Z.shape[1]):
        squared += np.nan_to_num((Z[:, j, None] - centers[None, :, j]) ** 2)
    return (squared <= squared.min(axis=1, keepdims=True) + 1e-12).argmax(axis=1)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 15), st.sampled_from([0.0, 0.0, 0.1, 0.4]))
def test_a_fit_is_a_fixed_point_of_exact_arithmetic(seed, k, missing):
    Z = table(seed, missing=missing)
    k = min(k, len(np.unique(np.nan_to_num(Z), axis=0)))
    found = fit_many([Z], [Job(k, seed=seed % 1000, starts=2, swaps=3)])[0]
    assert np.array_equal(found.label, exact_labels(Z, found.centers))
    assert np.array_equal(found.label, assign(Z, found.centers).label)
    for c in np.flatnonzero(found.sizes):
        rows = Z[found.label == c]
        there = ~np.isnan(rows).all(axis=0)
        means = np.nanmean(rows[:, there], axis=0)
        assert np.allclose(found.centers[c, there], means, rtol=1e-12, atol=1e-12 * np.nanmax(abs(Z)))
    squared = np.nan_to_num((Z - found.centers[found.label]) ** 2)
    assert found.inertia == pytest.approx(squared.sum(), rel=1e-12)
    assert np.array_equal(found.sizes, np.bincount(found.label, minlength=k))
    assert (np.diff(found.sizes) <= 0).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.2]))
def test_every_processor_and_any_number_of_threads_give_the_same_bytes(seed, missing):
    Z = table(seed, missing=missing)
    weights = np.random.default_rng(seed).multinomial(len(Z), np.full(len(Z), 1 / len(Z)), size=2).astype(float)
    jobs = [
        Job(k, weight=w, seed=seed, starts=3, swaps=4, enough=2)
        for k in (2, 5, 17)
        for w in (-1, 0, 1)
        if k < len(Z) / 3
    ]
    best = _kernel.target()
    try:
        digests = [
            digest(fit_many([Z], jobs, weights=weights, threads=threads))
            for target in ("avx512", "avx2", "plain")
            if _kernel.choose_target(target)
            for threads in (1, 3)
        ]
    finally:
        assert _kernel.choose_target(best)
    assert all(d == digests[0] for d in digests)


def test_a_large_table_in_pieces_gives_the_same_bytes_for_any_number_of_threads():
    Z = table(5, n=30_001, d=4, missing=0.05)
    jobs = [Job(7, seed=1, starts=2, swaps=4), Job(3, seed=2)]
    assert digest(fit_many([Z], jobs, threads=1)) == digest(fit_many([Z], jobs, threads=4))


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(2, 6))
def test_weight_two_is_the_row_twice(seed, k):
    Z = table(seed, n=120, d=3)
    counts = np.random.default_rng(seed).integers(0, 4, len(Z))
    if np.count_nonzero(counts) <= k:
        return
    hard = {"seed": 1, "starts": 40, "swaps": 600}  # so that both find the optimum
    weighted = fit(Z, k, weight=counts.astype(float), **hard)
    repeated = fit(np.repeat(Z, counts, axis=0), k, **hard)
    assert weighted.inertia == pytest.approx(repeated.inertia, rel=2e-3)
    if weighted.inertia == pytest.approx(repeated.inertia, rel=1e-9):
        assert np.allclose(weighted.sizes, repeated.sizes)
        assert np.allclose(weighted.centers, repeated.centers)
    # the weighted optimum is a fixed point of the repeated rows, with the same inertia
    labels = assign(np.repeat(Z, counts, axis=0), weighted.centers).label
    assert np.array_equal(labels, np.repeat(weighted.label, counts))
    squared = ((Z - weighted.centers[weighted.label]) ** 2).sum(axis=1)
    assert weighted.inertia == pytest.approx((counts * squared).sum(), rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(2, 5))
def test_row_order_does_not_matter_where_one_solution_is_best(seed, k):
    rng = np.random.default_rng(seed)
    Z = (
        rng.normal(size=(150, 3))
        + 30 * rng.permutation(np.eye(5, 3) + np.arange(5)[:, None])[:k][rng.integers(0, k, 150)]
    )
    order = rng.permutation(len(Z))
    one, other = fit(Z, k), fit(Z[order], k)
    assert np.allclose(one.centers, other.centers, rtol=1e-12)
    assert np.array_equal(one.label[order], other.label)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([1e-3, 1000.0, 2.0**40, 1e12]))
def test_units_do_not_matter(seed, unit):
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(200, 4)) + 20 * rng.normal(size=(3, 4))[rng.integers(0, 3, 200)]
    one, other = fit(Z, 3), fit(Z * unit, 3)
    assert np.array_equal(one.label, other.label)
    assert other.inertia == pytest.approx(one.inertia * unit**2)


@cache
def partitions(n, k):
    """Return every labelling of n rows with k clusters, each once."""
    found = [()]
    for _ in range(n):
        found = [(*p, c) for p in found for c in range(min(k, max(p, default=-1) + 2))]
    return found


def exact_inertia(rows, labels, k):
    """Return the within sum of squares of integer rows: all squares, less |sum|² / rows of each cluster."""
    total = Fraction(sum(x * x + y * y for x, y in rows))
    for c in range(k):
        own = [r for r, label in zip(rows, labels, strict=True) if label == c]
        if own:
            total -= Fraction(sum(x for x, _ in own) ** 2 + sum(y for _, y in own) ** 2, len(own))
    return total


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=4, max_size=7), st.integers(2, 3))
@example([(0, 0), (0, 0), (0, 1), (3, 0), (0, 3)], 2)
@example([(-6, -1), (-8, 9), (4, 4), (-5, 1), (0, 0)], 2)
def test_tiny_tables_reach_the_optimum_of_rational_arithmetic(rows, k):
    if len(set(rows)) < k:
        return
    best = min(exact_inertia(rows, labels, k) for labels in partitions(len(rows), k))
    found = fit(np.array(rows, dtype=float), k)
    assert found.inertia == pytest.approx(float(best), rel=1e-12, abs=1e-12)
    assert found.inertia == pytest.approx(float(exact_inertia(rows, found.label, k)), rel=1e-12, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 9))
@example(310965819, 2)  # a much worse solution attracts as many starts
@example(1125425, 2)
def test_no_worse_than_ten_starts_of_scikit_learn(seed, k):
    Z = table(seed % 1000 * 5, n=300)
    peer = KMeans(k, n_init=10, random_state=seed % 100).fit(Z)
    assert fit(Z, k).inertia <= peer.inertia_ * 1.0005


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_starts_that_end_early_are_the_first_ones(seed):
    Z = table(seed, n=200)
    early: Fit = fit_many([Z], [Job(3, seed=seed, starts=12, enough=3)], threads=2)[0]
    same = fit_many([Z], [Job(3, seed=seed, starts=early.starts)], threads=1)[0]
    assert digest([early]) == digest([same])
    assert early.starts == 12 or early.hits >= 3

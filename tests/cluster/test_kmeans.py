"""The k-means kernel: what a fit promises, whatever the data."""

import os

import numpy as np
import pytest
from sklearn.cluster import KMeans

from coterie.cluster import Fit, Job, assign, count_cores, distances, fit, fit_many


def blobs(n, d, k, seed, spread=6.0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) + spread * rng.normal(size=(k, d))[rng.integers(0, k, n)]


def same(a: Fit, b: Fit) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True)
        for name in ("centers", "label", "sizes", "inertia", "iterations", "starts", "hits", "runner_up")
    )


@pytest.mark.parametrize("k", [1, 2, 3, 5, 8, 12])
def test_a_fit_is_no_worse_than_scikit_learn(k):
    Z = blobs(600, 4, 6, seed=k)
    peer = KMeans(k, n_init=10, random_state=0).fit(Z)
    assert fit(Z, k).inertia <= peer.inertia_ * 1.0005


def test_centers_are_the_means_of_their_rows_and_labels_the_nearest_centers():
    Z = blobs(500, 3, 4, seed=1)
    found = fit(Z, 4)
    for c in range(4):
        assert np.allclose(found.centers[c], Z[found.label == c].mean(axis=0), rtol=0, atol=1e-12)
    squared = ((Z[:, None] - found.centers[None]) ** 2).sum(axis=2)
    assert np.array_equal(found.label, squared.argmin(axis=1))
    assert found.inertia == pytest.approx(squared.min(axis=1).sum(), rel=1e-12)
    assert np.array_equal(found.sizes, np.bincount(found.label, minlength=4))


def test_clusters_come_heaviest_first():
    found = fit(blobs(400, 2, 3, seed=2), 5)
    assert (np.diff(found.sizes) <= 0).all()
    pairs = fit(np.array([[5.0], [5.1], [1.0], [1.1]]), 2)
    assert pairs.centers[:, 0].tolist() == pytest.approx([1.05, 5.05])


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads_gives_the_same_bytes(threads):
    data = [blobs(300, 2, 4, seed=1), blobs(5000, 5, 6, seed=2)]
    jobs = [Job(k=k, data=i, starts=4, swaps=3 * (k > 4), seed=k) for i in (0, 1) for k in (2, 5, 9)]
    alone, together = fit_many(data, jobs, threads=1), fit_many(data, jobs, threads=threads)
    assert all(map(same, alone, together))


def test_a_job_does_not_depend_on_the_rest_of_the_batch():
    Z = blobs(300, 3, 4, seed=5)
    batch = fit_many([Z], [Job(k=k, starts=3, seed=11) for k in (2, 3, 4, 5)])
    assert all(
        same(one, fit_many([Z], [Job(k=k, starts=3, seed=11)])[0]) for k, one in zip((2, 3, 4, 5), batch, strict=True)
    )


def test_missing_values_add_nothing():
    Z = blobs(400, 4, 3, seed=3)
    Z[np.random.default_rng(0).random(Z.shape) < 0.15] = np.nan
    Z[7] = np.nan
    found = fit(Z, 3)
    assert found.label[7] == -1
    rest = np.delete(np.arange(400), 7)
    squared = np.nan_to_num((Z[:, None] - found.centers[None]) ** 2).sum(axis=2)
    assert np.array_equal(found.label[rest], squared[rest].argmin(axis=1))
    assert found.inertia == pytest.approx(squared[rest].min(axis=1).sum())
    for c in range(3):
        assert np.allclose(found.centers[c], np.nanmean(Z[found.label == c], axis=0))


def test_a_row_of_weight_zero_is_labelled_and_moves_nothing():
    Z = blobs(200, 2, 3, seed=4)
    far = np.vstack([Z, [[1e3, 1e3]]])
    found = fit(far, 3, weight=np.r_[np.ones(200), 0.0])
    alone = fit(Z, 3)
    assert found.inertia == pytest.approx(alone.inertia)
    assert found.label[200] >= 0
    assert found.sizes.sum() == 200


def test_more_clusters_than_distinct_rows_leaves_some_empty():
    found = fit(np.repeat([[0.0], [1.0]], 5, axis=0), 4)
    assert found.inertia == 0
    assert found.sizes.tolist() == [5, 5, 0, 0]


def test_every_row_its_own_cluster():
    Z = blobs(12, 3, 2, seed=6)
    found = fit(Z, 12)
    assert found.inertia == pytest.approx(0, abs=1e-20)
    assert sorted(found.label) == list(range(12))


def test_starts_are_counted_and_the_next_best_solution_kept():
    square = np.array([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0], [2.0, 1.0]])
    found = fit(np.repeat(square, 20, axis=0), 2, starts=40)
    assert found.starts == 40
    assert 0 < found.hits <= 40
    early = fit_many([np.repeat(square, 20, axis=0)], [Job(2, starts=40, enough=3)])[0]
    assert early.starts < 40
    assert early.hits == 3
    assert early.inertia == pytest.approx(20.0)


def test_progress_is_reported_to_the_end():
    seen = []
    fit_many([blobs(200, 2, 3, seed=1)], [Job(k=3)] * 20, progress=lambda done, jobs: seen.append((done, jobs)))
    assert seen[-1] == (20, 20)


def test_what_progress_raises_ends_the_batch():
    def give_up(done, jobs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_many([blobs(20_000, 8, 5, seed=1)], [Job(k=12, starts=50)] * 50, progress=give_up)


def test_assign_gives_unsquared_distances_and_breaks_ties_by_order():
    found = assign(np.array([[0.0], [3.0], [np.nan]]), np.array([[2.0], [-2.0], [9.0]]))
    assert found.label.tolist() == [0, 0, -1]
    assert found.nearest[:2].tolist() == [2.0, 1.0]
    assert found.second[:2].tolist() == [2.0, 5.0]
    assert assign(np.array([[0.0]]), np.array([[1.0]])).second[0] == np.inf


@pytest.mark.parametrize(
    ("Z", "k", "options", "words"),
    [
        (np.zeros((3, 2)), 4, {}, "there are 3"),
        (np.zeros((3, 2)), 0, {}, "k = 0"),
        (np.array([[np.inf], [0.0]]), 1, {}, "infinite"),
        (np.zeros(3), 1, {}, "matrix"),
        (np.zeros((3, 2)), 2, {"weight": np.ones(2)}, "do not fit 3 rows"),
        (np.zeros((3, 2)), 2, {"weight": np.array([1.0, -1.0, 1.0])}, "not negative"),
        (np.zeros((3, 2)), 2, {"weight": np.array([1.0, 0.0, 0.0])}, "there are 1"),
    ],
)
def test_what_cannot_be_fitted_is_said(Z, k, options, words):
    with pytest.raises(ValueError, match=words):
        fit(Z, k, **options)


def test_distances_pass_over_missing_values_and_their_least_is_the_nearest_centers():
    r = np.random.default_rng(2)
    Z, centers = r.normal(size=(200, 5)), r.normal(size=(4, 5))
    Z[r.random(Z.shape) < 0.2] = np.nan
    Z = Z[~np.isnan(Z).all(axis=1)]
    away = distances(Z, centers)
    for row, found in zip(Z, away, strict=True):
        known = ~np.isnan(row)
        assert found == pytest.approx(((row[known] - centers[:, known]) ** 2).sum(axis=1))
    near = assign(Z, centers)
    assert np.array_equal(near.label, away.argmin(axis=1))
    assert near.nearest == pytest.approx(np.sqrt(away.min(axis=1)))


def test_no_number_of_threads_is_every_core():
    assert count_cores(3) == 3
    assert 1 <= count_cores(0) <= (os.cpu_count() or 1)

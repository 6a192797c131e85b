"""One table put to the test: corridors, ways around, p-values."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from coterie.cluster import fit
from coterie.cluster.measures import dip
from coterie.evidence import _structure, clustered, groupless, trial
from prepared_tables import QUICK, keys, mixed_table


def gaps(X, centers, *, around=False):
    """Return both dip statistics and the depths of one solution."""
    label = np.argmin(((X[:, None] - centers) ** 2).sum(axis=2), axis=1).astype(np.int32)
    k = np.array([len(centers)])
    found = _structure.gaps(X[None], label[None], centers[None], k, np.zeros(1, dtype=np.int64), around, 1)
    return float(found[0][0]), float(found[1][0]), found[2][0]


def test_corridor_dip_is_the_dip_of_the_projection():
    r = np.random.default_rng(3)
    X = np.concatenate([r.normal(-3, 1, (200, 1)), r.normal(3, 1, (200, 1))])
    largest, mean, _ = gaps(X, np.array([[-3.0], [3.0]]))
    t = X[np.abs(X[:, 0]) <= 6, 0]
    assert largest == pytest.approx(np.sqrt(len(t)) * float(dip(t)), rel=1e-9)
    assert mean == largest


@pytest.mark.parametrize(("apart", "least", "most"), [(2.0, 0.0, 0.15), (4.0, 0.6, 0.85), (6.0, 0.93, 1.0)])
def test_depth_follows_the_distance_of_groups(apart, least, most):
    r = np.random.default_rng(4)
    centers = np.array([[0.0, 0.0], [apart, 0.0]])
    X = r.standard_normal((4000, 2)) + centers[r.integers(0, 2, 4000)]
    for around in (False, True):
        depths = gaps(X, centers, around=around)[2]
        assert least <= depths.min() <= depths.max() <= most


def test_a_ring_can_be_gone_around():
    r = np.random.default_rng(5)
    t = 2 * np.pi * r.random(3000)
    X = np.column_stack([np.cos(t), np.sin(t)]) + 0.05 * r.standard_normal((3000, 2))
    X = np.hstack([X, 0.1 * r.standard_normal((3000, 2))])
    centers = fit(X, 4, seed=0).centers
    straight, around = gaps(X, centers)[2], gaps(X, centers, around=True)[2]
    assert straight.min() > 0.6
    assert around.max() < 0.35


def test_a_single_column_has_no_way_around():
    r = np.random.default_rng(6)
    X = np.concatenate([r.normal(0, 1, (300, 1)), r.normal(7, 1, (300, 1))])
    centers = np.array([[0.0], [7.0]])
    assert gaps(X, centers, around=True)[2] == pytest.approx(gaps(X, centers)[2])


def test_rows_that_see_little_of_the_way_are_left_out():
    r = np.random.default_rng(7)
    X = np.concatenate([r.normal(0, 1, (300, 2)), r.normal(8, 1, (300, 2))])
    centers = np.array([[0.0, 0.0], [8.0, 8.0]])
    holes = X.copy()
    holes[::3, 0] = np.nan
    label = np.repeat([0, 1], 300).astype(np.int32)
    found = _structure.gaps(holes[None], label[None], centers[None], np.array([2]), np.array([0]), True, 1)
    assert found[2][0].min() > 0.9


def test_unevenness_of_the_kernel_density_is_bounded():
    """A depth never exceeds what the emptiest place allows, for single-peaked densities of any spread."""
    for spread in (0.5, 1.0, 3.0):
        X = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)[:, None] * spread
        assert gaps(X, np.array([[-0.8], [0.8]]) * spread)[2].max() < 0.02


def test_exceedances_are_those_of_the_largest_standardized_statistic():
    r = np.random.default_rng(8)
    nulls = r.standard_normal((99, 5)) * [1, 10, 100, 1, 1] + [0, 5, 50, 1, 2]
    assert clustered.count_exceedances(np.array([0.0, 5.0, 900.0, 1.0, 2.0]), nulls) == 0
    assert clustered.count_exceedances(nulls.mean(axis=0) - 3 * nulls.std(axis=0), nulls) == 99


def test_a_statistic_that_never_varies_counts_nothing():
    assert clustered.count_exceedances(np.zeros(3), np.zeros((19, 3))) == 19


def test_p_values_of_the_model_itself_are_fair():
    Z, blocks = mixed_table(300)
    model = groupless.fit(Z, blocks, QUICK)
    found = [
        trial.run(table, blocks, keys(300), dataclasses.replace(QUICK, seed=s, max_k=5))
        for s, table in enumerate(model.draw(300, range(40), QUICK))
    ]
    p = np.array([t.p_structure for t in found if t is not None])
    assert (p <= 0.05).mean() <= 0.1
    assert p.mean() > 0.3

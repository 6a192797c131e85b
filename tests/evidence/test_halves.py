"""Two halves of the customers, clustered apart: prediction strength, and what both say of each customer."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.cluster import fit
from coterie.evidence import choice, halves
from prepared_tables import QUICK, blobs


def slow_strength(Z, label, other, test, k):
    """Tibshirani and Walther's prediction strength of one halving, pair by pair."""
    worst = 1.0
    for c in range(k):
        rows = np.flatnonzero(test & (label == c))
        pairs = [(a, b) for i, a in enumerate(rows) for b in rows[i + 1 :]]
        worst = min(worst, np.mean([other[a] == other[b] for a, b in pairs]) if pairs else 0.0)
    return worst


def test_prediction_strength_counts_pairs():
    Z = blobs(60, [[0, 0], [3, 0], [0, 3]], seed=4)
    k, plan = 3, QUICK
    found = halves.measure_strength(halves.halve(Z, [k], plan)[k], k)
    order = plan.generator(halves.STREAM).random((halves.HALVINGS, 60)).argsort(axis=1)
    first = np.zeros((halves.HALVINGS, 60), dtype=bool)
    np.put_along_axis(first, order[:, :30], True, axis=1)
    sides = np.concatenate([first, ~first])
    seeds = plan.seeds_of(range(halves.STREAM, halves.STREAM + 20))
    label = [
        fit(Z, k, weight=side.astype(float), seed=s, starts=2, swaps=0).label
        for side, s in zip(sides, seeds, strict=True)
    ]
    slow = [slow_strength(Z, label[(i + 10) % 20], label[i], sides[(i + 10) % 20], k) for i in range(20)]
    assert found == pytest.approx(float(np.mean(slow)))


def test_prediction_strength_falls_beyond_the_groups():
    found = halves.halve(blobs(600, [[0, 0], [8, 0], [0, 8]], seed=5), range(2, 7), QUICK)
    strength = {k: halves.measure_strength(h, k) for k, h in found.items()}
    assert strength[3] > 0.95
    assert max(strength[k] for k in (4, 5, 6)) < choice.STRONG


def test_halves_share_no_row_and_leave_none_out():
    found = halves.halve(blobs(61, [[0, 0], [3, 0]]), [2], QUICK)[2]
    assert found.inside.sum(axis=0).tolist() == [[1] * 61] * halves.HALVINGS
    assert set(found.inside.sum(axis=2).ravel().tolist()) == {30, 31}


def test_halvings_drawn_again_are_others():
    Z = blobs(100, [[0, 0], [3, 0]])
    first, again = halves.halve(Z, [2], QUICK)[2].inside[0], halves.halve_again(Z, 2, QUICK).inside[0]
    assert len(np.unique(np.concatenate([first, again]), axis=0)) == halves.HALVINGS + halves.AGAIN_HALVINGS


def test_both_halves_put_rows_of_clear_groups_into_the_same_cluster():
    Z = blobs(300, [[0, 0], [9, 0], [0, 9]], seed=2)
    whole = fit(Z, 3, seed=0)
    placed = halves.place(halves.halve(Z, [3], QUICK)[3], whole.label, 3)
    assert (placed == whole.label).all()


def test_a_row_without_values_is_placed_nowhere():
    Z = blobs(100, [[0, 0], [9, 0]])
    Z[7] = np.nan
    whole = fit(Z, 2, seed=0)
    placed = halves.place(halves.halve(Z, [2], QUICK)[2], whole.label, 2)
    assert (placed[:, :, 7] == -1).all()
    assert (np.delete(placed, 7, axis=2) >= 0).all()


def test_a_number_that_a_half_has_too_few_rows_for_is_left_out():
    assert set(halves.halve(blobs(20, [[0, 0], [3, 0]]), [2, 10, 11], QUICK)) == {2, 10}
    assert halves.halve_again(blobs(20, [[0, 0], [3, 0]]), 11, QUICK) is None


def test_a_half_is_clustered_as_it_prepares_the_rows_itself():
    Z = np.random.default_rng(0).random((200, 2)) * [1.0, 0.2]
    asked = []

    def prepared(inside):
        asked.append(inside)
        return Z * [0.1, 10.0]  # each half finds that the other column says more

    usual, own = halves.halve_again(Z, 2, QUICK), halves.halve_again(Z, 2, QUICK, prepared)
    sides = np.concatenate(list(own.inside))
    assert np.array_equal(np.array(asked), sides)
    assert np.array_equal(usual.inside, own.inside)
    first, second = Z[:, 0] > np.median(Z[:, 0]), Z[:, 1] > np.median(Z[:, 1])
    assert all(alike(label, first) > 0.8 for label in usual.label.reshape(-1, 200))
    assert all(alike(label, second) > 0.8 for label in own.label.reshape(-1, 200))


def alike(label, side):
    same = float((label == side).mean())
    return max(same, 1 - same)


def test_halves_that_prepare_rows_as_they_are_say_what_they_said(monkeypatch):
    Z = blobs(300, [[0, 0], [4, 0], [0, 4]], seed=3)
    usual = halves.halve_again(Z, 3, QUICK)
    for together in (1, 7 * Z.size, 1 << 30):
        monkeypatch.setattr(halves, "AT_ONCE", together)
        assert np.array_equal(halves.halve_again(Z, 3, QUICK, lambda inside: Z).label, usual.label)

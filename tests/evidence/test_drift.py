"""Drift: sizes and p-values that hold without a change, and see one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from coterie.evidence import Plan, drift


@pytest.mark.parametrize("n", [100, 1_000])
def test_without_a_change_p_values_are_uniform(n: int) -> None:
    r, p = np.random.default_rng(n), []
    for _ in range(400):
        before, after = r.standard_normal(n), r.standard_normal(n)
        edges = np.quantile(before, np.arange(1, 10) / 10).tolist()
        was, now = drift.bin_shares(edges, before), drift.bin_shares(edges, after)
        p.append(drift.stability_index(was, now, n, n).p)
    assert np.mean(np.array(p) < 0.05) < 0.08
    assert np.mean(np.array(p) < 0.01) < 0.03


def test_energy_distance_sees_what_no_column_shows() -> None:
    r = np.random.default_rng(1)
    z = r.standard_normal((600, 2))
    tied = np.column_stack([z[:, 0], z[:, 0] * 0.95 + z[:, 1] * 0.3])
    found = drift.energy_distance(r.standard_normal((600, 2)), tied, Plan())
    assert found.p < 0.001
    same = [drift.energy_distance(*r.standard_normal((2, 200, 3)), Plan(seed=i)).p for i in range(20)]
    assert np.mean(np.array(same) < 0.05) <= 0.2
    assert drift.energy_distance(z[:1], z, Plan()).p == 1.0


def test_the_same_rows_have_no_distance_and_missing_values_add_none() -> None:
    z = np.random.default_rng(2).standard_normal((100, 3))
    assert drift.energy_distance(z, z, Plan()).size == 0
    gone = z.copy()
    gone[:, 1] = np.nan
    assert np.isfinite(drift.energy_distance(gone, gone, Plan()).size)


def test_shares_change_by_points() -> None:
    assert drift.share_change([500, 500], [500, 500], [0, 0]).p == 1.0
    found = drift.share_change([500, 500], [600, 400], [0, 0])
    assert found.size == 0.1
    assert found.p < 1e-4
    assert drift.share_change([5, 0], [5, 0], [0, 0]).p == 1.0


def test_shares_change_beyond_what_lines_move() -> None:
    found = drift.share_change([500, 500], [560, 440], [0.05, 0.05])
    assert (found.size, found.chance) == (0.06, 0.05)
    assert found.corrected == pytest.approx(0.01)


def test_the_least_change_lies_between_the_bounds_and_below_every_other() -> None:
    r = np.random.default_rng(4)
    for _ in range(200):
        before, true = np.sort(r.random((2, 9)))
        least, most = np.maximum(0, true - 0.1 * r.random(9)), np.minimum(1, true + 0.1 * r.random(9))
        least, most = np.maximum.accumulate(least), np.minimum.accumulate(most[::-1])[::-1]
        found = drift.find_least_change(before.tolist(), least.tolist(), most.tolist())
        assert all(a - 1e-9 <= f <= b + 1e-9 for a, f, b in zip(least, found, most, strict=True))
        assert all(a <= b + 1e-9 for a, b in pairwise(found))
        bins, now, other = (np.diff([0.0, *v, 1.0]) for v in (before, found, true))
        size = [drift.stability_index(bins.tolist(), v.tolist(), 10**9, 10**9).size for v in (now, other)]
        assert size[0] <= size[1] + 1e-6


def test_empty_bins_and_columns_are_no_drift() -> None:
    assert drift.stability_index([1.0, 0.0], [1.0, 0.0], 50, 50).size == 0
    assert drift.stability_index([0.5, 0.5], [0.5, 0.5], 0, 50).p == 1.0


def test_gamma_tails_are_those_of_tables() -> None:
    for x, df, p in ((3.841459, 1, 0.05), (16.918978, 9, 0.05), (27.877165, 9, 0.001), (149.449, 100, 0.001)):
        assert drift.chi_squared_tail(x, df) == pytest.approx(p, rel=1e-4)
    assert drift.normal_tail(1.959964) == pytest.approx(0.025, rel=1e-5)

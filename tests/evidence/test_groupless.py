"""Groupless tables: a table's own columns, spreads and correlations, and nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from coterie.cluster.measures import dip
from coterie.evidence import groupless
from prepared_tables import QUICK, columns, mixed_table


def test_two_modes_become_one():
    r = np.random.default_rng(0)
    column = np.concatenate([r.normal(size=500), r.normal(8, 1, size=500)])
    drawn = groupless.fit(column[:, None], columns(1), QUICK).draw(2000, [1], QUICK)[0, :, 0]
    assert float(dip(column)) > 0.1
    assert float(dip(drawn)) < 0.03
    assert drawn.min() >= column.min()
    assert drawn.max() <= column.max()


def test_values_at_the_edge_stay():
    r = np.random.default_rng(1)
    column = np.clip(r.normal(size=1000), -1.0, 1.5)
    drawn = groupless.fit(column[:, None], columns(1), QUICK).draw(20_000, [1], QUICK)[0, :, 0]
    assert (drawn == -1.0).mean() == pytest.approx((column == -1.0).mean(), abs=0.01)
    assert (drawn == 1.5).mean() == pytest.approx((column == 1.5).mean(), abs=0.01)


def test_who_is_at_a_limit_goes_with_who_is_at_another():
    """Customers of the lowest age have no tenure yet, and some at the highest have the longest."""
    r = np.random.default_rng(3)
    age = np.clip(r.normal(45, 15, 4000), 20, 75)
    tenure = np.where(age < 75, np.minimum(r.gamma(1.5, 5, 4000), age - 20), np.where(r.random(4000) < 0.9, 55, 30))
    Z = np.column_stack([age, tenure])
    drawn = groupless.fit(Z, columns(2), QUICK).draw(20_000, [1], QUICK)[0]
    for both in ((20, 0), (75, 55)):
        assert (drawn == both).all(axis=1).mean() > 0.6 * (both == Z).all(axis=1).mean() > 0.01
    for never in ((20, 55), (75, 0)):
        assert (drawn == never).all(axis=1).mean() < 0.002


def test_a_limit_is_a_heap_at_the_end_and_no_opinion():
    r = np.random.default_rng(4)
    rates = r.gamma(1.3, 2.5, 2000)
    columns_and_limits = {
        "orders": (r.poisson(rates), None),
        "a rating": (np.where(r.random(2000) < 0.5, 5, r.integers(1, 6, 2000)), None),
        "years without a claim, 15 at most": (np.minimum(15, r.geometric(0.12, 2000)), (-np.inf, 15.0)),
        "spent": (np.where(r.random(2000) < 0.4, 0.0, r.lognormal(3, 1, 2000)), (0.0, np.inf)),
        "use between two limits": (np.clip(r.normal(0.5, 0.4, 2000), 0, 1), (0.0, 1.0)),
    }
    for name, (column, limits) in columns_and_limits.items():
        assert groupless._find_limits(column * 1.0) == limits, name


def test_few_values_are_drawn_as_they_are():
    r = np.random.default_rng(2)
    column = r.integers(0, 60, 1000) / 7
    drawn = groupless.fit(column[:, None], columns(1), QUICK).draw(1000, [3], QUICK)[0, :, 0]
    assert np.isin(drawn, column).all()


def test_groupless_tables_keep_means_spreads_and_correlations():
    Z, blocks = mixed_table()
    drawn = groupless.fit(Z, blocks, QUICK).draw(len(Z), range(20), QUICK).reshape(-1, 6)
    assert drawn.mean(axis=0) == pytest.approx(Z.mean(axis=0), abs=0.1)
    assert drawn.std(axis=0) == pytest.approx(Z.std(axis=0), rel=0.1)
    assert np.corrcoef(drawn[:, :3].T) == pytest.approx(np.corrcoef(Z[:, :3].T), abs=0.05)


def test_categories_stay_one_level_a_row():
    Z, blocks = mixed_table()
    drawn = groupless.fit(Z, blocks, QUICK).draw(500, [7], QUICK)[0]
    assert (drawn[:, 3:].sum(axis=1) == 1).all()
    assert set(np.unique(drawn[:, 3:])) == {0.0, 1.0}


def test_a_stream_always_gives_the_same_table():
    Z, blocks = mixed_table()
    model = groupless.fit(Z, blocks, QUICK)
    alone = model.draw(100, [5], QUICK)[0]
    threads = dataclasses.replace(QUICK, threads=1)
    assert np.array_equal(alone, model.draw(100, [3, 5, 9], threads)[1])

"""Is there structure? The outcome of the test."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.evidence import structure, trial
from coterie.evidence.plan import Plan
from prepared_tables import QUICK, columns, keys


def test_groups_are_accepted_early_and_nothing_is_given_up_early():
    r = np.random.default_rng(9)
    groups = np.array([[0, 0], [8, 0], [0, 8]])[r.integers(0, 3, 300)] + r.standard_normal((300, 2))
    clear = structure.examine(groups, columns(2), keys(300), Plan())
    assert clear is not None
    assert (clear.code, clear.draws, clear.trial.k) == ("natural", trial.CLEAR_LOOK, 3)
    nothing = structure.examine(r.standard_normal((300, 2)), columns(2), keys(300), Plan())
    assert nothing is not None
    assert (nothing.code, nothing.trial.early, nothing.trial.p_gap) == ("none", True, None)
    assert nothing.draws < 99


def test_repeated_rows_count_once():
    r = np.random.default_rng(10)
    Z = np.repeat(r.random((200, 2)), 5, axis=0)
    found = structure.examine(Z, columns(2), keys(1000), QUICK)
    assert found is not None
    assert found.trial.rows == 200
    assert found.trial.repeated == 800


def test_natural_ties_are_not_repeats():
    Z = np.random.default_rng(11).integers(1, 6, (800, 3)).astype(float)
    found = structure.examine(Z, columns(3), keys(800), QUICK)
    assert found is not None
    assert found.trial.repeated == 0


def test_large_tables_are_tested_on_sub_samples():
    Z = np.random.default_rng(12).standard_normal((6000, 2))
    found = structure.examine(Z, columns(2), keys(6000), QUICK)
    assert found is not None
    assert len(found.trials) == 2
    assert [t.rows for t in found.trials] == [2000, 2000]
    assert found.code == "none"


@pytest.mark.parametrize("Z", [np.zeros((50, 2)), np.arange(8.0).reshape(4, 2)])
def test_hardly_any_rows_are_not_tested(Z):
    assert structure.examine(Z, columns(2), keys(len(Z)), QUICK) is None


def test_missing_values_follow_the_table():
    r = np.random.default_rng(13)
    Z = np.array([[0, 0, 0], [7, 7, 0]])[r.integers(0, 2, 400)] + r.standard_normal((400, 3))
    Z[r.random(Z.shape) < 0.1] = np.nan
    found = structure.examine(Z, columns(3), keys(400), QUICK)
    assert found is not None
    assert found.code == "natural"

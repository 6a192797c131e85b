"""What the segments hang on; small groups far away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coterie.cluster import fit
from coterie.evidence import sensitivity
from prepared_tables import QUICK, blobs, columns, keys


def test_columns_that_decide_come_first(table, weighed):
    found = sensitivity.measure(table, columns(3), keys(500), weighed.fit, QUICK, variants={})
    assert {c.column for c in found.columns[:2]} == {"f0", "f1"}
    assert found.columns[2].column == "f2"
    assert found.columns[2].share < 0.02
    assert min(c.share for c in found.columns[:2]) > 0.2


def test_a_table_on_another_scale_shows_who_moves(table, weighed):
    other = table * [1.0, 1.0, 40.0]
    found = sensitivity.measure(
        table, columns(3), keys(500), weighed.fit, QUICK, variants={"with z-scores": table * 2, "without logs": other}
    )
    moved = {c.what: c.moved for c in found.changes}
    assert moved["with z-scores"] == 0.0
    assert moved["with another seed"] == 0.0
    assert moved["without logs"] > 0.2
    assert found.text == "The segments depend on how columns are scaled (without logs they would differ)."


def test_extremes_that_decide_are_said():
    r = np.random.default_rng(5)
    table = np.concatenate([blobs(495, [[0, 0], [3, 0]], seed=6), r.normal(300, 1, (5, 2))])
    found = sensitivity.measure(table, columns(2), keys(500), fit(table, 2, seed=0), QUICK, variants={})
    assert found.changes[0].what == "without the most extreme 1% of customers"
    assert found.changes[0].moved > 0.3
    assert "a few extreme customers" in found.text


@pytest.mark.parametrize("seed", range(3))
def test_tails_are_not_rare_groups(seed):
    r = np.random.default_rng(seed)
    for table in (r.standard_normal((4000, 3)), r.lognormal(size=(4000, 3)), r.random((4000, 3))):
        assert sensitivity.find_rare_groups(table, columns(3), keys(4000), QUICK) == ()


@pytest.mark.parametrize("seed", range(4))
def test_the_tail_of_a_large_group_is_no_rare_group(seed):
    r = np.random.default_rng(seed)
    middles = r.normal(0, 3, (5, 4))
    table = middles[r.integers(0, 5, 6000)] + r.normal(size=(6000, 4))
    assert sensitivity.find_rare_groups(table, columns(4), keys(6000), QUICK) == ()


def test_a_rare_group_beside_large_groups_is_found():
    r = np.random.default_rng(1)
    table = np.array([[0, 0, 0], [7, 0, 0], [0, 7, 0]])[r.integers(0, 3, 8000)] + r.normal(size=(8000, 3))
    table[:40] = [9, 9, 8] + r.normal(size=(40, 3)) / 2
    (found,) = sensitivity.find_rare_groups(table, columns(3), keys(8000), QUICK)
    assert set(found.rows) == set(range(40))


def test_a_rare_group_is_found_with_its_profile():
    r = np.random.default_rng(7)
    table = np.concatenate([r.standard_normal((7960, 3)), r.normal([7, 0, -7], 0.7, (40, 3))])
    (found,) = sensitivity.find_rare_groups(table, columns(3), keys(8000), QUICK)
    assert set(found.rows) == set(range(7960, 8000))
    assert found.rare.text.startswith("A small separate group of 40 customers (0.5%) lies far from everyone else:")
    assert "high f0" in found.rare.text
    assert "low f2" in found.rare.text
    assert "f1" not in found.rare.text


def test_a_rare_group_is_told_in_words():
    r = np.random.default_rng(7)
    table = np.concatenate([r.standard_normal((7960, 3)), r.normal([-7, 0, 7], 0.7, (40, 3))])
    names = ("recency", "f1", "returns share")
    told = [replace(block, label=name) for block, name in zip(columns(3), names, strict=True)]
    (found,) = sensitivity.find_rare_groups(table, told, keys(8000), QUICK)
    assert "bought more recently than most" in found.rare.text
    assert "many returns" in found.rare.text
    assert "_" not in found.rare.text


def test_few_rows_have_no_rare_groups():
    assert sensitivity.find_rare_groups(np.zeros((100, 2)), columns(2), keys(100), QUICK) == ()

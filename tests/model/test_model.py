"""A model is a list of centers: the nearest wins, a missing value adds nothing, two centers can share a segment."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.cluster import fit
from coterie.errors import InputError
from coterie.model import Model
from coterie.model.model import check_distinct, estimate_silhouette, of_fit, predict


def model(*centers: tuple[float, ...], segment_of: tuple[int, ...]) -> Model:
    return Model(("a", "b"), centers, segment_of, 0.0, 1, 1)


def test_segments_are_numbered_by_size() -> None:
    Z = np.repeat(np.array([[0.0, 0.0], [9.0, 9.0]]), [20, 60], axis=0) + np.random.default_rng(0).normal(size=(80, 2))
    found = of_fit(fit(Z, 2, seed=0, threads=1), ("a", "b"), (1, 2))
    assert found.segments == (1, 2)
    assert predict(found, Z, threads=1)[0].tolist() == [2] * 20 + [1] * 60


def test_the_margin_is_the_way_to_the_nearest_other_segment() -> None:
    found = model((0.0, 0.0), (4.0, 0.0), segment_of=(1, 2))
    label, margin = predict(found, np.array([[1.0, 0.0], [2.0, 5.0], [4.0, 0.0]]), threads=1)
    assert label.tolist() == [1, 1, 2]
    np.testing.assert_allclose(margin, [0.5, 0.0, 1.0])


def test_centers_of_one_segment_are_no_rivals() -> None:
    found = model((0.0, 0.0), (1.0, 0.0), (4.0, 0.0), segment_of=(3, 3, 2))
    label, margin = predict(found, np.array([[0.5, 0.0], [1.0, np.nan]]), threads=1)
    assert label.tolist() == [3, 3]
    np.testing.assert_allclose(margin, [(3.5 - 0.5) / (3.5 + 0.5), 1.0])


def test_a_row_without_any_value_belongs_to_nothing() -> None:
    found = model((0.0, 0.0), (4.0, 0.0), segment_of=(1, 2))
    assert predict(found, np.array([[np.nan, np.nan], [4.0, np.nan]]), threads=1)[0].tolist() == [0, 2]


def test_rows_must_differ_enough() -> None:
    same = np.ones((50, 2))
    with pytest.raises(InputError):
        check_distinct(same, None, 50)
    two = np.vstack([same, np.zeros((50, 2)), np.full((9, 2), np.nan)])
    check_distinct(two, 2, 109)
    with pytest.raises(InputError, match="3"):
        check_distinct(two, 3, 109)


def test_the_silhouette_of_clouds_that_touch_nothing_is_near_one() -> None:
    r = np.random.default_rng(0)
    Z, label = np.vstack([r.normal(0, 1, (500, 2)), r.normal(90, 1, (500, 2))]), np.repeat([1, 2], 500).astype(np.int32)
    label[::10] = 0
    value, error, rows = estimate_silhouette(Z, label)
    assert rows == 900
    assert value > 0.97
    assert error < 0.01

"""The map shows shape and nobody: two axes with a name, points in each segment's share, cells of ten or more."""

from __future__ import annotations

import numpy as np

from coterie import words
from coterie.model import Feature
from coterie.portrait.map import MOST_POINTS, count_cells, principal_components, project
from coterie.table import ColumnRecord


def column(name: str, kind: str = "number") -> ColumnRecord:
    return ColumnRecord(name, name, kind, "feature", None, 0, 9, *(None,) * 8)


def test_two_numbers_are_the_axes_themselves() -> None:
    values = {"age": np.array([20.0, 30.0, np.nan]), "spend": np.array([1.0, 2.0, 3.0])}
    features = (Feature("age", "number"), Feature("spend", "number", "log", 1.0))
    Z = np.column_stack(list(values.values()))
    drawn = project(features, [column("age"), column("spend")], values, Z, np.array([1, 2, 2], dtype=np.int32))
    assert drawn.kind == "columns"
    assert (drawn.x.column, drawn.y.column, drawn.y.transform) == ("age", "spend", "log")
    assert drawn.of == 2  # a customer without an age has no place
    assert drawn.points[0].tolist() == [20.0, 30.0]


def test_an_axis_of_many_columns_names_the_columns_that_make_it() -> None:
    r = np.random.default_rng(0)
    Z = r.normal(0, [9.0, 1.0, 0.1], (300, 3))
    Z[:, 1] = np.where(r.random(300) < 0.5, 5.0, 0.0)
    features = (Feature("a=b", "number"), Feature("city", "category", levels=("Oslo=1", "Rome")))
    drawn = project(features, [column("a=b"), column("city", "category")], {}, Z, np.ones(300, dtype=np.int32))
    assert drawn.kind == "pca"
    assert drawn.x.label == "higher a=b"
    assert drawn.y.label == "more often Oslo=1"
    assert [(part.label, part.weight > 0.9) for part in drawn.x.loadings][:1] == [("a=b", True)]
    assert {part.label for part in drawn.y.loadings} == {"a=b", "city Oslo=1", "city Rome"}


def test_an_equals_sign_in_the_name_of_an_ordered_column_is_no_level() -> None:
    r = np.random.default_rng(0)
    features = (Feature("x=1", "ordinal", levels=("low", "high")), Feature("b", "number"), Feature("c", "number"))
    Z = r.normal(0, [9.0, 1.0, 0.1], (300, 3))
    columns = [column("x=1", "category"), column("b"), column("c")]
    assert project(features, columns, {}, Z, np.ones(300, dtype=np.int32)).x.label == "higher x=1"


def test_the_map_never_flips() -> None:
    Z = np.random.default_rng(1).normal(0, [3.0, 2.0, 1.0], (200, 3))
    (x, y), loadings = principal_components(Z)
    (x_turned, y_turned), turned = principal_components(-Z)
    np.testing.assert_allclose(loadings, turned, atol=1e-9)
    np.testing.assert_allclose((x, y), (-x_turned, -y_turned), atol=1e-5)


def test_a_cell_stands_for_ten_customers_or_more() -> None:
    r = np.random.default_rng(2)
    x, y = r.normal(size=(2, 2_000))
    label = r.integers(1, 4, 2_000).astype(np.int32)
    cells = count_cells(x, y, label)
    assert cells.counts
    assert all(cell.n >= words.SMALLEST_GROUP for cell in cells.counts)
    assert sum(cell.n for cell in cells.counts) < 2_000  # those who stand alone are left off
    assert {cell.segment for cell in cells.counts} <= {1, 2, 3}


def test_a_large_sample_shows_each_segment_in_its_share() -> None:
    label = np.repeat(np.array([1, 2], dtype=np.int32), [9_000, 3_000])
    x = np.arange(12_000.0)
    features = (Feature("a", "number"), Feature("b", "number"))
    drawn = project(features, [column("a"), column("b")], {"a": x, "b": x}, np.column_stack([x, x]), label)
    assert (len(drawn.points[2]), drawn.of) == (MOST_POINTS, 12_000)
    assert np.mean(drawn.points[2] == 1) == 0.75

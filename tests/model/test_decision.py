"""DECIDE: one sample, one decision, and a verdict that counts what there is."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.errors import InputError
from coterie.evidence import Block
from coterie.model import Feature
from coterie.model.decision import Decision, blocks, decide, reach_verdict
from coterie.options import Options
from coterie.table import ColumnRecord, Sample

ROWS = 120  # enough for one column, too few for two


def two_clouds(*names: str, k: int = 2) -> tuple[Decision, tuple[Feature, ...]]:
    """Decide on a sample of two clouds that lie apart in every column."""
    r = np.random.default_rng(0)
    values = {name: np.repeat([0.0, 8.0], ROWS // 2) + r.normal(size=ROWS) for name in names}
    columns = [ColumnRecord(name, name, "number", "feature", None, 0, ROWS, *(None,) * 8) for name in names]
    fitted = tuple(Feature(name, "number") for name in names)
    options = Options(k=k, max_k=3, effort="quick", scale="none")
    sample = Sample(values, r.integers(0, 2**63, ROWS).astype(np.uint64), ROWS)
    return decide(fitted, columns, sample, options, threads=1), fitted


def test_two_clouds_are_two_segments_with_every_customer_deep_inside() -> None:
    found, _ = two_clouds("a", "b")
    assert found.model.segments == (1, 2)
    assert len(set(found.label[: ROWS // 2])) == len(set(found.label[ROWS // 2 :])) == 1
    assert found.margin.min() > 0.3


@pytest.mark.parametrize("names", [("a", "b"), ("x=1", "x=2"), ("x=1", "x")])
def test_each_column_counts_whatever_its_name(names: tuple[str, str]) -> None:
    found, fitted = two_clouds(*names)
    assert any(caveat.code == "few_rows" for caveat in reach_verdict(found, fitted, ("A", "B"), ROWS).caveats)


def test_one_column_needs_fewer_rows_than_two() -> None:
    found, fitted = two_clouds("a")
    assert not any(caveat.code == "few_rows" for caveat in reach_verdict(found, fitted, ("A", "B"), ROWS).caveats)


def test_more_segments_than_different_customers_are_refused() -> None:
    with pytest.raises(InputError):
        two_clouds("a", k=ROWS + 1)


def test_a_feature_is_one_block_however_many_columns_it_takes() -> None:
    fitted = (Feature("age", "number"), Feature("city", "category", levels=("Oslo", "Rome"), other=("Bonn",)))
    r = np.random.default_rng(0)
    values = {"age": r.random(90), "city": np.array(["Oslo", "Rome", "Bonn"], dtype=object)[r.integers(0, 3, 90)]}
    assert blocks(fitted, values) == [Block("age", "numeric", 0, 1), Block("city", "nominal", 1, 4)]

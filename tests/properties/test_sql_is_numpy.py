"""The engine and Python agree on every customer: the SQL of the assignment gives the labels that numpy gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coterie import sql
from coterie.engines import Reading, connect
from coterie.model import features, know, model, prepare
from coterie.model.assignment import segments_sql
from coterie.options import Options
from coterie.table import columns, sample, summary, table

ODD_NAMES = ["total spend", "select", 'days "since" last', "Größe", "a'b;--", "f1"]


def customers(seed: int, n: int) -> pd.DataFrame:
    """A table with every kind of column that coterie prepares: skewed, signed, yes/no, categories, holes, ties."""
    r = np.random.default_rng(seed)
    frame: dict[str, Any] = {
        ODD_NAMES[0]: np.round(np.exp(r.normal(4, 1.2, n)), 2),
        ODD_NAMES[1]: r.integers(0, 4, n).astype(float),
        ODD_NAMES[2]: np.round(r.standard_t(2, n) * 40, 1),
        ODD_NAMES[3]: r.choice(["klein", "mittel", "groß", "O'Neil \\ Co", "NA"], n, p=[0.4, 0.3, 0.15, 0.14, 0.01]),
        ODD_NAMES[4]: r.choice(["Yes", "No"], n),
        ODD_NAMES[5]: r.choice([0.0, 1.0], n),
    }
    holed = {
        name: np.where(r.random(n) < 0.1, None if values.dtype.kind == "U" else np.nan, values)
        for name, values in frame.items()
    }
    return pd.DataFrame({"id": [f"c{i:05d}" for i in range(n)], **holed})


def both_ways(frame: pd.DataFrame, scale: str, k: int, odd: pd.DataFrame | None = None) -> tuple[Any, Any, Any]:
    """Return the ids' segments by SQL and by numpy, and the prepared matrices by both.

    The SQL leaves out what the table is known not to need. The features are fitted on the table without ``odd`` rows.
    """
    engine = connect(threads=1)
    options = Options(id="id", k=k, scale=scale)
    read = table.read(frame, engine, options, Reading())
    drawn = sample.draw(read, columns.wanted(read, options), 10**6, seed=0)
    described, _ = columns.describe(read, summary.summarize(read), drawn, options)
    fitted, _ = features.propose(described, drawn.values, scale)
    if odd is not None:
        engine.close()
        engine = connect(threads=1)
        read = table.read(pd.concat([frame, odd], ignore_index=True), engine, options, Reading())
        drawn = sample.draw(read, columns.wanted(read, options), 10**6, seed=0)
    Z = prepare(fitted, drawn.values)
    r = np.random.default_rng(1)
    centers = np.nan_to_num(Z[r.choice(len(Z), k, replace=False)])
    made = model.Model((), tuple(map(tuple, centers.tolist())), tuple(range(1, k + 1)), 0.0, 1, 1)
    parts = segments_sql(read.relation, fitted, made, known=know(fitted, summary.summarize(read)))
    names = [f"__c_f{i}" for i in range(Z.shape[1])]
    hashed = sql.md5(sql.concat(sql.text("0:"), sql.column("__c_id")))
    query = sql.select([sql.column("__c_segment"), *map(sql.column, names)], sql.table("nearest"), order=[hashed])
    got = engine.fetch(sql.steps(parts, query))
    engine.close()
    label, _ = model.predict(made, Z)
    return np.nan_to_num(got["__c_segment"]).astype(int), label, (np.column_stack([got[n] for n in names]), Z)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(20, 400),
    scale=st.sampled_from(["auto", "z", "none"]),
    k=st.integers(2, 7),
)
def test_every_label_and_every_prepared_value_is_the_same(seed: int, n: int, scale: str, k: int) -> None:
    by_sql, by_numpy, (prepared_sql, Z) = both_ways(customers(seed, n), scale, k)
    np.testing.assert_array_equal(by_sql, by_numpy)
    np.testing.assert_allclose(prepared_sql, Z, rtol=1e-12, atol=1e-12)


def test_customers_on_a_border_go_to_the_first_segment_in_both() -> None:
    grid = pd.DataFrame({"id": range(40), "x": [i % 4 for i in range(40)], "y": [i // 4 % 2 for i in range(40)]})
    by_sql, by_numpy, _ = both_ways(grid.astype({"id": str}), "none", 4)
    np.testing.assert_array_equal(by_sql, by_numpy)


@pytest.mark.parametrize("scale", ["auto", "z", "none"])
def test_a_customer_without_any_value_is_not_assigned(scale: str) -> None:
    frame = customers(3, 60)
    frame.loc[7, ODD_NAMES] = None
    by_sql, by_numpy, _ = both_ways(frame, scale, 3)
    assert (by_sql == 0).sum() == 1
    np.testing.assert_array_equal(by_sql, by_numpy)


ODD_VALUES = [None, float("nan"), -1e6, 1e6, 0.0]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    values=st.lists(st.sampled_from(ODD_VALUES), min_size=3, max_size=3),
    scale=st.sampled_from(["auto", "z"]),
    many=st.booleans(),
)
def test_one_odd_customer_among_plain_ones_is_prepared_as_he_would_be_anywhere(
    seed: int, values: list[float | None], scale: str, many: bool
) -> None:
    r, n = np.random.default_rng(seed), 1_200 if many else 60
    plain = {"a": r.uniform(1, 9, n), "b": np.exp(r.normal(3, 1.5, n)), "c": r.normal(0, 1, n)}
    frame = pd.DataFrame({"id": [f"c{i:05d}" for i in range(n)], **plain})
    odd = pd.DataFrame({"id": ["odd"], "a": values[:1], "b": values[1:2], "c": values[2:]})
    odd = odd.astype(dict.fromkeys("abc", float))
    by_sql, by_numpy, (prepared_sql, Z) = both_ways(frame, scale, 3, odd)
    np.testing.assert_array_equal(by_sql, by_numpy)
    np.testing.assert_allclose(prepared_sql, Z, rtol=1e-12, atol=1e-12)

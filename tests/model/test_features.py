"""Columns become features: what is left out and why, what is put on a ratio scale, and nothing depends on units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coterie.engines import Reading, connect
from coterie.errors import InputError
from coterie.model import features
from coterie.model.formula import Feature, Prepared, prepare, restore, transform
from coterie.options import Options
from coterie.table import columns, rare, sample, summary, table


def proposed(frame: pd.DataFrame, **options: Any) -> tuple[dict[str, Any], dict[str, Feature], np.ndarray, list[Any]]:
    """Return columns and features by name, the prepared matrix, and the findings."""
    engine = connect(threads=1)
    chosen = Options(**options)
    read = table.read(frame, engine, chosen, Reading())
    drawn = sample.draw(read, columns.wanted(read, chosen), 10**6, seed=0)
    described, found = columns.describe(read, summary.summarize(read), drawn, chosen)
    fitted, more = features.propose(described, drawn.values, chosen.scale)
    Z = prepare(fitted, drawn.values)
    engine.close()
    return {c.name: c for c in described}, {f.column: f for f in fitted}, Z, [*found, *more]


def customers(n: int = 400, seed: int = 0) -> pd.DataFrame:
    r = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in range(n)],
            "age": r.normal(45, 12, n).round(),
            "spend": np.exp(r.normal(4, 1.1, n)),
            "net": np.where(r.random(n) < 0.9, np.exp(r.normal(3, 1.5, n)), -np.exp(r.normal(1, 1, n))),
            "member": r.choice(["yes", "no"], n),
            "flag": r.integers(0, 2, n),
            "city": r.choice(["Oslo", "Rome", "Lima", "Bonn"], n, p=[0.5, 0.3, 0.19, 0.01]),
            "note": [f"called on day {i}" for i in range(n)],
            "constant": 7.5,
            "counter": np.arange(n) + 1000,
            "gone": np.where(r.random(n) < 0.8, np.nan, 1.0 + r.random(n)),
        }
    )


def test_what_cannot_form_segments_is_left_out_with_a_reason() -> None:
    described, fitted, _, found = proposed(customers())
    assert set(fitted) == {"age", "spend", "net", "member", "flag", "city"}
    reasons = {name: c.reason for name, c in described.items() if c.role == "dropped"}
    assert set(reasons) == {"note", "constant", "counter", "gone"}
    assert all(reasons.values())
    assert {f.column for f in found if f.done.startswith("left out")} >= {"constant", "gone", "counter"}
    assert described["customer_id"].role == "id"


def test_columns_that_are_named_are_the_only_ones_and_described_ones_never_form_segments() -> None:
    described, fitted, _, _ = proposed(customers(), features=("age", "spend"), describe=("city",), value="net")
    assert set(fitted) == {"age", "spend"}
    assert described["city"].role == "describe"
    assert described["net"].role == "value"
    assert described["member"].role == "dropped"


def test_skewed_money_is_put_on_a_ratio_scale_and_said_so() -> None:
    _, fitted, _, _ = proposed(customers())
    assert fitted["spend"].transform == "log"
    assert "ratio scale" in fitted["spend"].steps[0]
    assert fitted["age"].transform is None
    assert fitted["net"].transform == "asinh"


def test_an_amount_below_zero_is_put_on_the_mirrored_ratio_scale() -> None:
    frame = customers()
    frame["owed"] = -frame["spend"]
    _, fitted, _, _ = proposed(frame)
    above, below = fitted["spend"], fitted["owed"]
    assert (below.transform, below.unit) == ("neglog", above.unit)
    assert "below zero" in below.steps[0]
    spend = frame["spend"].to_numpy(float)
    z = prepare([replace(above, weight=1.0)], {"spend": spend})
    mirrored = prepare([replace(below, weight=1.0)], {"owed": -spend})
    np.testing.assert_allclose(mirrored, 1.0 - z, atol=1e-12)
    assert restore(below, below.weight * 0.25) == pytest.approx(-restore(above, above.weight * 0.75))
    beyond = transform(below, np.array([5.0, 0.0]))
    assert beyond.tolist() == [0.0, 0.0]


def test_other_customers_have_other_ranges_and_scales_and_count_columns_the_same() -> None:
    described, fitted, _, _ = proposed(customers())
    frame = customers()
    values = {name: frame[name].to_numpy(float) for name in ("age", "spend", "net")}
    numbers = [fitted[name] for name in values]
    same = features.fit_again(numbers, described, values, "auto", set())
    assert [(f.transform, f.unit, f.shift, f.factor, f.weight) for f in same] == [
        (f.transform, f.unit, f.shift, f.factor, f.weight) for f in numbers
    ]
    half = {name: np.sort(x)[: len(x) // 2] for name, x in values.items()}
    again = dict(zip(values, features.fit_again(numbers, described, half, "auto", set()), strict=True))
    assert again["age"].factor > fitted["age"].factor
    assert again["spend"].transform is None  # the lesser half of the amounts is not skewed
    assert {name: f.weight for name, f in again.items()} == {name: fitted[name].weight for name in values}
    constant = features.fit_again(numbers, described, {name: x * 0 for name, x in values.items()}, "auto", set())
    assert constant == tuple(numbers)


def test_yes_no_and_categories_weigh_as_much_as_a_number() -> None:
    _, fitted, Z, _ = proposed(customers())
    widths = {name: len(f.prepared) for name, f in fitted.items()}
    assert widths == {"age": 1, "spend": 1, "net": 1, "member": 1, "flag": 1, "city": 4}
    at, spread = 0, {}
    for name, width in widths.items():
        spread[name] = Z[:, at : at + width].var(axis=0).sum()
        at += width
    numbers = np.mean([spread[n] for n in ("age", "spend", "net")])
    for name in ("member", "flag", "city"):
        assert spread[name] == pytest.approx(numbers)


def test_rare_levels_are_pooled() -> None:
    _, fitted, _, _ = proposed(customers())
    assert fitted["city"].other == ("Bonn",)
    assert fitted["city"].prepared[-1] == Prepared("city", "other")


def test_copies_of_a_column_count_as_one() -> None:
    frame = customers()
    r = np.random.default_rng(1)
    for i in range(3):
        frame[f"age{i}"] = frame["age"] + r.normal(0, 0.5, len(frame))
    _, fitted, _, found = proposed(frame)
    for name in ("age", "age0", "age1", "age2"):
        assert fitted[name].weight == pytest.approx(0.5)
    assert fitted["spend"].weight == 1
    assert any(f.code == "COT201" and f.count == 4 for f in found)


def test_the_last_customer_lacks_nothing_that_is_not_a_column() -> None:
    with pytest.raises(InputError, match="No column is left"):
        proposed(customers()[["customer_id", "note", "constant"]])


def test_scale_none_leaves_numbers_as_they_stand() -> None:
    frame = customers()[["customer_id", "age", "spend"]]
    _, _, Z, _ = proposed(frame, scale="none")
    np.testing.assert_array_equal(np.sort(Z[:, 1]), np.sort(frame["spend"].to_numpy()))


def test_scale_z_has_mean_0_and_deviation_1() -> None:
    _, _, Z, _ = proposed(customers()[["customer_id", "age", "spend"]], scale="z")
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-12)


@settings(max_examples=10, deadline=None)
@given(factor=st.sampled_from([10.0, 100.0, 1000.0]), seed=st.integers(0, 1000))
def test_units_do_not_matter(factor: float, seed: int) -> None:
    frame = customers(120, seed)[["customer_id", "age", "spend", "net"]]
    other = frame.assign(age=frame["age"] * factor, spend=frame["spend"] * factor, net=frame["net"] * factor)
    np.testing.assert_allclose(proposed(frame)[2], proposed(other)[2], rtol=1e-6, atol=1e-9)


def test_a_new_value_beyond_all_others_is_capped_and_a_negative_one_counts_as_zero() -> None:
    _, fitted, _, _ = proposed(customers())
    spend = fitted["spend"]
    prepared = prepare([spend], {"spend": np.array([1e12, -5.0, 0.0, np.nan])})[:, 0]
    assert prepared[0] == 1.5
    assert prepared[1] == prepared[2]
    assert np.isnan(prepared[3])


def test_an_unseen_level_is_missing_unless_levels_are_pooled() -> None:
    values = {"x": np.array(["a", "b", "new", None], dtype=object)}
    known = Feature("x", "category", levels=("a", "b", "c"))
    assert np.isnan(prepare([known], values)[2]).all()
    pooled = Feature("x", "category", levels=("a", "b"), other=("c",))
    np.testing.assert_array_equal(prepare([pooled], values)[2], [0, 0, 1])
    assert np.isnan(prepare([pooled], values)[3]).all()


def test_the_fewer_customers_differ_in_a_column_the_less_it_counts() -> None:
    n, r = 1_000, np.random.default_rng(3)
    owners = {name: (np.arange(n) < share * n).astype(int) for name, share in (("few", 0.08), ("more", 0.16))}
    frame = pd.DataFrame({"customer_id": np.arange(n), "age": r.normal(40, 9, n), "half": np.arange(n) % 2, **owners})
    _, fitted, Z, _ = proposed(frame)
    assert {name: f.weight for name, f in fitted.items()} == {
        name: rare.weight(share) for name, share in (("age", 1), ("half", 0.5), ("few", 0.08), ("more", 0.16))
    }
    spread = dict(zip(fitted, Z.std(axis=0), strict=True))
    assert spread["half"] == pytest.approx(spread["age"])
    assert spread["few"] == pytest.approx(spread["age"] * rare.weight(0.08))
    assert "so it counts 26%" in fitted["few"].steps[-1]


def test_a_rare_number_has_no_say_in_what_yes_no_columns_are_scaled_to() -> None:
    n, r = 1_000, np.random.default_rng(3)
    frame = pd.DataFrame({"customer_id": np.arange(n), "age": r.normal(40, 9, n), "half": np.arange(n) % 2})
    alone = proposed(frame)[1]["half"]
    beside = proposed(frame.assign(boats=np.where(np.arange(n) < 15, np.arange(n) % 3 + 1, 0)))[1]
    assert "boats" not in beside
    assert beside["half"] == alone

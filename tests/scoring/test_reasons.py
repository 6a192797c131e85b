"""Why a customer is in his segment: the parts add up, and every change that is named leads where it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.record import Record
from coterie.scoring.change import Customer
from coterie.scoring.reasons import Reasons, explain
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment

MANY = 1_000


def values_of(run: Record, frame: pd.DataFrame) -> list[dict[str, float | str | None]]:
    """Return the customers of a frame as a table's relation holds them."""
    names = [f.column for f in run.features]
    plain = frame[names].astype(object).where(frame[names].notna(), None)
    return [
        {n: v if v is None or isinstance(v, str) else float(v) for n, v in row.items()}
        for row in plain.to_dict("records")
    ]


def check_sums(found: list[Reasons]) -> None:
    for told in found:
        assert told.distance is not None
        assert told.next_distance is not None
        wanted = told.next_distance**2 - told.distance**2
        assert abs(sum(p.part for p in told.parts) - wanted) <= 1e-12 * max(1.0, told.next_distance**2)
        assert all(p.part == 0 for p in told.parts if not p.known)


def check_changes(run: Segmentation, frame: pd.DataFrame, found: list[Reasons]) -> None:
    """Make every change, have the customers assigned by the engine, and look where they are."""
    moved, wanted = [], []
    for (_, row), told in zip(frame.iterrows(), found, strict=True):
        if told.change is not None:
            moved.append(row.to_dict() | {s.column: s.after for s in told.change.steps})
            wanted.append(told.next)
    assert len(moved) > 0.9 * len(frame)
    after = run.assign(pd.DataFrame(moved).astype(frame.dtypes.to_dict()))
    assert after["segment"].tolist() == wanted


@pytest.fixture(scope="module")
def bank(shared_data: Path) -> pd.DataFrame:
    """Customers of a bank: numbers, categories, yes and no; some answers are missing."""
    whole = pd.read_csv(shared_data / "bank-full.csv", sep=None, engine="python")
    some = whole.sample(MANY, random_state=3).reset_index(drop=True)
    r = np.random.default_rng(5)
    for name in some.columns:
        some[name] = some[name].astype(object if some[name].dtype == object else some[name].dtype)
        holes = r.random(MANY) < 0.05
        some[name] = some[name].mask(holes) if some[name].dtype != "int64" else some[name].astype(float).mask(holes)
    return some


@pytest.fixture(scope="module")
def bank_run(bank: pd.DataFrame) -> Segmentation:
    formed = ["age", "balance", "duration", "campaign", "job", "education", "housing", "month"]
    return segment(bank, k=4, effort="quick", max_k=4, features=formed)


def test_the_parts_of_a_thousand_customers_add_up_and_their_changes_move_them(
    bank: pd.DataFrame, bank_run: Segmentation
) -> None:
    run, placed = bank_run, bank_run.assignments()
    found = [explain(Customer.of(run.record, values)) for values in values_of(run.record, bank)]
    assert [told.segment for told in found] == placed["segment"].tolist()
    assert np.allclose([told.margin for told in found], placed["margin"], atol=1e-12, rtol=0)
    check_sums(found)
    check_changes(run, bank, found)
    ranges = {c.name: (c.min, c.max) for c in run.record.columns}
    for told in found:
        for step in () if told.change is None else told.change.steps:
            low, high = ranges[step.column]
            if not isinstance(step.after, str):
                assert low is not None
                assert high is not None
                assert step.after is not None
                assert low <= step.after <= high


def test_the_two_columns_beside_each_segment_are_those_that_speak_most(
    bank: pd.DataFrame, bank_run: Segmentation
) -> None:
    run = bank_run
    said = run.assign(bank, why=True)
    assert list(said.columns) == ["id", "segment", "name", "margin", "confidence", "why_1", "why_2"]
    for values, *named in zip(values_of(run.record, bank), said["why_1"], said["why_2"], strict=True):
        speaks = [p.column for p in explain(Customer.of(run.record, values)).parts if p.part > 0]
        assert [name for name in named if isinstance(name, str)] == speaks[:2]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    r = np.random.default_rng(7)
    income, spend = r.integers(20_000, 120_000, 600), r.integers(1, 100, 600)
    return pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(600)], "income": income, "spend": spend})


@pytest.fixture(scope="module")
def run(frame: pd.DataFrame) -> Segmentation:
    return segment(frame, k=4, effort="quick", max_k=4)


def test_the_change_is_the_least_that_any_column_can_make(run: Segmentation, frame: pd.DataFrame) -> None:
    """Try every whole number of both columns; none that is nearer in prepared space leads there."""
    for i in range(0, 600, 40):
        him = Customer.of(run.record, {"income": float(frame["income"][i]), "spend": float(frame["spend"][i])})
        told = explain(him)
        if told.change is None or len(told.change.steps) > 1:
            continue
        step = told.change.steps[0]
        assert step.before == him.values[step.column]
        cost = float(np.linalg.norm(him.with_value(step.column, step.after).z - him.z))
        for column, unit in (("income", 250), ("spend", 1)):
            for value in range(int(frame[column].min()), int(frame[column].max()), unit):
                other = him.with_value(column, float(value))
                assert other.segment != told.next or float(np.linalg.norm(other.z - him.z)) >= cost


def test_who_is_asked_for_is_found_by_his_id_and_told_without_it(run: Segmentation, frame: pd.DataFrame) -> None:
    told = run.why(frame, "c017")
    assert told.segment == run.assignments()["segment"][17]
    for text in (str(told), told.svg(), told._repr_html_(), repr(told)):
        assert "c017" not in text
    with pytest.raises(errors.InputError, match="no customer 'c999'"):
        run.why(frame, "c999")
    twice = pd.concat([frame, frame.iloc[[17]]])
    with pytest.raises(errors.InputError, match="Several rows"):
        run.why(twice, "c017")
    assert run.why(twice, "c018") == run.why(None, "c018")


def test_who_lacks_every_value_is_not_assigned_and_told_so(run: Segmentation, frame: pd.DataFrame) -> None:
    empty = frame.astype({"income": float, "spend": float})
    empty.loc[3, ["income", "spend"]] = np.nan
    told = run.why(empty, "c003")
    assert (told.segment, told.next, told.parts, told.change, told.margin) == (None, None, (), None, None)
    assert "not assigned" in str(told)
    assert "not assigned" in told.svg()
    assert run.assign(empty, why=True).loc[3, ["why_1", "why_2"]].isna().all()


def test_merged_segments_have_no_border_between_them(run: Segmentation, frame: pd.DataFrame) -> None:
    merged = run.merge(1, 2)
    for i in range(0, 600, 60):
        told = merged.why(frame, f"c{i:03d}")
        assert told.segment != told.next
        assert told.margin == pytest.approx(merged.assignments()["margin"][i], abs=1e-12)


def test_a_loaded_run_is_asked_with_the_customers(run: Segmentation, frame: pd.DataFrame, tmp_path: Path) -> None:
    run.save(tmp_path / "out")
    assert coterie.load(tmp_path / "out").why(frame, "c005") == run.why(frame, "c005")

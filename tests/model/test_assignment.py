"""ASSIGN: one SELECT gives each customer a segment, a margin and a confidence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coterie.engines import Reading, connect
from coterie.evidence import Cut
from coterie.model import Feature, Model, assignment_sql
from coterie.options import Options
from coterie.table import table

FEATURES = (Feature("x", "number"), Feature("y", "number"))
TWO = Model(("x", "y"), ((0.0, 0.0), (4.0, 0.0)), (1, 2), 0.0, 1, 1)
CUTS = (Cut(1, 0.9, 0.4), Cut(2, 0.9, 0.4))


def assigned(
    rows: list[tuple[float | None, float | None]], model: Model, cuts: tuple[Cut, ...]
) -> dict[str, list[Any]]:
    frame = pd.DataFrame(rows, columns=["x", "y"], dtype=float)
    frame.insert(0, "id", [f"c{i}" for i in range(len(rows))])
    engine = connect(threads=1)
    read = table.read(frame, engine, Options(id="id"), Reading())
    got = engine.fetch(assignment_sql(read.relation, FEATURES, model, {1: "Near", 2: "It's far", 3: "Both"}, cuts))
    engine.close()
    return {name: list(values) for name, values in got.items()}


def test_the_nearest_center_wins_and_the_first_one_on_a_border() -> None:
    got = assigned([(0.0, 0.0), (3.0, 9.0), (2.0, 1.0)], TWO, CUTS)
    assert (got["id"], got["segment"]) == (["c0", "c1", "c2"], [1, 2, 1])
    assert got["name"] == ["Near", "It's far", "Near"]


def test_confidence_falls_with_the_margin() -> None:
    got = assigned([(0.0, 0.0), (1.0, 0.0), (1.9, 0.0)], TWO, CUTS)
    assert got["margin"] == pytest.approx([1.0, 0.5, 0.05])
    assert got["confidence"] == ["core", "probable", "borderline"]


def test_a_missing_value_adds_nothing_and_who_has_none_is_not_assigned() -> None:
    got = assigned([(4.0, None), (None, None)], TWO, CUTS)
    assert got["segment"][0] == 2
    assert pd.isna(got["segment"][1])
    assert got["name"][1] is got["confidence"][1] is None


def test_a_segment_merged_by_hand_has_no_confidence() -> None:
    merged = Model(("x", "y"), ((0.0, 0.0), (4.0, 0.0), (40.0, 0.0)), (3, 3, 1), 0.0, 1, 1)
    got = assigned([(1.0, 0.0), (40.0, 0.0)], merged, (Cut(1, 0.9, 0.4),))
    assert got["segment"] == [3, 1]
    assert got["confidence"] == [None, "core"]
    assert got["margin"][0] == pytest.approx((39 - 1) / (39 + 1))  # the second center is its own, and no rival

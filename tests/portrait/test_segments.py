"""Segments carry what was found of them: sizes that add up, facts with types, and nothing that is made up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coterie.model import Model
from coterie.portrait import Condition, CustomerGroup, Rule
from coterie.portrait.segments import SegmentedSample, _spread
from coterie.record import dumps, parse
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


def test_sizes_and_shares_add_up(tutorial: Segmentation) -> None:
    rows = tutorial.record.sample.rows
    assert sum(s.size for s in tutorial.segments) + tutorial.record.sample.unassigned == rows
    assert sum(s.share for s in tutorial.segments) == pytest.approx(1)


def test_what_describes_a_segment_keeps_its_type_through_a_record(tutorial: Segmentation) -> None:
    for found in tutorial.segments:
        assert isinstance(found.rule, Rule)
        assert all(isinstance(c, Condition) for c in found.rule.conditions)
        assert isinstance(found.typical, CustomerGroup)
    assert parse(dumps(tutorial.record).encode(), "run").segments == tutorial.segments


def test_spread_is_the_root_mean_square_distance_from_the_center() -> None:
    Z = np.array([[0.0, 3.0], [0.0, np.nan], [10.0, 4.0]])
    model = Model(("a", "b"), ((0.0, 0.0), (10.0, 0.0)), (1, 2), 0.0, 1, 1)
    label = np.array([1, 1, 2], dtype=np.int32)
    sample = SegmentedSample(model, Z, label, np.ones(3), (), np.zeros((0, 2, 2)), {}, {})
    assert _spread(sample) == {1: pytest.approx(4.5**0.5), 2: 4.0}  # a missing value adds nothing


def profits(least: float, missing: int) -> pd.DataFrame:
    r = np.random.default_rng(0)
    frame = pd.DataFrame({"id": np.arange(300).astype(str), "x": np.repeat([0.0, 50.0, 100.0], 100)})
    frame["x"] += r.normal(size=300)
    frame["profit"] = np.repeat([least, 10.0, 20.0], 100)
    frame.loc[frame.index[:missing], "x"] = np.nan
    return frame


def formed(frame: pd.DataFrame) -> Segmentation:
    return segment(frame, id="id", features=["x"], value="profit", k=3, max_k=4, effort="quick")


def test_shares_of_a_total_are_not_given_where_a_segment_has_less_than_nothing_and_that_is_said() -> None:
    run = formed(profits(-5.0, 0))
    assert {s.value for s in run.segments} == {-500.0, 1_000.0, 2_000.0}
    assert [s.value_share for s in run.segments] == [None] * 3
    assert [(f.code, f.count) for f in run.record.findings if f.code == "COT305"] == [("COT305", 100)]


def test_shares_are_of_what_the_customers_in_segments_have() -> None:
    run = formed(profits(5.0, 40))
    assert sum(s.value_share or 0.0 for s in run.segments) == pytest.approx(1)
    assert sorted(s.value_share or 0.0 for s in run.segments) == pytest.approx([300 / 3300, 1000 / 3300, 2000 / 3300])
    told = next(f for f in run.record.findings if f.code == "COT306")
    assert (told.count, told.text) == (40, "40 customers without a segment: 200 of the total")

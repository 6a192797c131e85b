"""Typical and borderline customers are groups of ten or more, and no value of a single one is kept."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import exact_heights
from coterie.record import dumps, to_json
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return exact_heights.customers()


@pytest.fixture(scope="module")
def run(frame: pd.DataFrame) -> Segmentation:
    return segment(frame, k=4, effort="quick", features=["annual_income", "spending_score"], describe=["height_mm"])


def test_groups_stand_for_ten_customers_or_more(run: Segmentation) -> None:
    groups = [g for s in run.segments for g in (s.typical, s.border) if g is not None]
    assert len(groups) >= 4
    assert all(g.n >= 10 for g in groups)
    for s in run.segments:
        assert s.border is None or (s.border.towards != s.id and (s.border.towards_share or 0) > 0)


def test_what_is_typical_lies_near_the_middle_of_the_segment(run: Segmentation) -> None:
    for s in run.segments:
        assert s.typical is not None
        told = {v.column: float(v.text.removeprefix("about ").replace(",", "")) for v in s.typical.values}
        for marker in s.markers:
            assert marker.p10 is not None
            assert marker.p90 is not None
            assert marker.p10 < told[marker.column] < marker.p90


def test_no_value_of_a_single_customer_is_in_the_record(run: Segmentation, frame: pd.DataFrame) -> None:
    typical = json.dumps(to_json([[s.typical, s.border] for s in run.record.segments]))
    assert not any(f"{value:.3f}" in typical for value in frame["height_mm"])
    assert "example.org" not in dumps(run.record)

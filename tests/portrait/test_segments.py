"""Segments carry what was found of them: sizes that add up, facts with types, and nothing that is made up."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.model import Model
from coterie.portrait import Condition, CustomerGroup, Rule
from coterie.portrait.segments import SegmentedSample, _spread, share_of
from coterie.record import dumps, parse
from coterie.segmentation import Segmentation


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
    sample = SegmentedSample(model, Z, label, np.ones(3), (), np.zeros((0, 2, 2)), {})
    assert _spread(sample) == {1: pytest.approx(4.5**0.5), 2: 4.0}  # a missing value adds nothing


def test_a_share_of_nothing_or_less_is_unknown() -> None:
    assert share_of(1.0, 4.0) == 0.25
    assert share_of(1.0, 0.0) is share_of(1.0, -4.0) is share_of(None, 4.0) is share_of(1.0, None) is None

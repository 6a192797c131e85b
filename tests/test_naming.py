"""Names say what was measured: level and column, no two alike, and the tutorial's own words on the tutorial's table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie import simulate
from coterie.explain import ideas
from coterie.naming import AVERAGE, level_word
from coterie.segmentation import Segmentation, segment


@pytest.fixture(scope="module")
def tutorial() -> Segmentation:
    return segment(pd.DataFrame(simulate.tutorial()), k=4, effort="quick")


def test_the_tutorials_four_segments_read_like_the_tutorials(tutorial: Segmentation) -> None:
    assert {s.name for s in tutorial.segments} == {
        "High income, high spending",
        "High income, low spending",
        "Low income, high spending",
        "Low income, low spending",
    }


def test_every_name_is_backed_by_numbers(tutorial: Segmentation) -> None:
    for found in tutorial.segments:
        assert len(found.markers) == 2
        for marker in found.markers:
            assert marker.superiority is not None
            assert marker.median is not None
            assert marker.overall is not None
            assert (marker.median > marker.overall) == (marker.effect > 0) == ("high" in marker.word)
            assert max(marker.superiority, 1 - marker.superiority) >= 0.71


def test_each_segment_gets_the_idea_that_its_facts_call_for(tutorial: Segmentation) -> None:
    by_name = {s.name: s.idea or "" for s in tutorial.segments}
    assert by_name["High income, high spending"].startswith("Protect")
    assert by_name["High income, low spending"].startswith("Learn why")
    assert len(set(by_name.values())) == 4
    assert ideas({1: ()})[1].startswith("No strong lever")


def test_names_do_not_depend_on_the_seed() -> None:
    frame = pd.DataFrame(simulate.tutorial())
    names = [
        tuple(sorted(s.name for s in segment(frame, k=4, seed=seed, effort="quick", max_k=4).segments))
        for seed in range(5)
    ]
    assert len(set(names)) == 1


def test_the_five_segments_of_mall_are_told_apart_in_words(shared_data: Path) -> None:
    run = segment(
        shared_data / "Mall_Customers.csv", features=["Annual Income (k$)", "Spending Score (1-100)"], effort="quick"
    )
    names = [s.name for s in run.segments]
    assert len(names) == 5 == len(set(names))
    assert "High income, high spending" in names
    assert "High income, low spending" in names
    assert AVERAGE in names


def test_yes_and_no_read_as_what_people_are() -> None:
    r = np.random.default_rng(0)
    kind = np.arange(300) % 2
    frame = pd.DataFrame(
        {
            "customer_id": range(300),
            "member": np.where(kind == 1, "Yes", "No"),
            "sex": np.where(kind == 1, "Female", "Male"),
            "orders": 3 + 20 * kind + r.poisson(2, 300),
        }
    )
    names = {s.name for s in segment(frame, k=2, effort="quick", max_k=3).segments}
    assert not any("seldom male" in name.casefold() or "seldom female" in name.casefold() for name in names)
    assert any("emale" in name or "member" in name for name in names)


def test_words_are_earned() -> None:
    assert level_word(0.9, 0.68) == "above-average"  # far from the rest in the median, but the groups overlap
    assert level_word(-0.7, 0.4) is None  # between two groups: neither high nor low
    assert level_word(-1.6, 0.1) == "very low"
    assert level_word(0.4, 0.9) is None
    assert AVERAGE == "Close to average"

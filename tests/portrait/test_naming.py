"""Names say what was measured: level and column, no two alike, and the tutorial's own words on the tutorial's table."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import simulate
from coterie.portrait.naming import AVERAGE, Marker, level_word, markers, name_of, name_segments
from coterie.portrait.profile import ALL, ProfileRow
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment
from coterie.table import ColumnRecord
from coterie.words import label


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


# ── names that are told apart ─────────────────────────────────────────────────────────────────────────────────────


def fact(column: str, word: str, effect: float) -> Marker:
    numbers = (1.0, 0.5, 1.5, 2.0, 1.0, 2.0, -0.5)
    return Marker(column, column, word, *numbers, effect, 0.9 if effect > 0 else 0.1, f"{column} {word}")


def columns(*names: str) -> list[ColumnRecord]:
    none = (None,) * 8
    return [ColumnRecord(name, name, "number", "feature", None, 0, 9, *none) for name in names]


def test_two_segments_of_one_name_are_told_apart_by_the_column_that_differs_most() -> None:
    both = [fact("spend", "high", 1.2), fact("orders", "high", 1.1)]
    facts = {1: [*both, fact("age", "high", 0.9), fact("visits", "high", 0.85)], 2: [*both, fact("age", "low", -0.9)]}
    away = {
        1: {("spend", None): 1.2, ("orders", None): 1.1, ("age", None): 0.9, ("visits", None): 0.85},
        2: {("spend", None): 1.2, ("orders", None): 1.1, ("age", None): -0.9, ("visits", None): 0.0},
    }
    named = name_segments(facts, columns("age", "orders", "spend", "visits"), away.__getitem__)
    assert named.names == {
        1: "Older than most, many orders, high spend",
        2: "Younger than most, many orders, high spend",
    }
    assert named.alike == ()


def test_one_segments_third_fact_is_enough_where_the_other_has_none() -> None:
    both = [fact("spend", "high", 1.2), fact("orders", "high", 1.1)]
    away = {1: {("age", None): 0.9}, 2: {("age", None): 0.1}}
    named = name_segments(
        {1: [*both, fact("age", "high", 0.9)], 2: both}, columns("age", "orders", "spend"), away.__getitem__
    )
    assert named.names == {1: "Older than most, many orders, high spend", 2: "Many orders, high spend"}


def test_segments_that_no_word_tells_apart_are_said_to_be_so() -> None:
    away = {s: {("age", None): 0.1 * s} for s in (1, 2, 3)}
    named = name_segments({1: [], 2: [fact("age", "high", 1.0)], 3: []}, columns("age"), away.__getitem__)
    assert named.names == {1: AVERAGE, 2: "Older than most", 3: f"{AVERAGE} (C)"}
    assert named.alike == ((1, 3),)


# ── words that agree with the numbers beside them, and read as words ───────────────────────────────────────────────


def line(segment: int, column: str, mean: float, overall: float, effect: float | None, level: str | None = None) -> Any:
    given = {
        "segment": segment, "column": column, "level": level, "role": "feature", "n": 100, "mean": mean,
        "median": mean, "overall": overall, "effect": effect, "share": mean if level is not None else None,
        "superiority": None if effect is None or level is not None else 0.9 if effect > 0 else 0.1,
        "printed": "mean" if level is None else "share",
    }  # fmt: skip
    return ProfileRow(**{f.name: given.get(f.name) for f in fields(ProfileRow)})


def column(name: str, kind: str, distinct: int, low: float | None = 0.0, high: float | None = 1.0) -> ColumnRecord:
    none = (None,) * 5
    return ColumnRecord(name, label(name), kind, "feature", None, 0, distinct, low, high, *none, None)


@pytest.mark.parametrize(("mean", "earned"), [(80.0, True), (95.0, False), (120.0, False)])
def test_no_word_stands_beside_an_average_that_contradicts_it(mean: float, earned: bool) -> None:
    rows = [line(ALL, "tenure", 100.0, 100.0, None), line(1, "tenure", mean, 100.0, -0.9)]
    found = markers(rows, [column("tenure", "number", 90, 0.0, 400.0)], 1)
    assert bool(found) == earned
    assert name_of(found, [column("tenure", "number", 90)]) == ("Newer than most" if earned else AVERAGE)


@pytest.mark.parametrize(
    ("name", "level", "share", "overall", "said"),
    [
        ("Gender", "Female", 0.9, 0.5, "Mostly female"),
        ("city", "Paris", 0.9, 0.5, "Mostly Paris"),
        ("poutcome", "unknown", 0.01, 0.8, "Seldom poutcome unknown"),
        ("region", "3", 0.9, 0.5, "Mostly region 3"),
        ("response", "yes", 0.6, 0.1, "Mostly responded"),
        ("AcceptedCmp5", "yes", 0.6, 0.1, "Mostly accepted campaign 5"),
        ("is_active", "yes", 0.6, 0.1, "Mostly active"),
    ],
)
def test_levels_read_as_facts(name: str, level: str, share: float, overall: float, said: str) -> None:
    kinds = [column(name, "category", 5, None, None)]
    rows = [line(ALL, name, overall, overall, None, level), line(1, name, share, overall, share - overall, level)]
    assert name_of(markers(rows, kinds, 1), kinds) == said


def test_of_two_numbers_the_one_that_is_met_is_named() -> None:
    kinds = [column("channel", "number", 2, 1.0, 2.0)]
    rows = [
        replace(line(segment, "channel", mean, 1.32, None), share=mean - 1, printed="share")
        for segment, mean in ((ALL, 1.32), (1, 1.01))
    ]
    (found,) = markers(rows, kinds, 1)
    assert (found.word, found.mean) == ("mostly channel 1", pytest.approx(0.99))
    assert "1 99% (all: 68%)" in found.text


def test_one_beside_two_is_a_code_and_no_yes() -> None:
    record = replace(column("channel", "flag", 2, None, None), levels=(("1", 0.68), ("2", 0.32)))
    shares = {"1": (0.99, 0.68), "2": (0.01, 0.32)}
    rows = [line(1, "channel", mine, all_, mine - all_, level) for level, (mine, all_) in shares.items()]
    rows += [line(ALL, "channel", all_, all_, None, level) for level, (_, all_) in shares.items()]
    assert name_of(markers(rows, [record], 1), [record]) == "Mostly channel 1"
    record = replace(column("region", "category", 3, None, None), levels=(("1", 0.5), ("0", 0.3), ("2", 0.2)))
    rows = [line(ALL, "region", 0.3, 0.3, None, "0"), line(1, "region", 0.9, 0.3, 0.6, "0")]
    assert name_of(markers(rows, [record], 1), [record]) == "Mostly region 0"


@pytest.mark.parametrize(
    ("label", "days", "effect", "said"),
    [
        ("recency", 400.0, 2.0, "Lapsed"),
        ("recency", 5.0, -2.0, "Recent"),
        ("recency", 150.0, 2.0, "Bought much longer ago than most"),  # longer than others, not three times their pace
        ("tenure", 40.0, -2.0, "New"),
        ("tenure", 700.0, -2.0, "Much newer than most"),  # two years are not new, whoever else is there
    ],
)
def test_words_for_times_have_an_absolute_meaning_or_compare(label: str, days: float, effect: float, said: str) -> None:
    word = "very high" if effect > 0 else "very low"
    marker = replace(fact(label, word, effect), median=days)
    pace = replace(columns("median_gap")[0], median=73.0)
    assert name_of([marker], [*columns(label), pace]) == said


def test_mostly_is_not_said_of_everybody() -> None:
    kinds = [column("Gender", "category", 3, None, None)]
    rows = [line(ALL, "Gender", 0.5, 0.5, None, "Female"), line(1, "Gender", 1.0, 0.5, 0.5, "Female")]
    assert name_of(markers(rows, kinds, 1), kinds) == "All female"

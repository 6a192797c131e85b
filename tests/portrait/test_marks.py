"""The one rule for marks: the numbers that are printed, a difference that people see, an effect, one direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coterie.model import Feature
from coterie.portrait.marks import compare
from coterie.portrait.profile import ALL, ProfileRow, Statistic, statistic
from coterie.table import ColumnRecord

SPEND = ColumnRecord("spend", "spend", "number", "feature", None, 0, 90, 0.0, 900.0, 60.0, 50.0, 5.0, 120.0, 0.2, None)
ROW = ProfileRow(1, "", "spend", None, "feature", 100, 0, 60, 50, 5, 120, None, 60, None, None, 0.9, "mean")


def two(value: float, overall: float, effect: float, printed: Statistic = "mean", **more: float) -> list[ProfileRow]:
    """The rows of all customers and of one segment, whose printed numbers these are."""
    key = {"mean": "mean", "median": "median", "share": "share", "positive": "positive"}[printed]
    rows = (replace(ROW, segment=s, printed=printed, **{key: v}) for s, v in ((ALL, overall), (1, value)))
    everybody, mine = rows
    return [everybody, replace(mine, effect=effect, superiority=0.5 + effect / 10, **more)]


@pytest.mark.parametrize(
    ("value", "overall", "effect", "side"),
    [
        (70.0, 60.0, 0.9, 1),
        (50.0, 60.0, -0.9, -1),
        (65.0, 60.0, 0.9, 0),  # less than ten per cent
        (90.0, 60.0, 0.4, 0),  # people see it, but it is no effect
        (70.0, 60.0, -0.9, 0),  # the printed number points the other way
        (66.0, 60.0, 0.9, 1),  # ten per cent as printed
        (65.6, 60.4, 0.9, 1),  # printed as 66 and 60
    ],
)
def test_a_number_is_marked_where_people_see_the_difference_and_it_is_an_effect(
    value: float, overall: float, effect: float, side: int
) -> None:
    assert compare(two(value, overall, effect), SPEND)[1].side == side


def test_the_statistic_that_is_printed_is_the_one_that_is_judged() -> None:
    rows = two(80.0, 50.0, 2.0, "median", mean=55.0)
    assert compare(rows, SPEND)[1].change == pytest.approx(0.6)


def test_shares_are_judged_in_points_and_small_cells_by_their_bound() -> None:
    assert compare(two(0.41, 0.30, 0.0, "positive"), SPEND)[1].stands_out
    assert not compare(two(0.39, 0.30, 0.0, "positive"), SPEND)[1].stands_out
    few = [replace(row, n=20) for row in two(0.1, 0.30, 0.0, "share")]  # two of twenty: printed as <50%
    assert not compare(few, SPEND)[1].stands_out


def test_dates_and_years_have_no_percentage() -> None:
    born = replace(SPEND, label="year of birth", min=1930.0, max=2005.0)
    found = compare(two(1985.0, 1969.0, 1.0), born)[1]
    assert found.stands_out
    assert found.change is None


def test_medians_are_printed_where_a_few_customers_pull_the_average() -> None:
    values = np.array([0.0, 1.0, 2.0, 3.0, 100.0])
    assert statistic(SPEND, None, values) == "mean"
    assert statistic(replace(SPEND, skew=3.0), None, values) == "median"
    assert statistic(SPEND, Feature("spend", "number", transform="log", unit=1.0), values) == "median"
    assert statistic(replace(SPEND, skew=3.0), None, values * np.array([0, 0, 0, 1, 1])) == "positive"
    assert statistic(replace(SPEND, distinct=2), None, values) == "share"


def test_no_number_is_marked_stronger_than_one_that_lies_farther_away() -> None:
    everybody, *_ = two(0.0, 370.0, 0.0, "median")
    values = {1: (319.0, -3.5), 2: (10.0, -1.3), 3: (500.0, 2.5), 4: (390.0, 0.1)}
    mine = [replace(everybody, segment=s, median=v, effect=e) for s, (v, e) in values.items()]
    found = compare([everybody, *mine], SPEND)
    assert [(found[s].side, found[s].step) for s in values] == [(-1, 3), (-1, 3), (1, 4), (0, 0)]
    plain = replace(mine[1], effect=-0.2)  # farther away, and not marked: then what is nearer is not either
    assert not compare([everybody, mine[0], plain], SPEND)[1].stands_out
    few = replace(plain, n=9)  # nobody sees its number
    assert compare([everybody, mine[0], few], SPEND)[1].step == 4


def test_the_bound_of_a_small_share_holds_for_nine_customers() -> None:
    rows = [replace(row, n=224) for row in two(9 / 224, 0.30, 0.0, "share")]
    assert compare(rows, SPEND)[1].value == 0.05


@pytest.mark.parametrize(
    ("value", "overall", "side"), [(0.012, 0.008, 0), (0.31, 0.2, 1), (0.24, 0.15, 0), (0, 0.1, -1)]
)
def test_parts_of_one_are_told_in_per_cent_and_differ_by_points(value: float, overall: float, side: int) -> None:
    part = replace(SPEND, name="returns_share", label="returns share", min=0.0, max=0.9)
    found = compare(two(value, overall, 2.0), part)[1]
    assert (found.side, found.in_points) == (side, True)
    assert found.change == pytest.approx(round(value, 2) - round(overall, 2))
    assert not compare(two(value, overall, 2.0), replace(part, max=60.0))[1].in_points  # no part of one
    assert not compare(two(value, overall, 2.0), SPEND)[1].in_points

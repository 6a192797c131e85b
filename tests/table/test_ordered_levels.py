"""Answers with an order become one number each, the same in SQL and in Python; everything else stays a category."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coterie import checking, segment
from coterie.model import Prepared, features
from coterie.table.columns import ColumnRecord
from coterie.table.ordered_levels import in_order


@pytest.mark.parametrize(
    "ordered",
    [
        ("low", "medium", "high"),
        ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"),
        ("under 18", "18-24", "25 to 34", "35+"),
        ("<$20k", "$20k - $40k", ">$60k"),
        ("-2", "-1", "I love it!+5"),
        ("Never", "Once a year", "Every three months", "Once a month", "Once a week", "More than once a week"),
        ("S", "M", "L", "XL"),
    ],
)
def test_an_order_is_found_whatever_the_order_of_the_levels(ordered: tuple[str, ...]) -> None:
    for levels in (ordered, ordered[::-1], tuple(sorted(ordered))):
        assert in_order(levels) == ordered


@pytest.mark.parametrize(
    "levels",
    [
        ("red", "green", "blue"),
        ("zone 1", "zone 2", "zone 7"),
        ("low", "high"),
        ("low", "Low", "high"),
        ("1-2", "1-5", "x"),
    ],
)
def test_no_order_is_made_up(levels: tuple[str, ...]) -> None:
    assert in_order(levels) is None


def test_an_ordinal_is_one_column_between_nothing_and_one() -> None:
    column = ColumnRecord("q", "q", "category", "feature", None, 0, 3, *(None,) * 7, None)
    values = np.array(["high", "low", None, "medium", "low"], dtype=object)
    made, _ = features.propose([column], {"q": values}, "auto")
    assert (made[0].kind, made[0].levels, made[0].prepared) == ("ordinal", ("low", "medium", "high"), (Prepared("q"),))
    z = features.prepare(made, {"q": values})[:, 0]
    np.testing.assert_array_equal(np.isnan(z), [False, False, True, False, False])
    assert (np.diff(z[[1, 3, 0]]) > 0).all()


def test_customers_are_segmented_and_assigned_by_their_answers() -> None:
    r = np.random.default_rng(0)
    high = np.arange(300) % 3 == 0
    answers = np.where(high, r.choice(["often", "always"], 300), r.choice(["never", "rarely"], 300))
    frame = pd.DataFrame(
        {"id": [f"c{i}" for i in range(300)], "visits": answers, "spend": np.where(high, 90.0, 10.0) + r.random(300)}
    )
    run = segment(frame, id="id", k=2, effort="quick")
    assert run.record.features[0].kind == "ordinal"
    found = run.assignments().set_index("id")["segment"]
    assert sorted(found.groupby(high).nunique()) == [1, 1]
    again = run.assign(frame.head(30)).set_index("id")["segment"]
    assert (again == found.loc[again.index]).all()
    assert "COT121" in {f.code for f in run.findings}


def test_how_much_people_like_it_is_an_order(shared_data: Path) -> None:
    seen = {f.column for f in checking.check(shared_data / "mcdonalds.csv").findings if f.code == "COT121"}
    assert seen == {"Like", "VisitFrequency"}

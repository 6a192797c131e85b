"""A border that one answer explains is no discovery; others beside it are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import coterie
from coterie.cluster import assign
from coterie.evidence import Condition, find_splits, part
from coterie.evidence.components import Components
from coterie.evidence.splits import Parts
from coterie.report import terminal

N = 900


def groups(seed: int = 0) -> pd.DataFrame:
    """Two groups that two numbers set apart."""
    r, kind = np.random.default_rng(seed), np.arange(N) % 2
    frame = pd.DataFrame({"customer_id": [f"c{i}" for i in range(N)], "age": 28 + 36 * kind + r.normal(0, 3, N)})
    return frame.assign(balance=1_500 - 1_100 * kind + r.normal(0, 70, N))


def asked(frame: pd.DataFrame, how: str) -> pd.DataFrame:
    """The table with columns that only some customers have a value in."""
    r, there = np.random.default_rng(5), np.random.default_rng(6).random(N) < 0.4
    if how == "sentinel":
        days, before = np.where(there, r.integers(60, 400, N), -1), np.where(there, r.integers(1, 6, N), 0)
        return frame.assign(
            pdays=days, previous=before, poutcome=np.where(there, r.choice(["yes", "no"], N), "unknown")
        )
    answers = {name: there ^ (r.random(N) < 0.01) for name in ("member", "newsletter", "card")}
    return frame.assign(**{name: np.where(yes, "yes", "no") for name, yes in answers.items()})


def segmented(frame: pd.DataFrame, **options: Any) -> coterie.Segmentation:
    return coterie.segment(frame, effort="quick", **options)


def told(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with yes/no columns that alone tell the groups apart."""
    r, yes = np.random.default_rng(5), np.arange(N) % 2 == 1
    near = {name: yes ^ (r.random(N) < 0.01) for name in ("newsletter", "card")}
    return frame.assign(**{name: np.where(x, "yes", "no") for name, x in {"member": yes, **near}.items()})


def test_where_nothing_else_stands_apart_the_face_is_useful_not_natural() -> None:
    run = segmented(told(groups()))
    verdict = run.verdict
    assert verdict.code in ("partly", "natural")  # as computed
    assert max(segment.depth or 0.0 for segment in run.segments) >= 0.5
    assert (verdict.set_aside, verdict.counts_as, verdict.standing) == (True, "shape", 0)
    assert (verdict.face, verdict.label) == ("amber", "useful, not natural")
    assert {split.column for split in verdict.splits} == {"member", "newsletter", "card"}
    assert all(min(split.precision, split.recall) >= 0.95 for split in verdict.splits)
    assert verdict.text.startswith("The split is whether ")
    shown = " ".join(terminal.show(run.record, source="x.csv", written={}, seconds=1.0, width=300).splitlines())
    assert "≈ Useful, not natural. The split is whether " in shown
    assert "`coterie segment SOURCE --exclude " in shown
    assert "<h1>The split is whether " in run.report()
    assert "useful, not natural" in repr(run)


def test_what_is_found_inside_stands_apart_without_the_split() -> None:
    run = segmented(told(groups()), exclude=["member", "newsletter", "card"])
    assert (run.verdict.code, run.verdict.splits, run.verdict.face) == ("natural", (), "green")


@pytest.mark.parametrize("k", ["auto", 2, 4])
@pytest.mark.parametrize("how", ["sentinel", "yes/no"])
def test_groups_that_are_split_once_more_keep_code_and_face_and_name_the_split(how: str, k: Any) -> None:
    run = segmented(asked(groups(), how), k=k)
    assert (run.verdict.code, run.verdict.face) in (("natural", "green"), ("partly", "green-amber"))
    assert run.verdict.standing >= 2
    assert not run.verdict.set_aside
    assert run.verdict.k == 2  # those with an answer and those without are one group
    assert "2 groups, each split by whether " in run.verdict.text
    if k == 4:
        assert {border for split in run.verdict.splits for border in split.borders}
        shown = terminal.show(run.record, source="", written={}, seconds=1.0, width=400)
        assert ", each split by whether " in shown


def test_a_segment_that_stands_apart_in_one_cloud_is_told_by_its_condition(shared_data: Path) -> None:
    """Who was never contacted before is most of a bank's customers; their number of days is -1."""
    run = coterie.segment(shared_data / "bank-full.csv", effort="quick")
    assert (run.verdict.code, run.verdict.set_aside, run.verdict.label) == ("shape", True, "useful, not natural")
    assert run.verdict.text.startswith("The split is whether pdays is −1")
    assert {split.column for split in run.verdict.splits} == {"pdays", "previous", "poutcome"}


def test_groups_that_no_single_answer_tells_apart_have_no_split() -> None:
    run = segmented(groups().assign(member=np.random.default_rng(1).choice(["yes", "no"], N)), k=2)
    assert (run.verdict.splits, run.verdict.set_aside) == ((), False)


@pytest.mark.parametrize(("wrong", "told"), [(0, True), (9, True), (30, False)])
def test_a_condition_explains_a_border_from_95_percent_on(wrong: int, told: bool) -> None:
    r, side = np.random.default_rng(0), np.arange(400) % 2
    Z = np.column_stack([side + r.normal(0, 0.05, 400), r.normal(0, 0.05, 400)])
    holds = side == 1
    holds[np.flatnonzero(holds)[:wrong]] = False
    centers = np.array([[0.0, 0.0], [1.0, 0.0]])
    pieces = Components(centers, (0, 1), (0.9, 0.9), 0.9, 1.0)
    conditions = [Condition("x", None, "yes", holds, (0,))]
    found = find_splits(part(Z, pieces, conditions), assign(Z, centers).label, centers, (1, 2), conditions)
    assert ([s.borders for s in found.explained] == [((1, 2),)]) == told
    assert (found.standing, found.groups) == ((0, 1) if told else (1, None))


def test_a_group_without_a_value_in_a_column_is_judged_without_it() -> None:
    frame = told(groups()).assign(visits=np.random.default_rng(3).normal(9, 1, N))
    frame.loc[np.arange(N) % 2 == 1, "visits"] = np.nan
    assert {split.column for split in segmented(frame).verdict.splits} >= {"member"}


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ([0] * 100 + [1] * 100, True),
        ([0] * 50 + [2] * 50 + [1] * 60 + [3] * 40, True),  # each group in two segments of its own
        ([0] * 92 + [1] * 108, True),  # a few at the edge
        ([0] * 80 + [1] * 120, False),  # a sixth of the second segment is of the first group
        ([0] * 80 + [2] * 20 + [1] * 80 + [2] * 20, False),  # one of three segments has some of each
        ([0, 1] * 100, False),
        ([0] * 200, False),
        ([0] * 190 + [1] * 10, False),
        ([-1] * 20 + [0] * 80 + [1] * 100, True),
    ],
)
def test_groups_are_kept_apart_by_segments_of_one_group_each(label: list[int], kept: bool) -> None:
    parts = Parts(2, np.repeat([0, 1], 100), {})
    assert parts.kept_apart(np.array(label)) == kept


def members(seed: int) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Members of whom some come far more often, with a yes/no column and an age that have nothing to do with it."""
    r = np.random.default_rng(seed)
    often = r.random(N) < 0.3
    frame = pd.DataFrame({"member_id": [f"m{i}" for i in range(N)], "visits": 4 + 6 * often + r.normal(0, 1, N)})
    app = np.where(r.random(N) < (0.3, 0.2)[seed % 2], "yes", "no")
    return frame.assign(**{"has app": app, "age": r.integers(18, 70, N)}), often


@pytest.mark.parametrize("seed", [20, 21, 22, 23])
def test_the_segments_shown_keep_apart_the_groups_that_the_verdict_counts(seed: int) -> None:
    frame, often = members(seed)
    run = segmented(frame)
    assert (run.verdict.code, run.verdict.k, run.verdict.kept_apart) == ("natural", 2, True)
    of = run.assignments()["segment"].to_numpy()
    share = np.array([often[of == s].mean() for s in sorted(set(of))])
    assert np.minimum(share, 1 - share).max() < 0.1  # nearly all of each segment come alike
    assert run.report().count("<h1>Two customer groups, clearly apart") == 1


@pytest.mark.parametrize("seed", [20, 21])
def test_segments_that_are_a_yes_no_column_are_told_to_be_no_groups(seed: int) -> None:
    frame, _ = members(seed)
    run, free = segmented(frame, k=2), segmented(frame)
    assert (run.verdict.k, run.verdict.code) == (free.verdict.k, free.verdict.code)
    assert run.verdict.kept_apart is False
    assert (run.verdict.face, run.verdict.label) == (free.verdict.face, free.verdict.label)  # of the table, with any k
    assert [c.code for c in run.verdict.caveats][:1] == ["mixed"]
    assert "The 2 segments shown mix customers of different groups: they tell whether has app is yes." in (
        run.verdict.text
    )
    assert "clearly apart" not in run.report().split("</h1>")[0].split("<h1>")[1]


def test_in_one_crowd_a_border_that_an_answer_draws_is_told() -> None:
    frame, _ = members(20)
    run = segmented(frame.assign(visits=np.random.default_rng(0).normal(9, 1, N)))
    assert run.verdict.code in ("none", "shape")
    assert not run.verdict.set_aside
    assert [(s.column, s.borders, s.apart) for s in run.verdict.splits] == [("has app", ((1, 3), (2, 3)), 0)]
    assert "unless it is whether has app is yes." in run.verdict.text
    assert "one of them told apart by whether has app is yes" in run.report()

"""A border that one answer explains is no discovery; others beside it are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.evidence import Condition, find_splits
from coterie.evidence.components import Components
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
    found = find_splits(Z, pieces, centers, (1, 2), [Condition("x", None, "yes", holds, (0,))])
    assert ([s.borders for s in found.explained] == [((1, 2),)]) == told
    assert (found.standing, found.groups) == ((0, 1) if told else (0, None))


def test_a_group_without_a_value_in_a_column_is_judged_without_it() -> None:
    frame = told(groups()).assign(visits=np.random.default_rng(3).normal(9, 1, N))
    frame.loc[np.arange(N) % 2 == 1, "visits"] = np.nan
    assert {split.column for split in segmented(frame).verdict.splits} >= {"member"}

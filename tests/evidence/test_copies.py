"""Rows that are near-copies of each other: found, counted once, and never taken for groups."""

from __future__ import annotations

import numpy as np
import pytest

import coterie
from coterie.evidence import copies
from coterie.evidence.copies import find_copies
from coterie.evidence.groupless import Block

MONTH = Block("month", "numeric", 4, 5)


def crowd(seed: int, customers: int, d: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((customers, d))


def repeated(customers: np.ndarray, times: int, noise: float = 0.02) -> np.ndarray:
    """Return so many rows of each customer, nearly the same, in no order."""
    r = np.random.default_rng(99)
    rows = np.repeat(customers, times, axis=0)
    return r.permutation(rows + noise * r.standard_normal(rows.shape))


@pytest.mark.parametrize("times", [2, 3, 6, 12])
def test_it_is_found_how_many_rows_a_customer_has(times: int) -> None:
    rows = repeated(crowd(1, 600 // times), times)
    found = find_copies(rows, crowd(2, len(rows)), [], 1)
    assert found is not None
    assert (found.each, found.apart_from) == (times, None)
    assert len(found.kept) == pytest.approx(600 // times, rel=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_customers_are_no_copies_whether_they_form_groups_or_not(seed: int) -> None:
    rows = crowd(seed, 400)
    assert find_copies(rows, crowd(seed + 50, 400), [], 1) is None
    groups = rows + 5.0 * np.eye(4)[np.arange(400) % 4]
    assert find_copies(groups, crowd(seed + 50, 400), [], 1) is None


def test_what_could_be_a_segment_is_no_customer() -> None:
    rows = repeated(crowd(1, 4), 25)
    assert find_copies(rows, crowd(2, len(rows)), [], 1) is None


def test_the_column_that_tells_copies_apart_is_found() -> None:
    rows = repeated(np.column_stack([crowd(1, 50)]), 12)
    rows = np.column_stack([rows, np.random.default_rng(3).permutation(np.arange(600) % 12) / 4.0])
    found = find_copies(rows, crowd(2, 600, 5), [MONTH], 1)
    assert found is not None
    assert (found.each, found.apart_from) == (12, "month")


@pytest.mark.parametrize("share", [0.0, 0.2, 0.25, 0.3, 0.6, 1.0])
def test_a_look_at_some_rows_says_what_a_look_at_all_does(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, alone = repeated(crowd(4, 250), 4, noise=0.1), np.random.default_rng(5).random(1_000) >= share
    rows[alone] = crowd(6, 1_000)[alone]
    some = find_copies(rows, crowd(7, 1_000), [], 1)
    monkeypatch.setattr(copies, "GLANCE", 1_000)
    whole = find_copies(rows, crowd(7, 1_000), [], 1)
    assert (some is None) == (whole is None)
    if some is not None and whole is not None:
        assert (some.each, some.kept.tolist()) == (whole.each, whole.kept.tolist())
    assert (whole is not None) == (share >= 0.6)


def test_it_does_not_matter_how_many_threads_look() -> None:
    rows, usual = repeated(crowd(1, 100), 6), crowd(2, 600)
    one, four = (find_copies(rows, usual, [], threads) for threads in (1, 4))
    assert one is not None
    assert four is not None
    assert (one.each, one.kept.tolist()) == (four.each, four.kept.tolist())


def segmented(customers: np.ndarray, times: int) -> coterie.Segmentation:
    rows = repeated(customers, times)
    frame = {f"column{j}": rows[:, j] for j in range(rows.shape[1])}
    pd = pytest.importorskip("pandas")
    return coterie.segment(pd.DataFrame(frame), effort="quick")


def test_copies_of_one_crowd_are_no_groups() -> None:
    run = segmented(crowd(4, 60), 12)
    assert run.verdict.code in ("none", "shape")
    (said,) = [c.text for c in run.verdict.caveats if c.code == "near_copies"]
    assert said.startswith("The rows look like 12 near-copies of each customer")


def test_copies_of_groups_are_groups() -> None:
    run = segmented(crowd(4, 150) + 6.0 * np.eye(4)[np.arange(150) % 3], 4)
    assert (run.verdict.code, run.verdict.k) == ("natural", 3)
    assert "near_copies" in {c.code for c in run.verdict.caveats}

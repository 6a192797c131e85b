"""Would the segments be found again: refits, overlaps, votes, neighbors, near ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coterie import words
from coterie.cluster import assign, fit
from coterie.cluster.measures import adjusted_rand
from coterie.evidence import confidence, stability
from prepared_tables import QUICK, weigh


def test_resamples_draw_with_replacement():
    counts = stability._draw_counts(200, 30, QUICK)
    assert (counts.sum(axis=1) == 200).all()
    assert (counts == 0).mean() == pytest.approx(np.exp(-1), abs=0.02)
    assert np.array_equal(counts[:10], stability._draw_counts(200, 10, QUICK))


def test_refits_of_the_same_number_agree_with_one_fit(table):
    refits = stability.resample(table, [3], QUICK)[3]
    assert refits.label.shape == (20, 500)
    counts = stability._draw_counts(500, 20, QUICK)
    seed = QUICK.seed_of(stability.RESAMPLE_STREAM + 7)
    alone = fit(table, 3, weight=counts[7], seed=seed, starts=stability.REFIT_STARTS, swaps=0)
    assert np.array_equal(alone.label, refits.label[7])
    assert np.array_equal(alone.centers, refits.centers[7])


def test_more_refits_keep_the_first(table):
    few = stability.resample(table, [3], QUICK)[3]
    more = stability.extend(table, 3, few, QUICK)
    assert more.label.shape == (40, 500)
    assert np.array_equal(more.label[:20], few.label)
    assert len(np.unique(more.centers.reshape(40, -1), axis=0)) == 40


def test_agreement_is_that_of_pairs(table):
    refits = stability.resample(table, [4], QUICK)[4]
    pairs = [float(adjusted_rand(refits.label[i], refits.label[(i + 1) % 20])) for i in range(20)]
    assert refits.ari.median == pytest.approx(float(np.median(pairs)))
    assert refits.ari.p10 <= refits.ari.median <= refits.ari.p90


def test_clear_groups_are_highly_reproducible(weighed):
    for segment in weighed.stability.segments:
        assert segment.jaccard > 0.95
        assert segment.p05 > 0.9
        assert segment.words == "highly reproducible"
        assert segment.null is not None
        assert segment.null < segment.jaccard
    assert [s.id for s in weighed.stability.segments] == [1, 2, 3]


def test_a_cut_is_never_called_a_group():
    found = weigh(np.random.default_rng(3).random((400, 2)), asked=4)
    assert found.structure.code == "none"
    for segment in found.stability.segments:
        assert segment.words.endswith("as a cut, not as a group") or "do not target" in segment.words
    assert "this describes the cut, not groups" in found.stability.text


def test_a_range_is_told_where_its_ends_differ():
    same = np.tile(np.arange(40, dtype=np.int32) % 2, (8, 1))
    other = same.copy()
    other[::2, :6] = 0
    centers = np.zeros((8, 2, 1))
    even, wide = (stability._say(stability.Refits(label, centers), None, False) for label in (same, other))
    assert even.endswith("two of these agree 1.00 in the median (1 = the same, 0 = chance).")
    even = wide.split("most lie between ")[1].rstrip(").").split(" and ") if "most lie" in wide else ["", "x"]
    assert even[0] != even[1]


def test_an_excess_too_small_to_matter_has_no_digits(monkeypatch, table):
    best = fit(table, 3, seed=0)
    moved = np.where(best.label == 0, 1, best.label).astype(np.int32)
    for excess, said in ((2.4e-7, "is less than 0.01% worse"), (0.001549, "is only 0.15% worse")):
        found = [replace(best, inertia=1.0), replace(best, label=moved, inertia=1.0 + excess)]
        monkeypatch.setattr(stability, "fit_many", lambda *a, found=found, **k: found)
        assert f"a different one {said} (agreement " in stability._compare_solutions(table, best, QUICK)[1]


def test_overlaps_are_shares_of_either():
    a = np.array([[0, 0, 1, 1, -1]], dtype=np.int32)
    b = np.array([[0, 1, 1, 1, 0]], dtype=np.int32)
    assert stability._measure_overlaps(a, b, 2)[0].tolist() == [[0.5, 0.25], [0.0, 2 / 3]]


def test_stored_refits_are_in_the_order_of_the_segments(weighed):
    refits = np.array(weighed.stability.refits)
    assert refits.shape == (stability.STORED, 3, 3)
    assert np.abs(refits - weighed.fit.centers).max() < 1.0


def test_votes_are_shares_of_the_refits(table, weighed):
    refits = np.array(weighed.stability.refits)
    label = assign(table, weighed.fit.centers).label
    slow = np.mean([assign(table, centers).label == label for centers in refits], axis=0)
    share = stability.count_votes(table, refits, label)
    assert share == pytest.approx(slow)


def test_votes_of_merged_segments_count_either_center(table, weighed):
    refits = np.array(weighed.stability.refits)
    label = assign(table, weighed.fit.centers).label
    merged = np.array([0, 0, 1], dtype=np.int32)[label]
    share = stability.count_votes(table, refits, merged, segment_of=[0, 0, 1])
    assert (share >= stability.count_votes(table, refits, label) - 1e-12).all()


def test_customers_between_segments_are_borderline(weighed):
    middle = weighed.fit.centers[:2].mean(axis=0, keepdims=True)
    refits = np.array(weighed.stability.refits)
    label = assign(middle, weighed.fit.centers).label
    assert stability.count_votes(middle, refits, label)[0] < confidence.CORE
    label = assign(weighed.fit.centers, weighed.fit.centers).label
    assert (stability.count_votes(weighed.fit.centers, refits, label) >= confidence.CORE).all()


def test_unassigned_customers_have_no_vote(weighed):
    lost = np.full((1, 3), np.nan)
    share = stability.count_votes(lost, np.array(weighed.stability.refits), np.array([-1], dtype=np.int32))
    assert np.isnan(share).all()


def test_neighbors_name_what_splits_and_merges():
    four = np.repeat([0, 1, 2, 3], [40, 30, 20, 10]).astype(np.int32)
    three = np.array([0, 1, 2, 2], dtype=np.int32)[four]
    five = four.copy()
    five[:15] = 4
    said = stability._say_neighbors(four, "ABCD", {3: three, 5: five})
    assert said[0] == "With one segment fewer, C and D become one."
    assert said[1] == "With one segment more, A is divided (62% and 38%)."
    assert said[2] == "Found again with other numbers of segments: B with 3 to 5."


def test_a_segment_beyond_the_alphabet_is_called_as_everywhere():
    many = np.repeat(np.arange(28), 10)
    fewer = np.minimum(many, 26)
    assert (
        stability._say_neighbors(many, [words.letter(s) for s in range(1, 29)], {27: fewer})[0]
        == "With one segment fewer, AA and AB become one."
    )
    assert words.letter(28) == "AB"


def test_near_ties_are_said():
    square = np.random.default_rng(4).random((2000, 2))
    several, words = stability._compare_solutions(square, fit(square, 3, seed=0), QUICK)
    assert several
    assert words.endswith("several equally good segmentations exist.")


def test_a_single_best_solution_is_said(table):
    several, words = stability._compare_solutions(table, fit(table, 3, seed=0), QUICK)
    assert not several
    assert words.endswith("no different one comes within 1% of it.")

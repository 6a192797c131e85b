"""Would the segments be found again: refits, overlaps, votes, neighbors, near ties; and what the segments hang on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coterie.cluster import assign, fit
from coterie.cluster.measures import adjusted_rand
from coterie.evidence import evidence, sensitivity, stability
from coterie.evidence.groupless import Block
from coterie.evidence.plan import Plan, scramble

PLAN = Plan(effort="quick", max_k=6)


def blobs(n, centers, seed=0, sd=1.0):
    r = np.random.default_rng(seed)
    group = r.integers(0, len(centers), n)
    return np.array(centers, dtype=float)[group] + sd * r.standard_normal((n, len(centers[0])))


def columns(d):
    return [Block(f"f{j}", "numeric", j, j + 1) for j in range(d)]


def keys(n):
    return scramble(np.arange(n, dtype=np.uint64))


@pytest.fixture(scope="module")
def table():
    return blobs(500, [[0, 0, 0], [6, 0, 0], [0, 6, 0]])


@pytest.fixture(scope="module")
def weighed(table):
    return evidence.weigh(table, columns(3), keys(500), PLAN)


# ── refits ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_resamples_draw_with_replacement():
    counts = stability._counts(200, 30, PLAN)
    assert (counts.sum(axis=1) == 200).all()
    assert (counts == 0).mean() == pytest.approx(np.exp(-1), abs=0.02)
    assert np.array_equal(counts[:10], stability._counts(200, 10, PLAN))


def test_refits_of_the_same_number_agree_with_one_fit(table):
    refits = stability.resample(table, [3], PLAN)[3]
    assert refits.label.shape == (20, 500)
    counts = stability._counts(500, 20, PLAN)
    seed = PLAN.seed_of(stability.RESAMPLE_STREAM + 7)
    alone = fit(table, 3, weight=counts[7], seed=seed, starts=stability.REFIT_STARTS, swaps=0)
    assert np.array_equal(alone.label, refits.label[7])
    assert np.array_equal(alone.centers, refits.centers[7])


def test_more_refits_keep_the_first(table):
    few = stability.resample(table, [3], PLAN)[3]
    more = stability.extend(table, 3, few, PLAN)
    assert more.label.shape == (40, 500)
    assert np.array_equal(more.label[:20], few.label)
    assert len(np.unique(more.centers.reshape(40, -1), axis=0)) == 40


def test_agreement_is_that_of_pairs(table):
    refits = stability.resample(table, [4], PLAN)[4]
    pairs = [float(adjusted_rand(refits.label[i], refits.label[(i + 1) % 20])) for i in range(20)]
    assert refits.ari.median == pytest.approx(float(np.median(pairs)))
    assert refits.ari.p10 <= refits.ari.median <= refits.ari.p90


# ── segments and customers ────────────────────────────────────────────────────────────────────────────────────────


def test_clear_groups_are_highly_reproducible(weighed):
    for segment in weighed.stability.segments:
        assert segment.jaccard > 0.95
        assert segment.p05 > 0.9
        assert segment.words == "highly reproducible"
        assert segment.null is not None
        assert segment.null < segment.jaccard
    assert [s.id for s in weighed.stability.segments] == [1, 2, 3]


def test_a_cut_is_never_called_a_group():
    found = evidence.weigh(np.random.default_rng(3).random((400, 2)), columns(2), keys(400), PLAN, asked=4)
    assert found.structure.code == "none"
    for segment in found.stability.segments:
        assert segment.words.endswith("as a cut, not as a group") or "do not target" in segment.words
    assert "this describes the cut, not groups" in found.stability.text


def test_overlaps_are_shares_of_either():
    a = np.array([[0, 0, 1, 1, -1]], dtype=np.int32)
    b = np.array([[0, 1, 1, 1, 0]], dtype=np.int32)
    assert stability._overlaps(a, b, 2)[0].tolist() == [[0.5, 0.25], [0.0, 2 / 3]]


def test_stored_refits_are_in_the_order_of_the_segments(weighed):
    refits = np.array(weighed.stability.refits)
    assert refits.shape == (stability.STORED, 3, 3)
    assert np.abs(refits - weighed.fit.centers).max() < 1.0


def test_votes_are_shares_of_the_refits(table, weighed):
    refits = np.array(weighed.stability.refits)
    label = assign(table, weighed.fit.centers).label
    slow = np.mean([assign(table, centers).label == label for centers in refits], axis=0)
    share = stability.votes(table, refits, label)
    assert share == pytest.approx(slow)
    assert (share >= stability.CORE).mean() == pytest.approx(weighed.stability.core)
    assert weighed.stability.core + weighed.stability.probable + weighed.stability.borderline == pytest.approx(1.0)


def test_votes_of_merged_segments_count_either_center(table, weighed):
    refits = np.array(weighed.stability.refits)
    label = assign(table, weighed.fit.centers).label
    merged = np.array([0, 0, 1], dtype=np.int32)[label]
    share = stability.votes(table, refits, merged, segment_of=[0, 0, 1])
    assert (share >= stability.votes(table, refits, label) - 1e-12).all()


def test_customers_between_segments_are_borderline(weighed):
    middle = weighed.fit.centers[:2].mean(axis=0, keepdims=True)
    refits = np.array(weighed.stability.refits)
    label = assign(middle, weighed.fit.centers).label
    assert stability.confidence(stability.votes(middle, refits, label))[0] != "core"
    label = assign(weighed.fit.centers, weighed.fit.centers).label
    assert (stability.confidence(stability.votes(weighed.fit.centers, refits, label)) == "core").all()


def test_unassigned_customers_have_no_vote(weighed):
    lost = np.full((1, 3), np.nan)
    share = stability.votes(lost, np.array(weighed.stability.refits), np.array([-1], dtype=np.int32))
    assert np.isnan(share).all()


# ── neighbors and near ties ───────────────────────────────────────────────────────────────────────────────────────


def test_neighbors_name_what_splits_and_merges():
    four = np.repeat([0, 1, 2, 3], [40, 30, 20, 10]).astype(np.int32)
    three = np.array([0, 1, 2, 2], dtype=np.int32)[four]
    five = four.copy()
    five[:15] = 4
    said = stability._neighbors(four, 4, {3: three, 5: five})
    assert said[0] == "With one segment fewer, C and D become one."
    assert said[1] == "With one segment more, A is divided (62 % and 38 %)."
    assert said[2] == "Found again whatever the number of segments: B from 3 to 5."


def test_letters_go_on_after_z():
    assert [stability.letter(i) for i in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_near_ties_are_said():
    square = np.random.default_rng(4).random((2000, 2))
    several, words = stability._solutions(square, fit(square, 3, seed=0), PLAN)
    assert several
    assert words.endswith("several equally good segmentations exist.")


def test_a_single_best_solution_is_said(table):
    several, words = stability._solutions(table, fit(table, 3, seed=0), PLAN)
    assert not several
    assert words.endswith("no different one comes within 1 % of it.")


# ── sensitivity ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_columns_that_decide_come_first(table, weighed):
    found = sensitivity.measure(table, columns(3), keys(500), weighed.fit, PLAN, variants={})
    assert {c.column for c in found.columns[:2]} == {"f0", "f1"}
    assert found.columns[2].column == "f2"
    assert found.columns[2].share < 0.02
    assert min(c.share for c in found.columns[:2]) > 0.2


def test_a_table_on_another_scale_shows_who_moves(table, weighed):
    other = table * [1.0, 1.0, 40.0]
    found = sensitivity.measure(
        table, columns(3), keys(500), weighed.fit, PLAN, variants={"with z-scores": table * 2, "without logs": other}
    )
    moved = {c.what: c.moved for c in found.changes}
    assert moved["with z-scores"] == 0.0
    assert moved["with another seed"] == 0.0
    assert moved["without logs"] > 0.2
    assert found.text == "The segments depend on how columns are scaled (without logs they would differ)."


def test_extremes_that_decide_are_said():
    r = np.random.default_rng(5)
    table = np.concatenate([blobs(495, [[0, 0], [3, 0]], seed=6), r.normal(300, 1, (5, 2))])
    found = sensitivity.measure(table, columns(2), keys(500), fit(table, 2, seed=0), PLAN, variants={})
    assert found.changes[0].what == "without the most extreme 1 % of customers"
    assert found.changes[0].moved > 0.3
    assert "a few extreme customers" in found.text


@pytest.mark.parametrize("seed", range(3))
def test_tails_are_not_rare_groups(seed):
    r = np.random.default_rng(seed)
    for table in (r.standard_normal((4000, 3)), r.lognormal(size=(4000, 3)), r.random((4000, 3))):
        assert sensitivity.rare_groups(table, columns(3), keys(4000), PLAN) == ()


def test_a_rare_group_is_found_with_its_profile():
    r = np.random.default_rng(7)
    table = np.concatenate([r.standard_normal((7960, 3)), r.normal([7, 0, -7], 0.7, (40, 3))])
    (found,) = sensitivity.rare_groups(table, columns(3), keys(8000), PLAN)
    assert set(found.rows) == set(range(7960, 8000))
    assert found.rare.text.startswith("A small separate group of 40 customers (0.5%) lies far from everyone else:")
    assert "high f0" in found.rare.text
    assert "low f2" in found.rare.text
    assert "f1" not in found.rare.text


def test_a_rare_group_is_told_in_words():
    r = np.random.default_rng(7)
    table = np.concatenate([r.standard_normal((7960, 3)), r.normal([-7, 0, 7], 0.7, (40, 3))])
    names = ("recency", "f1", "returns_share")
    told = [replace(block, name=name) for block, name in zip(columns(3), names, strict=True)]
    (found,) = sensitivity.rare_groups(table, told, keys(8000), PLAN)
    assert "bought recently" in found.rare.text
    assert "high returns share" in found.rare.text
    assert "_" not in found.rare.text


def test_few_rows_have_no_rare_groups():
    assert sensitivity.rare_groups(np.zeros((100, 2)), columns(2), keys(100), PLAN) == ()


def test_threads_change_nothing(table):
    one = evidence.weigh(table, columns(3), keys(500), replace(PLAN, threads=1))
    two = evidence.weigh(table, columns(3), keys(500), replace(PLAN, threads=2))
    assert one.choice == two.choice
    assert one.stability == two.stability
    assert one.depths == two.depths
    assert one.structure.trial.p_structure == two.structure.trial.p_structure

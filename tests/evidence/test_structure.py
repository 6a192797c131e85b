"""The structure test, piece by piece: margins, groupless tables, corridors, ways around, p-values, words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from coterie.cluster import fit
from coterie.cluster.measures import dip
from coterie.evidence import _structure, groupless, marginals, structure, trial
from coterie.evidence.groupless import Block
from coterie.evidence.plan import Plan, scramble
from coterie.evidence.structure import Shown

PLAN = Plan(effort="quick")


def columns(d, kind="numeric"):
    return [Block(f"f{j}", kind, j, j + 1) for j in range(d)]


def keys(n):
    return scramble(np.arange(n, dtype=np.uint64))


def gaps(X, centers, *, around=False):
    """Return both dip statistics and the depths of one solution."""
    label = np.argmin(((X[:, None] - centers) ** 2).sum(axis=2), axis=1).astype(np.int32)
    k = np.array([len(centers)])
    found = _structure.gaps(X[None], label[None], centers[None], k, np.zeros(1, dtype=np.int64), around, 1)
    return float(found[0][0]), float(found[1][0]), found[2][0]


# ── margins ───────────────────────────────────────────────────────────────────────────────────────────────────────


def modes(x, height):
    """Count the rises and falls of the density of a distribution function given by its corners."""
    slope = np.diff(height) / np.maximum(np.diff(x), 1e-300)
    slope = slope[np.diff(height) > 1e-12]
    falls = np.diff(slope) < -1e-9 * np.abs(slope[:-1])
    return int(np.count_nonzero(np.diff(np.concatenate([[False], falls])) & ~falls) + 1)


def best_unimodal(values):
    """Fit a unimodal distribution function by hand: every observed value as the mode, slow hulls."""
    u, counts = np.unique(values, return_counts=True)
    head = np.cumsum(counts) / counts.sum()
    foot = head - counts / counts.sum()
    best = np.inf
    for m in range(len(u)):
        left = np.array([lower_hull(u[: m + 1], foot[: m + 1], t) for t in u[: m + 1]])
        right = -np.array([lower_hull(u[m:], -head[m:], t) for t in u[m:]])
        distance = max((head[:m] - left[:m]).max(initial=0), (right[1:] - foot[m + 1 :]).max(initial=0))
        best = min(best, distance)
    return best


def lower_hull(x, y, t):
    """Return the greatest convex function below (x, y), at t."""
    at = [y[i] for i in range(len(x)) if x[i] == t]
    chords = [
        y[i] + (y[j] - y[i]) * (t - x[i]) / (x[j] - x[i])
        for i in range(len(x))
        for j in range(len(x))
        if x[i] < t < x[j]
    ]
    return min([*at, *chords])


@pytest.mark.parametrize("seed", range(4))
def test_unimodal_fit_is_the_best_one(seed):
    r = np.random.default_rng(seed)
    values = np.concatenate([r.normal(size=12), r.normal(4, 1, size=9)]).round(2)
    u, counts = np.unique(values, return_counts=True)
    head = np.cumsum(counts) / counts.sum()
    foot = head - counts / counts.sum()
    x, height = _structure.unimodal(u, foot, head, np.arange(len(u)))
    mode = next((i for i in range(len(x) - 1) if x[i] == x[i + 1]), 0)
    before = np.interp(u[u < x[mode]], x[: mode + 1], height[: mode + 1])
    after = np.interp(u[u > x[mode]], x[mode + 1 :], height[mode + 1 :])
    distance = max((head[u < x[mode]] - before).max(initial=0), (after - foot[u > x[mode]]).max(initial=0))
    assert distance == pytest.approx(best_unimodal(values), abs=1e-12)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(height) >= 0).all()


def test_one_peak_keeps_the_sum_and_a_single_peak():
    shape = marginals._one_peak(np.arange(7.0), np.array([0.3, 0.05, 0.05, 0.3, 0.2, 0.1]))
    assert shape.sum() == pytest.approx(1.0)
    turns = np.sign(np.diff(shape))
    turns = turns[turns != 0]
    assert (np.diff(turns) <= 0).all()


def test_two_modes_become_one():
    r = np.random.default_rng(0)
    column = np.concatenate([r.normal(size=500), r.normal(8, 1, size=500)])
    drawn = groupless.fit(column[:, None], columns(1), PLAN).draw(2000, [1], PLAN)[0, :, 0]
    assert float(dip(column)) > 0.1
    assert float(dip(drawn)) < 0.03
    assert drawn.min() >= column.min()
    assert drawn.max() <= column.max()


def test_values_at_the_edge_stay():
    r = np.random.default_rng(1)
    column = np.clip(r.normal(size=1000), -1.0, 1.5)
    drawn = groupless.fit(column[:, None], columns(1), PLAN).draw(20_000, [1], PLAN)[0, :, 0]
    assert (drawn == -1.0).mean() == pytest.approx((column == -1.0).mean(), abs=0.01)
    assert (drawn == 1.5).mean() == pytest.approx((column == 1.5).mean(), abs=0.01)


def test_few_values_are_drawn_as_they_are():
    r = np.random.default_rng(2)
    column = r.integers(0, 60, 1000) / 7
    drawn = groupless.fit(column[:, None], columns(1), PLAN).draw(1000, [3], PLAN)[0, :, 0]
    assert np.isin(drawn, column).all()


# ── groupless tables ──────────────────────────────────────────────────────────────────────────────────────────────


def mixed_table(n=1500, seed=0):
    r = np.random.default_rng(seed)
    z = r.multivariate_normal(np.zeros(4), 0.5 + 0.5 * np.eye(4), n)
    level = np.digitize(z[:, 3], [-0.5, 0.5])
    Z = np.column_stack([z[:, 0], np.exp(z[:, 1]), z[:, 2] > 0.7, np.eye(3)[level]])
    blocks = [Block("a", "numeric", 0, 1), Block("b", "numeric", 1, 2), Block("c", "binary", 2, 3)]
    return Z, [*blocks, Block("d", "nominal", 3, 6)]


def test_groupless_tables_keep_means_spreads_and_correlations():
    Z, blocks = mixed_table()
    drawn = groupless.fit(Z, blocks, PLAN).draw(len(Z), range(20), PLAN).reshape(-1, 6)
    assert drawn.mean(axis=0) == pytest.approx(Z.mean(axis=0), abs=0.1)
    assert drawn.std(axis=0) == pytest.approx(Z.std(axis=0), rel=0.1)
    assert np.corrcoef(drawn[:, :3].T) == pytest.approx(np.corrcoef(Z[:, :3].T), abs=0.05)


def test_categories_stay_one_level_a_row():
    Z, blocks = mixed_table()
    drawn = groupless.fit(Z, blocks, PLAN).draw(500, [7], PLAN)[0]
    assert (drawn[:, 3:].sum(axis=1) == 1).all()
    assert set(np.unique(drawn[:, 3:])) == {0.0, 1.0}


def test_a_stream_always_gives_the_same_table():
    Z, blocks = mixed_table()
    model = groupless.fit(Z, blocks, PLAN)
    alone = model.draw(100, [5], PLAN)[0]
    threads = dataclasses.replace(PLAN, threads=1)
    assert np.array_equal(alone, model.draw(100, [3, 5, 9], threads)[1])


def test_ties_are_broken_by_the_row_alone():
    Z = np.random.default_rng(0).integers(0, 5, (200, 2)).astype(float)
    key = keys(200)
    shaken = marginals.jitter(Z, marginals.steps(Z), key)
    assert np.abs(shaken - Z).max() <= 0.5
    assert len(np.unique(shaken[:, 0])) == 200
    order = np.random.default_rng(1).permutation(200)
    assert np.array_equal(marginals.jitter(Z[order], marginals.steps(Z), key[order]), shaken[order])


# ── corridors and ways around ─────────────────────────────────────────────────────────────────────────────────────


def test_corridor_dip_is_the_dip_of_the_projection():
    r = np.random.default_rng(3)
    X = np.concatenate([r.normal(-3, 1, (200, 1)), r.normal(3, 1, (200, 1))])
    largest, mean, _ = gaps(X, np.array([[-3.0], [3.0]]))
    t = X[np.abs(X[:, 0]) <= 6, 0]
    assert largest == pytest.approx(np.sqrt(len(t)) * float(dip(t)), rel=1e-9)
    assert mean == largest


@pytest.mark.parametrize(("apart", "least", "most"), [(2.0, 0.0, 0.15), (4.0, 0.6, 0.85), (6.0, 0.93, 1.0)])
def test_depth_follows_the_distance_of_groups(apart, least, most):
    r = np.random.default_rng(4)
    centers = np.array([[0.0, 0.0], [apart, 0.0]])
    X = r.standard_normal((4000, 2)) + centers[r.integers(0, 2, 4000)]
    for around in (False, True):
        depths = gaps(X, centers, around=around)[2]
        assert least <= depths.min() <= depths.max() <= most


def test_a_ring_can_be_gone_around():
    r = np.random.default_rng(5)
    t = 2 * np.pi * r.random(3000)
    X = np.column_stack([np.cos(t), np.sin(t)]) + 0.05 * r.standard_normal((3000, 2))
    X = np.hstack([X, 0.1 * r.standard_normal((3000, 2))])
    centers = fit(X, 4, seed=0).centers
    straight, around = gaps(X, centers)[2], gaps(X, centers, around=True)[2]
    assert straight.min() > 0.6
    assert around.max() < 0.35


def test_a_single_column_has_no_way_around():
    r = np.random.default_rng(6)
    X = np.concatenate([r.normal(0, 1, (300, 1)), r.normal(7, 1, (300, 1))])
    centers = np.array([[0.0], [7.0]])
    assert gaps(X, centers, around=True)[2] == pytest.approx(gaps(X, centers)[2])


def test_rows_that_see_little_of_the_way_are_left_out():
    r = np.random.default_rng(7)
    X = np.concatenate([r.normal(0, 1, (300, 2)), r.normal(8, 1, (300, 2))])
    centers = np.array([[0.0, 0.0], [8.0, 8.0]])
    holes = X.copy()
    holes[::3, 0] = np.nan
    label = np.repeat([0, 1], 300).astype(np.int32)
    found = _structure.gaps(holes[None], label[None], centers[None], np.array([2]), np.array([0]), True, 1)
    assert found[2][0].min() > 0.9


# ── p-values and outcome ──────────────────────────────────────────────────────────────────────────────────────────


def test_exceedances_are_those_of_the_largest_standardized_statistic():
    r = np.random.default_rng(8)
    nulls = r.standard_normal((99, 5)) * [1, 10, 100, 1, 1] + [0, 5, 50, 1, 2]
    assert trial._exceedances(np.array([0.0, 5.0, 900.0, 1.0, 2.0]), nulls) == 0
    assert trial._exceedances(nulls.mean(axis=0) - 3 * nulls.std(axis=0), nulls) == 99


def test_a_statistic_that_never_varies_counts_nothing():
    assert trial._exceedances(np.zeros(3), np.zeros((19, 3))) == 19


def test_p_values_of_the_model_itself_are_fair():
    Z, blocks = mixed_table(300)
    model = groupless.fit(Z, blocks, PLAN)
    found = [
        trial.run(table, blocks, keys(300), dataclasses.replace(PLAN, seed=s, max_k=5))
        for s, table in enumerate(model.draw(300, range(40), PLAN))
    ]
    p = np.array([t.p_structure for t in found if t is not None])
    assert (p <= 0.05).mean() <= 0.1
    assert p.mean() > 0.3


def test_groups_are_accepted_early_and_nothing_is_given_up_early():
    r = np.random.default_rng(9)
    groups = np.array([[0, 0], [8, 0], [0, 8]])[r.integers(0, 3, 300)] + r.standard_normal((300, 2))
    clear = structure.examine(groups, columns(2), keys(300), Plan())
    assert clear is not None
    assert (clear.code, clear.draws, clear.trial.k) == ("natural", trial.CLEAR_LOOK, 3)
    nothing = structure.examine(r.standard_normal((300, 2)), columns(2), keys(300), Plan())
    assert nothing is not None
    assert (nothing.code, nothing.trial.early, nothing.trial.p_gap) == ("none", True, None)
    assert nothing.draws < 99


def test_repeated_rows_count_once():
    r = np.random.default_rng(10)
    Z = np.repeat(r.random((200, 2)), 5, axis=0)
    found = structure.examine(Z, columns(2), keys(1000), PLAN)
    assert found is not None
    assert found.trial.rows == 200
    assert found.trial.repeated == 800


def test_natural_ties_are_not_repeats():
    Z = np.random.default_rng(11).integers(1, 6, (800, 3)).astype(float)
    found = structure.examine(Z, columns(3), keys(800), PLAN)
    assert found is not None
    assert found.trial.repeated == 0


def test_large_tables_are_tested_on_sub_samples():
    Z = np.random.default_rng(12).standard_normal((6000, 2))
    found = structure.examine(Z, columns(2), keys(6000), PLAN)
    assert found is not None
    assert len(found.trials) == 2
    assert [t.rows for t in found.trials] == [2000, 2000]
    assert found.code == "none"


@pytest.mark.parametrize("Z", [np.zeros((50, 2)), np.arange(8.0).reshape(4, 2)])
def test_hardly_any_rows_are_not_tested(Z):
    found = structure.examine(Z, columns(2), keys(len(Z)), PLAN)
    assert found is None
    verdict = structure.verdict(found, Shown(2, len(Z), 2, ["A", "B"], [0.0, 0.0]))
    assert (verdict.code, verdict.face, verdict.draws) == (None, "grey", 0)


def test_missing_values_follow_the_table():
    r = np.random.default_rng(13)
    Z = np.array([[0, 0, 0], [7, 7, 0]])[r.integers(0, 2, 400)] + r.standard_normal((400, 3))
    Z[r.random(Z.shape) < 0.1] = np.nan
    found = structure.examine(Z, columns(3), keys(400), PLAN)
    assert found is not None
    assert found.code == "natural"


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def outcome(code, **changes):
    """Return an outcome of the test with a given code."""
    r = np.random.default_rng(14)
    Z = np.array([[0, 0], [8, 0]])[r.integers(0, 2, 200)] + r.standard_normal((200, 2))
    found = structure.examine(Z, columns(2), keys(200), PLAN)
    assert found is not None
    return dataclasses.replace(found, code=code, trial=dataclasses.replace(found.trial, **changes))


def say(code, ari=0.9, **changes):
    shown = Shown(3, 1000, 2, ["Savers", "Spenders", "Others"], [0.9, 0.7, 0.1], ari, 0.12)
    return structure.verdict(outcome(code), dataclasses.replace(shown, **changes))


@pytest.mark.parametrize(
    ("code", "ari", "face", "label", "term"),
    [
        ("natural", 0.9, "green", "natural groups", "natural"),
        ("partly", 0.9, "green-amber", "some natural groups", "natural"),
        ("overlapping", 0.9, "amber", "overlapping groups", "reproducible"),
        ("shape", 0.85, "amber", "useful, not natural", "reproducible"),
        ("shape", 0.5, "amber", "the cut is only partly repeatable", "constructive"),
        ("none", 0.85, "amber", "useful, not natural", "reproducible"),
        ("none", 0.7, "amber", "the cut is only partly repeatable", "constructive"),
        ("none", 0.5, "red", "do not use", "constructive"),
    ],
)
def test_faces(code, ari, face, label, term):
    verdict = say(code, ari)
    assert (verdict.face, verdict.label, verdict.term) == (face, label, term)


def test_none_says_why_a_cut_repeats():
    assert "because of the cloud's outline" in say("none", 0.8).text
    assert "because of the cloud's outline" not in say("none", 0.79).text


def test_hardly_empty_borders_make_no_groups():
    found = outcome("shape")
    faint = dataclasses.replace(found.trial, p_gap=0.01, p_depth=0.01, depth=0.2, share=0.0)
    assert structure._decided(0.01, faint) == "shape"
    assert structure._decided(0.01, dataclasses.replace(faint, depth=0.3)) == "overlapping"
    shown = Shown(3, 1000, 2, ["A", "B", "C"], [0.2] * 3, 0.5)
    text = structure.verdict(dataclasses.replace(found, trial=faint), shown).text
    assert "borders between segments are hardly emptier than their cores (20%)" in text
    chance = dataclasses.replace(faint, p_gap=0.4)
    text = structure.verdict(dataclasses.replace(found, trial=chance), shown).text
    assert "no border between segments is emptier than chance (p = 0.40)" in text


def test_shape_names_a_segment_that_stands_out_all_the_same():
    found = outcome("shape", p_gap=0.3, p_depth=0.01)
    shown = Shown(3, 1000, 2, ["Savers", "Spenders", "Others"], [0.9, 0.1, 0.1], 0.5)
    assert "All the same, Savers stands apart" in structure.verdict(found, shown).text
    faint = dataclasses.replace(shown, depths=[0.4, 0.1, 0.1])
    assert "All the same" not in structure.verdict(found, faint).text


def test_partly_names_the_segments_that_stand_apart():
    assert "Savers and Spenders stand apart" in say("partly").text
    assert "Savers stands apart" in say("partly", depths=[0.9, 0.4, 0.1]).text
    assert "Some stand apart" in say("partly", depths=[0.1, 0.4, 0.1]).text
    assert "The others shade into each other" in say("partly").text
    everyone = say("partly", depths=[0.9, 0.7, 0.6]).text  # the test saw more segments than are shown
    assert "Savers, Spenders and Others stand apart" in everyone
    assert "The others" not in everyone


def test_asked_and_supported_numbers_are_told_apart():
    assert "You asked for 3; 5 is supported." in say("natural", supported=5).text
    assert "5 compact segments" in say("natural", supported=5).text
    assert "You asked" not in say("natural", supported=3).text


def test_overlapping_counts_the_borderline():
    assert "Expect 12% borderline customers." in say("overlapping").text


def test_too_few_rows_are_said():
    assert any("Too few rows (50)" in c for c in say("none", rows=50).caveats)
    assert not any("Too few rows" in c for c in say("none", rows=500).caveats)
    assert say("none").caveats[-1].startswith("The test cannot see groups smaller than")


def test_unevenness_of_the_kernel_density_is_bounded():
    """A depth never exceeds what the emptiest place allows, for single-peaked densities of any spread."""
    for spread in (0.5, 1.0, 3.0):
        X = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)[:, None] * spread
        assert gaps(X, np.array([[-0.8], [0.8]]) * spread)[2].max() < 0.02

"""How many segments: what is feasible, what the criteria say, and the words for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from coterie import words
from coterie.cluster import fit
from coterie.evidence import choice
from coterie.evidence.choice import Candidate, Spread, Vote
from prepared_tables import QUICK, blobs, weigh


@pytest.fixture(scope="module")
def three():
    return weigh(blobs(400, [[0, 0], [8, 0], [4, 7]]))


@pytest.fixture(scope="module")
def nothing():
    return weigh(np.random.default_rng(1).random((400, 2)))


def test_all_criteria_find_clear_groups(three):
    assert three.choice.k == three.choice.supported == 3
    assert three.choice.rule == "vote"
    assert [v.k for v in three.choice.votes] == [3] * 6
    assert three.choice.words == "All 6 criteria say 3: the number of segments is clear."


def test_without_groups_nothing_is_called_best(nothing):
    assert nothing.choice.rule == "repeatability"
    assert 3 <= nothing.choice.k <= 6
    assert nothing.choice.words.startswith("The data do not determine the number of segments.")
    assert "optimal" not in nothing.choice.words


def test_the_most_repeatable_cut_is_offered(nothing):
    offered = {c.k: c.ari.median for c in nothing.choice.candidates if 3 <= c.k <= 6 and c.feasible}
    near = [k for k, ari in offered.items() if ari >= max(offered.values()) - choice.CLOSE - 0.02]
    assert nothing.choice.k in near


def test_small_segments_are_discarded_with_the_reason():
    r = np.random.default_rng(2)
    Z = np.concatenate([blobs(390, [[0, 0], [9, 0]]), r.normal(40, 0.1, (10, 2))])
    found = weigh(Z, replace(QUICK, min_share=0.05))
    reasons = {c.k: c.reason for c in found.choice.candidates}
    assert reasons[3] == "its smallest segment would hold 2.5% of customers, below 5%"
    assert found.choice.supported == 2


def test_shares_limit_the_number():
    found = weigh(blobs(400, [[0, 0], [7, 0], [0, 7]]), replace(QUICK, min_share=0.25))
    reasons = {c.k: c.reason for c in found.choice.candidates}
    assert reasons[5] == "5 segments cannot all hold 25% of customers"


def test_flow_counts_every_row_once(three):
    for k in (2, 3, 4, 5):
        flow = [f for f in three.choice.flow if f.k == k]
        assert sum(f.n for f in flow) == 400
        sizes = {c.k: c.sizes for c in three.choice.candidates}
        for i in range(k):
            assert sum(f.n for f in flow if f.from_ == i + 1) == sizes[k][i]
        for i in range(k + 1):
            assert sum(f.n for f in flow if f.to == i + 1) == sizes[k + 1][i]


def test_candidates_are_those_of_the_final_segments(three):
    chosen = next(c for c in three.choice.candidates if c.k == 3)
    assert chosen.sizes == tuple(int(s) for s in three.fit.sizes)
    assert chosen.inertia == three.fit.inertia
    assert chosen.ari == three.stability.ari
    assert chosen.null_silhouette is not None
    assert chosen.null_silhouette[0] <= chosen.null_silhouette[1] <= chosen.null_silhouette[2] < chosen.silhouette


def test_simplified_silhouettes_are_those_of_each_row():
    Z = blobs(200, [[0, 0], [4, 0], [0, 4]], seed=3)
    fits = {k: fit(Z, k, seed=0) for k in (2, 3, 4)}
    means = choice.measure_silhouettes(Z, fits, QUICK)
    for k, found in fits.items():
        apart = np.sort(np.linalg.norm(Z[:, None] - found.centers, axis=2), axis=1)
        assert means[k] == pytest.approx(float(np.mean(1 - apart[:, 0] / apart[:, 1])), abs=1e-12)
        assert means[k] > silhouette_samples(Z, found.label).mean()


def candidates(**ari):
    return [
        Candidate(k, 1.0, 0.5, None, Spread(a, a, a), None, None, 0.2, (1,), True, None)
        for k, a in ((int(name[1:]), value) for name, value in ari.items())
    ]


def votes(*ks):
    return [Vote(rule, k) for rule, k in zip(choice.NAMES, ks, strict=False)]


@pytest.mark.parametrize(
    ("cast", "k"),
    [
        ((3, 3, 4, 3, 5), 3),
        ((4, 3, 3, 3, 5), 3),
        ((3, 4, 4, 5, 5), 3),
        ((19, 18, 20, 2, 2), 19),
        ((4, 2, 5, 6, None), 4),
    ],
)
def test_a_majority_wins_and_else_the_silhouette_decides(cast, k):
    assert choice._elect(votes(*cast), []) == k


@pytest.mark.parametrize(
    ("cast", "keeping", "k"),
    [
        ((4, 3, 4, 3, 3, 3), (3, 4), 3),
        ((4, 3, 4, 4, 4, 3), (3, 4), 4),
        ((4, 3, 4, 3, 5, 3), (3, 4), 3),  # what keeps groups apart counts twice
        ((4, 4, 5, 3, 5, 3), (3, 4, 5), 3),  # and more than the others in a tie
        ((4, 4, 4, 5, 5, 3), (3, 5), 3),  # four would put groups together
        ((2, 2, 2, 2, 2, 3), (3, 5), 3),
    ],
)
def test_a_number_that_puts_groups_together_is_not_elected(cast, keeping, k):
    assert choice._elect(votes(*cast), keeping) == k


def test_equal_repeatability_goes_to_fewer_segments():
    assert choice._pick_repeatable(candidates(k2=0.99, k3=0.5, k4=0.86, k5=0.88, k6=0.7)) == 4


@pytest.mark.parametrize(
    ("cast", "words"),
    [
        ((4, 4, 4, 4, 3), "4 of 5 criteria say 4, a good agreement; prediction strength says 3."),
        ((4, 4, 4, 5, 3), "3 of 5 criteria say 4, a moderate agreement – also look at 3; agreement of refits says 5"),
        ((4, 4, 4, 4, None), "prediction strength says that none holds"),
        ((4, 4, 3, 5, 2), "no number of segments is privileged; choose by use."),
        ((4, 4, 4, 4, 4, 3), "5 of 6 criteria say 4, a good agreement; fewest that keep groups apart says 3."),
        ((4, 4, 3, 5, 4, None), "3 of 6 criteria say 4, a moderate agreement"),
        ((3, 5, 3, 5, None, 4), "Fewer would mix groups; 4 is offered."),
    ],
)
def test_words_tell_how_far_the_criteria_agree(cast, words):
    assert words in choice._say_agreement(4, votes(*cast))


def test_the_gap_vote_takes_the_first_within_a_standard_error(three):
    one = three.structure.trial
    assert choice._vote_by_gap(one.ks, one) == 3
    assert choice._vote_by_gap([4, 5], one) in (4, 5)


def test_nobody_is_put_into_segments_of_a_few():
    r = np.random.default_rng(0)
    tiny = weigh(r.random((5, 2))).choice
    assert tiny.k == 2
    assert tiny.words.startswith("Too few customers (5)")
    small = weigh(r.random((45, 2))).choice
    assert min(next(c.sizes for c in small.candidates if c.k == small.k)) >= words.SMALLEST_GROUP

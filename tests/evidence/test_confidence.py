"""Bands of the margin: core, probable, borderline, as the votes of refits say."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.evidence import confidence


def bands(found, margin, label):
    """Return 0 for core, 1 for probable, 2 for borderline, as an assignment would."""
    cut = {c.segment: c for c in found.cuts}
    return [
        0 if m >= cut[s].core else 1 if m >= cut[s].probable else 2 for m, s in zip(margin, label, strict=True) if s
    ]


def test_cuts_give_back_the_bands_of_votes_that_follow_the_margin():
    margin = np.linspace(0.0, 0.9, 91)
    votes = np.where(margin >= 0.6, 0.95, np.where(margin >= 0.2, 0.8, 0.5))
    label = np.ones(91, dtype=np.int32)
    found = confidence.calibrate(margin, votes, label, (1,))
    assert found.agreement == 1.0
    assert bands(found, margin, label) == list(np.where(votes >= 0.9, 0, np.where(votes >= 0.7, 1, 2)))


def test_each_segment_has_cuts_of_its_own():
    margin = np.tile(np.linspace(0.0, 0.9, 10), 2)
    label = np.repeat([1, 2], 10).astype(np.int32)
    votes = np.where(margin >= np.where(label == 1, 0.3, 0.7), 1.0, 0.0)
    first, second = confidence.calibrate(margin, votes, label, (1, 2)).cuts
    assert first.core < second.core


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_votes_that_are_all_alike_put_everyone_into_one_band(share):
    margin, label = np.linspace(0.1, 0.8, 8), np.ones(8, dtype=np.int32)
    found = confidence.calibrate(margin, np.full(8, share), label, (1,))
    assert set(bands(found, margin, label)) == {0 if share else 2}
    assert found.agreement == 1.0


def test_agreement_counts_every_customer_of_the_sample_who_has_a_segment():
    margin = np.array([0.1, 0.2, 0.3, 0.4, 0.9])
    votes = np.array([1.0, 0.0, 1.0, 1.0, np.nan])
    label = np.array([1, 1, 1, 1, 0], dtype=np.int32)
    found = confidence.calibrate(margin, votes, label, (1,))
    assert found.agreement == pytest.approx(3 / 4)


def test_a_segment_without_customers_in_the_sample_has_no_core():
    found = confidence.calibrate(np.array([0.5]), np.array([1.0]), np.array([1], dtype=np.int32), (1, 2))
    assert found.cuts[1].core == 1.0


def test_no_customer_of_the_sample_sits_on_a_cut():
    r = np.random.default_rng(0)
    margin = np.round(r.random(400), 2)
    votes, label = np.clip(margin + 0.3 * r.random(400), 0, 1), r.integers(1, 4, 400).astype(np.int32)
    for cut in confidence.calibrate(margin, votes, label, (1, 2, 3)).cuts:
        own = np.unique(margin[label == cut.segment])
        for value in (cut.core, cut.probable):
            assert value not in own
            below, above = own[own < value].max(initial=0.0), own[own > value].min(initial=1.0)
            assert value == pytest.approx((below + above) / 2)


def test_the_last_bit_of_a_margin_moves_nobody():
    margin, label = np.linspace(0.05, 0.95, 19), np.ones(19, dtype=np.int32)
    found = confidence.calibrate(margin, np.where(margin > 0.5, 1.0, 0.8), label, (1,))
    for other in (np.nextafter(margin, 0.0), np.nextafter(margin, 1.0)):
        assert bands(found, other, label) == bands(found, margin, label)


@pytest.mark.parametrize(
    ("margins", "share", "band"), [((1.0, 1.0), 0.0, 2), ((0.0, 0.0), 1.0, 0), ((0.0, 1.0), 1.0, 0)]
)
def test_margins_at_their_ends_are_on_the_right_side(margins, share, band):
    margin, label = np.array(margins), np.ones(2, dtype=np.int32)
    found = confidence.calibrate(margin, np.full(2, share), label, (1,))
    assert bands(found, margin, label) == [band, band]


def test_neighboring_doubles_are_told_apart():
    margin, label = np.array([0.5, np.nextafter(0.5, 1.0)]), np.ones(2, dtype=np.int32)
    found = confidence.calibrate(margin, np.array([0.0, 1.0]), label, (1,))
    assert bands(found, margin, label) == [2, 0]


def sample(sure: float = 0.6, n: int = 1000):
    """Return margins of which this share has all votes, the rest half of them; one segment."""
    margin = np.linspace(1.0, 0.0, n)
    votes = np.where(np.arange(n) < sure * n, 1.0, 0.5)
    return margin, votes, np.ones(n, dtype=np.int32)


@pytest.mark.parametrize(("n", "doubt", "promised"), [(1000, 0.012, True), (1000, 0.013, False), (3000, 0.006, False)])
def test_nobody_is_core_where_halves_differ_too_often_about_the_surest(n, doubt, promised):
    margin, votes, label = sample(n=n)
    need, told = confidence.find_need(margin, votes, np.full(n, doubt), label, (1,))
    assert (need is not None) == promised
    assert told == pytest.approx(doubt)
    found = confidence.calibrate(margin, votes, label, (1,), need, told)
    assert (confidence.share_bands(margin, label, found.cuts)["core"] > 0) == promised
    assert (found.need, found.doubt) == (need, told)


@pytest.mark.parametrize(("n", "promised"), [(300, True), (299, False)])
def test_halves_of_few_customers_must_agree_twice_as_well(n, promised):
    margin, votes, label = sample(n=n)
    need, _ = confidence.find_need(margin, votes, np.full(n, 0.01), label, (1,))
    assert (need is not None) == promised


def test_more_votes_are_asked_for_where_that_keeps_the_promise():
    margin, votes, label = sample()
    votes[500:600] = 0.92
    differ = np.where(votes == 0.92, 0.2, 0.005)
    need, doubt = confidence.find_need(margin, votes, differ, label, (1,))
    assert need == 0.95
    assert doubt == pytest.approx(0.005)


def test_where_nobody_is_core_no_margin_makes_one():
    margin, votes, label = sample()
    (cut,) = confidence.calibrate(margin, votes, label, (1,), None).cuts
    assert cut.core > 1.0
    assert confidence.share_bands(margin, label, [cut]) == pytest.approx(
        {"core": 0.0, "probable": 0.6, "borderline": 0.4}
    )

"""A name that comes back under refits is a name; one that does not is tentative, and the report says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coterie import words
from coterie.portrait.name_stability import LEFT_OUT, _effects, name_returns
from coterie.portrait.profile import robust_effect
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


def test_effects_of_all_refits_at_once_are_those_of_one_at_a_time() -> None:
    r = np.random.default_rng(0)
    t = np.round(r.normal(0, 1, 200), 1)
    t[::9] = np.nan
    label = r.integers(-1, 3, (7, 200)).astype(np.int32)
    label[3] = 0  # everybody in one segment: nobody to compare with
    label[5, ::2] = LEFT_OUT
    effect, superiority = _effects(t, label, 3)
    there = ~np.isnan(t)
    for i in range(7):
        for p in range(3):
            half = there & (label[i] != LEFT_OUT)
            inside = label[i][half] == p
            if inside.all() or not inside.any():
                assert np.isnan(effect[i, p])
            else:
                assert (effect[i, p], superiority[i, p]) == pytest.approx(robust_effect(t[half], inside), abs=1e-12)


def test_the_tutorials_names_come_back_and_those_of_noise_are_tentative(tutorial: Segmentation) -> None:
    assert all((s.name_returns or 0) >= words.COMES_BACK and not s.tentative for s in tutorial.segments)
    noise = pd.DataFrame(np.random.default_rng(1).standard_normal((300, 6)), columns=list("abcdef"))
    run = segment(noise, k=4, effort="quick", max_k=4)
    assert sum(s.tentative for s in run.segments) >= 3
    assert all(s.tentative == ((s.name_returns or 0) < words.COMES_BACK) for s in run.segments)
    assert "are tentative: another sample could change them." in run.report()
    assert "tentative name" in run.report()


def test_without_refits_nothing_is_said_of_names() -> None:
    assert name_returns([], [], [], {}, np.zeros((3, 1)), (np.zeros((0, 2, 1)), (1, 2)), {1: "A", 2: "B"}) == {}

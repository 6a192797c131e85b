"""Tables whose answer is known: groups are found where they are, and not where there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

FORBIDDEN = ("distinct customer", "natural groups exist", "optimal")


@pytest.fixture(scope="module")
def tutorial():
    random = np.random.RandomState(42)
    income = random.randint(20000, 120000, 300)
    return pd.DataFrame({"income": income, "spend": random.randint(1, 100, 300)})


@pytest.fixture(scope="module")
def about_tutorial(said, tutorial):
    return said(tutorial)


def test_tutorial_has_no_groups(about_tutorial):
    verdict = about_tutorial.verdict
    assert verdict.code == "none"
    assert not any(word in verdict.text for word in FORBIDDEN)
    assert "No evidence of separate groups" in verdict.text


@pytest.mark.parametrize("scale", ["auto", "z"])
def test_tutorial_is_cut_in_four(said, tutorial, scale):
    about = said(tutorial, scale=scale)
    assert about.weighed.choice.k == 4
    assert about.weighed.choice.rule == "repeatability"
    assert "The data do not determine" in about.weighed.choice.words
    sizes = sorted(np.bincount(about.label))
    assert np.abs(np.array(sizes) - [62, 74, 77, 87]).max() <= 6


def test_tutorial_cut_is_repeatable_because_of_its_outline(about_tutorial, tutorial):
    ari = about_tutorial.weighed.stability.ari.median
    assert 0.78 <= ari <= 0.92
    assert "because of the cloud's outline, not because groups exist" in about_tutorial.verdict.text
    z = (tutorial - tutorial.mean()) / tutorial.std(ddof=0)
    assert silhouette_score(z, about_tutorial.label) == pytest.approx(0.412, abs=0.01)
    assert about_tutorial.verdict.face == "amber"
    assert about_tutorial.verdict.label == "useful, not natural"


@pytest.mark.parametrize("scale", ["auto", "z", "none"])
def test_correlated_gaussian_has_no_groups(said, frame, scale):
    cov = np.full((5, 5), 0.7) + 0.3 * np.eye(5)
    X = np.random.default_rng(1).multivariate_normal(np.zeros(5), cov, 3000)
    about = said(frame(X), scale=scale)
    assert about.verdict.code == "none"
    assert about.verdict.p_structure > 0.5


def test_four_blobs(said, frame, groups):
    X, group = groups(400, [[0, 0], [6, 0], [0, 6], [6, 6]], 3)
    about = said(frame(X))
    assert about.verdict.code == "natural"
    assert about.weighed.choice.k == 4
    assert adjusted_rand_score(group, about.label) >= 0.97
    assert min(about.weighed.depths) >= 0.9
    assert min(s.jaccard for s in about.weighed.stability.segments) >= 0.95


def test_banana_is_neither_nothing_nor_natural(said, frame):
    r = np.random.default_rng(6)
    x = r.uniform(-2, 2, 2000)
    about = said(frame(np.column_stack([x, x**2 + 0.4 * r.standard_normal(2000)])))
    assert about.verdict.code in ("shape", "overlapping", "partly")


def test_raw_amounts_with_three_segments(said, frame, groups):
    X, group = groups(3000, [[3, 1, 4], [0.5, 3, 6.5], [5.5, 1.5, 7]], 7, 0.7)
    about = said(frame(np.exp(X)))
    assert [f.transform for f in about.features] == ["log"] * 3
    assert about.verdict.code == "natural"
    assert about.weighed.choice.k == 3
    assert adjusted_rand_score(group, about.label) >= 0.97
    assert min(about.weighed.depths) >= 0.9
    again = said(frame(np.exp(X) * [1000, 1, 0.01]))
    assert np.array_equal(again.label, about.label)


def test_survey_with_three_classes(said, frame, groups):
    centers = [[-1] * 5 + [1] * 5, [1] * 5 + [-1] * 5, [1] * 10]
    X, group = groups(1000, centers, 9, 0.8)
    about = said(frame(np.digitize(X, [-1.2, -0.4, 0.4, 1.2]) + 1))
    assert about.verdict.code == "natural"
    assert about.weighed.choice.k == 3
    assert adjusted_rand_score(group, about.label) >= 0.97


def test_half_a_percent_far_away(said, frame, groups):
    X, group = groups(20_000, [[0] * 5, [8 / 5**0.5] * 5], 11, w=[0.995, 0.005])
    about = said(frame(X))
    assert about.verdict.code != "natural"
    (members,) = about.rare
    assert abs(len(members) - 97) <= 3
    assert group[members].mean() >= 0.95
    assert group[members].sum() >= 0.95 * group.sum()
    assert f"{len(members)} customers" in about.rare_texts[0]


def test_copies_of_a_column_count_once(said, frame, groups):
    X, group = groups(2000, [[0, 0], [4, 0], [0, 4], [4, 4]], 12)
    r = np.random.default_rng(13)
    e = r.standard_normal((2000, 1))
    about = said(frame(np.hstack([X, e + 0.2 * r.standard_normal((2000, 6))])))
    assert any("6 columns tell nearly the same story" in f.text for f in about.findings)
    assert about.weighed.choice.k == 4
    assert adjusted_rand_score(group, about.label) >= 0.85


def test_rows_repeated_ten_times_stay_nothing(said, tutorial):
    about = said(pd.concat([tutorial] * 10, ignore_index=True))
    assert about.verdict.code == "none"
    assert any("repeated rows were counted once" in c for c in about.verdict.caveats)

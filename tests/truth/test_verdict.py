"""Tables whose answer is known: groups are found where they are, and not where there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from coterie.evidence import sensitivity
from coterie.evidence.plan import Plan

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
    assert about_tutorial.code == "none"
    assert not any(word in about_tutorial.text for word in FORBIDDEN)
    assert "No evidence of separate groups" in about_tutorial.text


@pytest.mark.parametrize("scale", ["auto", "z"])
def test_tutorial_is_cut_in_four(said, tutorial, scale):
    about = said(tutorial, scale=scale)
    assert about.k == 4
    assert about.record.choice.rule == "repeatability"
    assert "The data do not determine" in about.record.choice.words
    sizes = sorted(np.bincount(about.label)[1:])
    assert np.abs(np.array(sizes) - [62, 74, 77, 87]).max() <= 6


def test_tutorial_cut_is_repeatable_because_of_its_outline(about_tutorial, tutorial):
    ari = about_tutorial.record.stability.ari.median
    assert 0.78 <= ari <= 0.92
    assert "because of the cloud's outline, not because groups exist" in about_tutorial.text
    assert about_tutorial.record.model.silhouette == pytest.approx(0.412, abs=0.01)
    z = (tutorial - tutorial.mean()) / tutorial.std(ddof=0)
    assert silhouette_score(z, about_tutorial.label) == pytest.approx(0.412, abs=0.01)
    assert about_tutorial.record.verdict.face == "amber"
    assert about_tutorial.record.verdict.label == "useful, not natural"


@pytest.mark.parametrize("scale", ["auto", "z", "none"])
def test_correlated_gaussian_has_no_groups(said, frame, scale):
    r = np.random.default_rng(1)  # correlations of 0.7, by sums: a decomposition gives other digits on other machines
    X = np.sqrt(0.7) * r.standard_normal((3000, 1)) + np.sqrt(0.3) * r.standard_normal((3000, 5))
    about = said(frame(X), scale=scale)
    assert about.code == "none"
    assert about.record.verdict.p_structure > 0.5


def test_four_blobs(said, frame, groups):
    X, group = groups(400, [[0, 0], [6, 0], [0, 6], [6, 6]], 3)
    about = said(frame(X))
    assert about.code == "natural"
    assert about.k == 4
    assert adjusted_rand_score(group, about.label) >= 0.97
    assert min(about.depths) >= 0.9
    assert min(s.jaccard for s in about.record.stability.segments) >= 0.95


def test_banana_is_neither_nothing_nor_natural(said, frame):
    r = np.random.default_rng(6)
    x = r.uniform(-2, 2, 2000)
    about = said(frame(np.column_stack([x, x**2 + 0.4 * r.standard_normal(2000)])))
    assert about.code in ("shape", "overlapping", "partly")


def test_raw_amounts_with_three_segments(said, frame, groups):
    X, group = groups(3000, [[3, 1, 4], [0.5, 3, 6.5], [5.5, 1.5, 7]], 7, 0.7)
    about = said(frame(np.exp(X)))
    assert [f.transform for f in about.record.features] == ["log"] * 3
    assert about.code == "natural"
    assert about.k == 3
    assert adjusted_rand_score(group, about.label) >= 0.97
    assert min(about.depths) >= 0.9
    again = said(frame(np.exp(X) * [1000, 1, 0.01]))
    assert np.array_equal(again.label, about.label)


def test_survey_with_three_classes(said, frame, groups):
    centers = [[-1] * 5 + [1] * 5, [1] * 5 + [-1] * 5, [1] * 10]
    X, group = groups(1000, centers, 9, 0.8)
    about = said(frame(np.digitize(X, [-1.2, -0.4, 0.4, 1.2]) + 1))
    assert about.code == "natural"
    assert about.k == 3
    assert adjusted_rand_score(group, about.label) >= 0.97


def test_half_a_percent_far_away(said, prepared, frame, groups):
    X, group = groups(20_000, [[0] * 5, [8 / 5**0.5] * 5], 11, w=[0.995, 0.005])
    about = said(frame(X))
    assert about.code != "natural"
    (rare,) = about.record.sensitivity.rare
    assert abs(rare.n - 97) <= 3
    assert f"A small separate group of {rare.n} customers" in rare.text
    drawn = prepared(frame(X))
    (found,) = sensitivity.find_rare_groups(drawn.Z, drawn.blocks, drawn.key, Plan())
    members = drawn.row[found.rows]
    assert len(members) == rare.n
    assert group[members].mean() >= 0.95
    assert group[members].sum() >= 0.95 * group.sum()


def test_copies_of_a_column_count_once(said, frame, groups):
    X, group = groups(2000, [[0, 0], [4, 0], [0, 4], [4, 4]], 12)
    r = np.random.default_rng(13)
    e = r.standard_normal((2000, 1))
    about = said(frame(np.hstack([X, e + 0.2 * r.standard_normal((2000, 6))])))
    assert any("6 columns tell nearly the same story" in f.text for f in about.record.findings)
    assert about.k == 4
    assert adjusted_rand_score(group, about.label) >= 0.85


def test_rows_repeated_ten_times_stay_nothing(said, tutorial):
    about = said(pd.concat([tutorial] * 10, ignore_index=True))
    assert about.code == "none"
    assert any(c.code == "repeated_rows" for c in about.record.verdict.caveats)


def test_mall_customers_come_in_five_groups(said, shared_data):
    mall = pd.read_csv(shared_data / "Mall_Customers.csv").iloc[:, 3:5]
    about = said(mall)
    assert (about.code, about.k) == ("natural", 5)
    three = said(mall, k=3)
    assert three.k == 3
    assert (three.record.choice.asked, three.record.choice.supported) == (3, 5)
    assert "You asked for 3; 5 is supported." in three.text


def test_fifty_states_are_too_few(said, shared_data):
    about = said(pd.read_csv(shared_data / "USArrests.csv").iloc[:, 1:])
    assert any("Too few rows (50)" in c.text for c in about.record.verdict.caveats)


def test_several_equally_good_solutions_are_said(said, shared_data):
    """Eleven yes/no items have four near-tied cuts into four (published)."""
    items = pd.read_csv(shared_data / "mcdonalds.csv").iloc[:, :11].eq("Yes").astype(int)
    about = said(items, k=4, scale="none")
    assert "worse" in about.record.stability.solutions

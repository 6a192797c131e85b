"""Rules and the small tree: read like sentences, found on one half, measured on the other, and never oversold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coterie import simulate
from coterie.portrait.conditions import AT_LEAST, Axis, exact, roundest
from coterie.portrait.rules import Rule, WeakRule, find_rule, rules_text
from coterie.portrait.tree import NO_EVIDENCE, grow_tree
from coterie.segmentation import Segmentation, segment


@pytest.fixture(scope="module")
def tutorial() -> Segmentation:
    return segment(pd.DataFrame(simulate.tutorial()), k=4, effort="quick")


def mask(frame: pd.DataFrame, rule: Rule) -> NDArray[np.bool_]:
    """Apply the conditions of a rule to a frame, as a reader would."""
    taken = np.ones(len(frame), dtype=bool)
    for condition in rule.conditions:
        x, value = frame[condition.column], condition.value
        taken &= {
            "at least": lambda x=x, v=value: x >= v,
            "below": lambda x=x, v=value: x < v,
            "is": lambda x=x, v=value: x == v,
            "is not": lambda x=x, v=value: x.notna() & (x != v),
        }[condition.op]().to_numpy()
    return taken


def test_the_tutorials_segments_are_rules_in_its_own_units(tutorial: Segmentation) -> None:
    frame = pd.DataFrame(simulate.tutorial())
    label = tutorial.assignments()["segment"].to_numpy()
    for found in tutorial.segments:
        assert found.rule is not None
        assert "annual income" in found.rule.text
        assert "spending score" in found.rule.text
        assert len(found.rule.conditions) <= 3
        assert min(found.rule.precision, found.rule.recall) >= 0.85
        taken, inside = mask(frame, found.rule), label == found.id
        assert (taken & inside).sum() / taken.sum() == pytest.approx(found.rule.precision, abs=0.1)
        assert (taken & inside).sum() / inside.sum() == pytest.approx(found.rule.recall, abs=0.1)


def test_what_is_printed_is_what_was_measured(tutorial: Segmentation) -> None:
    for found in tutorial.segments:
        assert found.rule is not None
        for condition in found.rule.conditions:
            assert exact(float(condition.value)) in found.rule.text


def test_a_rule_says_nothing_good_about_noise() -> None:
    r = np.random.default_rng(3)
    cell = r.integers(0, 20, (6, 2_000))
    axes = [
        Axis(f"c{i}", f"c {i}", "number", True, tuple(float(v) for v in range(1, 20)), c) for i, c in enumerate(cell)
    ]
    inside = r.random(2_000) < 0.3
    found = find_rule(axes, inside, slice(0, 1_000), slice(1_000, 2_000))
    assert found is not None
    assert not found.is_good
    assert found.precision < 0.4  # on the half that it was found on it looks better


def test_ten_customers_a_half_are_needed_for_a_rule() -> None:
    cell = np.arange(100) // 5
    axes = [Axis("x", "x", "number", True, tuple(float(v) for v in range(1, 20)), cell)]
    learned, measured = slice(0, 50), slice(50, 100)
    inside = np.zeros(100, dtype=bool)
    inside[[*range(9), *range(50, 60)]] = True
    assert find_rule(axes, inside, learned, measured) is None
    inside[9] = True
    assert find_rule(axes, inside, learned, measured) is not None


def test_a_missing_value_meets_no_condition() -> None:
    axis = Axis("x", "x", "number", True, (1.0,), np.array([-1, 0, 1]))
    assert axis.holds(AT_LEAST, 0).tolist() == [False, False, True]
    assert axis.holds("below", 0).tolist() == [False, True, False]
    levels = Axis("region", "region", "category", False, ("north",), np.array([-1, 0, 1]))
    assert levels.holds("is not", 0).tolist() == [False, False, True]


def test_numbers_in_conditions_are_round_and_lie_where_they_must() -> None:
    r = np.random.default_rng(0)
    for low, width in zip(r.normal(0, 1e4, 300), np.abs(r.normal(0, 1e3, 300)), strict=True):
        found = roundest(float(low), float(low + width))
        assert low < found <= low + width
    assert roundest(70_312.0, 72_960.0) == 72_000.0
    assert roundest(49.0, 50.0, whole=True) == 50.0
    assert roundest(-3.0, 5.0) == 0.0
    tight = float(np.nextafter(1.0, 2.0))
    assert roundest(1.0, tight) == tight


def test_no_short_rule_is_said_plainly() -> None:
    text = rules_text([1], [WeakRule(2, 0.65, 0.9), WeakRule(3, None, None)], 500, {1: "A", 2: "B", 3: "C"})
    assert "A short rule describes A" in text
    assert "No short rule describes B (0.65 and 0.90)" in text
    assert "C has too few customers" in text


def blob_run(levels: bool = False) -> Segmentation:
    """Three clouds in five columns, and a category that tells one of them."""
    r = np.random.default_rng(1)
    kind = np.arange(900) % 3
    X = 6.0 * np.eye(3, 5)[kind] + r.standard_normal((900, 5))
    frame = pd.DataFrame(X, columns=[f"f{i}" for i in range(5)])
    frame["region"] = np.where(kind == 0, "north", np.where(r.random(900) < 0.5, "south", "west"))
    frame.loc[::17, "f1"] = np.nan
    frame.loc[::29, "region"] = None
    frame["customer_id"] = range(900)
    return segment(frame, id="customer_id", effort="quick", k=3, max_k=4)


def test_rules_name_levels_and_survive_missing_values() -> None:
    run = blob_run()
    texts = [s.rule.text for s in run.segments if s.rule]
    assert len(texts) == 3
    assert any("region is" in t or "f" in t for t in texts)
    held = run.record["model"]["tree"]
    assert held["fidelity"] >= 0.9
    assert held["leaves"] <= 6
    assert held["depth"] <= 4


def test_the_tree_gives_every_customer_one_leaf_and_counts_them_on_the_other_half() -> None:
    held = blob_run().record["model"]["tree"]
    leaves = [n for n in held["nodes"] if n["condition"] is None]
    assert sum(n["rows"] for n in leaves) == held["measured"] == held["nodes"][0]["rows"]
    right = sum(n["rows"] * (n["right"] or 0) for n in leaves)
    assert right / held["measured"] == pytest.approx(held["fidelity"])
    for node in held["nodes"]:
        if node["condition"] is not None:
            below = [held["nodes"][node[side]]["rows"] for side in ("yes", "no")]
            assert sum(below) == node["rows"]
            assert node["missing"] in ("yes", "no")


def test_fidelity_has_its_words_and_is_no_evidence_of_groups(tutorial: Segmentation) -> None:
    held = tutorial.record["model"]["tree"]
    assert held["fidelity"] >= 0.9  # on random numbers, where there are no groups at all
    assert tutorial.verdict.code == "none"
    assert NO_EVIDENCE in held["text"]
    r = np.random.default_rng(0)
    cell = r.integers(0, 50, 2_000)
    axes = [Axis("x", "x", "number", True, tuple(float(v) for v in range(1, 50)), cell)]
    noisy = grow_tree(axes, r.integers(0, 3, 2_000), (1, 2, 3), slice(0, 1_000), slice(1_000, 2_000))
    assert noisy is None or "do not use for assignment" in noisy.words


def test_the_order_of_columns_does_not_matter() -> None:
    frame = pd.DataFrame(simulate.tutorial())
    turned = frame[frame.columns[::-1]]
    a, b = (segment(f, k=4, effort="quick", max_k=4).record for f in (frame, turned))
    assert a["model"]["tree"] == b["model"]["tree"]
    assert [s["rule"]["conditions"] for s in a["segments"]] == [s["rule"]["conditions"] for s in b["segments"]]

"""Rules read like sentences, are found on one half of the customers and measured on the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coterie import simulate, words
from coterie.portrait.conditions import Axis
from coterie.portrait.rules import Rule, WeakRule, find_rule, rules_and_tree, rules_text
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


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
            assert words.exact_number(float(condition.value)) in found.rule.text


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


def test_no_short_rule_is_said_plainly() -> None:
    text = rules_text([1], [WeakRule(2, 0.65, 0.9), WeakRule(3, None, None)], 500, {1: "A", 2: "B", 3: "C"})
    assert "A short rule describes A" in text
    assert "No short rule describes B (65% and 90%)" in text
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
    held = run.record.model.tree
    assert held.fidelity >= 0.9
    assert held.leaves <= 6
    assert held.depth <= 4


def test_the_order_of_columns_does_not_matter() -> None:
    frame = pd.DataFrame(simulate.tutorial())
    turned = frame[frame.columns[::-1]]
    a, b = (segment(f, k=4, effort="quick", max_k=4).record for f in (frame, turned))
    assert a.model.tree == b.model.tree
    assert [s.rule.conditions for s in a.segments] == [s.rule.conditions for s in b.segments]


def test_one_segment_has_nothing_to_be_told_from() -> None:
    rules, tree = rules_and_tree([], [], {}, np.ones(50, dtype=np.int32), {1: "A"})
    assert (rules.by_segment, rules.facts.weak, rules.facts.text, tree) == ({}, (), "", None)
    assert (rules.facts.learned, rules.facts.measured) == (25, 25)

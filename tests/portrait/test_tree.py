"""The small tree retells the segments, counts on the other half, and is never sold as evidence of groups."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.portrait.conditions import Axis
from coterie.portrait.tree import NO_EVIDENCE, grow_tree
from coterie.segmentation import Segmentation


def test_fidelity_has_its_words_and_is_no_evidence_of_groups(tutorial: Segmentation) -> None:
    held = tutorial.record.model.tree
    assert held.fidelity >= 0.9  # on random numbers, where there are no groups at all
    assert tutorial.verdict.code == "none"
    assert NO_EVIDENCE in held.text
    r = np.random.default_rng(0)
    cell = r.integers(0, 50, 2_000)
    axes = [Axis("x", "x", "number", True, tuple(float(v) for v in range(1, 50)), cell)]
    noisy = grow_tree(axes, r.integers(0, 3, 2_000), (1, 2, 3), slice(0, 1_000), slice(1_000, 2_000))
    assert noisy is None or "do not use for assignment" in noisy.words


def steps(cell: np.ndarray) -> Axis:
    return Axis("x", "x", "number", True, tuple(float(v) for v in range(1, int(cell.max()) + 1)), cell)


def test_every_customer_takes_one_leaf_and_is_counted_on_the_other_half() -> None:
    r = np.random.default_rng(1)
    cell = r.integers(-1, 30, 900)
    found = grow_tree([steps(cell)], np.clip(cell, 0, None) // 10, (4, 7, 9), slice(0, 450), slice(450, 900))
    assert found is not None
    leaves = [n for n in found.nodes if n.condition is None]
    assert {n.segment for n in leaves} == {4, 7, 9}
    assert sum(n.rows for n in leaves) == found.measured == found.nodes[0].rows == 450
    assert sum(n.rows * (n.right or 0) for n in leaves) / 450 == pytest.approx(found.fidelity)
    for node in found.nodes:
        if node.condition is not None:
            assert node.yes is not None
            assert node.no is not None
            assert found.nodes[node.yes].rows + found.nodes[node.no].rows == node.rows
            assert node.missing in ("yes", "no")


def test_a_clean_cut_is_found_and_said_both_ways() -> None:
    cell = np.arange(400) % 20
    found = grow_tree([steps(cell)], (cell >= 12).astype(np.int64), (1, 2), slice(0, 200), slice(200, 400))
    assert found is not None
    assert (found.fidelity, found.leaves, found.depth, found.words) == (1.0, 2, 1, "exact rules")
    assert (found.nodes[0].text, found.nodes[0].otherwise) == ("x ≥ 12", "x < 12")


def test_one_segment_or_nothing_to_ask_about_makes_no_tree() -> None:
    cell, half = np.arange(40), (slice(0, 20), slice(20, 40))
    assert grow_tree([steps(cell)], np.zeros(40, dtype=np.int64), (1,), *half) is None
    assert grow_tree([], cell // 20, (1, 2), *half) is None

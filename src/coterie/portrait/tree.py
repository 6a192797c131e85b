"""A small tree that retells the segments, and how faithfully."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.portrait.conditions import AT_LEAST, BELOW, IS, IS_NOT, Axis, Condition, phrase

IntArray = NDArray[np.int64]

LEAST_SHARE, LEAST_ROWS = 0.01, 5  # of the learning rows that a leaf must hold
WORTH_SHARE, WORTH_ROWS = 0.01, 2  # learning rows that a question must set right for each leaf that it adds
EXACT, GOOD = 0.95, 0.85
NO_EVIDENCE = (
    "A tree that retells the segments well is no evidence of groups: any cut with straight borders can be retold."
)

Side = Literal["yes", "no"]


@frozen
class Size:
    """How large a tree may grow.

    ``depth`` counts questions, ``leaves`` are those of a segment.
    """

    depth: int
    leaves: int


SMALL = Size(depth=4, leaves=2)


@frozen
class Node:
    """A question with two answers, or a leaf.

    Of a leaf all but ``segment``, ``rows`` and ``right`` are None. ``text`` says what holds on the side of ``yes``,
    ``otherwise`` on that of ``no``; these two are places in the list of nodes. ``missing`` says which side a customer
    without a value takes. ``segment`` is the most frequent one there; ``rows`` counts the measured rows that come by,
    ``right`` is the share of them that belong to ``segment``.
    """

    condition: Condition | None
    text: str | None
    otherwise: str | None
    yes: int | None
    no: int | None
    missing: Side | None
    segment: int
    rows: int
    right: float | None

    @property
    def answers(self) -> tuple[tuple[str, str, int], ...]:
        """Side, text and place of both answers; of a leaf none."""
        if self.text is None or self.otherwise is None or self.yes is None or self.no is None:
            return ()
        return (("yes", self.text, self.yes), ("no", self.otherwise, self.no))


@frozen
class Tree:
    """The nodes, the root first, and how faithful they are.

    ``fidelity`` is the share of the measured rows that the tree gives their own segment.
    """

    nodes: tuple[Node, ...]
    depth: int
    leaves: int
    learned: int
    measured: int
    fidelity: float
    words: str
    text: str


@dataclass(slots=True, eq=False)
class _Grown:
    """A node while the tree grows: rows, best question, children."""

    rows: IntArray
    depth: int
    counts: IntArray
    split: tuple[float, int, int, Side] | None  # gain, axis, cut or level, where missing values go
    yes: _Grown | None = None
    no: _Grown | None = None


def grow_tree(
    axes: Sequence[Axis],
    position: IntArray,
    segments: Sequence[int],
    learned: slice,
    measured: slice,
    size: Size = SMALL,
) -> Tree | None:
    """Return the tree; of one segment or without a question, None.

    Grown best question first (largest fall of the Gini impurity) up to its size, then cut back where a question sets
    too little right. A missing value takes the answer under which the impurity falls more.

    Parameters
    ----------
    position : (n,) place of each row's segment in ``segments``.
    learned, measured : the rows that the tree is grown on, and those its fidelity is measured on.
    size : twice as many leaves as segments and four questions deep, where nobody says.

    Notes
    -----
    Cost: n · columns for each of at most four levels.

    References
    ----------
    Breiman, Friedman, Olshen & Stone (1984), Classification and regression trees.
    Frost, Moshkovitz & Rashtchian (2020), ExKMC: more leaves than clusters explain k-means better.
    """
    rows = np.arange(len(position), dtype=np.int64)
    if len(segments) < 2 or not axes or not len(rows[learned]) or not len(rows[measured]):
        return None
    root = _grow(axes, position, rows[learned], len(segments), size)
    _prune(root, max(WORTH_ROWS, WORTH_SHARE * len(rows[learned])))
    if root.yes is None:
        return None
    nodes: list[Node] = []
    depth = _append(root, axes, position, rows[measured], segments, nodes)
    right = sum(round(n.rows * (n.right or 0.0)) for n in nodes if n.condition is None)
    count = len(rows[measured])
    leaves = sum(n.condition is None for n in nodes)
    quality, text = _fidelity_words(right / count, count)
    return Tree(tuple(nodes), depth, leaves, len(rows[learned]), count, right / count, quality, text)


def _fidelity_words(fidelity: float, rows: int) -> tuple[str, str]:
    percent = words.percent(fidelity)
    if fidelity >= EXACT:
        quality = "exact rules"
    elif fidelity >= GOOD:
        quality = "good approximation"
    else:
        quality = f"rules describe only {percent} – do not use for assignment"
    text = (
        f"The tree gives {percent} of {rows:,} customers that it was not grown on their own segment: {quality}."
        f" {NO_EVIDENCE}"
    )
    return quality, text


def give_segments(tree: Tree, axes: Sequence[Axis]) -> IntArray:
    """Return the segment that the tree gives each row (n,)."""
    by_column = {axis.column: axis for axis in axes}
    given = np.zeros(len(axes[0].cell), dtype=np.int64)

    def descend(place: int, rows: IntArray) -> None:
        node = tree.nodes[place]
        if node.condition is None or node.yes is None or node.no is None:
            given[rows] = node.segment
            return
        axis = by_column[node.condition.column]
        yes = axis.holds(node.condition.op, axis.values.index(node.condition.value))[rows]
        yes = yes | (axis.cell[rows] < 0) if node.missing == "yes" else yes
        descend(node.yes, rows[yes])
        descend(node.no, rows[~yes])

    descend(0, np.arange(len(given), dtype=np.int64))
    return given


def _grow(axes: Sequence[Axis], position: IntArray, learned: IntArray, k: int, size: Size) -> _Grown:
    least = max(LEAST_ROWS, math.ceil(LEAST_SHARE * len(learned)))

    def node_of(rows: IntArray, depth: int) -> _Grown:
        counts = np.bincount(position[rows], minlength=k)
        split = _best_question(axes, position, rows, counts, least) if depth < size.depth else None
        return _Grown(rows, depth, counts, split)

    root = node_of(learned, 0)
    open_nodes, leaves = [root], 1
    while leaves < size.leaves * k:
        able = [node for node in open_nodes if node.split is not None]
        if not able:
            break
        node = max(able, key=lambda n: n.split[0] if n.split else 0.0)  # the first of equals
        open_nodes.remove(node)
        yes = _answers(node, axes, node.rows)
        node.yes, node.no = node_of(node.rows[yes], node.depth + 1), node_of(node.rows[~yes], node.depth + 1)
        open_nodes += [node.yes, node.no]
        leaves += 1
    return root


def _best_question(
    axes: Sequence[Axis], position: IntArray, rows: IntArray, counts: IntArray, least: int
) -> tuple[float, int, int, Side] | None:
    """Return the question under which the impurity falls most.

    Returns
    -------
    gain, axis, cut or level, and where missing values go.
    """
    k, where = len(counts), position[rows]
    pure = float((counts.astype(np.float64) ** 2).sum()) / len(rows)
    best: tuple[float, int, int, Side] | None = None
    for a, axis in enumerate(axes):
        cell = axis.cell[rows]
        table = np.bincount((cell + 1) * k + where, minlength=(axis.cells + 1) * k).reshape(-1, k)
        lost, table = table[0], table[1:]
        yes = table[:-1] if not axis.ordered else table.sum(axis=0) - np.cumsum(table, axis=0)[:-1]
        for side in ("no", "yes") if lost.any() else ("no",):
            here = yes + (lost if side == "yes" else 0)
            there = counts - here
            n, m = here.sum(axis=1), there.sum(axis=1)
            fall = (here.astype(np.float64) ** 2).sum(axis=1) / np.maximum(n, 1)
            fall += (there.astype(np.float64) ** 2).sum(axis=1) / np.maximum(m, 1)
            fall = np.where((n >= least) & (m >= least), fall - pure, -1.0)
            at = int(np.argmax(fall))
            last = at
            while last + 1 < len(fall) and fall[last + 1] == fall[at]:
                last += 1  # a gap without customers: its middle
            if fall[at] > 1e-9 * len(rows) and (best is None or fall[at] > best[0] + 1e-9):
                best = (float(fall[at]), a, (at + last) // 2, side)
    return best


def _answers(node: _Grown, axes: Sequence[Axis], rows: IntArray) -> NDArray[np.bool_]:
    """Return for which rows the answer to the node's question is yes."""
    assert node.split is not None
    _, a, at, side = node.split
    axis = axes[a]
    yes = axis.holds(AT_LEAST if axis.ordered else IS, at)[rows]
    return yes | (axis.cell[rows] < 0) if side == "yes" else yes


def _prune(node: _Grown, worth: float) -> tuple[int, int]:
    """Take weak questions back; return wrong rows and leaves.

    A question is weak that sets too little right for the leaves it adds.
    """
    wrong = int(node.counts.sum() - node.counts.max())
    if node.yes is None or node.no is None:
        return wrong, 1
    below = [_prune(child, worth) for child in (node.yes, node.no)]
    left, leaves = sum(w for w, _ in below), sum(n for _, n in below)
    if wrong - left < worth * (leaves - 1):
        node.yes = node.no = None
        return wrong, 1
    return left, leaves


def _append(
    node: _Grown,
    axes: Sequence[Axis],
    position: IntArray,
    rows: IntArray,
    segments: Sequence[int],
    nodes: list[Node],
) -> int:
    """Append a node and what is below it; return the depth."""
    segment = int(np.argmax(node.counts))
    right = float(np.mean(position[rows] == segment)) if len(rows) else None
    place = len(nodes)
    nodes.append(Node(None, None, None, None, None, None, segments[segment], len(rows), right))
    if node.yes is None or node.no is None or node.split is None:
        return 0
    _, a, at, side = node.split
    yes = _answers(node, axes, rows)
    condition = axes[a].condition(AT_LEAST if axes[a].ordered else IS, at)
    if not axes[a].ordered and len(axes[a].values) == 2:
        other = axes[a].condition(IS, 1 - at)
    else:
        other = axes[a].condition(BELOW if axes[a].ordered else IS_NOT, at)
    text, otherwise = phrase([condition], axes), phrase([other], axes)
    deeper = [_append(node.yes, axes, position, rows[yes], segments, nodes)]
    no = len(nodes)
    deeper.append(_append(node.no, axes, position, rows[~yes], segments, nodes))
    nodes[place] = replace(
        nodes[place], condition=condition, yes=place + 1, no=no, missing=side, text=text, otherwise=otherwise
    )
    return 1 + max(deeper)

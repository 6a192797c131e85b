"""A typing tool: the few columns that tell the segments.

Market researchers call them golden questions: a small tree asks them, and how often it agrees with the segments is
measured on customers that neither the questions nor the tree were chosen on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.model import Feature
from coterie.portrait.conditions import Axis, cut_columns
from coterie.portrait.rules import halve
from coterie.portrait.tree import Size, Tree, give_segments, grow_tree
from coterie.table import ColumnRecord

LEAST_CUSTOMERS = 100
CONSIDERED = 30  # columns that a second question may be about: those that tell most alone
WORTH = 0.002  # of customers that another question must set right
SIZE = Size(depth=5, leaves=4)
CHOOSING = Size(depth=4, leaves=4)


@frozen
class Agreement:
    """How a segment comes out.

    ``found`` is the share of its customers that the tree gives it, ``right`` the share of those it gives it who belong
    to it; ``customers`` were measured. None where there are fewer than ten.
    """

    segment: int
    customers: int
    found: float | None
    right: float | None


@frozen
class TypingFacts:
    """A typing tool: columns, their tree, its agreement.

    ``all_columns`` is the agreement of a tree of the same size that may ask for any of ``considered`` columns.
    """

    columns: tuple[str, ...]
    features: tuple[Feature, ...]
    tree: Tree
    agreement: float
    segments: tuple[Agreement, ...]
    all_columns: float
    considered: int
    learned: int
    measured: int


def choose_questions(
    features: Sequence[Feature],
    columns: Sequence[ColumnRecord],
    values: Mapping[str, NDArray[Any]],
    label: NDArray[np.int32],
    segments: Sequence[int],
    most: int | None,
) -> TypingFacts | None:
    """Return few columns that tell the segments, and their tree.

    Parameters
    ----------
    features : of every column that may be asked for.
    values, label : the sample's arrays and segment ids, in the order of their hash; 0 = not assigned.
    most : the number of columns to choose; None: all of them are asked for.

    Returns
    -------
    None where no column tells anything.

    Notes
    -----
    Columns are added one by one, the one with which a tree agrees most, and then exchanged one by one: grown on a
    quarter of the customers, asked on another quarter. The tree that is given is grown on both, and measured on the
    other half. Cost: at most ``30 · most²`` small trees.
    """
    order, half = halve(label, segments)
    label, values = label[order], {f.column: values[f.column][order] for f in features}
    position = np.searchsorted(np.array(segments), label)
    learned, measured = slice(0, half), slice(half, len(order))
    axes = cut_columns(features, columns, values, learned)
    chosen = axes if most is None else _choose(axes, position, segments, half, most)
    tree = grow_tree(chosen, position, segments, learned, measured, SIZE)
    everything = grow_tree(axes, position, segments, learned, measured, SIZE)
    if tree is None or everything is None:
        return None
    given = give_segments(tree, chosen)[measured]
    by_name = {f.column: f for f in features}
    return TypingFacts(
        columns=tuple(a.column for a in chosen),
        features=tuple(by_name[a.column] for a in chosen),
        tree=tree,
        agreement=tree.fidelity,
        segments=tuple(_agreement(s, given, label[measured]) for s in segments),
        all_columns=everything.fidelity,
        considered=len(axes),
        learned=half,
        measured=len(order) - half,
    )


def _choose(
    axes: Sequence[Axis], position: NDArray[np.int64], segments: Sequence[int], half: int, most: int
) -> list[Axis]:
    """Return the columns that tell most, at most so many."""
    grown, asked = slice(0, half, 2), slice(1, half, 2)

    def agrees(tried: Sequence[Axis]) -> float:
        tree = grow_tree(tried, position, segments, grown, asked, CHOOSING)
        return 0.0 if tree is None else tree.fidelity

    alone = {a.column: agrees([a]) for a in axes}
    open_to = sorted(axes, key=lambda a: (-alone[a.column], a.column))[:CONSIDERED]
    chosen, best = open_to[:1], alone[open_to[0].column]
    while len(chosen) < most:
        tried = [[*chosen, axis] for axis in _others(open_to, chosen)]
        better = _best_of(tried, agrees, best + WORTH)
        if better is None:
            break
        chosen, best = _exchange(better, open_to, agrees)
    return chosen


def _exchange(
    better: tuple[list[Axis], float], open_to: Sequence[Axis], agrees: Callable[[Sequence[Axis]], float]
) -> tuple[list[Axis], float]:
    """Return the columns after exchanging one at a time.

    What was best alone need not be best in company.
    """
    chosen, best = better
    for at in range(len(chosen)):
        tried = [[*chosen[:at], axis, *chosen[at + 1 :]] for axis in _others(open_to, chosen)]
        chosen, best = _best_of(tried, agrees, best + WORTH) or (chosen, best)
    return chosen, best


def _others(open_to: Sequence[Axis], chosen: Sequence[Axis]) -> list[Axis]:
    return [axis for axis in open_to if axis.column not in {c.column for c in chosen}]


def _best_of(
    tried: Sequence[list[Axis]], agrees: Callable[[Sequence[Axis]], float], least: float
) -> tuple[list[Axis], float] | None:
    """Return the columns that agree most, if they agree enough."""
    found = [agrees(one) for one in tried]
    at = int(np.argmax(found)) if found else -1
    return (tried[at], found[at]) if found and found[at] >= least else None


def _agreement(segment: int, given: NDArray[np.int64], label: NDArray[np.int32]) -> Agreement:
    mine, named = label == segment, given == segment
    both, many = int((mine & named).sum()), int(mine.sum())
    found = None if many < words.SMALLEST_GROUP else both / many
    right = None if int(named.sum()) < words.SMALLEST_GROUP else both / int(named.sum())
    return Agreement(segment, many, found, right)

"""One short rule a segment, measured where it was not found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.model import Feature
from coterie.portrait.conditions import AT_LEAST, BELOW, IS, IS_NOT, Axis, Condition, Op, cut_columns, phrase
from coterie.portrait.tree import Tree, grow_tree
from coterie.table import ColumnRecord

FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]

ROWS = 20_000  # of the sample that rules and tree are found and measured on
CONDITIONS = 3
WIDTH = 6  # rules that are kept at each length while searching
COLUMNS = 12  # columns that a second and third condition may be about: those of the best first conditions
WORTH = 0.01  # F1 that another condition must add
GOOD = 0.7  # precision and recall from which a rule is shown
Step = tuple[int, Op, int]  # axis, kind of condition, cut or level


@frozen
class Rule:
    """Conditions that hold together, with precision and recall.

    These are measured on the half that the conditions were not found on; ``text`` says them in words.
    """

    text: str
    precision: float
    recall: float
    conditions: tuple[Condition, ...]

    @property
    def is_good(self) -> bool:
        """Whether the rule describes its segment well enough to be shown."""
        return min(self.precision, self.recall) >= GOOD


@frozen
class WeakRule:
    """A segment without a good rule, and how its best one does.

    Precision and recall are None where there are too few customers to look for a rule.
    """

    segment: int
    precision: float | None
    recall: float | None


@frozen
class RulesFacts:
    """What is known of all rules together.

    ``learned`` and ``measured`` count the customers that rules were found and measured on; ``weak`` lists the segments
    that none describes, ``text`` says so.
    """

    learned: int
    measured: int
    text: str
    weak: tuple[WeakRule, ...]


@frozen
class Rules:
    """The rules that are good enough, by segment, and facts on all."""

    by_segment: dict[int, Rule]
    facts: RulesFacts


@frozen
class _Found:
    """A rule in the making: conditions, the learning rows they take, F1."""

    steps: tuple[Step, ...]
    taken: Mask
    score: float


def find_rule(axes: Sequence[Axis], inside: Mask, learned: slice, measured: slice) -> Rule | None:
    """Return a segment's best rule; with too few members, None.

    It is the conjunction of at most three conditions with the largest F1.

    Parameters
    ----------
    inside : (n,) who belongs to the segment.
    learned, measured : the rows that the rule is found on, and those it is measured on.

    Notes
    -----
    A beam search: the best six rules of each length go on. Cost: about n · columns for the first condition, and
    12 · n · 12 for the others.
    """
    if not axes or min(int(inside[part].sum()) for part in (learned, measured)) < words.SMALLEST_GROUP:
        return None
    cells = [axis.cell[learned] for axis in axes]
    mine = inside[learned]
    beam = [_Found((), np.ones(len(mine), dtype=bool), 0.0)]
    best = beam[0]
    near = list(range(len(axes)))
    for _ in range(CONDITIONS):
        longer = [more for found in beam for more in _longer(found, axes, cells, mine, near)]
        if not longer:
            break
        longer.sort(key=lambda f: (-f.score, f.steps))
        near = list(dict.fromkeys(f.steps[0][0] for f in longer))[:COLUMNS] if not best.steps else near
        beam = _different(longer)
        if beam[0].score < best.score + WORTH:
            break
        best = beam[0]
    if not best.steps:
        return None
    return _measure(best.steps, axes, inside, measured)


def _longer(
    found: _Found, axes: Sequence[Axis], cells: Sequence[NDArray[np.int64]], mine: Mask, near: Sequence[int]
) -> list[_Found]:
    """Return the rule with one more condition, the best of each kind."""
    rows = np.flatnonzero(found.taken)
    wanted = rows[mine[rows]]
    members = int(mine.sum())
    used = {(a, op) for a, op, _ in found.steps}
    out = []
    for a in sorted(near):
        axis, cell = axes[a], cells[a]
        # Cell -1, the missing ones, comes first and is dropped.
        every = np.bincount(cell[rows] + 1, minlength=axis.cells + 1)[1:]
        right = np.bincount(cell[wanted] + 1, minlength=axis.cells + 1)[1:]
        for op in (AT_LEAST, BELOW) if axis.ordered else (IS, IS_NOT):
            if (a, op) in used or (a, IS) in used:
                continue
            hit, taken = (_counts(counts, op, len(axis.values)) for counts in (right, every))
            score = 2 * hit / np.maximum(taken + members, 1)
            at = _middle_of_best(score)
            out.append((float(score[at]), a, op, at))
    return [
        _Found((*found.steps, (a, op, at)), found.taken & _holds(axes[a], cells[a], op, at), score)
        for score, a, op, at in sorted(out, key=lambda o: (-o[0], o[1:]))[:WIDTH]
    ]


def _counts(counts: NDArray[np.int64], op: Op, values: int) -> NDArray[np.int64]:
    """Return how many rows each condition of a kind takes."""
    if op in (IS, IS_NOT):
        return counts[:values] if op == IS else counts.sum() - counts[:values]
    below = np.cumsum(counts)[:values]
    return below if op == BELOW else counts.sum() - below


def _holds(axis: Axis, cell: NDArray[np.int64], op: Op, at: int) -> Mask:
    return Axis(axis.column, axis.label, axis.kind, axis.ordered, axis.values, cell).holds(op, at)


def _middle_of_best(score: FloatArray) -> int:
    """Return the place of the largest score, the middle one of equals.

    Equals in a row are a gap without customers.
    """
    first = int(np.argmax(score))
    last = first
    while last + 1 < len(score) and score[last + 1] == score[first]:
        last += 1
    return (first + last) // 2


def _different(found: Sequence[_Found]) -> list[_Found]:
    """Return the first few that take different customers."""
    kept: dict[bytes, _Found] = {}
    for one in found:
        kept.setdefault(one.taken.tobytes(), one)
        if len(kept) == WIDTH:
            break
    return list(kept.values())


def _measure(steps: Sequence[Step], axes: Sequence[Axis], inside: Mask, measured: slice) -> Rule:
    taken = np.ones(len(inside), dtype=bool)
    for a, op, at in steps:
        taken &= axes[a].holds(op, at)
    taken, mine = taken[measured], inside[measured]
    right = int((taken & mine).sum())
    ordered = sorted(steps, key=lambda s: (s[0], s[1] != AT_LEAST))
    conditions = tuple(axes[a].condition(op, at) for a, op, at in ordered)
    precision, recall = right / max(1, int(taken.sum())), right / max(1, int(mine.sum()))
    return Rule(phrase(conditions, axes), precision, recall, conditions)


# ── the rules of all segments ─────────────────────────────────────────────────────────────────────────────────────


def rules_and_tree(
    features: Sequence[Feature],
    columns: Sequence[ColumnRecord],
    values: Mapping[str, NDArray[Any]],
    label: NDArray[np.int32],
    letters: Mapping[int, str],
) -> tuple[Rules, Tree | None]:
    """Return a short rule for each segment, and a small tree.

    Both are found on one half of the sample and measured on the other.

    Parameters
    ----------
    values, label : the sample's arrays and segment ids, in the order of their hash; 0 = not assigned.
    letters : the segments' letters, by id, ascending.

    Notes
    -----
    Every other customer of each segment goes to the half that is measured, so both halves hold every segment in its
    share. Cost: see ``find_rule`` and ``grow_tree``, on at most 20,000 rows.
    """
    segments = list(letters)
    order, half = halve(label[:ROWS], segments)
    learned, measured = slice(0, half), slice(half, len(order))
    if len(segments) < 2:
        return Rules({}, RulesFacts(half, len(order) - half, "", ())), None
    label, values = label[order], {f.column: values[f.column][order] for f in features}
    axes = cut_columns(features, columns, values, learned)
    found = {s: find_rule(axes, label == s, learned, measured) for s in segments}
    good = {s: r for s, r in found.items() if r is not None and r.is_good}
    weak = tuple(
        WeakRule(s, None if r is None else r.precision, None if r is None else r.recall)
        for s, r in found.items()
        if s not in good
    )
    text = rules_text(list(good), weak, len(order) - half, letters)
    position = np.searchsorted(np.array(segments), label)
    tree = grow_tree(axes, position, segments, learned, measured)
    return Rules(good, RulesFacts(half, len(order) - half, text, weak)), tree


def halve(label: NDArray[np.int32], segments: Sequence[int]) -> tuple[NDArray[np.intp], int]:
    """Return the assigned rows, half to learn from first, and their number."""
    mine = [np.flatnonzero(label == s) for s in segments]
    learned = np.sort(np.concatenate([rows[::2] for rows in mine]))
    return np.concatenate([learned, np.sort(np.concatenate([rows[1::2] for rows in mine]))]), len(learned)


def rules_text(good: Sequence[int], weak: Sequence[WeakRule], measured: int, letters: Mapping[int, str]) -> str:
    """Return which segments a short rule describes, and which none does.

    Parameters
    ----------
    good : segments with a rule; ``weak`` those without; ``measured`` customers say how well each does.
    letters : the segments' letters.
    """
    said = []
    if good:
        names = words.joined([letters[s] for s in good])
        said.append(
            f"A short rule describes {names}; precision and recall were measured on {measured:,} customers that it was"
            " not found on."
        )
    if bad := [w for w in weak if w.precision is not None]:
        best = words.joined([f"{letters[w.segment]} ({_below(w.precision)} and {_below(w.recall)})" for w in bad])
        said.append(
            f"No short rule describes {best}: in brackets the precision and recall of the best one; a rule is shown"
            f" from {words.percent(GOOD)} of both."
        )
    if few := [letters[w.segment] for w in weak if w.precision is None]:
        said.append(f"{words.joined(few)} {_has(few)} too few customers for a rule to be found and measured.")
    return " ".join(said)


def _below(share: float | None) -> str:
    """Return a share in per cent, rounded down: 69.9% is not 70%."""
    return f"{math.floor(100 * (share or 0.0) + 1e-9)}%"


def _has(some: Sequence[str]) -> str:
    return "has" if len(some) == 1 else "have"

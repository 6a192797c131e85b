"""Is there structure? The test of a prepared table.

Two questions are asked, each against groupless tables of the same shape (``groupless``): is the table more compact than
shape explains, and are the borders between its segments emptier than chance makes them. The depth of the borders
then says whether what is significant also matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coterie.cluster import assign
from coterie.evidence import _structure, marginals, trial
from coterie.evidence.groupless import Block
from coterie.evidence.marginals import FloatArray, KeyArray
from coterie.evidence.plan import TRIAL_ROWS, Plan
from coterie.evidence.trial import LEVEL, Trial

Code = Literal["none", "shape", "overlapping", "partly", "natural"]

SLIGHT = 0.25  # borders hardly emptier than the cores tell no groups apart, however surely they are emptier
MOSTLY = 2 / 3


@dataclass(frozen=True, slots=True)
class Structure:
    """The test's outcome: one trial, or the median of three.

    ``trial`` is the one whose depth, k and share stand for the table; its groupless tables serve the gap vote.
    """

    code: Code
    p_structure: float
    trial: Trial
    trials: tuple[Trial, ...]

    @property
    def draws(self) -> int:
        """Groupless tables drawn, over all sub-samples."""
        return sum(t.draws for t in self.trials)


def examine(Z: FloatArray, blocks: Sequence[Block], key: KeyArray, plan: Plan) -> Structure | None:
    """Return whether rows form groups; None below ten kinds.

    Parameters
    ----------
    Z : (n, d) prepared values, NaN = missing, rows in the order of their hash.
    blocks : what the prepared columns stand for.
    key : (n,) leading 64 bits of each row's hash.

    Notes
    -----
    Rows 1 to 2,000 are tested; from 6,000 rows on also the next 2,000, and the 2,000 after these where the first two
    disagree, and the median counts. Cost: up to 199 (quick 99, thorough 499) groupless tables a sub-sample, each
    clustered for every k; a clear answer ends it sooner.
    """
    present = ~np.isnan(Z).all(axis=1)
    Z, key = Z[present], key[present]
    trials: list[Trial] = []
    for stream in range(3 if len(Z) >= 3 * TRIAL_ROWS else 1):
        rows = slice(stream * TRIAL_ROWS, (stream + 1) * TRIAL_ROWS)
        found = trial.run(Z[rows], blocks, key[rows], plan, stream)
        if found is None:
            return None
        trials.append(found)
        if len(trials) == 2 and _decide_alone(trials[0]) == _decide_alone(trials[1]):
            break
    return _take_median(trials)


def _take_median(trials: list[Trial]) -> Structure:
    # two that agree leave the third no vote; the less significant of them speaks
    by_gap = sorted(trials, key=lambda t: 1.0 if t.p_gap is None else t.p_gap)
    p_structure = sorted(t.p_structure for t in trials)[len(trials) // 2]
    middle = by_gap[len(trials) // 2]
    return Structure(_decide(p_structure, middle), p_structure, middle, tuple(trials))


def _decide_alone(one: Trial) -> Code:
    return _decide(one.p_structure, one)


def _decide(p_structure: float, one: Trial) -> Code:
    if p_structure > LEVEL:
        return "none"
    if one.p_gap is None or one.p_depth is None or max(one.p_gap, one.p_depth) > LEVEL:
        return "shape"
    if one.share == 0:
        return "overlapping" if one.depth >= SLIGHT else "shape"
    return "natural" if one.share >= MOSTLY else "partly"


def measure_depths(Z: FloatArray, centers: FloatArray, key: KeyArray) -> FloatArray:
    """Return how empty the border of each segment is: (k,).

    0 is as full as its core, 1 empty. The first 2,000 rows are looked at, each assigned to its nearest of ``centers``
    (k, d).
    """
    Z, key = Z[:TRIAL_ROWS], key[:TRIAL_ROWS]
    label = assign(Z, centers).label
    shaken = marginals.jitter(Z, marginals.measure_steps(Z), key)
    k, data = np.array([len(centers)]), np.zeros(1, dtype=np.int64)
    found: FloatArray = _structure.gaps(shaken[None], label[None], centers[None], k, data, True, 1)[2][0]
    return found


def measure_border(Z: FloatArray, centers: FloatArray, key: KeyArray, pair: tuple[int, int]) -> float:
    """Return how empty the border between two segments is: 0 is as full as their cores, 1 empty.

    Of the first 2,000 rows those are looked at whose nearest of ``centers`` (k, d) is one of the two.
    """
    Z, key = Z[:TRIAL_ROWS], key[:TRIAL_ROWS]
    rows = np.isin(assign(Z, centers).label, pair)
    return float(measure_depths(Z[rows], centers[list(pair)], key[rows]).min()) if rows.any() else 0.0

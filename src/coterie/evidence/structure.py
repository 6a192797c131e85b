"""Is there structure? The test of a prepared table.

Two questions are asked, each against groupless tables of the same shape (``groupless``): is the table more compact than
shape explains, and are the borders between its segments emptier than chance makes them. The depth of the borders
then says whether what is significant also matters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from coterie.cluster import assign
from coterie.doors import frozen
from coterie.evidence import _structure, components, marginals, trial
from coterie.evidence.borders import LEVEL
from coterie.evidence.components import APART, SLIGHT, Components
from coterie.evidence.groupless import Block
from coterie.evidence.marginals import FloatArray, KeyArray
from coterie.evidence.plan import TRIAL_ROWS, Plan
from coterie.evidence.trial import Trial

Code = Literal["none", "shape", "overlapping", "partly", "natural"]
CODES: tuple[Code, ...] = get_args(Code)  # from the least

MOSTLY = 2 / 3  # of customers in segments that stand apart, or of the way between two groups
FEW_ROWS = 4.5  # with few rows gaps open by chance: what is clear must then be clearer


@frozen
class Structure:
    """The test's outcome: one trial, or the median of three.

    ``trial`` is the one that stands for the table; its groupless tables serve the gap vote. ``components`` are what
    stands apart, under partly and natural, and ``p_depth`` says how often groupless tables show as much; ``pieces`` are
    the same, and under overlapping what lies beyond borders that are a quarter emptier than the cores.
    """

    code: Code
    p_structure: float
    trial: Trial
    trials: tuple[Trial, ...]
    components: Components | None
    p_depth: float | None

    @property
    def pieces(self) -> Components | None:
        """What the borders that matter set apart."""
        found = self.trial.separation
        return found.blended if self.code == "overlapping" and found is not None else self.components

    def lone_pieces(self, borders: Borders, centers: FloatArray) -> Components | None:
        """Return what stands apart among the segments shown, though the code sets nothing apart; None where all hangs.

        So many rows at a stand-in for a value, or at an answer, lie apart in groupless tables too.
        """
        numbers = sorted({g for g in borders.groups if g is not None})
        if self.code != "shape" or self.p_depth is None or self.p_depth > LEVEL or len(numbers) < 2:
            return None
        of = tuple(-1 if g is None else numbers.index(g) for g in borders.groups)
        depths = tuple(min(d for d, p in zip(borders.depths, of, strict=True) if p == i) for i in range(len(numbers)))
        return Components(centers, of, depths, min(depths), 1.0)

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
    by_strength = sorted(trials, key=lambda t: (-CODES.index(_decide_alone(t)), 1.0 if t.p_gap is None else t.p_gap))
    p_structure = sorted(t.p_structure for t in trials)[len(trials) // 2]
    middle = by_strength[len(trials) // 2]
    code, apart, p_depth = _decide(p_structure, middle)
    return Structure(code, p_structure, middle, tuple(trials), apart, p_depth)


def _decide_alone(one: Trial) -> Code:
    return _decide(one.p_structure, one)[0]


def _decide(p_structure: float, one: Trial) -> tuple[Code, Components | None, float | None]:
    """Return the code, what stands apart, and how often groupless tables show as much."""
    if p_structure > LEVEL:
        return "none", None, one.p_depth
    if one.separation is None:
        return "shape", None, one.p_depth
    found = one.separation
    if found.p_best <= LEVEL and found.best.count > 1:
        return ("natural" if one.share >= MOSTLY else "partly"), found.best, found.p_best
    clear = [c for c in (found.best, found.first) if c.count > 1 and c.clear >= _ask_clear(one.rows)]
    if found.p_any <= LEVEL and clear:
        return "natural", max(clear, key=lambda c: c.count), found.p_any
    if found.p_best <= LEVEL and one.depth >= SLIGHT:
        return "overlapping", None, found.p_best
    return "shape", None, found.p_best


def _ask_clear(rows: int) -> float:
    """Return how deep it must be between two customers of different groups, of so many rows."""
    return max(MOSTLY, 0.5 + FEW_ROWS / math.sqrt(rows))


@frozen
class Borders:
    """What lies between the segments of one solution.

    ``depths`` (k,): between a segment's group and the nearest other one, or where all are one group the segment's
    shallowest border. ``groups`` (k,): segments with the same number hang together; None where it is too small to tell.
    """

    depths: tuple[float, ...]
    groups: tuple[int | None, ...]

    @property
    def alone(self) -> tuple[bool, ...]:
        """Which segments are a group each."""
        known = zip(self.depths, self.groups, strict=True)
        return tuple(depth >= APART and g is not None and self.groups.count(g) == 1 for depth, g in known)


def measure_borders(Z: FloatArray, centers: FloatArray, key: KeyArray) -> Borders:
    """Return how empty the borders between segments are: 0 is as full as their cores, 1 empty.

    The first 2,000 rows are looked at, each assigned to its nearest of ``centers`` (k, d).
    """
    Z, key = Z[:TRIAL_ROWS], key[:TRIAL_ROWS]
    label = assign(Z, centers).label
    shaken = marginals.jitter(Z, marginals.measure_steps(Z), key)
    k, data = np.array([len(centers)]), np.zeros(1, dtype=np.int64)
    depth, between = _structure.barriers(shaken[None], label[None], centers[None], k, data, components.SMALL, 1)
    sizes = np.bincount(label[label >= 0], minlength=len(centers)).astype(np.float64)
    found = components.join(between[0], sizes, centers)
    lonely = found.count < 2
    depths = [float(d) if lonely or c < 0 else found.depths[c] for c, d in zip(found.of, depth[0], strict=True)]
    return Borders(tuple(depths), tuple(None if c < 0 else c + 1 for c in found.of))

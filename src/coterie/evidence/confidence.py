"""How sure is it about one customer? Bands of the margin.

They are calibrated on the votes of the refits. Refits vote for every customer of the sample. Voting for each of
millions of customers would cost a hundred times the assignment, in any engine; the margin says nearly the same and is
one column of the assignment. So each segment gets two cuts on its margin, chosen to agree with the votes as often as
can be, and the record says how often that is.

Who is core is promised to stay where he is when another sample is segmented alike. Refits of one sample share its
chances, so two halves of it are asked as well: where they disagree about those whom the votes call core, nobody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

CORE, PROBABLE = 0.9, 0.7
SURER = (CORE, 0.95, 0.975, 1.0)  # votes that are asked for, one after the other, until the promise can be kept
PROMISED = ((2_000, 0.02), (0, 0.05))  # from so many customers on: share of core ones whom another sample may move
FEW = 300  # customers of whom halves know too little: what they say must be twice as good
ABOVE_ALL = float(np.nextafter(1.0, 2.0))  # no margin is larger than 1


@frozen
class Cut:
    """One segment's least margins of core and probable customers.

    Below both a customer is borderline.
    """

    segment: int
    core: float
    probable: float


@frozen
class Confidence:
    """The cuts by segment, and how often they are right.

    ``agreement`` is the share of the sample whose band by margin is its band by votes. Core is who has ``need`` of the
    votes; None: nobody is. ``doubt`` is the share of the core customers, or of those who would be, whom two halves of
    the customers put into different segments.
    """

    cuts: tuple[Cut, ...]
    agreement: float | None
    need: float | None
    doubt: float | None


class Bands(TypedDict):
    """Shares of core, probable and borderline customers."""

    core: float
    probable: float
    borderline: float


def find_need(
    margin: FloatArray, votes: FloatArray, differ: FloatArray, label: IntArray, segments: Sequence[int]
) -> tuple[float | None, float]:
    """Return the votes that make a customer core, None where no number of them can promise it, and the doubt left.

    Two halves of the customers may differ about the core ones a quarter as often as is promised, and two resamples half
    as often: where whole solutions differ, both see too little of it.

    Parameters
    ----------
    margin, votes, differ, label : (n,) of the sample: margin, share of refits that agree, share of halvings whose
        halves differ about him, segment id (0 = not assigned).
    """
    most = next(share for rows, share in PROMISED if len(label) >= rows) / (1 if len(label) >= FEW else 2)
    apart = 2 * votes * (1 - votes)  # two of the refits, at least
    first = 0.0
    for need in SURER:
        core = np.zeros(len(label), dtype=bool)
        for segment in segments:
            mine = label == segment
            core[mine] = margin[mine] >= _find_cut(margin[mine], votes[mine] >= need)
        if not core.any():
            break
        doubt, resampled = float(differ[core].mean()), float(apart[core].mean())
        if need == CORE:
            first = doubt
            if doubt > most or resampled > 2 * most:
                break
        if doubt <= most / 4 and resampled <= most / 2:
            return need, doubt
    return None, first


def calibrate(
    margin: FloatArray,
    votes: FloatArray,
    label: IntArray,
    segments: Sequence[int],
    need: float | None = CORE,
    doubt: float | None = None,
) -> Confidence:
    """Return the margins that reproduce the votes' bands best.

    Parameters
    ----------
    margin, votes, label : (n,) of the sample: margin, share of refits that agree, segment id (0 = not assigned).
    need, doubt : as ``find_need`` has them.
    """
    cuts = []
    right = 0
    least = ABOVE_ALL if need is None else need
    for segment in segments:
        mine = label == segment
        core = ABOVE_ALL if need is None else _find_cut(margin[mine], votes[mine] >= need)
        probable = min(core, _find_cut(margin[mine], votes[mine] >= PROBABLE))
        cuts.append(Cut(segment, core, probable))
        by_votes = np.where(votes[mine] >= least, 0, np.where(votes[mine] >= PROBABLE, 1, 2))
        by_margin = np.where(margin[mine] >= core, 0, np.where(margin[mine] >= probable, 1, 2))
        right += int(np.count_nonzero(by_votes == by_margin))
    return Confidence(tuple(cuts), right / max(1, int(np.count_nonzero(label > 0))), need, doubt)


def share_bands(margin: FloatArray, label: IntArray, cuts: Sequence[Cut]) -> Bands:
    """Return the shares of core, probable and borderline customers among those with a segment."""
    core = sum(int(np.count_nonzero(margin[label == c.segment] >= c.core)) for c in cuts)
    least = sum(int(np.count_nonzero(margin[label == c.segment] >= c.probable)) for c in cuts)
    n = max(1, int(np.count_nonzero(label > 0)))
    return {"core": core / n, "probable": (least - core) / n, "borderline": (n - least) / n}


def _find_cut(margin: FloatArray, sure: NDArray[np.bool_]) -> float:
    """Return the margin from which yes is right most often.

    It lies half-way between two neighboring margins, so that no customer of the sample sits on it and the last bit of
    a margin decides nothing; the larger one of equals.
    """
    if not len(margin):
        return 1.0
    order = np.argsort(-margin, kind="stable")
    right = np.concatenate([[0], np.cumsum(np.where(sure[order], 1, -1))])
    last_of_equals = np.append(margin[order][1:] != margin[order][:-1], True)
    right[1:][~last_of_equals] = -len(margin)
    taken = int(np.argmax(right))
    above = float(margin[order][taken - 1]) if taken else ABOVE_ALL
    below = float(margin[order][taken]) if taken < len(margin) else 0.0
    middle = (above + below) / 2
    return middle if middle > below else above

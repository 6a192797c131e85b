"""How sure is it about one customer? Bands of the margin.

They are calibrated on the votes of the refits. Refits vote for every customer of the sample (``stability.votes``).
Voting for each of millions of customers would cost a hundred times the assignment, in any engine; the margin says
nearly the same and is one column of the assignment. So each segment gets two cuts on its margin, chosen to agree with
the votes as often as can be, and the record says how often that is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coterie.evidence.stability import CORE, PROBABLE

FloatArray = NDArray[np.float64]

ABOVE_ALL = float(np.nextafter(1.0, 2.0))  # no margin is larger than 1


@dataclass(frozen=True, slots=True)
class Cut:
    """One segment's least margins of core and probable customers.

    Below both a customer is borderline.
    """

    segment: int
    core: float
    probable: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """The cuts by segment, and how often they are right.

    ``agreement`` is the share of the sample whose band by margin is its band by votes.
    """

    cuts: tuple[Cut, ...]
    agreement: float | None


def calibrate(margin: FloatArray, votes: FloatArray, label: NDArray[np.int32], segments: tuple[int, ...]) -> Confidence:
    """Return the margins that reproduce the votes' bands best.

    Parameters
    ----------
    margin, votes, label : (n,) of the sample: margin, share of refits that agree, segment id (0 = not assigned).
    """
    cuts = []
    right = 0
    for segment in segments:
        mine = label == segment
        core = _find_cut(margin[mine], votes[mine] >= CORE)
        probable = min(core, _find_cut(margin[mine], votes[mine] >= PROBABLE))
        cuts.append(Cut(segment, core, probable))
        by_votes = np.where(votes[mine] >= CORE, 0, np.where(votes[mine] >= PROBABLE, 1, 2))
        by_margin = np.where(margin[mine] >= core, 0, np.where(margin[mine] >= probable, 1, 2))
        right += int(np.count_nonzero(by_votes == by_margin))
    return Confidence(tuple(cuts), right / max(1, int(np.count_nonzero(label > 0))))


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

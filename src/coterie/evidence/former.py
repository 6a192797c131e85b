"""Former segments: where the next start, and what they are called.

Its centers are one start more, kept unless starting afresh is clearly better: customers who have not changed then stay
where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol

import numpy as np

from coterie.cluster import Fit, FloatArray, fit, refine
from coterie.doors import frozen
from coterie.evidence.plan import Plan

COLD_STARTS = 10
BETTER = 0.01  # from so much less inertia on, the best partition is another one

Start = Literal["auto", "warm", "cold"]


class Identity(Protocol):
    """Which segment each center of a solution is; several centers may be one."""

    @property
    def ids(self) -> tuple[int, ...]:
        """The segment id of each center."""


@frozen
class Former:
    """Former centers, how to start, and how ids are told.

    ``centers`` are (k, d), prepared. ``identify`` is asked about final centers. ``kept`` says that their
    number is kept because nobody asked for another.
    """

    centers: FloatArray
    start: Start
    identify: Callable[[FloatArray], Identity]
    kept: bool = False


@frozen
class Succession:
    """The solution that follows, its clusters in the order of their segments' ids.

    ``start`` is what it came from, ``gain`` how much less inertia the cold starts reached (a share; negative where the
    warm one is better; None where only one was tried); ``kept`` as ``Former`` has it.
    """

    fit: Fit
    identity: Identity
    start: Literal["warm", "cold"]
    gain: float | None
    kept: bool = False


def follow(Z: FloatArray, k: int, plan: Plan, former: Former, back: Sequence[int]) -> Succession:
    """Return the solution that follows a former one.

    Parameters
    ----------
    Z : prepared rows, columns in the order of the evidence.
    back : the place of each of the former's columns in ``Z``.
    """
    columns = np.argsort(back)
    old = np.ascontiguousarray(former.centers[:, columns])
    warm = refine(Z, old, threads=plan.threads) if len(old) == k and former.start != "cold" else None
    cold = fit(Z, k, seed=plan.seed, starts=COLD_STARTS, threads=plan.threads) if _is_needed(warm, former) else None
    gain = None
    if warm is not None and cold is not None:
        gain = 1 - cold.inertia / warm.inertia if warm.inertia > 0 else 0.0
    kept = warm if cold is None or (gain is not None and gain <= BETTER) else cold
    assert kept is not None  # one of the two was made
    identity = former.identify(np.ascontiguousarray(kept.centers[:, list(back)]))
    order = sorted(range(k), key=lambda i: (identity.ids[i], i))
    started: Literal["warm", "cold"] = "warm" if kept is warm else "cold"
    return Succession(_reorder(kept, order), identity, started, gain, former.kept)


def _is_needed(warm: Fit | None, former: Former) -> bool:
    return warm is None or former.start == "auto"


def _reorder(found: Fit, order: Sequence[int]) -> Fit:
    """Return the solution with its clusters in another order."""
    place = np.empty(len(order) + 1, dtype=np.int32)
    place[list(order)], place[-1] = np.arange(len(order)), -1
    return replace(
        found,
        centers=np.ascontiguousarray(found.centers[list(order)]),
        sizes=found.sizes[list(order)],
        label=place[found.label],
    )

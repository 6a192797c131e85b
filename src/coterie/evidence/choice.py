"""How many segments, and the reasons.

Five criteria vote where groups exist, and where some stand apart their number votes too; where none do, the most
repeatable cut is offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Literal

import numpy as np

from coterie import words
from coterie.cluster import Fit, FloatArray, Job, fit_many
from coterie.doors import frozen
from coterie.evidence import _structure
from coterie.evidence.plan import Plan, least_size
from coterie.evidence.structure import Structure
from coterie.evidence.trial import Trial

SWEEP_STARTS, SWEEP_HITS = 6, 3
STRONG = 0.8  # prediction strength of a number of segments that holds
AGREED = 0.6  # of the criteria: with fewer for it, fresh samples often have another number of segments (why/0073)
CLOSE = 0.03  # agreements this close are a tie
MANAGEABLE = (3, 6)  # segments that are offered when the data do not determine their number
MAJORITY = 3
WEIGHT = {"components": 2}  # what is counted where groups stand apart counts like two criteria that compare cuts

MIXING = "its segments mix customers of different groups"

NAMES = {
    "silhouette": "silhouette",
    "silhouette-null": "silhouette above that of groupless tables",
    "gap": "gap statistic",
    "agreement": "agreement of refits",
    "strength": "prediction strength",
    "components": "fewest that keep groups apart",
}


@frozen
class Spread:
    """Median, 10% and 90% quantile."""

    median: float
    p10: float
    p90: float


@frozen
class Candidate:
    """One number of segments, its reasons for and against."""

    k: int
    inertia: float
    silhouette: float
    null_silhouette: tuple[float, float, float] | None
    ari: Spread | None
    gap: float | None
    prediction_strength: float | None
    smallest: float
    sizes: tuple[int, ...]
    feasible: bool
    reason: str | None


@frozen
class Vote:
    """What one criterion says; None = that no number of segments holds."""

    rule: str
    k: int | None


@frozen
class Flow:
    """Rows in segment ``from_`` of ``k`` and ``to`` of ``k + 1``.

    Segments count from 1, by size.
    """

    k: int
    from_: int = field(metadata={"json": "from"})
    to: int
    n: int


@frozen
class Choice:
    """The number of segments and how it came about.

    It is ``choice`` of the record. ``supported`` is what the criteria support, ``asked`` what the user asked for (and
    then gets).
    """

    k: int
    asked: int | None
    supported: int
    rule: Literal["asked", "vote", "repeatability"]
    words: str
    candidates: tuple[Candidate, ...]
    votes: tuple[Vote, ...]
    flow: tuple[Flow, ...]

    @property
    def contested(self) -> bool:
        """Whether so few criteria ask for the number of groups that another sample may well have another one."""
        return self.rule == "vote" and sum(v.k == self.k for v in self.votes) < AGREED * len(self.votes)


@frozen
class Tried:
    """What the choice rests on, for every k tried.

    ``simplified`` are mean simplified silhouettes of the ``fits``; ``agreement`` of bootstrap refits and prediction
    ``strength`` may lack some k. ``keeping`` are the numbers whose segments keep apart the groups that stand apart;
    None where none do.
    """

    fits: Mapping[int, Fit]
    simplified: Mapping[int, float]
    agreement: Mapping[int, Spread]
    strength: Mapping[int, float]
    structure: Structure | None
    keeping: frozenset[int] | None = None


# ── measuring ─────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep(Z: FloatArray, ks: Sequence[int], plan: Plan) -> dict[int, Fit]:
    """Return a good solution for every k, in one batch.

    Six starts each, fewer where the best is found again and again.
    """
    jobs = [Job(k=k, seed=plan.seed, starts=SWEEP_STARTS, enough=SWEEP_HITS) for k in ks]
    fits = fit_many([Z], jobs, threads=plan.threads, progress=partial(plan.say, "numbers of segments"))
    return dict(zip(ks, fits, strict=True))


def measure_silhouettes(Z: FloatArray, fits: Mapping[int, Fit], plan: Plan) -> dict[int, float]:
    """Return the mean simplified silhouette of each solution.

    It is for comparing, not for publishing: it reads higher than the true one.
    """
    centers = np.zeros((len(fits), max(fits), Z.shape[1]))
    for at, (k, found) in enumerate(fits.items()):
        centers[at, :k] = found.centers
    ks = np.array(list(fits), dtype=np.int64)
    means = _structure.silhouettes(Z[None], centers, ks, np.zeros_like(ks), plan.threads)
    return {k: float(m) for k, m in zip(fits, means, strict=True)}


# ── choosing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def choose(found: Tried, plan: Plan, *, asked: int | None = None) -> Choice:
    """Return the number of segments, its reasons, and the alternatives.

    Where the test found groups, the criteria vote; without a majority the silhouette decides. Where it found none
    the data do not determine the number: the most repeatable cut into 3 to 6 segments is offered, and is not called the
    best.
    """
    candidates = tuple(_describe(k, found, plan) for k in sorted(found.fits))
    able = [c for c in candidates if c.feasible]
    feasible = able or [candidates[0]]
    grouped = found.structure is not None and found.structure.code not in ("none", "shape")
    keeping = [c.k for c in feasible if found.keeping is not None and c.k in found.keeping]
    votes = _vote(feasible, found.structure, keeping)
    supported = _elect(votes, keeping) if grouped else _pick_repeatable(feasible)
    agreement = _say_agreement(supported, votes) if grouped else _say_undetermined(supported)
    if not able:
        n = float(found.fits[supported].sizes.sum())
        why = (
            f"Too few customers ({n:,.0f})"
            if n < 2 * words.SMALLEST_GROUP
            else "No number of segments leaves enough customers in each"
        )
        agreement = f"{why}: {supported} is the least there can be; do not read much into it."
    return Choice(
        k=asked or supported,
        asked=asked,
        supported=supported,
        rule="asked" if asked else "vote" if grouped else "repeatability",
        words=agreement,
        candidates=tuple(_refuse_mixing(c, keeping) for c in candidates),
        votes=votes,
        flow=(),
    )


def settle(chosen: Choice, found: Tried) -> Choice:
    """Return the choice with the final segments' figures and flows.

    The number stands.
    """
    fit = found.fits[chosen.k]
    updated = (
        replace(
            c,
            inertia=fit.inertia,
            silhouette=found.simplified[c.k],
            sizes=tuple(int(s) for s in fit.sizes),
            smallest=float(fit.sizes.min() / fit.sizes.sum()),
            ari=found.agreement.get(c.k),
        )
        if c.k == chosen.k
        else c
        for c in chosen.candidates
    )
    return replace(chosen, candidates=tuple(updated), flow=_trace_flow(found.fits))


def _describe(k: int, found: Tried, plan: Plan) -> Candidate:
    fit = found.fits[k]
    n = float(fit.sizes.sum())
    smallest = float(fit.sizes.min()) / n
    reason = _refuse(k, float(fit.sizes.min()), n, plan)
    gap = null_silhouette = None
    if found.structure is not None and k in found.structure.trial.ks:
        one = found.structure.trial
        at = one.ks.index(k)
        gap = float(one.data.within[0, at] - one.nulls.within[:, at].mean())
        low, middle, high = (float(q) for q in np.quantile(one.nulls.silhouette[:, at], (0.05, 0.5, 0.95)))
        null_silhouette = (low, middle, high)
    return Candidate(
        k=k,
        inertia=fit.inertia,
        silhouette=found.simplified[k],
        null_silhouette=null_silhouette,
        ari=found.agreement.get(k),
        gap=gap,
        prediction_strength=found.strength.get(k),
        smallest=smallest,
        sizes=tuple(int(s) for s in fit.sizes),
        feasible=reason is None,
        reason=reason,
    )


def _refuse_mixing(one: Candidate, keeping: Sequence[int]) -> Candidate:
    """Return a number of segments, refused where it puts groups together that others keep apart."""
    mixes = keeping and one.feasible and one.k not in keeping
    return replace(one, feasible=False, reason=MIXING) if mixes else one


def _refuse(k: int, smallest: float, n: float, plan: Plan) -> str | None:
    if k > plan.max_k:
        return f"more than the {plan.max_k} segments considered"
    if plan.min_share > 0 and k > int(1 / plan.min_share + 1e-9):
        return f"{k} segments cannot all hold {words.fine_percent(plan.min_share)} of customers"
    if smallest < words.SMALLEST_GROUP:
        return f"its smallest segment would hold fewer than {words.SMALLEST_GROUP} customers"
    least = max(plan.min_share * n, least_size(n))
    if smallest < least:
        held = words.fine_percent(smallest / n)
        return f"its smallest segment would hold {held} of customers, below {words.fine_percent(least / n)}"
    return None


def _vote(feasible: Sequence[Candidate], structure: Structure | None, keeping: Sequence[int]) -> tuple[Vote, ...]:
    ks = [c.k for c in feasible]
    strong = [c.k for c in feasible if (c.prediction_strength or 0.0) >= STRONG]
    above = gap = None
    if structure is not None:
        one = structure.trial
        excess = dict(zip(one.ks, one.data.silhouette[0] - one.nulls.silhouette.mean(axis=0), strict=True))
        above = _top({k: float(excess[k]) for k in ks if k in excess})
        gap = _vote_by_gap(ks, one)
    votes = (
        Vote("silhouette", _top({c.k: c.silhouette for c in feasible})),
        Vote("silhouette-null", above),
        Vote("gap", gap),
        Vote("agreement", _top({c.k: c.ari.median for c in feasible if c.ari is not None})),
        Vote("strength", max(strong, default=None)),
    )
    return (*votes, Vote("components", min(keeping))) if keeping else votes


def _vote_by_gap(ks: Sequence[int], one: Trial) -> int | None:
    """Return the first k whose gap is nearly the next's.

    Nearly is within a standard error (Tibshirani, Walther & Hastie 2001).
    """
    gap = one.data.within[0] - one.nulls.within.mean(axis=0)
    error = one.nulls.within.std(axis=0) * np.sqrt(1 + 1 / len(one.nulls.within))
    for at, k in enumerate(one.ks[:-1]):
        if k in ks and gap[at] >= gap[at + 1] - error[at + 1]:
            return k
    return _top({k: float(g) for k, g in zip(one.ks, gap, strict=True) if k in ks})


def _top(scores: Mapping[int, float]) -> int | None:
    return max(scores, key=lambda k: (scores[k], -k), default=None)


def _elect(votes: Sequence[Vote], keeping: Sequence[int]) -> int:
    """Return what weighs as much as three criteria or more, else what the count of groups or the silhouette says.

    Where some numbers of segments keep apart the groups that stand apart, it is one of them.
    """
    by_rule = {v.rule: v.k for v in votes}
    weight: Counter[int] = Counter()
    for v in votes:
        if v.k is not None and (not keeping or v.k in keeping):
            weight[v.k] += WEIGHT.get(v.rule, 1)
    k = max(weight, key=lambda k: (weight[k], k == by_rule.get("components")))
    other = by_rule.get("components", by_rule["silhouette"])
    return k if weight[k] >= MAJORITY or other is None else other


def _pick_repeatable(feasible: Sequence[Candidate]) -> int:
    low, high = MANAGEABLE
    offered = [c for c in feasible if low <= c.k <= high] or list(feasible)
    scores = {c.k: c.ari.median if c.ari is not None else -1.0 for c in offered}
    return min(k for k, score in scores.items() if score >= max(scores.values()) - CLOSE)


def _say_agreement(k: int, votes: Sequence[Vote]) -> str:
    agree, of = sum(v.k == k for v in votes), len(votes)
    others = [v for v in votes if v.k != k]
    said = ", ".join(f"{NAMES[v.rule]} says {'that none holds' if v.k is None else v.k}" for v in others)
    if agree == of:
        return f"All {of} criteria say {k}: the number of segments is clear."
    if agree == of - 1:
        return f"{agree} of {of} criteria say {k}, a good agreement; {said}."
    if agree >= MAJORITY:
        rivals = Counter(v.k for v in others if v.k is not None)
        look = f" – also look at {max(rivals, key=lambda r: (rivals[r], -r))}" if rivals else ""
        return f"{agree} of {of} criteria say {k}, a moderate agreement{look}; {said}."
    each = ", ".join(f"{NAMES[v.rule]} {'none' if v.k is None else v.k}" for v in votes)
    counted = any(v.rule == "components" and v.k == k for v in votes)
    offered = f"Fewer would mix groups; {k} is offered." if counted else f"The silhouette's {k} is offered."
    return f"The criteria disagree ({each}): no number of segments is privileged; choose by use. {offered}"


def _say_undetermined(k: int) -> str:
    low, high = MANAGEABLE
    why = f"of {low} to {high}, which are easily worked with, none repeats clearly better"
    if not low <= k <= high:
        why = f"{low} to {high}, which are easily worked with, would leave too few customers in a segment"
    return f"The data do not determine the number of segments. {k} is offered: {why}; choose by use."


def _trace_flow(fits: Mapping[int, Fit]) -> tuple[Flow, ...]:
    """Return where each segment's rows go with one more segment."""
    flows: list[Flow] = []
    for k in sorted(fits):
        if k + 1 not in fits:
            continue
        a, b = fits[k].label, fits[k + 1].label
        seen = (a >= 0) & (b >= 0)
        moved = np.bincount(a[seen].astype(np.int64) * (k + 1) + b[seen], minlength=k * (k + 1))
        flows.extend(Flow(k, at // (k + 1) + 1, at % (k + 1) + 1, int(n)) for at, n in enumerate(moved) if n)
    return tuple(flows)

"""Would the segments be found again? Bootstrap refits.

They say so of all segments, of each, and of each customer. A cut can be repeatable where no groups exist, so nothing
here is evidence of groups; each figure stands beside what a groupless table of the same shape gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from coterie import words
from coterie.cluster import Fit, FloatArray, IntArray, Job, adjusted_rand, assign, fit_many, jaccard
from coterie.doors import frozen
from coterie.evidence import _structure
from coterie.evidence.choice import Spread
from coterie.evidence.groupless import GrouplessModel
from coterie.evidence.plan import Plan
from coterie.evidence.structure import Structure

REFIT_STARTS = 2
FAINT = 1e-9  # weight of a row that a resample of very few rows must not lose
STORED = 40  # refits kept with the model, so that new customers can be voted on
NULL_TABLES, NULL_REFITS = 20, 5
WORDS = ((0.85, "highly reproducible"), (0.75, "reproducible"), (0.60, "tentative"))
NEAR_TIE, DIFFERENT, RESTARTS = 0.01, 0.8, 20
SPLIT, FOUND = 0.2, 0.75  # share of a segment that counts as a piece of it; overlap that counts as the same segment
RESAMPLE_STREAM, NULL_STREAM, RESTART_STREAM = 3 << 40, 4 << 40, 5 << 40


@frozen
class SegmentStability:
    """How well one segment is found again.

    Mean and 5% quantile of its best Jaccard overlap with a segment of a refit; ``null`` is what the segments of
    groupless tables reach in the median.
    """

    id: int
    jaccard: float
    p05: float
    null: float | None
    words: str


@frozen
class Stability:
    """What the refits showed; ``stability`` of the record.

    ``floor`` (k, k) is the share of them that one refit puts into one cluster
    and the next refit into another: who changes segment although nothing has changed.
    """

    resamples: int
    rows: int
    ari: Spread
    text: str
    segments: tuple[SegmentStability, ...]
    several: bool
    solutions: str
    neighbors: tuple[str, ...]
    refits: tuple[tuple[tuple[float, ...], ...], ...]
    floor: tuple[tuple[float, ...], ...]


@frozen
class Refits:
    """Bootstrap refits with one number of segments.

    Labels of all rows (refits, n), and centers (refits, k, d).
    """

    label: IntArray
    centers: FloatArray

    @property
    def ari(self) -> Spread:
        """Agreement (adjusted Rand index) of each refit with the next."""
        return summarize(adjusted_rand(self.label, np.roll(self.label, -1, axis=0)))


def summarize(values: FloatArray) -> Spread:
    """Return median, 10% and 90% quantile."""
    middle, low, high = (float(q) for q in np.quantile(values, (0.5, 0.1, 0.9)))
    return Spread(middle, low, high)


# ── refitting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def resample(Z: FloatArray, ks: Sequence[int], plan: Plan) -> dict[int, Refits]:
    """Return bootstrap refits for every k, assigned to all rows.

    Dolnicar & Leisch (2010). Cost: ``plan.refits`` fits of two starts for every k, in one batch.
    """
    return _refit(Z, ks, range(plan.refits), plan)


def extend(Z: FloatArray, k: int, done: Refits, plan: Plan) -> Refits:
    """Return twice the refits for one k, those done included."""
    more = _refit(Z, [k], range(plan.refits, 2 * plan.refits), plan)[k]
    return Refits(np.concatenate([done.label, more.label]), np.concatenate([done.centers, more.centers]))


def _refit(Z: FloatArray, ks: Sequence[int], which: range, plan: Plan) -> dict[int, Refits]:
    counts = _draw_counts(len(Z), which.stop, plan)[which.start :]
    known = ~np.isnan(Z).all(axis=1)
    if max(ks) > int((counts[:, known] > 0).sum(axis=1).min()):  # so few rows that a resample may hold too few of them
        counts = np.maximum(counts, FAINT)
    seeds = plan.seeds_of(range(RESAMPLE_STREAM + which.start, RESAMPLE_STREAM + which.stop))
    jobs = [Job(k=k, weight=w, seed=s, starts=REFIT_STARTS) for k in ks for w, s in enumerate(seeds)]
    fits = fit_many([Z], jobs, weights=counts, threads=plan.threads, progress=partial(plan.say, "resamples"))
    parts = [fits[at * len(which) : (at + 1) * len(which)] for at in range(len(ks))]
    return {
        k: Refits(np.stack([f.label for f in part]), np.stack([f.centers for f in part]))
        for k, part in zip(ks, parts, strict=True)
    }


def _draw_counts(n: int, resamples: int, plan: Plan) -> FloatArray:
    """Return how often each resample draws each row: (resamples, n)."""
    drawn = plan.generator(RESAMPLE_STREAM).integers(0, n, size=(resamples, n))
    flat = np.bincount((drawn + n * np.arange(resamples)[:, None]).ravel(), minlength=resamples * n)
    counts: FloatArray = flat.reshape(resamples, n).astype(np.float64)
    return counts


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────


def count_votes(
    Z: FloatArray,
    refits: FloatArray,
    label: IntArray,
    *,
    segment_of: Sequence[int] | None = None,
    threads: int = 1,
) -> FloatArray:
    """Return the share of refits voting for each customer's segment.

    (n,), NaN for label -1. These are not probabilities of being a type.

    Parameters
    ----------
    Z : (n, d) prepared customers, old or new.
    refits : (refits, k, d) stored centers, columns in the order of the model's centers.
    label : (n,) position of the segment each customer was given.
    segment_of : segment position of each of the k centers, where segments were merged; None: one a center.
    """
    stored = np.ascontiguousarray(refits, dtype=np.float64)
    owner = np.arange(stored.shape[1]) if segment_of is None else np.asarray(segment_of)
    return _structure.votes(
        np.ascontiguousarray(Z, dtype=np.float64),
        stored,
        np.ascontiguousarray(label, dtype=np.int32),
        np.ascontiguousarray(owner, dtype=np.int32),
        threads,
    )


def judge(
    Z: FloatArray,
    fit: Fit,
    refits: Refits,
    structure: Structure | None,
    neighbors: Mapping[int, IntArray],
    plan: Plan,
    ids: Sequence[int],
) -> Stability:
    """Return how repeatable the chosen segments are.

    Parameters
    ----------
    Z : (n, d) the resampled rows.
    fit : the final solution; its centers are what the refits are compared with.
    refits : with the same number of segments.
    structure : outcome of the test, for the groupless tables that the figures stand beside.
    neighbors : solutions of ``fit``'s rows with other numbers of segments, by that number.
    ids : the segment id of each cluster.
    """
    k = len(fit.centers)
    label = assign(Z, fit.centers, threads=plan.threads).label
    overlap = _measure_overlaps(np.broadcast_to(label, refits.label.shape), refits.label, k)
    best = overlap.max(axis=2)
    partner = _structure.matches(overlap)
    aligned = np.take_along_axis(refits.centers, partner[:, :, None].astype(np.intp), axis=1)[:STORED]
    groupless = None if structure is None else _measure_groupless(len(Z), k, structure.trial.model, plan)
    cut = structure is None or structure.code in ("none", "shape")
    several, solutions = _compare_solutions(Z, fit, plan)
    return Stability(
        resamples=len(refits.label),
        rows=len(Z),
        ari=refits.ari,
        text=_say(refits, groupless, cut),
        segments=tuple(_describe(s, best[:, i], groupless, cut) for i, s in enumerate(ids)),
        several=several,
        solutions=solutions,
        neighbors=_say_neighbors(fit.label, [words.letter(s) for s in ids], neighbors),
        refits=tuple(tuple(tuple(float(v) for v in c) for c in centers) for centers in aligned),
        floor=_measure_floor(refits.label, partner, k),
    )


def _measure_floor(label: IntArray, partner: IntArray, k: int) -> tuple[tuple[float, ...], ...]:
    """Return the share of rows that a refit has in one cluster and the next refit in another: (k, k)."""
    place = np.argsort(partner, axis=1)
    same = np.where(label < 0, -1, np.take_along_axis(place, np.maximum(label, 0).astype(np.intp), axis=1))
    after, seen = np.roll(same, -1, axis=0), same >= 0
    moved = np.bincount(same[seen] * k + after[seen], minlength=k * k).reshape(k, k) / max(1, int(seen.sum()))
    return tuple(tuple(float(v) for v in row) for row in moved)


def _measure_overlaps(a: IntArray, b: IntArray, k: int) -> FloatArray:
    """Return the Jaccard overlaps of labeling pairs: (pairs, k, k)."""
    keep = (a >= 0) & (b >= 0)
    code = (np.arange(len(a))[:, None] * k + a) * k + b
    both = np.bincount(code[keep], minlength=len(a) * k * k).reshape(len(a), k, k)
    either = both.sum(axis=2, keepdims=True) + both.sum(axis=1, keepdims=True) - both
    overlaps: FloatArray = both / np.maximum(either, 1)
    return overlaps


def _measure_groupless(n: int, k: int, model: GrouplessModel, plan: Plan) -> FloatArray:
    """Return how well segments of groupless tables are found again.

    The mean Jaccard overlap of each with refits of its table: (tables · k,).
    """
    streams = range(NULL_STREAM, NULL_STREAM + NULL_TABLES)
    tables = list(model.draw(n, streams, plan))
    counts = np.maximum(_draw_counts(n, NULL_REFITS, plan), FAINT)
    jobs = [Job(k=k, data=t, seed=plan.seed_of(s), starts=2 * REFIT_STARTS) for t, s in enumerate(streams)]
    again = [
        Job(k=k, data=t, weight=b, seed=plan.seed_of(s + (b + 1) * NULL_TABLES), starts=REFIT_STARTS)
        for t, s in enumerate(streams)
        for b in range(NULL_REFITS)
    ]
    fits = fit_many(
        tables,
        [*jobs, *again],
        weights=counts,
        threads=plan.threads,
        progress=partial(plan.say, "resamples of groupless tables"),
    )
    whole = np.repeat(np.stack([f.label for f in fits[:NULL_TABLES]]), NULL_REFITS, axis=0)
    best = _measure_overlaps(whole, np.stack([f.label for f in fits[NULL_TABLES:]]), k).max(axis=2)
    means: FloatArray = best.reshape(NULL_TABLES, NULL_REFITS, k).mean(axis=1).ravel()
    return means


def _describe(id: int, found: FloatArray, groupless: FloatArray | None, cut: bool) -> SegmentStability:
    mean = float(found.mean())
    quality = next((word for least, word in WORDS if mean >= least), "not reproducible – do not target")
    if mean >= WORDS[-1][0]:
        if cut:
            quality += " as a cut, not as a group"
        elif groupless is not None and mean <= float(np.quantile(groupless, 0.95)):
            quality += ", but some groupless tables reach that too"
    null = None if groupless is None else float(np.median(groupless))
    return SegmentStability(id, mean, float(np.quantile(found, 0.05)), null, quality)


def _say(refits: Refits, groupless: FloatArray | None, cut: bool) -> str:
    low, middle, high = map(words.rounded, (refits.ari.p10, refits.ari.median, refits.ari.p90))
    most = "" if low == high else f"; most lie between {low} and {high}"
    text = (
        f"The segments were formed again on {len(refits.label)} resamples; two of these agree {middle} in the median"
        f" (1 = the same, 0 = chance{most})."
    )
    if groupless is not None:
        text += (
            f" Segments of a groupless table of this shape would overlap {np.median(groupless):.2f} with their refits."
        )
    return text + (" Repeatable is not the same as real: this describes the cut, not groups." if cut else "")


def _compare_solutions(Z: FloatArray, fit: Fit, plan: Plan) -> tuple[bool, str]:
    """Say whether solutions that differ are nearly as good."""
    k = len(fit.centers)
    jobs = [Job(k=k, seed=plan.seed_of(RESTART_STREAM + s)) for s in range(RESTARTS)]
    found = sorted(
        fit_many([Z], jobs, threads=plan.threads, progress=partial(plan.say, "other starts")), key=lambda f: f.inertia
    )
    best = found[0].inertia
    near = np.stack([f.label for f in found if f.inertia <= best * (1 + NEAR_TIE)])
    excess = np.array([f.inertia / best - 1 if best > 0 else 0.0 for f in found])[: len(near)]
    agreement = adjusted_rand(near[:1], near)
    other = agreement < 1 - 1e-9
    text = f"The best solution was found in {fit.hits} of {fit.starts} searches"
    if fit.hits == 0:
        text = f"None of {fit.starts} searches found the best solution, only refining them did"
    if not other.any():
        return False, f"{text}; no different one comes within 1% of it."
    least = float(agreement[other].min())
    gap = float(excess[other].min())
    close = "less than 0.01%" if gap < 1e-4 else f"only {words.fine_percent(float(f'{gap:.1e}'))}"
    several = least < DIFFERENT
    text = f"{text}; a different one is {close} worse (agreement {least:.2f})"
    return several, text + ("." if not several else ": several equally good segmentations exist.")


# ── neighbors: what happens with one segment fewer or more ────────────────────────────────────────────────────────


def _say_neighbors(label: IntArray, letters: Sequence[str], others: Mapping[int, IntArray]) -> tuple[str, ...]:
    """Say what one segment fewer or more does, and which segments last."""
    k, said = len(letters), []
    if k - 1 in others:
        said.append(_say_fewer(_share_out(label, others[k - 1], k, k - 1), letters))
    if k + 1 in others:
        said.append(_say_more(_share_out(label, others[k + 1], k, k + 1), letters))
    return (*(s for s in said if s), *_say_lasting(label, letters, others))


def _share_out(a: IntArray, b: IntArray, ka: int, kb: int) -> FloatArray:
    """Return the shares of each cluster of a in those of b: (ka, kb)."""
    b = b[: len(a)]
    a = a[: len(b)]
    seen = (a >= 0) & (b >= 0)
    both = np.bincount(a[seen].astype(np.int64) * kb + b[seen], minlength=ka * kb).reshape(ka, kb)
    share: FloatArray = both / np.maximum(both.sum(axis=1, keepdims=True), 1)
    return share


def _say_fewer(into: FloatArray, letters: Sequence[str]) -> str:
    mostly = np.where(into.max(axis=1) >= 0.5, into.argmax(axis=1), -1)
    merged = [np.flatnonzero(mostly == c) for c in range(into.shape[1])]
    pairs = [" and ".join(letters[int(i)] for i in m) for m in merged if len(m) > 1]
    lost = [letters[int(i)] for i in np.flatnonzero(mostly == -1)]
    parts = [f"{p} become one" for p in pairs] + [f"{s} is divided among others" for s in lost]
    return f"With one segment fewer, {', '.join(parts)}." if parts else ""


def _say_more(into: FloatArray, letters: Sequence[str]) -> str:
    parts = []
    for i, row in enumerate(into):
        pieces = np.sort(row[row >= SPLIT])[::-1]
        if len(pieces) > 1:
            shares = " and ".join(words.percent(float(p)) for p in pieces)
            parts.append(f"{letters[i]} is divided ({shares})")
    return f"With one segment more, {', '.join(parts)}." if parts else ""


def _say_lasting(label: IntArray, letters: Sequence[str], others: Mapping[int, IntArray]) -> tuple[str, ...]:
    """Name segments found again with three numbers in a row."""
    k = len(letters)
    found = {k: np.ones(k)}
    for other, theirs in others.items():
        n = min(len(label), len(theirs))
        found[other] = jaccard(label[:n], theirs[:n], k, other).max(axis=1)
    ranges = []
    for i in range(k):
        low = high = k
        while low - 1 in found and found[low - 1][i] >= FOUND:
            low -= 1
        while high + 1 in found and found[high + 1][i] >= FOUND:
            high += 1
        if high - low >= 2:
            ranges.append(f"{letters[i]} with {low} to {high}")
    return (f"Found again with other numbers of segments: {', '.join(ranges)}.",) if ranges else ()

"""All the evidence about one prepared table, in the cheapest order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from coterie import words
from coterie.cluster import Fit, FloatArray, IntArray, assign, fit
from coterie.doors import frozen
from coterie.evidence import choice, halves, stability, structure
from coterie.evidence.choice import Choice, Tried
from coterie.evidence.former import Former, Succession, follow
from coterie.evidence.groupless import Block
from coterie.evidence.halves import Preparation
from coterie.evidence.marginals import KeyArray
from coterie.evidence.plan import RESAMPLE_ROWS, SWEEP_ROWS, TRIAL_ROWS, Plan
from coterie.evidence.splits import Condition, Parts, part
from coterie.evidence.stability import Refits, Stability
from coterie.evidence.structure import Borders, Structure

NEARLY = 1e-9  # so near the middle of its column, a value is on neither side


@frozen
class Evidence:
    """A table's segments and what is known about them.

    ``structure`` is transient and goes into words with ``verdict.judge``; ``choice`` and ``stability`` are parts of
    the record; ``fit`` holds the centers; ``borders`` says what lies between the segments, ``parts`` what stands apart
    in the table, however many segments are shown, and ``kept_apart`` whether these keep it apart (None: nothing stands
    apart). ``halves`` (2, halvings, n) is where each half of the resampled rows puts each of them, by the final
    clusters; None where there are too few, or where one refit in ten gives other clusters: who is in them is then no
    longer asked. ``after`` is how the segments follow from former ones, if they do.
    """

    structure: Structure | None
    choice: Choice
    stability: Stability
    fit: Fit
    borders: Borders
    parts: Parts | None
    kept_apart: bool | None
    halves: IntArray | None
    after: Succession | None = None

    @property
    def ids(self) -> tuple[int, ...]:
        """The segment id of each center, ascending."""
        return _ids(len(self.fit.centers), self.after)


def weigh(
    Z: FloatArray,
    blocks: Sequence[Block],
    key: KeyArray,
    plan: Plan,
    *,
    asked: int | None = None,
    former: Former | None = None,
    conditions: Sequence[Condition] = (),
    prepared: Preparation | None = None,
) -> Evidence:
    """Return the segments, their number, and how sure they are.

    Parameters
    ----------
    Z : (n, d) prepared rows in the order of their hash, NaN = missing; at least two of them differ.
    blocks : what the prepared columns stand for, in their order.
    key : (n,) leading 64 bits of each row's hash.
    asked : the number of segments the user wants; None leaves it to the evidence.
    former : the segments of before, where the next ones are to follow from them.
    conditions : what may tell parts of the customers apart alone, of the first ``SWEEP_ROWS`` rows.
    prepared : the first ``RESAMPLE_ROWS`` rows as some of them would prepare them; None: as they are here.

    Notes
    -----
    The structure test sees up to 2,000 rows at a time, bootstraps 5,000, the comparison of numbers of segments 20,000,
    the final fit all. The same refits serve agreement, overlap and votes, and the test's groupless tables the gap vote
    and the silhouettes' reference. Nothing depends on the order of the columns or on threads.
    """
    given, turn = Z[:SWEEP_ROWS], _turn(Z, blocks)
    Z = turn.there(Z)
    order, back = _order(Z, blocks)
    Z, blocks = _reorder(Z, blocks, order)
    looked_at = None if prepared is None else lambda inside: turn.there(prepared(inside))[:, np.argsort(back)]
    found = structure.examine(Z, blocks, key, plan)
    parts = None
    if found is not None and found.pieces is not None:
        placed = replace(found.pieces, centers=turn.back(found.pieces.centers[:, back]))
        parts = part(given, placed, conditions)
    swept, resampled = Z[:SWEEP_ROWS], Z[:RESAMPLE_ROWS]
    tried, refits = try_numbers(swept, found, parts, plan, asked=asked)
    following = None if former is None else partial(follow, former=_turned(former, turn), back=back)
    shown = show(Z, tried, parts, plan, asked=asked, following=following)
    k, final, fits = shown.choice.k, shown.fit, {**tried.fits, shown.choice.k: shown.swept}
    again = stability.extend(resampled, k, refits[k], plan)
    later = replace(
        tried,
        fits=fits,
        simplified={**tried.simplified, **choice.measure_silhouettes(swept, {k: final}, plan)},
        agreement={**tried.agreement, k: again.ari},
    )
    others = {other: f.label for other, f in fits.items() if other != k}
    judged = stability.judge(resampled, final, again, found, others, plan, _ids(k, shown.after))
    return Evidence(
        structure=found,
        choice=choice.settle(shown.choice, later),
        stability=replace(judged, refits=_as_tuples(turn.back(np.array(judged.refits)[:, :, back]))),
        fit=replace(final, centers=turn.back(final.centers[:, back])),
        borders=structure.measure_borders(Z, final.centers, key),
        parts=parts,
        kept_apart=shown.kept_apart,
        halves=_place_halves(resampled, final, plan, looked_at) if again.ari.p10 >= words.HELD else None,
        after=shown.after,
    )


def try_numbers(
    Z: FloatArray, found: Structure | None, parts: Parts | None, plan: Plan, *, asked: int | None = None
) -> tuple[Tried, dict[int, Refits]]:
    """Return what speaks for each number of segments, and its refits.

    Parameters
    ----------
    Z : (n, d) prepared rows in the order of their hash, as many as numbers of segments are compared on.
    found : the outcome of the test of structure.
    parts : what stands apart in the table.
    asked : the number of segments the user wants.
    """
    ks, resampled = _list_numbers(Z, plan, asked), Z[:RESAMPLE_ROWS]
    fits = choice.sweep(Z, ks, plan)
    refits = stability.resample(resampled, ks, plan)
    apart = found is not None and found.components is not None
    groups = parts if apart and parts is not None and parts.count > 1 else None
    tried = Tried(
        fits=fits,
        simplified=choice.measure_silhouettes(Z, fits, plan),
        agreement={k: r.ari for k, r in refits.items()},
        strength={k: halves.measure_strength(h, k) for k, h in halves.halve(resampled, ks, plan).items()},
        structure=found,
        keeping=None if groups is None else frozenset(k for k, f in fits.items() if groups.kept_apart(f.label)),
    )
    return tried, refits


@frozen
class Shown:
    """The number of segments, and the final solution with so many.

    ``swept`` is the solution on the rows that numbers of segments are compared on, ``kept_apart`` and ``after`` as
    ``Evidence`` has them.
    """

    choice: Choice
    fit: Fit
    swept: Fit
    after: Succession | None
    kept_apart: bool | None


def show(
    Z: FloatArray,
    tried: Tried,
    parts: Parts | None,
    plan: Plan,
    *,
    asked: int | None = None,
    following: Callable[[FloatArray, int, Plan], Succession] | None = None,
) -> Shown:
    """Return the number of segments that what was tried speaks for, and the segments.

    A number that keeps groups apart in the sweep may put them together in the best of more starts: then another is
    chosen.
    """
    keeping = tried.keeping
    chosen, final = choice.choose(tried, plan), None
    while keeping and parts is not None and chosen.k in keeping:
        final = fit(Z, chosen.k, seed=plan.seed, threads=plan.threads)
        if parts.kept_apart(_narrow(Z[:SWEEP_ROWS], final, plan).label):
            break
        keeping -= {chosen.k}
        chosen = choice.choose(replace(tried, keeping=keeping), plan)
    k = asked or chosen.k
    after = None if following is None else following(Z, k, plan)
    if after is not None:
        final = after.fit
    elif final is None or k != len(final.centers):
        final = fit(Z, k, seed=plan.seed, threads=plan.threads)
    narrow = _narrow(Z[:SWEEP_ROWS], final, plan)
    return Shown(
        choice=choice.choose(replace(tried, keeping=keeping), plan, asked=asked),
        fit=final,
        swept=narrow,
        after=after,
        kept_apart=None if keeping is None or parts is None else parts.kept_apart(narrow.label),
    )


def _ids(k: int, after: Succession | None) -> tuple[int, ...]:
    return tuple(range(1, k + 1)) if after is None else tuple(sorted(after.identity.ids))


def _narrow(Z: FloatArray, final: Fit, plan: Plan) -> Fit:
    """Return the final solution as on the first rows."""
    if len(final.label) == len(Z):
        return final
    near = assign(Z, final.centers, threads=plan.threads)
    sizes = np.bincount(near.label[near.label >= 0], minlength=len(final.centers)).astype(np.float64)
    return replace(final, label=near.label, sizes=sizes, inertia=float(np.nansum(near.nearest**2)))


def _place_halves(Z: FloatArray, final: Fit, plan: Plan, prepared: Preparation | None) -> IntArray | None:
    """Return where each half puts each row, by the final clusters."""
    k = len(final.centers)
    found = halves.halve_again(Z, k, plan, prepared)
    return None if found is None else halves.place(found, assign(Z, final.centers, threads=plan.threads).label, k)


def _list_numbers(Z: FloatArray, plan: Plan, asked: int | None) -> list[int]:
    """Return the numbers of segments to try.

    They go up to the largest, and around the one asked for.
    """
    first = Z[:TRIAL_ROWS]
    known = first[~np.isnan(first).all(axis=1)]
    most = len(np.unique(np.where(np.isnan(known), np.inf, known), axis=0))
    wanted = {*range(2, plan.max_k + 1), *([] if asked is None else (asked - 1, asked, asked + 1))}
    return sorted(k for k in wanted if 2 <= k <= max(2, most) or k == asked)


@frozen
class _Turn:
    """How columns are looked at: from their ``middle`` (d,), upside down where ``sign`` (d,) is -1."""

    middle: FloatArray
    sign: FloatArray

    def there(self, Z: FloatArray) -> FloatArray:
        """Return rows as they are looked at."""
        return np.ascontiguousarray((Z - self.middle) * self.sign)

    def back(self, Z: FloatArray) -> FloatArray:
        """Return rows as they were."""
        return np.ascontiguousarray(Z * self.sign + self.middle)


def _turn(Z: FloatArray, blocks: Sequence[Block]) -> _Turn:
    """Return what turns numbers so that the first row that is not in their middle is above it."""
    middle, sign = np.zeros(Z.shape[1]), np.ones(Z.shape[1])
    for at in (block.start for block in blocks if block.kind != "nominal"):
        x = Z[:TRIAL_ROWS, at]
        x = x[~np.isnan(x)]
        if len(x):
            middle[at] = (float(x.min()) + float(x.max())) / 2
            off = x[np.abs(x - middle[at]) > NEARLY * (1 + abs(middle[at]))]
            sign[at] = -1.0 if len(off) and off[0] < middle[at] else 1.0
    return _Turn(middle, sign)


def _turned(former: Former, turn: _Turn) -> Former:
    """Return former segments as they are looked at; they are identified as they were."""
    return replace(
        former, centers=turn.there(former.centers), identify=lambda centers: former.identify(turn.back(centers))
    )


def _order(Z: FloatArray, blocks: Sequence[Block]) -> tuple[list[int], list[int]]:
    """Return the order of the blocks by their values, and the way back."""
    first = Z[:TRIAL_ROWS]
    filled = np.round(np.where(np.isnan(first), -9e9, first), 6) + 0.0
    order = sorted(range(len(blocks)), key=lambda b: filled[:, blocks[b].start : blocks[b].stop].ravel().tolist())
    columns = [c for b in order for c in range(blocks[b].start, blocks[b].stop)]
    return order, [int(i) for i in np.argsort(columns)]


def _reorder(Z: FloatArray, blocks: Sequence[Block], order: Sequence[int]) -> tuple[FloatArray, list[Block]]:
    columns: list[int] = []
    moved = []
    for b in order:
        block = blocks[b]
        moved.append(replace(block, start=len(columns), stop=len(columns) + block.stop - block.start))
        columns.extend(range(block.start, block.stop))
    return np.ascontiguousarray(Z[:, columns]), moved


def _as_tuples(refits: FloatArray) -> tuple[tuple[tuple[float, ...], ...], ...]:
    return tuple(tuple(tuple(float(v) for v in center) for center in centers) for centers in refits)

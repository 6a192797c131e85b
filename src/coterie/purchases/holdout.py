"""Which way of grouping customers says more about what they buy later.

Segments are judged against an RFM grid with as many cells and against recency alone, cut into as many bands. What a
customer buys later is foretold by the mean of the customer's cell, taken over other customers (ten parts, each foretold
from the nine others), so a cell gains nothing by being fitted to its own members.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.doors import frozen
from coterie.purchases.facts import Holdout, Method, Share

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PARTS, RESAMPLES, LEVEL = 10, 1_000, 0.95
STREAM = 0x686F6C64  # a stream of random numbers of its own
OUTCOMES, ABOUT = ("spend", "repeat"), ("later spend", "who buys again")
NOTHING = 0.01
BLOCK = 4_000_000  # weights held at a time


@frozen
class Days:
    """The first and last day of later purchases, and how many days."""

    first: str
    last: str
    days: int


def compare(
    label: IntArray, measures: Mapping[str, FloatArray], spend: FloatArray, orders: FloatArray, days: Days, *, seed: int
) -> Holdout:
    """Return how much of later purchases the segments, RFM and recency explain.

    Parameters
    ----------
    label : (n,) segments, in the random order of the customers' hash.
    measures : (n,) ``recency``, ``frequency`` and ``monetary`` before the holdout.
    spend, orders : (n,) what each customer spent and ordered on these ``days``.

    Notes
    -----
    Cost: the n errors of each method, resampled 1,000 times (bootstrap of customers, percentile intervals; the same
    resamples for all methods, so that their differences are paired).
    """
    k = len(np.unique(label))
    groups = {
        "segments": np.unique(label, return_inverse=True)[1].astype(np.int64),
        "rfm": grid(measures, k),
        "recency": bands(measures["recency"], k),
    }
    outcomes = dict(zip(OUTCOMES, (spend, (orders > 0).astype(np.float64)), strict=True))
    errors = np.stack([foretold(y, cells) for y in outcomes.values() for cells in groups.values()])
    plain = np.stack([foretold(y, np.zeros(len(y), dtype=np.int64)) for y in outcomes.values()])
    shares = _resampled(errors, plain, len(groups), seed)
    found = {(o, g): shares[:, i, j] for i, o in enumerate(OUTCOMES) for j, g in enumerate(groups)}
    methods = tuple(
        Method(g, len(np.unique(cells)), *(_interval(found[o, g]) for o in OUTCOMES)) for g, cells in groups.items()
    )
    against = {
        g: {o: _interval(found[o, "segments"] - found[o, g]) for o in OUTCOMES} for g in groups if g != "segments"
    }
    winner = _winner(against["rfm"])
    text = _text(methods, against, winner)
    repeated, spent = float(outcomes["repeat"].mean()), float(math.fsum(spend))
    when = (days.first, days.last, days.days)
    return Holdout(*when, len(label), repeated, spent, RESAMPLES, methods, against, winner, text)


# ── cells ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def grid(measures: Mapping[str, FloatArray], cells: int) -> IntArray:
    """Return the cells of an RFM grid.

    Bands of recency are each cut by frequency, and within it by money.

    The number of bands is the root of the number of cells; where it does not divide them, the bands of those who bought
    last are cut once more. Customers with the same three values share a cell.

    >>> few = np.arange(12.0)
    >>> cells = grid({"recency": few, "frequency": few % 3, "monetary": few}, 6)
    >>> len(set(cells.tolist()))
    6
    """
    across = max(1, round(math.sqrt(cells)))
    band = bands(measures["recency"], across)
    worth = np.unique(np.stack([measures["frequency"], measures["monetary"]]), axis=1, return_inverse=True)[1].ravel()
    out = np.zeros(len(band), dtype=np.int64)
    start = 0
    for i in range(across):
        parts = cells // across + (i < cells % across)
        inside = band == i
        if inside.any():
            out[inside] = start + bands(worth[inside].astype(np.float64), parts)
        start += parts
    return out


def bands(values: FloatArray, parts: int) -> IntArray:
    """Return which of some equal bands each value is in.

    Equal values are in one band.
    """
    ordered = np.sort(values)
    ends = ordered[[max(0, math.ceil(len(values) * i / parts) - 1) for i in range(1, parts)]]
    return np.searchsorted(ends, values, side="left").astype(np.int64)


# ── what they explain ─────────────────────────────────────────────────────────────────────────────────────────────


def foretold(y: FloatArray, cells: IntArray) -> FloatArray:
    """Return the squared errors (n,) of foretelling by a cell's mean.

    The mean is that of the customers of other parts.
    """
    part = np.arange(len(y)) % PARTS
    width = int(cells.max()) + 1
    place = part * width + cells
    total = np.bincount(place, weights=y, minlength=PARTS * width).reshape(PARTS, width)
    count = np.bincount(place, minlength=PARTS * width).reshape(PARTS, width)
    others, size = total.sum(axis=0) - total, count.sum(axis=0) - count
    fallback = others.sum(axis=1) / np.maximum(size.sum(axis=1), 1)
    mean = np.where(size > 0, others / np.maximum(size, 1), fallback[:, None])
    error: FloatArray = (y - mean[part, cells]) ** 2
    return error


def _resampled(errors: FloatArray, plain: FloatArray, methods: int, seed: int) -> FloatArray:
    """Return the explained shares (1 + resamples, outcomes, methods); the first row is of the customers themselves."""
    n = errors.shape[1]
    random = np.random.Generator(np.random.PCG64([seed, STREAM]))
    rows = [_explained(np.ones((1, n)), errors, plain, methods)]
    step = max(1, BLOCK // n)
    for start in range(0, RESAMPLES, step):
        weight = random.poisson(1.0, size=(min(step, RESAMPLES - start), n)).astype(np.float64)
        rows.append(_explained(weight, errors, plain, methods))
    return np.concatenate(rows)


def _explained(weight: FloatArray, errors: FloatArray, plain: FloatArray, methods: int) -> FloatArray:
    # Not a product of matrices: their last bits would depend on the threads of a linear algebra library.
    left = np.einsum("bn,mn->bm", weight, errors).reshape(len(weight), -1, methods)
    whole = np.einsum("bn,mn->bm", weight, plain)[:, :, None]
    share: FloatArray = 1 - np.divide(left, whole, out=np.ones_like(left), where=whole > 0)
    return share


def _interval(shares: FloatArray) -> Share:
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(shares[1:], [tail, 1 - tail])
    return Share(float(shares[0]), float(low), float(high))


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _winner(against: Mapping[str, Share]) -> str:
    ahead = [o for o in OUTCOMES if against[o].low > 0]
    behind = [o for o in OUTCOMES if against[o].high < 0]
    if ahead and behind:
        return "both"
    return "segments" if ahead else "rfm" if behind else "neither"


def _text(methods: tuple[Method, ...], against: Mapping[str, Mapping[str, Share]], winner: str) -> str:
    """Return the finding in words, and the advice that follows from it."""
    told = {m.name: [words.percent(max(0.0, getattr(m, outcome).share)) for outcome in OUTCOMES] for m in methods}
    mine, theirs, last = told["segments"], told["rfm"], told["recency"]
    said = [
        f"The segments explain {mine[0]} of the differences in later spend and {mine[1]} of who bought again; an RFM "
        f"grid of as many cells {theirs[0]} and {theirs[1]}, recency alone {last[0]} and {last[1]}."
    ]
    if all(getattr(m, o).share < NOTHING for m in methods for o in OUTCOMES):
        return " ".join([*said, "Nothing here foretells what these customers buy later."])
    said.append(
        {
            "segments": "The segments tell more than RFM.",
            "rfm": "RFM tells more: use RFM to foretell what these customers will buy.",
            "both": "Each tells more in one respect: segments and RFM do not replace each other.",
            "neither": "These purchases show no difference between segments and RFM: the simpler one will do.",
        }[winner]
    )
    more = [what for o, what in zip(OUTCOMES, ABOUT, strict=True) if against["recency"][o].high < 0]
    if more:
        said.append(f"Recency alone tells more than the segments about {' and '.join(more)}.")
    elif all(against["recency"][o].low <= 0 for o in OUTCOMES):
        said.append("Recency alone tells as much as the segments.")
    return " ".join(said)

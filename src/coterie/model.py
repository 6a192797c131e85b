"""DECIDE: centers in prepared space, each belonging to one segment; the nearest center wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coterie import errors
from coterie.cluster import kmeans, measures

FloatArray = NDArray[np.float64]

SAMPLE_LEAST = 50_000
SAMPLE_PER_K = 2_000


@dataclass(frozen=True, slots=True)
class Model:
    """Centers (each a tuple of prepared coordinates) and the segment id that each belongs to.

    ``prepared`` names the coordinates; ``inertia`` is the sample's sum of squared distances; ``starts`` and ``hits``
    say how many of the independent searches there were and how many of them found this solution.
    """

    prepared: tuple[str, ...]
    centers: tuple[tuple[float, ...], ...]
    segment_of: tuple[int, ...]
    inertia: float
    starts: int
    hits: int

    @property
    def segments(self) -> tuple[int, ...]:
        """The segment ids, ascending."""
        return tuple(sorted(set(self.segment_of)))


def sample_size(max_k: int) -> int:
    """Return how many rows the final fit may use: enough for an excess inertia of about 0.1 %."""
    return max(SAMPLE_LEAST, SAMPLE_PER_K * max_k)


def check_distinct(Z: FloatArray, k: int | None, rows: int) -> None:
    """Make sure that the rows differ enough for ``k`` segments (2 where k is open).

    Raises
    ------
    InputError : fewer different rows than segments.
    """
    distinct = len(np.unique(np.nan_to_num(Z, nan=np.inf), axis=0)) if len(Z) else 0
    if distinct < 2:
        raise errors.too_few_rows(rows)
    if k is not None and distinct < k:
        raise errors.too_many_segments(k, distinct, rows)


def decide(Z: FloatArray, prepared: tuple[str, ...], k: int, *, seed: int, threads: int = 0) -> Model:
    """Return the best k-means model of the sample; segments are numbered by size, then by center.

    Parameters
    ----------
    Z : (n, d) prepared sample, in the order of its hash.
    """
    fit = kmeans.fit(Z, k, seed=seed, threads=threads)
    centers = tuple(tuple(float(v) for v in center) for center in fit.centers)
    return Model(prepared, centers, tuple(range(1, k + 1)), float(fit.inertia), fit.starts, fit.hits)


def predict(model: Model, Z: FloatArray, *, threads: int = 0) -> NDArray[np.int32]:
    """Return each row's segment id (n,), 0 for a row without any value; the same rule as the SQL of ``assign``."""
    found = kmeans.assign(Z, np.array(model.centers), threads=threads)
    ids = np.array([*model.segment_of, 0], dtype=np.int32)
    return ids[found.label]


SWEEP_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One number of segments that was tried; see ``choice.candidates`` in docs/reference/record.md."""

    k: int
    inertia: float
    silhouette: float
    null_silhouette: tuple[float, float, float] | None
    ari: dict[str, float] | None
    gap: float | None
    prediction_strength: float | None
    smallest: float
    sizes: tuple[int, ...]
    feasible: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """How many segments, and why; see ``choice`` in docs/reference/record.md."""

    k: int
    asked: int | None
    supported: int | None
    rule: str
    words: str
    candidates: tuple[Candidate, ...]
    votes: tuple[dict[str, object], ...]
    flow: tuple[dict[str, int], ...]


def by_silhouette(Z: FloatArray, asked: int | None, max_k: int, min_share: float, *, seed: int) -> Choice:
    """Return the number of segments with the best simplified silhouette on at most 20,000 rows."""
    few = Z[:SWEEP_ROWS]
    most = min(max_k, len(np.unique(np.nan_to_num(few, nan=np.inf), axis=0)))
    jobs = [kmeans.Job(k=k, seed=seed, starts=10, enough=3) for k in range(2, most + 1)]
    fits = kmeans.fit_many([few], jobs)
    candidates, flow = [], []
    for i, (job, fit) in enumerate(zip(jobs, fits, strict=True)):
        silhouette = float(measures.simplified_silhouette(few, fit.centers).mean())
        sizes = tuple(int(s) for s in fit.sizes)
        smallest = min(sizes) / len(few)
        feasible = smallest >= min_share
        reason = None if feasible else f"the smallest segment would hold {100 * smallest:.1f} % of customers"
        candidates.append(
            Candidate(job.k, fit.inertia, silhouette, None, None, None, None, smallest, sizes, feasible, reason)
        )
        if i:
            pairs, counts = np.unique(np.stack([fits[i - 1].label, fit.label]), axis=1, return_counts=True)
            flow += [
                {"k": job.k - 1, "from": int(a) + 1, "to": int(b) + 1, "n": int(n)}
                for (a, b), n in zip(pairs.T, counts, strict=True)
                if a >= 0 and b >= 0
            ]
    open_to = [c for c in candidates if c.feasible] or candidates
    best = max(open_to, key=lambda c: (c.silhouette, -c.k)).k
    words = f"the silhouette is largest at {best}"
    if asked is not None:
        words = f"you asked for {asked}; {words}"
    votes = ({"rule": "silhouette", "k": best},)
    rule = "silhouette" if asked is None else "asked"
    return Choice(asked or best, asked, best, rule, words, tuple(candidates), votes, tuple(flow))

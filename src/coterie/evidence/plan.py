"""How much evidence is gathered: the settings of all its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import count_cores
from coterie.doors import frozen

TRIAL_ROWS = 2000  # with more rows every groupless model is rejected in the end: the size is part of the question
SWEEP_ROWS = 20_000
RESAMPLE_ROWS = 5000
LEAST_SIZE, LEAST_SIZE_SHARE = 30, 0.05  # rows of the smallest segment that is considered: the fewer of both

DRAWS = {"quick": 99, "normal": 199, "thorough": 499}
REFITS = {"quick": 20, "normal": 50, "thorough": 100}

Progress = Callable[[str, int, int], None]  # what is being done, steps done, steps at most


@frozen
class Plan:
    """Settings of one run; all but ``threads`` and ``progress`` shape the result.

    Parameters
    ----------
    max_k : largest number of segments considered.
    min_share : smallest share of customers a segment may have.
    effort : ``quick``, ``normal`` or ``thorough``: groupless tables 99, 199, 499; refits for every number of segments
        20, 50, 100, and twice as many for the chosen one.
    threads : how many work; 0 asks for every core, and becomes their number.
    progress : hears of every long piece of work, now and then.
    """

    max_k: int = 10
    min_share: float = 0.03
    seed: int = 0
    effort: str = "normal"
    threads: int = 0
    progress: Progress | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "threads", count_cores(self.threads))

    @property
    def draws(self) -> int:
        """Groupless tables drawn at most, a sub-sample."""
        return DRAWS[self.effort]

    @property
    def refits(self) -> int:
        """Bootstrap refits for every number of segments."""
        return REFITS[self.effort]

    def say(self, what: str, done: int, total: int) -> None:
        """Report progress, if anyone listens."""
        if self.progress:
            self.progress(what, done, total)

    def generator(self, stream: int) -> np.random.Generator:
        """Return the generator of one named stream.

        It counts, so that the numbers are the same whoever asks, and when.
        """
        return np.random.Generator(np.random.Philox(key=np.array([self.seed, stream], dtype=np.uint64)))

    def seed_of(self, stream: int) -> int:
        """Return a non-negative 63-bit seed that belongs to one stream."""
        return int(scramble(scramble(np.uint64(self.seed)) ^ np.uint64(stream))) >> 1

    def seeds_of(self, streams: Sequence[int]) -> list[int]:
        """Return the seeds of many streams at once."""
        mixed = scramble(scramble(np.uint64(self.seed)) ^ np.asarray(streams, dtype=np.uint64))
        return [int(s) for s in mixed >> np.uint64(1)]


def scramble(z: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    """Mix 64 bits, each depending on all: a bijection.

    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators.  doi:10.1145/2660193.2660195
    """
    with np.errstate(over="ignore"):
        mixed = np.asarray(z, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return result


def least_size(rows: float) -> float:
    """Return how many of so many rows the smallest segment may hold, whatever the user allows."""
    return min(LEAST_SIZE, LEAST_SIZE_SHARE * rows)

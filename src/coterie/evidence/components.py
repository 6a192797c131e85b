"""Which segments of a solution hang together, and what stands apart: components.

A segment may be one of several that cut the same group; its nearest neighbor is then its twin, and the border between
them says nothing about the group's. So what is asked is what the easiest way between two segments, by way of any
others, must cross. Segments between which a way leads through well-filled borders alone are one component.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coterie.doors import distinct
from coterie.evidence.marginals import FloatArray

APART = 0.5  # a border half as populated as the cores
SLIGHT = 0.25  # borders hardly emptier than the cores tell no groups apart, however surely they are emptier
SMALL = 0.02  # share of rows below which a border cannot be measured
FIRST = 0.9  # of the largest separation: fewer segments than show most of it are looked at too


@distinct
class Components:
    """The parts of a solution between which no easy way leads.

    ``of`` holds the component of each segment, by size, -1 where it is too small to be measured; ``depths`` what at
    least lies between each component and any other; ``clear`` the mean depth between two customers of different
    components; ``share`` of the rows lie in components, where there are two or more. ``centers`` (k, d) are those of
    the segments.
    """

    centers: FloatArray
    of: tuple[int, ...]
    depths: tuple[float, ...]
    clear: float
    share: float

    @property
    def count(self) -> int:
        """How many components there are."""
        return len(self.depths)

    @property
    def depth(self) -> float:
        """What typically lies between a component and the others."""
        return float(np.median(self.depths))


def separation(barriers: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return how much lies between two customers on average, 0 to 1: (tables,).

    Parameters
    ----------
    barriers : (tables, k, k) what the easiest way between two segments must cross.
    sizes : (tables, k) rows of the segments.
    """
    weight = sizes / sizes.sum(axis=1, keepdims=True)
    weight = np.where(weight < SMALL, 0.0, weight)
    felt = np.clip((barriers - SLIGHT) / (1 - SLIGHT), 0.0, 1.0)
    found: FloatArray = np.einsum("ti,tij,tj->t", weight, felt, weight)
    return found


def join(barriers: FloatArray, sizes: FloatArray, centers: FloatArray, least: float = APART) -> Components:
    """Return the components of one solution: (k, k) barriers, (k,) sizes, (k, d) centers.

    Segments between which a way leads that crosses less than ``least`` are one; below 2% of rows it is none.
    """
    weight = sizes / sizes.sum()
    able = weight >= SMALL
    linked = (barriers < least) & able[:, None] & able[None]
    np.fill_diagonal(linked, able)
    sets = {tuple(np.flatnonzero(row).tolist()) for row in linked[able]}
    parts = sorted(sets, key=lambda s: (-float(weight[list(s)].sum()), s))
    of = np.full(len(sizes), -1)
    for number, part in enumerate(parts):
        of[list(part)] = number
    between = np.where((of[:, None] != of[None]) & able[None], barriers, np.inf)
    depths = [float(between[list(part)].min()) if len(parts) > 1 else 0.0 for part in parts]
    both = np.outer(weight, weight) * ((of[:, None] != of[None]) & able[:, None] & able[None])
    return Components(
        centers=centers,
        of=tuple(int(c) for c in of),
        depths=tuple(depths),
        clear=float((both * barriers).sum() / both.sum()) if both.any() else 0.0,
        share=float(weight[of >= 0].sum()) if len(parts) > 1 else 0.0,
    )


def find_first(above: NDArray[np.float64]) -> int:
    """Return the first place at which nearly the largest of some values is reached."""
    return int(np.flatnonzero(above >= FIRST * above.max())[0]) if above.max() > 0 else len(above) - 1

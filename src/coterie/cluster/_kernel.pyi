from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

_Fit = tuple[
    NDArray[np.float64], NDArray[np.int32], NDArray[np.float64], float, int, int, int, float, NDArray[np.float64] | None
]

def fit_many(
    data: Sequence[NDArray[np.float64]],
    weights: Sequence[NDArray[np.float64]],
    jobs: NDArray[np.int64],
    labels: bool,
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> list[_Fit]: ...
def assign(
    z: NDArray[np.float64], centers: NDArray[np.float64], threads: int
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]: ...
def target() -> str: ...
def choose_target(target: str) -> bool: ...

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
def silhouettes(
    z: NDArray[np.float64], label: NDArray[np.int32], k: int, rows: NDArray[np.int64], threads: int
) -> NDArray[np.float64]: ...
def adjusted_rands(
    a: NDArray[np.int32], b: NDArray[np.int32], ka: int, kb: int, threads: int
) -> NDArray[np.float64]: ...
def match(gain: NDArray[np.float64]) -> NDArray[np.int32]: ...
def dips(samples: Sequence[NDArray[np.float64]], threads: int) -> NDArray[np.float64]: ...
def norm_cdf(x: NDArray[np.float64], threads: int) -> NDArray[np.float64]: ...
def norm_ppf(p: NDArray[np.float64], threads: int) -> NDArray[np.float64]: ...

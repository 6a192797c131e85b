import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]

def unimodal(x: FloatArray, foot: FloatArray, head: FloatArray, modes: LongArray) -> tuple[FloatArray, FloatArray]: ...
def draw(
    normals: FloatArray,
    factor: FloatArray,
    x: FloatArray,
    height: FloatArray,
    corners: LongArray,
    threads: int,
) -> FloatArray: ...
def silhouettes(tables: FloatArray, centers: FloatArray, k: LongArray, data: LongArray, threads: int) -> FloatArray: ...
def gaps(
    tables: FloatArray,
    label: IntArray,
    centers: FloatArray,
    k: LongArray,
    data: LongArray,
    around: bool,
    threads: int,
) -> tuple[FloatArray, FloatArray, FloatArray]: ...
def barriers(
    tables: FloatArray,
    label: IntArray,
    centers: FloatArray,
    k: LongArray,
    data: LongArray,
    least: float,
    threads: int,
) -> tuple[FloatArray, FloatArray]: ...
def matches(overlaps: FloatArray) -> IntArray: ...
def neighbors(rows: FloatArray, first: int, many: int, threads: int) -> tuple[FloatArray, IntArray]: ...
def votes(rows: FloatArray, refits: FloatArray, label: IntArray, owner: IntArray, threads: int) -> FloatArray: ...

"""The kernel: k-means, and the measures beside it.

Its modules, in import order::

    kmeans           fits, and the nearest center
    measures         silhouettes and agreements
"""

from coterie.cluster.kmeans import (
    Assigned,
    Fit,
    FloatArray,
    IntArray,
    Job,
    assign,
    count_cores,
    distances,
    fit,
    fit_many,
    refine,
    thorough,
)
from coterie.cluster.measures import adjusted_rand, jaccard, match, silhouette

__all__ = [
    "Assigned",
    "Fit",
    "FloatArray",
    "IntArray",
    "Job",
    "adjusted_rand",
    "assign",
    "count_cores",
    "distances",
    "fit",
    "fit_many",
    "jaccard",
    "match",
    "refine",
    "silhouette",
    "thorough",
]

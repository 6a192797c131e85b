"""The kernel: k-means and the statistics beside it. Everything above asks this folder, and it asks nobody."""

from coterie.cluster.kmeans import Assigned, Fit, FloatArray, IntArray, Job, assign, fit, fit_many

__all__ = ["Assigned", "Fit", "FloatArray", "IntArray", "Job", "assign", "fit", "fit_many"]

"""A segmentation from its run folder."""

from __future__ import annotations

import os
from pathlib import Path

from coterie import runs
from coterie.record import parse, read_points
from coterie.segmentation.segmentation import Segmentation


def load(run: str | os.PathLike[str]) -> Segmentation:
    """Return the segmentation of a run folder.

    Only a folder whose files are as they were written is trusted.

    Raises
    ------
    FormatError : not a run of coterie's, changed since it was written, or of another version.
    """
    folder = Path(run)
    data = runs.read_published(folder, "run.json")
    record = parse(data, str(folder))
    points = folder / "points.csv"
    found = read_points(points) if points.exists() else None
    return Segmentation(record, points=found, before=runs.next_run.remember(folder, data, record))

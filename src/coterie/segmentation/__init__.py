"""The result with its customers, and every verb that makes one or looks at one.

Its modules, in import order::

    origin        where customers came from: enough to read them again
    progress      what runs now, how far it is, what came of it
    shown         what a run shows of its record: in a notebook, as tables
    former        the customers of a run, as what comes after it needs them
    segmentation  Segmentation: the record, and what can be done with it
    loaded        load(): a segmentation from its run folder
    stages        segment(): the stages in order
    renewal       refresh(): new customers in segments that stay who they are
    drifting      what a comparison weighs: criteria, limits, chance, the advice
    comparison    compare(): two runs side by side, and whether to form segments again
    estimator     Segmenter: the segments in scikit-learn's manners
    checking      check(): every finding, nothing fitted
    campaign      lift(): what came of an audience, per segment and in all
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie.doors import opened

if TYPE_CHECKING:
    from coterie.segmentation.checking import Checked
    from coterie.segmentation.loaded import load
    from coterie.segmentation.segmentation import Segmentation

__all__ = ["Checked", "Segmentation", "campaign", "checking", "comparison", "load", "progress", "renewal", "stages"]

__getattr__, __dir__ = opened(__name__, {"Checked": "checking", "Segmentation": "segmentation", "load": "loaded"})

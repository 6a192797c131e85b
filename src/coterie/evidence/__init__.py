"""Is there structure, how many segments, how sure: on the sample alone.

Its modules, in import order::

    plan             how much is simulated and resampled; streams of random numbers
    marginals        a column's shape with a single mode; how its ties are broken
    groupless        groupless tables with the same shape
    components       which segments of a solution hang together, what stands apart
    copies           rows that are near-copies of each other
    clustered        tables clustered for every number of segments, and what is measured there
    borders          are borders emptier than chance makes them?
    trial            one table put to the test
    structure        is there structure? the test
    splits           borders that one condition explains
    verdict          what the test means, in words
    halves           two halves of the customers, clustered apart
    choice           how many segments: the votes
    stability        bootstraps: global, per segment, per customer
    sensitivity      what the segments hang on; rare groups
    drift            whether the customers of two periods differ
    former           segments that were there before, and those that follow from them
    evidence         structure, choice and stability, gathered in the cheapest order
    confidence       bands of the margin, calibrated on the votes of refits and on what halves promise
"""

from coterie.evidence.choice import Candidate, Choice, Flow, Spread
from coterie.evidence.components import APART, SLIGHT
from coterie.evidence.confidence import Bands, Confidence, Cut
from coterie.evidence.evidence import Evidence
from coterie.evidence.former import Former, Identity, Start
from coterie.evidence.groupless import Block
from coterie.evidence.halves import Preparation
from coterie.evidence.plan import RESAMPLE_ROWS, SWEEP_ROWS, Plan, Progress
from coterie.evidence.sensitivity import Sensitivity
from coterie.evidence.splits import Condition, Split, Splits, find_splits, part
from coterie.evidence.stability import SegmentStability
from coterie.evidence.verdict import Caveat, Context, Verdict

__all__ = [
    "APART",
    "RESAMPLE_ROWS",
    "SLIGHT",
    "SWEEP_ROWS",
    "Bands",
    "Block",
    "Candidate",
    "Caveat",
    "Choice",
    "Condition",
    "Confidence",
    "Context",
    "Cut",
    "Evidence",
    "Flow",
    "Former",
    "Identity",
    "Plan",
    "Preparation",
    "Progress",
    "SegmentStability",
    "Sensitivity",
    "Split",
    "Splits",
    "Spread",
    "Start",
    "Verdict",
    "confidence",
    "drift",
    "evidence",
    "find_splits",
    "part",
    "sensitivity",
    "stability",
    "verdict",
]

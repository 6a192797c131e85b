"""The result as one typed value: made, saved, loaded, changed by hand.

Its modules, in import order::

    record           the record and its parts
    soundness        whether the parts of a record fit together
    json             the record as JSON, and the way back
    clean_texts      a record whose texts are harmless
    points           the map's points, and the file that holds them
    lineage          what becomes of segments from one record to the next
    build            what the stages found becomes one record
    comparison       two runs side by side, as one value
    effects          what a campaign brought: lifts with their intervals
    lift_words       what a campaign brought, in words
    by_hand          names and merges by hand: a record becomes the next one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie.doors import opened
from coterie.evidence import Candidate, Caveat, Choice, Flow, SegmentStability, Split, Spread, Verdict
from coterie.model import Feature
from coterie.portrait import (
    ALL,
    Cell,
    Cells,
    Compared,
    CustomerGroup,
    MapAxis,
    Marker,
    Node,
    ProfileRow,
    Segment,
    Statistic,
    Tree,
    UsualValue,
    compare,
)
from coterie.purchases import Delivered, GridCell, Holdout, Method, NamedCounts, PurchaseFacts, RfmFacts
from coterie.record.build import StageResults, build_record, rebuild_record
from coterie.record.clean_texts import CleanRecord, clean, clean_text, clean_value
from coterie.record.json import dumps, from_json, parse, to_json
from coterie.record.lineage import (
    REFRESHED,
    Matched,
    digest,
    inherit,
    is_by_hand,
    match_segments,
    tell_lost,
    tell_other_k,
)
from coterie.record.points import Points, points_csv, read_points
from coterie.record.record import (
    FORMAT,
    Fate,
    Lineage,
    MapFacts,
    ModelFacts,
    Record,
    Renewal,
    SampleFacts,
    StabilityFacts,
)
from coterie.table import ColumnRecord

if TYPE_CHECKING:
    from coterie.record.comparison import (
        Advice,
        ColumnDrift,
        ComparedRuns,
        Criterion,
        Migration,
        Move,
        Party,
        Side,
    )

__all__ = [
    "ALL",
    "FORMAT",
    "REFRESHED",
    "Advice",
    "Candidate",
    "Caveat",
    "Cell",
    "Cells",
    "Choice",
    "CleanRecord",
    "ColumnDrift",
    "ColumnRecord",
    "Compared",
    "ComparedRuns",
    "Criterion",
    "CustomerGroup",
    "Delivered",
    "Fate",
    "Feature",
    "Flow",
    "GridCell",
    "Holdout",
    "Lineage",
    "MapAxis",
    "MapFacts",
    "Marker",
    "Matched",
    "Method",
    "Migration",
    "ModelFacts",
    "Move",
    "NamedCounts",
    "Node",
    "Party",
    "Points",
    "ProfileRow",
    "PurchaseFacts",
    "Record",
    "Renewal",
    "RfmFacts",
    "SampleFacts",
    "Segment",
    "SegmentStability",
    "Side",
    "Split",
    "Spread",
    "StabilityFacts",
    "StageResults",
    "Statistic",
    "Tree",
    "UsualValue",
    "Verdict",
    "build_record",
    "by_hand",
    "clean",
    "clean_text",
    "clean_value",
    "compare",
    "digest",
    "dumps",
    "effects",
    "from_json",
    "inherit",
    "is_by_hand",
    "lift_words",
    "match_segments",
    "parse",
    "points_csv",
    "read_points",
    "rebuild_record",
    "tell_lost",
    "tell_other_k",
    "to_json",
]

_COMPARISON = ("Advice", "ColumnDrift", "ComparedRuns", "Criterion", "Migration", "Move", "Party", "Side")
__getattr__, __dir__ = opened(__name__, dict.fromkeys(_COMPARISON, "comparison"))

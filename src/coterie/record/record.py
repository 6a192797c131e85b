"""The record: the whole result as one value; docs/reference/record.md says what each field is.

A record is made by ``build``, travels as ``json``, and changes only by becoming the next one (``by_hand``). It holds no
path, no clock, no engine and no customer.
"""

from __future__ import annotations

from typing import Literal

from coterie.doors import frozen
from coterie.evidence import Choice, Confidence, SegmentStability, Sensitivity, Spread, Verdict
from coterie.findings import Finding
from coterie.model import Feature, Model
from coterie.options import Options
from coterie.portrait import Cells, MapAxis, ProfileRow, RulesFacts, Segment, Tree
from coterie.purchases import Holdout, PurchaseFacts, Repeats, RfmFacts
from coterie.table import ColumnRecord

FORMAT = 1


@frozen
class MapFacts:
    """The axes of the map, how many customers it shows of how many, and its counts."""

    kind: Literal["columns", "pca"]
    x: MapAxis
    y: MapAxis
    shown: int
    of: int
    cells: Cells | None


@frozen
class SampleFacts:
    """The customers: how many there are, how many decided, and what they were made of.

    ``repeats`` are those who stand in several rows, where every row was taken as a customer all the same.
    """

    rows: int
    used: int
    seed: int
    whole: bool
    unassigned: int
    map: MapFacts
    repeats: Repeats | None
    purchases: PurchaseFacts | None
    rfm: RfmFacts | None


@frozen
class ModelFacts(Model):
    """The model, how well it fits all customers, and what retells it.

    What only the customers can tell is None after a merge by hand without them.
    """

    inertia_all: float
    explained: float | None
    step: float
    silhouette: float | None
    silhouette_error: float | None
    silhouette_rows: int | None
    rules: RulesFacts
    tree: Tree | None


@frozen
class StabilityFacts:
    """What resamples say, with the margins from which a customer is core or probable."""

    resamples: int
    rows: int
    ari: Spread
    text: str
    segments: tuple[SegmentStability, ...]
    core: float | None
    probable: float | None
    borderline: float | None
    several: bool
    solutions: str
    neighbors: tuple[str, ...]
    refits: tuple[tuple[tuple[float, ...], ...], ...]
    margins: Confidence
    floor: tuple[tuple[float, ...], ...] = ()


@frozen
class SensitivityFacts(Sensitivity):
    """What the segments hang on, and what they foretell where purchases were held out."""

    holdout: Holdout | None


@frozen
class Fate:
    """What became of segments: ids of before, ids of after, and what share of both periods' customers they share."""

    kind: Literal["kept", "split", "merged", "new", "retired"]
    before: tuple[int, ...]
    after: tuple[int, ...]
    overlap: float | None


@frozen
class Renewal:
    """How the segments follow from those before.

    ``matched`` is what told them again, ``shared`` how many customers both have; ``start`` is whose centers were kept
    and ``gain`` how much less inertia a fresh start reached (a share), where both were tried.
    """

    matched: Literal["customers", "centers"]
    shared: int
    start: Literal["warm", "cold"]
    gain: float | None
    fates: tuple[Fate, ...]


@frozen
class Lineage:
    """Where the record came from.

    Its parent's digest, the first id never used, what was done in words; the digests of all records before it, oldest
    first; and how its segments follow from those before, where they were refreshed.
    """

    parent: str | None
    next_id: int
    history: tuple[str, ...]
    ancestors: tuple[str, ...] = ()
    renewal: Renewal | None = None


@frozen
class Record:
    """The whole result: everything that is needed to assign, report and compare."""

    format: int
    coterie: str
    options: Options
    columns: tuple[ColumnRecord, ...]
    findings: tuple[Finding, ...]
    features: tuple[Feature, ...]
    sample: SampleFacts
    model: ModelFacts
    verdict: Verdict
    choice: Choice
    stability: StabilityFacts
    sensitivity: SensitivityFacts
    segments: tuple[Segment, ...]
    profile: tuple[ProfileRow, ...]
    lineage: Lineage

    @property
    def time_zone(self) -> str | None:
        """The zone whose days moments fall on, None where a day is the one that is written."""
        bought = self.sample.purchases
        zones = (c.notation.zone for c in self.columns if c.notation is not None and c.notation.zone)
        return next(zones, None) if bought is None or bought.time_zone is None else bought.time_zone

    def segment(self, id: int) -> Segment:
        """Return the segment with an id; KeyError where there is none."""
        for segment in self.segments:
            if segment.id == id:
                return segment
        raise KeyError(id)

    def column(self, name: str) -> ColumnRecord:
        """Return the column of a name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

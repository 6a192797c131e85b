"""What is kept of purchases: how they were read, RFM, what foretells later ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from coterie.doors import frozen
from coterie.findings import Finding


@frozen
class Repeats:
    """Customers who stand in several rows, beside a date and an amount.

    ``column`` names them, ``different`` of them are in ``rows`` rows; ``flags`` is what reads the rows as purchases.
    """

    column: str
    different: int
    rows: int
    flags: str


@frozen
class PurchaseFacts:
    """``sample.purchases`` of the record; docs/reference/record.md has every field."""

    columns: Mapping[str, str | None]
    guessed: tuple[str, ...]
    rows: int
    used: int
    orders: int
    money: float
    first: str
    last: str
    as_of: str
    same_day: str
    net: bool
    holdout_from: str | None
    text: str
    time_zone: str | None = field(default=None, metadata={"optional": True})


@frozen
class GridCell:
    """Customers with one pair of scores, and their mean money."""

    recency: int
    frequency: int
    n: int
    share: float
    monetary: float | None


@frozen
class NamedCounts:
    """A named segment: bounds (None for the rest), customers, money, means."""

    name: str
    recency: tuple[int, int] | None
    frequency: tuple[int, int] | None
    monetary: tuple[int, int] | None
    n: int
    share: float | None
    monetary_share: float | None
    mean_recency: float | None
    mean_frequency: float | None
    mean_monetary: float | None


@frozen
class Crossed:
    """How many customers of a segment have a named segment."""

    segment: int
    name: str
    n: int


@frozen
class RfmFacts:
    """``sample.rfm`` of the record; docs/reference/record.md has every field."""

    columns: Mapping[str, str]
    bins: int
    cuts_rule: str
    cuts: Mapping[str, tuple[float, ...]]
    text: str
    notes: tuple[str, ...]
    customers: int
    unscored: int
    grid: tuple[GridCell, ...]
    segments: tuple[NamedCounts, ...]
    cross: tuple[Crossed, ...]
    agreement: float | None


@frozen
class Share:
    """The explained share of later differences, with its bootstrap interval."""

    share: float
    low: float
    high: float


@frozen
class Method:
    """A way of grouping, and how much it explains of each outcome.

    ``cells`` are those that hold customers.
    """

    name: str
    cells: int
    spend: Share
    repeat: Share


@frozen
class Holdout:
    """What segments, RFM and recency explain of later purchases: ``sensitivity.holdout``.

    ``against`` has the segments' share minus the other's, for each other method and outcome; ``winner`` is
    ``segments``, ``rfm``, ``both`` (each in one outcome) or ``neither``.
    """

    first: str = field(metadata={"json": "from"})
    last: str = field(metadata={"json": "to"})
    days: int
    customers: int
    repeated: float
    spend: float
    resamples: int
    methods: tuple[Method, ...]
    against: Mapping[str, Mapping[str, Share]]
    winner: str
    text: str


@frozen
class Delivered:
    """What was written, what it was made of, what was found."""

    customers: int
    purchases: PurchaseFacts | None
    rfm: RfmFacts | None
    findings: tuple[Finding, ...]

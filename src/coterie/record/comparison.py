"""Two runs side by side: who changed, whether the customers did, and what to do.

Made at top level in ``comparison``, written by the report; no customer is in it.
"""

from __future__ import annotations

from typing import Literal

from coterie.doors import frozen

Advice = Literal["assign", "review", "refit"]


@frozen
class Party:
    """A segment of one of the runs."""

    id: int
    letter: str
    name: str
    size: int
    share: float


@frozen
class Side:
    """One of the runs: its customers, its verdict, its segments."""

    rows: int
    verdict: str | None
    label: str
    segments: tuple[Party, ...]

    def called(self, id: int | None) -> str:
        """Return letter and name of a segment."""
        return next((f"{s.letter} {s.name}" for s in self.segments if s.id == id), "not assigned")


@frozen
class Move:
    """Customers of both runs with one segment before and one now (None: not assigned).

    ``moved`` of the ``n`` would be elsewhere by the old model too, ``line`` only by the new one; both None where the
    customers were not at hand. ``floor`` is the share that would change so by chance, ``inside`` whether the share does
    not exceed it.
    """

    before: int | None
    now: int | None
    n: int
    share: float
    moved: int | None
    line: int | None
    stays: bool
    floor: float
    inside: bool
    merged: bool = False


@frozen
class Migration:
    """Who went where: customers of both runs, those who came and who left.

    ``changed`` is the share of those of both in another segment, ``moved`` and ``line`` its two parts, ``floor`` the
    share that would be in another one if nothing had changed, ``merged`` that whose segments became one, ``beyond``
    what is left of ``changed`` without both.
    """

    shared: int
    entered: int
    left: int
    changed: float
    moved: float | None
    line: float | None
    floor: float
    beyond: float
    moves: tuple[Move, ...]
    merged: float = 0.0


@frozen
class ColumnDrift:
    """How far a column has drifted: the stability index, beyond what chance adds; Holm's p-value.

    ``decides`` is the share of the segments that hangs on the column; ``forms`` whether it formed them; ``exact`` False
    where only the deciles of both runs are known.
    """

    column: str
    label: str
    size: float
    corrected: float
    p: float
    adjusted: float
    decides: float | None
    forms: bool
    exact: bool


@frozen
class Criterion:
    """One thing that was looked at, and what it says.

    ``name`` says what, ``text`` what it means where it says something; ``value`` is measured, ``limit`` where it begins
    to matter; ``adjusted`` is Holm's p-value over all criteria, None
    where chance plays no part.
    """

    name: str
    text: str
    value: float | None
    limit: float | None
    adjusted: float | None
    says: Advice


@frozen
class ComparedRuns:
    """The comparison: what changed, and what to do about it.

    ``follows`` says that the new run was refreshed from the old one; ``same`` pairs the ids of segments that are one.
    ``lacking`` names what could not be measured, and what to give.
    """

    old: Side
    new: Side
    follows: bool
    same: tuple[tuple[int, int], ...]
    migration: Migration | None
    columns: tuple[ColumnDrift, ...]
    criteria: tuple[Criterion, ...]
    advice: Advice
    reasons: tuple[str, ...]
    lacking: tuple[str, ...]

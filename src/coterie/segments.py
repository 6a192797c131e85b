"""Segments: groups of customers with a size, a value, the facts that set them apart, a name and an idea to test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coterie import explain, naming
from coterie.columns import ColumnRecord
from coterie.decision import Decision
from coterie.naming import Marker
from coterie.profile import ALL, ProfileRow, Totals

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of customers with a name; the fields are those of ``segments`` in docs/reference/record.md."""

    id: int
    letter: str
    name: str
    given: str | None
    tentative: bool
    size: int
    share: float
    value: float | None
    value_share: float | None
    depth: float | None
    spread: float
    markers: tuple[Marker, ...]
    rule: Mapping[str, Any] | None
    idea: str | None


def portray(
    rows: Sequence[ProfileRow],
    columns: Sequence[ColumnRecord],
    totals: Totals,
    decided: Decision,
    *,
    value: str | None,
) -> tuple[Segment, ...]:
    """Return the segments with names, markers, value and ideas, by id.

    Parameters
    ----------
    value : the column of worth, or None.
    """
    fitted = decided.model
    facts = {s: naming.markers(rows, columns, s) for s in fitted.segments}
    names, tries = naming.names(facts, columns), explain.ideas(facts)
    assigned = max(1, sum(totals.size[s] for s in fitted.segments))
    worth = {s: totals.total.get((s, value)) if value else None for s in (ALL, *fitted.segments)}
    whole = worth[ALL]
    spread = _spread(decided)
    found = []
    for place, s in enumerate(fitted.segments):
        mine = worth[s]
        found.append(
            Segment(
                id=s,
                letter=LETTERS[place] if place < len(LETTERS) else str(s),
                name=names[s],
                given=None,
                tentative=False,
                size=totals.size[s],
                share=totals.size[s] / assigned,
                value=mine,
                value_share=mine / whole if mine is not None and whole is not None and whole > 0 else None,
                depth=decided.weighed.depths[place],
                spread=spread[s],
                markers=facts[s],
                rule=None,
                idea=tries[s],
            )
        )
    return tuple(found)


def _spread(decided: Decision) -> dict[int, float]:
    """Return the root mean square distance of each segment's customers from their nearest center."""
    Z, label, made = decided.Z, decided.label, decided.model
    away = np.full(len(Z), np.inf)
    for center in made.centers:
        away = np.minimum(away, np.nansum((Z - np.array(center)) ** 2, axis=1))
    means = {s: float(away[label == s].mean()) if np.any(label == s) else 0.0 for s in made.segments}
    return {s: mean**0.5 for s, mean in means.items()}

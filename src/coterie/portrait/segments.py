"""Segments as people read them: size, value, facts, name, idea."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import errors, words
from coterie.cluster import distances
from coterie.doors import frozen
from coterie.engines import shares_of
from coterie.evidence import Cut
from coterie.model import Feature, Model
from coterie.portrait import name_stability, naming, typical
from coterie.portrait.ideas import choose_ideas
from coterie.portrait.naming import Marker
from coterie.portrait.profile import ProfileRow, Totals
from coterie.portrait.rules import Rule, RulesFacts, rules_and_tree
from coterie.portrait.tree import Tree
from coterie.portrait.typical import CustomerGroup
from coterie.table import ColumnRecord

LONGEST = 200  # characters of a name that are shown


@frozen
class Segment:
    """A group of customers with a name.

    The fields are those of ``segments`` in docs/reference/record.md.
    """

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
    spread: float | None
    markers: tuple[Marker, ...]
    rule: Rule | None
    idea: str | None
    name_returns: float | None = None
    typical: CustomerGroup | None = None
    border: CustomerGroup | None = None
    group: int | None = None

    def __repr__(self) -> str:
        worth = "" if self.value_share is None else f", {words.percent(self.value_share)} of the value"
        people = f"{words.plural(self.size, 'customer')} ({words.percent(self.share)})"
        return f"{self.letter} {errors.shown(self.called, LONGEST)}: {people}{worth}"

    @property
    def called(self) -> str:
        """The name it goes by: the one given by hand, else the one made from its numbers."""
        return self.given or self.name


@frozen
class SegmentedSample:
    """The sample in its segments, and what is known of these.

    ``Z`` is the prepared matrix (n, d), ``label`` the segment id (n,) and ``margin`` (n,) how far inside; ``refits``
    are the stored centers (refits, centers, d), and ``contested`` says that another sample may well have another number
    of segments. By id, ``depths`` is how empty the border of each segment's group is,
    ``groups`` the group that it is a part of.
    """

    model: Model
    Z: NDArray[np.float64]
    label: NDArray[np.int32]
    margin: NDArray[np.float64]
    cuts: tuple[Cut, ...]
    refits: NDArray[np.float64]
    depths: Mapping[int, float | None]
    groups: Mapping[int, int | None]
    contested: bool = False


@frozen
class Portrait:
    """The segments, and what retells all of them.

    ``alike`` lists the ids that words cannot tell apart.
    """

    segments: tuple[Segment, ...]
    alike: tuple[tuple[int, ...], ...]
    rules: RulesFacts
    tree: Tree | None


def portray(
    rows: Sequence[ProfileRow],
    columns: Sequence[ColumnRecord],
    features: Sequence[Feature],
    values: Mapping[str, NDArray[Any]],
    totals: Totals,
    sample: SegmentedSample,
    *,
    value: str | None,
) -> Portrait:
    """Return the segments with names, markers, value, rules and ideas, by id.

    Parameters
    ----------
    values : the sample's arrays by column name.
    value : the column of worth, or None.
    """
    ids, label = sample.model.segments, sample.label
    facts = {s: naming.markers(rows, columns, s) for s in ids}
    named = naming.name_segments(facts, columns, lambda s: naming.away(rows, s))
    tries = choose_ideas(facts, naming.pace_of(columns))
    refits = (sample.refits, sample.model.segment_of)
    back = name_stability.name_returns(rows, columns, features, values, sample.Z, refits, named.names)
    letters = {s: words.letter(s) for s in ids}
    rules, tree = rules_and_tree(features, columns, values, label, letters)
    like = typical.describe(rows, columns, values, (sample.Z, label, sample.margin), sample.model, sample.cuts)
    assigned = max(1, sum(totals.size[s] for s in ids))
    worth = {s: totals.total.get((s, value)) if value else None for s in ids}
    part = dict(zip(ids, shares_of(list(worth.values())), strict=True))
    spread = _spread(sample)
    found = tuple(
        Segment(
            id=s,
            letter=letters[s],
            name=named.names[s],
            given=None,
            tentative=sample.contested or back.get(s, 1.0) < words.COMES_BACK,
            size=totals.size[s],
            share=totals.size[s] / assigned,
            value=worth[s],
            value_share=part[s],
            depth=sample.depths.get(s),
            group=sample.groups.get(s),
            spread=spread[s],
            markers=facts[s],
            rule=rules.by_segment.get(s),
            idea=tries[s],
            name_returns=back.get(s),
            typical=like[s].typical,
            border=like[s].border,
        )
        for s in ids
    )
    return Portrait(found, named.alike, rules.facts, tree)


def _spread(sample: SegmentedSample) -> dict[int, float]:
    """Return how far a segment's customers lie from their nearest center.

    It is the root of the mean squared distance.
    """
    Z, label, model = sample.Z, sample.label, sample.model
    away = distances(Z, np.array(model.centers)).min(axis=1)
    means = {s: float(away[label == s].mean()) if np.any(label == s) else 0.0 for s in model.segments}
    return {s: mean**0.5 for s, mean in means.items()}

"""Lists of members: the run's customers by segment, some of them held out, as queries.

Ids leave the engine in pieces, where some are to be held out, for a keyed hash decides, and the key is never part of a
query; only the places of those who are come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import errors, sql
from coterie.doors import frozen
from coterie.engines import Engine, Kind, Reading, Source, as_text
from coterie.runs.audience_options import Wanted
from coterie.runs.held_out import are_held_out
from coterie.sql import Node, column
from coterie.sql import field as of
from coterie.table import ID, KeyedRows

PEOPLE, CHOSEN, HELD, MEMBERS = "audience_people", "audience_chosen", "audience_held", "audience_members"
PLACE, SEGMENT, IS_HELD = "__c_place", "__c_segment", "__c_held"
PIECE = 500_000  # ids that are hashed at once


@frozen
class Divided:
    """How many customers of a segment are members, held out, and left out as borderline."""

    members: int
    held_out: int
    borderline: int


@frozen
class MemberLists:
    """The run's customers on their way into lists, in an engine.

    The engine holds ``PEOPLE``: id, segment and confidence, one row an id. ``hashed_ids`` writes hashes of the ids.
    """

    engine: Engine
    chosen: tuple[int, ...]
    wanted: Wanted
    hashed_ids: bool

    def divide(self, letters: Mapping[int, str]) -> dict[int, Divided]:
        """Return how many of each chosen segment are listed and held out; make a relation of who is.

        Raises
        ------
        InputError : nobody knows who is borderline.
        """
        in_chosen = sql.either(*(sql.equal(column("segment"), sql.whole(s)) for s in self.chosen))
        borderline = self._borderline(letters)
        sure = sql.negate(sql.equal(sql.coalesce(column("confidence"), sql.text("")), sql.text("borderline")))
        where = sql.both(in_chosen, sure) if self.wanted.without_borderline else in_chosen
        number = sql.named(sql.over(sql.row_number(), [], []), PLACE)
        kept = [sql.named(column("id"), ID), sql.named(column("segment"), SEGMENT), number]
        self.engine.keep(CHOSEN, sql.select(kept, sql.table(PEOPLE), where=where))
        sizes, held = self._hold_out()
        return {s: Divided(sizes.get(s, 0) - held.get(s, 0), held.get(s, 0), borderline.get(s, 0)) for s in self.chosen}

    def _id(self) -> Node:
        return sql.named(hash_text(column(ID)) if self.hashed_ids else column(ID), "id")

    def _borderline(self, letters: Mapping[int, str]) -> dict[int, int]:
        """Return how many customers of each segment are borderline, where they are to be left out."""
        if not self.wanted.without_borderline:
            return {}
        is_borderline = sql.case([(sql.equal(column("confidence"), sql.text("borderline")), sql.whole(1))])
        nodes = [column("segment"), sql.named(sql.count(column("confidence")), "known")]
        nodes.append(sql.named(sql.count(is_borderline), "n"))
        got = self.engine.fetch(sql.select(nodes, sql.table(PEOPLE), group=[column("segment")]))
        found = dict(zip(got["segment"].tolist(), zip(got["known"], got["n"], strict=True), strict=True))
        if unknown := [letters[s] for s in self.chosen if s in found and not found[s][0]]:
            raise errors.no_confidence(unknown)
        return {s: int(found[s][1]) for s in self.chosen if s in found}

    def _hold_out(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return the sizes of the segments, and how many are held out; make a relation of who is."""
        sizes: dict[int, int] = {}
        counts: dict[int, int] = {}
        places: list[NDArray[Any]] = []
        start, wanted = 0, [column(ID), column(SEGMENT), column(PLACE)]
        while True:
            piece = sql.both(
                sql.above(column(PLACE), sql.whole(start)), sql.at_most(column(PLACE), sql.whole(start + PIECE))
            )
            got = self.engine.fetch(sql.select(wanted, sql.table(CHOSEN), where=piece))
            if not len(got[PLACE]):
                break
            _add(sizes, got[SEGMENT])
            if self.wanted.holdout is not None and self.wanted.key:
                held = are_held_out(got[ID], self.wanted.key, self.wanted.holdout)
                _add(counts, got[SEGMENT][held])
                places.append(got[PLACE][held])
            start += PIECE
        held_places = np.concatenate(places) if places else np.array([], dtype=np.int64)
        if not len(held_places):
            held_places = np.array([0], dtype=np.int64)  # nobody's place, for a table has a row
        self.engine.read(Source.of({"place": held_places}), HELD, Reading(), lambda name: False)
        return sizes, counts

    def join(self, beside: KeyedRows | None, asked: tuple[str, ...]) -> None:
        """Make the relation of members and held-out customers, with the columns that are asked for."""
        nodes = [sql.named(of(CHOSEN, name), name) for name in (ID, SEGMENT, PLACE)]
        nodes.append(sql.named(sql.negate(sql.is_null(of(HELD, "place"))), IS_HELD))
        if beside is not None:
            nodes += [sql.named(self._cell(beside, name), name) for name in asked]
        query = sql.left_join(sql.select(nodes, sql.table(CHOSEN)), HELD, of(CHOSEN, PLACE), of(HELD, "place"))
        if beside is not None:
            query = sql.left_join(query, beside.relation, of(CHOSEN, ID), of(beside.relation, ID))
        self.engine.keep(MEMBERS, query)

    def _cell(self, beside: KeyedRows, name: str) -> Node:
        """Return a column of the source as it is written into a list."""
        cell, kind = of(beside.relation, name), beside.kinds[name]
        if name == self.wanted.hash:
            return hash_text(as_text(cell, kind))
        return sql.null_if(cell, sql.text("")) if kind is Kind.TEXT else cell

    def list_sql(self, segment: int, asked: tuple[str, ...]) -> Node:
        """Return the SELECT of a segment's members, in the run's order."""
        where = sql.both(sql.equal(column(SEGMENT), sql.whole(segment)), sql.negate(column(IS_HELD)))
        nodes = [self._id(), *(column(name) for name in asked)]
        return sql.select(nodes, sql.table(MEMBERS), where=where, order=[column(PLACE)])

    def holdout_sql(self) -> Node:
        """Return the SELECT of who is held out, and of which segment."""
        nodes = [self._id(), sql.named(column(SEGMENT), "segment")]
        return sql.select(nodes, sql.table(MEMBERS), where=column(IS_HELD), order=[column(PLACE)])


def hash_text(text: Node) -> Node:
    """Return the SHA-256 of a text as platforms want it: trimmed, in small letters; NULL where there is none."""
    return sql.sha256(sql.lower(sql.null_if(sql.stripped(text), sql.text(""))))


def _add(counts: dict[int, int], segments: NDArray[Any]) -> None:
    for segment, n in zip(*np.unique(segments, return_counts=True), strict=True):
        counts[int(segment)] = counts.get(int(segment), 0) + int(n)

"""lift(): what a campaign brought, from an audience and the outcomes of its customers."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from coterie import errors, sql, words
from coterie.doors import frozen
from coterie.engines import DATES, NUMBERS, Engine, Reading, Source, engine_for, round_off
from coterie.engines import Kind as CellKind
from coterie.reading import MISSING
from coterie.record import Record, digest, effects, is_by_hand, lift_words
from coterie.report import notebook, terminal_lift
from coterie.runs import Audience, audience
from coterie.signatures import expect, expect_switch, expect_text
from coterie.sql import Node, column, field
from coterie.table import ID, KeyedRows, read_keyed

RESULTS, OUTCOMES, HELD, LIST = "results", "outcomes", "held_out", "list"
VALUE, ROWS, MET = "__c_value", "__c_rows", "__c_met"
EXPECTED = 10  # held-out customers in the results, fewer of whom may be missing by chance


def lift(
    campaign: Audience | str | os.PathLike[str],
    results: Any,
    *,
    outcome: str | None = None,
    id: str | None = None,
    only_listed: bool = False,
    reading: Reading | None = None,
    engine: Engine | None = None,
) -> Lift:
    """Return what a campaign brought, in all and per segment.

    Members are compared with the customers that were held out. Who is not in the results, or only without an
    outcome, has outcome 0; the rows of a customer are added.

    Parameters
    ----------
    campaign : the audience, or its folder.
    results : a path or a frame, one or more rows a customer, of members and of held-out customers alike.
    outcome : the column of outcomes; None: who has a row has converted.
    id : the column that identifies a customer; None: called as in the run, or ``id``.
    only_listed : leave out who is not in the results, or only without an outcome.

    Raises
    ------
    InputError : nobody was held out; outcomes that are no numbers; results in which nobody of the audience is.
    FormatError : the folder is no audience, or a list was changed since it was written.
    """
    expect("campaign", campaign, (Audience, str, os.PathLike), "an audience, or its folder")
    expect_text("--outcome", outcome)
    expect_text("--id", id)
    expect_switch("--only-listed", only_listed)
    made = audience.read(campaign.folder if isinstance(campaign, Audience) else Path(campaign))
    if made.facts.holdout is None:
        raise errors.no_holdout(str(made.folder))
    if only_listed and outcome is None:
        raise errors.only_listed_converted()
    opened = engine or engine_for(results)
    try:
        rows = _read_results(opened, results, made, outcome, id, reading)
        return _Reader(opened, made, only_listed).compare(rows, outcome)
    finally:
        if engine is None:
            opened.close()


def belongs(made: Audience, record: Record) -> bool:
    """Say whether an audience was made from a run.

    It was from this record, one of the same centers, as names given since leave them, or the one that it was merged
    from by hand. The run before a refresh is another one.
    """
    facts = made.facts
    if facts.model == audience.digest_model(record):
        return True
    return facts.run == digest(record) or (is_by_hand(record) and facts.run == record.lineage.parent)


def _read_results(
    engine: Engine, results: Any, made: Audience, outcome: str | None, id: str | None, reading: Reading | None
) -> KeyedRows:
    """Make the relation of each customer's outcome, and return the rows that it is made of."""
    ids = [id] if id else list(dict.fromkeys(name for name in (made.facts.id, "id") if name))
    asked = {} if outcome is None else {outcome: "--outcome"}
    rows = read_keyed(Source.of(results), engine, RESULTS, reading or Reading(), ids, asked)
    value = sql.number(1.0) if outcome is None else _value(engine, outcome, rows.kinds[outcome])
    key = audience.hash_id(column(ID)) if made.facts.hashed_ids else column(ID)
    said = sql.select([sql.named(key, ID), sql.named(value, VALUE)], sql.table(RESULTS))
    # who bought twice has converted once; amounts are added
    value = sql.smallest(column(VALUE)) if outcome is None else sql.total(column(VALUE))
    added = [column(ID), sql.named(value, VALUE), sql.named(sql.count(column(VALUE)), ROWS)]
    query = sql.select(added, sql.table("said"), where=sql.negate(sql.is_null(column(ID))), group=[column(ID)])
    engine.keep(OUTCOMES, sql.steps([("said", said)], query))
    if outcome is not None:
        ends = [sql.named(sql.largest(sql.absolute(column(VALUE))), "most")]
        most = engine.fetch(sql.select(ends, sql.table(OUTCOMES)))["most"]
        if float(most[0] or 0.0) == float("inf"):
            raise errors.infinite(outcome)
    return rows


def _value(engine: Engine, outcome: str, kind: CellKind) -> Node:
    """Return an outcome as a double; yes is 1, no is 0, and what is no number is missing."""
    cell, others = column(outcome), sql.whole(0)
    if kind is CellKind.FLAG:
        value = sql.case([(cell, sql.number(1.0)), (sql.negate(cell.copy()), sql.number(0.0))])
    elif kind is CellKind.TEXT:
        said = sql.lower(sql.stripped(cell))
        answers = [(words.yes_words(), sql.number(1.0)), (words.no_words(), sql.number(0.0))]
        value = sql.case([(sql.among(said.copy(), sorted(these)), number) for these, number in answers])
        there = sql.negate(sql.among(sql.coalesce(sql.stripped(cell.copy()), sql.text("")), MISSING))
        others = sql.count(sql.case([(sql.both(there, sql.is_null(value.copy())), sql.whole(1))]))
    elif kind in NUMBERS:
        x = sql.cast(cell, "double")
        value = sql.case([(sql.is_nan(x), sql.null())], x.copy()) if kind is CellKind.FRACTION else x
    else:
        raise errors.no_outcome(outcome, "dates" if kind in DATES else "text")
    wanted = [sql.named(sql.count(value.copy()), "known"), sql.named(others, "others")]
    got = engine.fetch(sql.select(wanted, sql.table(RESULTS)))
    if int(got["others"][0]):
        raise errors.no_outcome(outcome, "text")
    if not int(got["known"][0]):
        raise errors.no_outcome(outcome, "nothing but empty cells")
    return value


class Lift(effects.Lift):
    """What a campaign brought; it shows itself as lines, and in a notebook as a table and a picture."""

    __slots__ = ()

    def __repr__(self) -> str:
        return terminal_lift.show(self)

    def _repr_html_(self) -> str:
        return notebook.lift_html(self)


@frozen
class _Measured:
    """One side; how many of its outcomes are neither 0 nor 1, and how many of it are in the results at all."""

    side: effects.Side
    odd: int
    met: int


@frozen
class _Reader:
    """An audience beside the outcomes of its customers, in an engine."""

    engine: Engine
    made: Audience
    only_listed: bool

    def compare(self, rows: KeyedRows, outcome: str | None) -> Lift:
        """Return the lift, in all and per segment."""
        pairs, odd, met = self._measure()
        counts = self._count(rows, outcome, met, sum(side.listed for pair in pairs for side in pair))
        if not met:
            raise errors.nobody_known(rows.name, rows.rows)
        kind: effects.Kind = "amount" if odd else "rate"
        segments = self.made.segments
        overall = (effects.pool([m for m, _ in pairs]), effects.pool([h for _, h in pairs]))
        lost = self._tell_lost_side(*overall)
        found = [None if lost else effects.compare_sides(members, held, kind) for members, held in pairs]
        adjusted = effects.adjust([one.p if one else None for one in found])
        whole = None if lost else effects.compare_sides(*overall, kind)
        low, high = (whole.low, whole.high) if whole else (None, None)
        digits = lift_words.Digits.of(overall, low, high, kind)
        lifts = tuple(
            lift_words.describe_lift((s.id, s.letter, s.name), pair, one, p, digits, one_side=bool(lost))
            for s, pair, one, p in zip(segments, pairs, found, adjusted, strict=True)
        )
        total = lift_words.describe_lift(
            (None, "", "All segments"), overall, whole, whole.p if whole else None, digits, one_side=bool(lost)
        )
        return Lift(
            outcome=outcome,
            kind=kind,
            only_listed=self.only_listed,
            overall=total,
            segments=lifts,
            counts=counts,
            method=lift_words.METHODS[kind],
            multiplicity=lift_words.tell_multiplicity(len(segments)),
            cautions=(*lost, *_tell_without_id(rows)),
        )

    def _measure(self) -> tuple[list[tuple[effects.Side, effects.Side]], int, int]:
        """Return members and held-out customers of each segment.

        And how many outcomes are neither 0 nor 1, and how many customers are in the results, with an outcome or not.
        """
        facts, pairs, odd, met = self.made.facts, [], 0, 0
        if any(s.held_out for s in facts.segments):
            self._attach(audience.HELD_OUT, HELD, "csv")
        for segment in facts.segments:
            members = held = _Measured(effects.Side(0, 0, 0, 0.0), 0, 0)
            if segment.members:
                relation = f"{LIST}_{segment.id}"
                self._attach(segment.file, relation, facts.format)
                members = self._side(relation, None)
            if segment.held_out:
                held = self._side(HELD, segment.id)
            pairs.append((members.side, held.side))
            odd, met = odd + members.odd + held.odd, met + members.met + held.met
        return pairs, odd, met

    def _attach(self, name: str, relation: str, format: str) -> None:
        """Make a relation of a list, with its customers' outcomes beside them: NULL where there is none."""
        raw = f"{relation}_ids"
        path = audience.find_list(self.made.folder, name)
        self.engine.read(replace(Source.of(path), beside=True), raw, Reading(), lambda column: True)
        id = audience.written_id(field(raw, "id"), format)
        nodes = [sql.named(field(OUTCOMES, VALUE), VALUE), sql.named(field(OUTCOMES, ID), MET)]
        if relation == HELD:
            nodes.append(sql.named(sql.cast(field(raw, "segment"), "whole"), "segment"))
        query = sql.left_join(sql.select(nodes, sql.table(raw)), OUTCOMES, id, field(OUTCOMES, ID))
        self.engine.keep(relation, query)

    def _side(self, relation: str, segment: int | None) -> _Measured:
        where = None if segment is None else sql.equal(column("segment"), sql.whole(segment))
        x = column(VALUE)
        other = sql.negate(sql.either(sql.equal(x, sql.number(0.0)), sql.equal(x.copy(), sql.number(1.0))))
        nonzero = sql.negate(sql.equal(x.copy(), sql.number(0.0)))
        wanted = {
            "n": sql.count(),
            "met": sql.count(column(MET)),
            "listed": sql.count(x.copy()),
            "positive": sql.count(sql.case([(nonzero, sql.whole(1))])),
            "odd": sql.count(sql.case([(other, sql.whole(1))])),
            "total": sql.coalesce(sql.total(x.copy()), sql.number(0.0)),
            "least": sql.coalesce(sql.smallest(x.copy()), sql.number(0.0)),
        }
        got = self._fetch(wanted, relation, where)
        n = int(got["listed"] if self.only_listed else got["n"])
        if not n:
            return _Measured(effects.Side(0, 0, 0, 0.0), 0, int(got["met"]))
        mean = round_off(got["total"] / n)
        away = sql.subtract(x.copy(), sql.number(mean))
        square = sql.multiply(away, away.copy())
        powers = {"second": sql.total(square), "third": sql.total(sql.multiply(square.copy(), away.copy()))}
        more = self._fetch({k: sql.coalesce(v, sql.number(0.0)) for k, v in powers.items()}, relation, where)
        zeros = n - int(got["listed"])
        variance = (more["second"] + zeros * mean**2) / (n - 1) if n > 1 else 0.0
        third = (more["third"] - zeros * mean**3) / n
        side = effects.Side(
            n, int(got["listed"]), int(got["positive"]), mean, round_off(variance), round_off(third), got["least"]
        )
        return _Measured(side, int(got["odd"]), int(got["met"]))

    def _fetch(self, wanted: dict[str, Node], relation: str, where: Node | None) -> dict[str, float]:
        nodes = [sql.named(node, name) for name, node in wanted.items()]
        query = sql.select(nodes, sql.table(relation), where=None if where is None else where.copy())
        return {name: float(values[0]) for name, values in self.engine.fetch(query).items()}

    def _count(self, rows: KeyedRows, outcome: str | None, met: int, listed: int) -> effects.Counts:
        several = sql.count(sql.case([(sql.above(column(ROWS), sql.whole(1)), sql.whole(1))]))
        used = sql.cast(sql.coalesce(sql.total(column(ROWS)), sql.whole(0)), "whole")
        got = self._fetch({"customers": sql.count(), "several": several, "used": used}, OUTCOMES, None)
        customers, everybody = int(got["customers"]), sum(s.members + s.held_out for s in self.made.segments)
        without = 0 if outcome is None else rows.rows - rows.without_id - int(got["used"])
        return effects.Counts(
            rows=rows.rows,
            without_value=without,
            customers=customers,
            several=int(got["several"]),
            strangers=customers - met,
            unlisted=everybody - met,
            without_outcome=met - listed,
        )

    def _tell_lost_side(self, members: effects.Side, held: effects.Side) -> tuple[str, ...]:
        """Return what must be said where the results hold one side alone."""
        there = sum(s.members for s in self.made.segments), sum(s.held_out for s in self.made.segments)
        expected = effects.count_expected(members, *there)
        if not held.listed and expected >= EXPECTED:
            return (
                f"No held-out customer is in the results, though about {round(expected):,} would be without any lift: "
                "do the results hold only those who got it? Then nothing can be compared.",
            )
        expected = effects.count_expected(held, *reversed(there))
        if not members.listed and expected >= EXPECTED:
            return (
                f"No member is in the results, though about {round(expected):,} would be without any lift: do the "
                "results hold only those who were held out? Then nothing can be compared.",
            )
        return ()


def _tell_without_id(rows: KeyedRows) -> tuple[str, ...]:
    left = rows.without_id
    return (f"{words.plural(left, 'row')} of the results without an id left out.",) if left else ()

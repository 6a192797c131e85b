"""Segmentation: the record, and what can be done with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Unpack, overload

from coterie import errors, report, runs, scoring
from coterie.engines import Engine, Publisher, Reading, Source, as_kind_of, choose_rows, engine_for
from coterie.record import Points, Record, rebuild_record
from coterie.report import page
from coterie.segmentation.former import FormerRun
from coterie.segmentation.origin import Origin
from coterie.segmentation.shown import Shown
from coterie.signatures import written_out
from coterie.table import Table


class Segmentation(Shown):
    """Customers in segments: the record, and what can be done with it.

    It pickles and copies: the customers of a file are read again when they are asked for, those of a frame stay behind.

    Attributes
    ----------
    record : the whole result, as in run.json (docs/reference/record.md).
    verdict : whether there are groups at all; ``.code``, ``.text``.
    segments : the segments by id; ``.name``, ``.share``, ``.value_share``, ``.markers``, ``.idea``.
    changes : of a refreshed run, whose customers are in other segments than before; else None.
    """

    def __init__(
        self,
        record: Record,
        *,
        points: Points | None = None,
        table: Table | None = None,
        origin: Origin | None = None,
        before: runs.next_run.Before | None = None,
        changes: runs.changes.Changes | None = None,
    ) -> None:
        super().__init__(record, points, origin)
        self.changes, self._table, self._before = changes, table, before

    def __getstate__(self) -> dict[str, object]:
        """Return what can travel: record, points, where to read again."""
        origin = None if self.origin is None or self.origin.source.path is None else self.origin
        return {**self.__dict__, "_table": None, "origin": origin, "changes": None}

    def __deepcopy__(self, memo: dict[int, Any]) -> Segmentation:
        """Return another handle on the same record, which nothing can change."""
        return self._become(self.record, self.points)

    # ── assigning ─────────────────────────────────────────────────────────────────────────────────────────────────

    def assignments(self) -> Any:
        """Return every customer's segment, as the kind of table that came in.

        The columns are id, segment, name, margin and confidence.
        After a path the answer is a DuckDB relation; so it is of a run that was loaded, which reads its
        ``segments.parquet``.

        Raises
        ------
        InputError : the customers are not at hand: a frame's stay behind when a run is pickled.
        """
        if self._before is not None and self._table is None:
            return runs.next_run.assignments(self.record, self._before)
        table = self._customers()
        origin, query = self.origin, scoring.query_assignments(self.record, table)
        rowwise = origin is not None and origin.purchases is None
        return as_kind_of(origin.source if origin else None, table.engine, query, rowwise=rowwise)

    def assign(
        self,
        source: Any,
        *,
        reading: Reading | None = None,
        id: str | None = None,
        allow_duplicate_ids: bool = False,
        check_ids: bool = False,
        why: bool = False,
        table: str | None = None,
        query: str | None = None,
    ) -> Any:
        """Return the segments of new customers, prepared as the first were.

        Parameters
        ----------
        source : as for ``segment``, a database's address with ``table`` or ``query``; it must have the columns that
            formed the segments, and may have others.
        id : the column that identifies a customer; None: the one of the run where it is there, else found by name.
        allow_duplicate_ids : take every row as a customer of its own although ids repeat.
        check_ids : compare all ids of more than 2 million rows, not only those drawn by their hash.
        why : add ``why_1`` and ``why_2``, the columns that speak most for the segment against the next one.

        Raises
        ------
        InputError : a column is missing or of another kind; ids are missing or not unique.
        """
        given, reading = choose_rows(source, reading, {"table": table, "query": query})
        source = Source.of(given, self.record.options.features or tuple(f.column for f in self.record.features))
        how = {"allow_duplicate_ids": allow_duplicate_ids, "check_ids": check_ids, "only_formed": True}
        new = scoring.read_new_customers(self.record, source, engine_for(source), reading, id, **how)
        return as_kind_of(source, new.engine, scoring.query_assignments(self.record, new, why=why), rowwise=True)

    @errors.calling(flags=True, id="id_column")
    def why(
        self,
        source: Any,
        id: object,
        *,
        reading: Reading | None = None,
        id_column: str | None = None,
        engine: Engine | None = None,
    ) -> report.Why:
        """Return what puts one customer into his segment.

        Column by column, and the least change that leads to the next. It has ``.svg()``; it never holds his id.

        Parameters
        ----------
        source : the customers, as for ``assign``; None: those that were segmented here.
        id : who; without a column of ids the number of the row.
        id_column : the column that identifies a customer, as ``id`` of ``assign``.

        Raises
        ------
        InputError : nobody has the id, or several have it.
        """
        table = self._customers() if source is None else self._read(source, reading, id_column, engine, repeats=True)
        return report.Why.of(self.record, scoring.find_reasons(self.record, table, str(id)))

    def examples(
        self,
        segment: int | str | None = None,
        *,
        ids: bool = False,
        source: Any = None,
        reading: Reading | None = None,
        id: str | None = None,
        engine: Engine | None = None,
    ) -> tuple[scoring.Example, ...]:
        """Return typical and borderline customers of each segment, or of one.

        They are three and two, looked up and kept nowhere; ids are told only when they are asked for.

        Raises
        ------
        InputError : the customers are not at hand and ``source`` is not given; no such segment.
        """
        from coterie.record import by_hand

        key = None if segment is None else by_hand.segment_id(self.record, segment)
        table = self._customers() if source is None else self._read(source, reading, id, engine)
        return scoring.pick_examples(self.record, table, segment=key, ids=ids)

    def _customers(self) -> Table:
        """Return the customers that were segmented, from their file where only that is known."""
        if self._table is None:
            if self.origin is None:
                raise errors.no_customers()
            origin = self.origin
            is_later = self.record.lineage.renewal is not None  # and is read as the customers before were
            self._table = self._read(origin.unchanged(), origin.reading, None, None) if is_later else origin.reopen()
        return self._table

    def former(self) -> FormerRun:
        """Return the run and its customers, as what comes after it needs them."""
        known = None if self._before is not None and self._table is None else self._customers
        return FormerRun(self.record, self._source_name or "the run", self._before, self.origin, known)

    def _read(
        self, source: Any, reading: Reading | None, id: str | None, engine: Engine | None, *, repeats: bool = False
    ) -> Table:
        with_whom = (self.record, source, engine or engine_for(source), reading, id)
        return scoring.read_new_customers(*with_whom, allow_duplicate_ids=repeats)

    def sql(
        self,
        dialect: str,
        *,
        table: str | None = None,
        view: str | None = None,
        id: str | None = None,
        rules: bool = False,
        transactions: bool = False,
        as_of: str | None = None,
    ) -> str:
        """Return the whole assignment as one SELECT for a warehouse.

        From raw columns to id, segment, name, margin and confidence: the same text for the same run.

        Parameters
        ----------
        dialect : duckdb, mysql (mariadb), postgres, spark (databricks) or sqlite; parsed again but not executed in
            coterie's tests: bigquery, redshift, snowflake (on a fake of it), tsql.
        table : the customers' table (``customers``); ``crm.customers`` is two identifiers, ``"a.b"`` is one.
        view : the name of a view to create; None: the SELECT alone.
        id : the table's column that identifies a customer; None: the one of the run, or without one the row's number.
        rules : write the small tree that retells the segments instead, as one CASE; its head says how often it agrees.
        transactions : the table (``purchases``) has purchases, of which the SELECT makes the customers first, as the
            run did.
        as_of : the day to which their recency counts, ``2026-01-31`` or ``today``; None: that of the run.

        Raises
        ------
        InputError : no such dialect, a name that cannot be one, or a column that the dialect cannot read; a run whose
            customers were not made of purchases.
        """
        write = scoring.write_rules if rules else scoring.write_statement
        return write(self.record, scoring.Wanted(dialect, table, view, id, transactions, as_of))

    def typing(
        self,
        columns: Sequence[str] | str | None = None,
        *,
        most: int = 3,
        source: Any = None,
        reading: Reading | None = None,
        id: str | None = None,
        engine: Engine | None = None,
    ) -> report.Typing:
        """Return the few columns that tell the segments.

        Parameters
        ----------
        columns : those to ask for; None: at most ``most`` are chosen among all that formed or describe segments.
        source : the customers, as for ``assign``; None: those that were segmented here.

        Raises
        ------
        InputError : the customers are not at hand, or fewer than 100; a column that the run does not know.
        """
        asked = [columns] if isinstance(columns, str) else columns
        table = self._customers() if source is None else self._read(source, reading, id, engine, repeats=True)
        return report.Typing.of(self.record, scoring.find_questions(self.record, table, asked, most))

    # ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────

    def name(self, segment: int | str, text: str | None) -> Segmentation:
        """Return the next segmentation, in which a segment has this name.

        This one stays as it is.

        Parameters
        ----------
        segment : its id or its letter.
        text : at most 80 characters that show; None takes a given name back. The factual name stays beside it.

        Raises
        ------
        InputError : no such segment, a name that cannot be one, or one that another segment has.
        """
        from coterie.record import by_hand

        return self._become(by_hand.rename(self.record, segment, text), self.points)

    def merge(
        self,
        first: int | str,
        second: int | str,
        *,
        source: Any = None,
        reading: Reading | None = None,
        id: str | None = None,
        engine: Engine | None = None,
    ) -> Segmentation:
        """Return the next segmentation, in which two segments are one.

        It has an id that was never used. This segmentation stays as it is.
        Customers are assigned as before, only the two segments' centers belong together. Where the customers are at
        hand the new segment is measured like any other; a run that was loaded has the record alone, and what that
        cannot tell of both together is None: docs/reference/record.md says what.

        Parameters
        ----------
        source : the same customers again, as for ``segment``; None: those that were segmented here.

        Raises
        ------
        InputError : no such segments, the same one twice, or the last two; ``source`` holds other customers.
        """
        from coterie.record import by_hand

        record = by_hand.merge(self.record, first, second)
        table = self._table if source is None else self._read(source, reading, id, engine)
        if table is None:
            moves = dict(zip(self.record.model.segment_of, record.model.segment_of, strict=True))
            return self._become(record, runs.next_run.move_points(self.points, moves))
        again = rebuild_record(record, table)
        if again is None:
            raise errors.other_source(table.name)
        return self._become(*again, table=table)

    def _become(self, record: Record, points: Points | None, table: Table | None = None) -> Segmentation:
        customers = self._table if table is None else table
        origin, before, moved = self.origin, self._before, self.changes and self.changes.after(record)
        return Segmentation(record, points=points, table=customers, origin=origin, before=before, changes=moved)

    @written_out(runs.AudienceOptions)
    def audience(
        self, out: str | os.PathLike[str], *, engine: Engine | None = None, **wanted: Unpack[runs.AudienceOptions]
    ) -> runs.Audience:
        """Write lists of the segments' members, for a campaign.

        ``wanted`` is ``segment``, ``source``, ``columns``, ``hash``, ``holdout``, ``key``: docs/reference/python.md.

        Raises
        ------
        InputError : a list of fewer than ten members, a source of other customers, a holdout without a key.
        """
        former, asked = self.former(), runs.with_options(wanted)
        return runs.audience.write(Path(out), self.record, former.keep, asked, apart=former.folder, engine=engine)

    # ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────────

    @overload
    def report(self, path: None = None, *, points: bool = True, overwrite: bool = False) -> str: ...
    @overload
    def report(self, path: str | os.PathLike[str], *, points: bool = True, overwrite: bool = False) -> Path: ...
    def report(
        self, path: str | os.PathLike[str] | None = None, *, points: bool = True, overwrite: bool = False
    ) -> str | Path:
        """Return the report as HTML; where a path is given write it there, and return the path.

        Parameters
        ----------
        points : False leaves the single customers off the map.
        overwrite : replace an older file; never the customers' own, or one inside a run.

        Raises
        ------
        InputError : ``path`` exists and ``overwrite`` is not set, or it is a file of the source or of a run.
        """
        html = page.render(self.record, self.points if points else None, source=self._source_name)
        if path is None:
            return html
        read = [self.origin and self.origin.path, self._before and self._before.folder]
        with errors.calling(out="path"):
            runs.one_file.write_text(Path(path), html, overwrite=overwrite, read=[p for p in read if p])
        return Path(path)

    @property
    def _source_name(self) -> str | None:
        """What the customers came from, in words that no record holds."""
        if self._table is not None:
            return self._table.name
        if self._before is not None:
            return runs.read_manifest(self._before.folder).get("source")
        return None if self.origin is None else self.origin.source.name

    def save(
        self,
        out: str | os.PathLike[str] | runs.RunFolder,
        *,
        overwrite: bool = False,
        csv: bool = False,
        raw_csv: bool = False,
        points: bool = True,
        into: Publisher | None = None,
    ) -> None:
        """Write the run folder: published whole or not at all.

        Parameters
        ----------
        out : the folder, or one that ``open_run`` has opened.
        csv : write segments.csv too; ``raw_csv`` leaves in it what looks like a formula as it is.
        points : False leaves the single customers off the map.
        into : where the segments stand instead of in the folder: a database that was prepared for them.

        Raises
        ------
        InputError : ``out`` exists without ``overwrite``, is no run or holds the source; no customers are at hand.
        AccessError, BusyError : it cannot be written; another run is writing there.
        """
        if not isinstance(out, runs.RunFolder):
            apart = self.origin.path if self.origin else None
            finished = None if into is None else into.is_published
            with runs.open_run(Path(out), overwrite=overwrite, apart=apart, is_published=finished) as folder:
                return self.save(folder, csv=csv, raw_csv=raw_csv, points=points, into=into)
        shown = self.points if points else None
        if self._before is not None and not csv:
            fill = None if self._table is None else partial(scoring.write_assignments, self.record, self._table)
            return runs.next_run.write(out, self.record, shown, self._before, fill)
        table = self._customers()
        runs.contents.write(out, self.record, shown, source=self._source_name)
        runs.contents.write_customers(out, self.record, table, csv_too=csv, raw=raw_csv, into=into)
        if self.changes is not None:
            self.changes.write(out, csv_too=csv, raw=raw_csv)
        facts = runs.contents.facts(self.record, table, self._source_name, raw_csv=csv and raw_csv)
        if into is None:
            out.commit(facts)
        else:
            out.commit({**facts, "into": into.stands}, publish=into.publish)

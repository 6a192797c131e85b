"""DuckDB inside the process: the default engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from coterie import errors, sql
from coterie.engines.duckdb import cells, parquet, text, work
from coterie.engines.duckdb.database import Limits, copy_table
from coterie.engines.duckdb.frames import copy_frame
from coterie.engines.duckdb.lock import close_off
from coterie.engines.duckdb.refusals import check_names, check_zone, first_line, interruptible, is_full, reading_error
from coterie.engines.duckdb.typed_texts import read_typed, typed_name
from coterie.engines.duckdb.types import is_itself, kinds_of, values_of
from coterie.engines.duckdb.written import statement, write
from coterie.engines.engine import ROW, Caps, Columns, Found, Target, Work, unmask
from coterie.engines.kinds import Kind
from coterie.engines.passes import Pass, timed, versions_of
from coterie.engines.source import Source
from coterie.reading import (
    CANONICAL,
    LONGEST_CELL,
    DatabaseTable,
    ParquetParts,
    Reading,
    RejectedRow,
    Spill,
    Text,
    findings_of,
    prepare,
    rewrite,
    spilling,
    take_some_rows,
)

LEFT_IN_PLACE = 1 << 26
BUFFER_BYTES = 1 << 25  # of a text, a thread: as many as DuckDB takes where the longest line is not named
OUR_MISTAKES = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


class DuckDB:
    """One private database in memory with its own spill folder.

    Parameters
    ----------
    threads : how many threads a query may use; None: as many as the machine has.
    memory : limit such as ``"4GB"``; None: what a text of its size needs, else DuckDB's own (80% of the machine).
    temp_dir : where the spill folder is made (0700, removed on ``close``); None: the system's.

    Notes
    -----
    From the first source on, the database can open nothing but that source and its own spill folder, loads no
    extension and takes no settings but how much a query may hold; results are written in the spill folder and then
    moved to their place.
    """

    dialect = "duckdb"
    caps = Caps(rows=True, wide=True, files=True, keeps=True)

    def __init__(self, threads: int | None = None, memory: str | None = None, temp_dir: Path | None = None) -> None:
        self.passes: list[Pass] = []
        self.threads, self._memory = threads or 0, memory
        self.temp_dir, self._folder = temp_dir, Spill(temp_dir)
        self._spill = self._folder.path
        self._allowed: set[Path] | None = None
        self._source = "the source"
        self._schemas: dict[str, list[tuple[str, Kind]]] = {}
        self._finite: set[str] = set()  # relations of a text: none of their numbers is no number
        self._reading: int | None = None  # rows of the text that is read now
        self._undecoded = False  # whether the source is Parquet, which is decoded anew by every query
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self._spill / "swap"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        }
        if threads is not None:
            settings["threads"] = str(threads)
        if memory is not None:
            settings["memory_limit"] = memory
        try:
            self._connection = duckdb.connect(":memory:", config=settings)
        except duckdb.Error as error:
            self._folder.close()
            usual = "a size such as 4GB, a count"
            raise errors.bad_option("--memory or --threads", memory or threads, usual) from error

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, source: Source, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        """Make the relation ``name`` of a source.

        Parquet stays in place, the rest is read once into a table.
        """
        self._source = "the frame" if source.path is None else source.name
        if source.address is not None:
            raise errors.other_engine(source.address.place)
        if reading.time_zone is not None:
            check_zone(self._connection, reading.time_zone)
        try:
            with spilling(self._spill):
                if source.path is not None:
                    return self._read_file(source.path, name, reading, verbatim)
                return self._read_typed(self._copy_frame(source, typed_name(name)), name, reading, verbatim)
        except errors.CoterieError as error:
            if not is_full(error.__cause__):
                raise
            raise errors.temporary_full(str(self._spill.parent)) from error

    def _read_file(self, path: Path, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        typed = typed_name(name)
        prepared = prepare(path, self._spill, reading, verbatim)
        if isinstance(prepared, ParquetParts):
            return self._read_typed(self._define_parts(prepared, typed), name, reading, verbatim)
        if isinstance(prepared, DatabaseTable):
            findings, copy = copy_table(prepared, self._spill, Limits(reading.time_limit, self._memory, self.threads))
            self._define_parts(copy, f"{typed}_copy")
            self._create_table(sql.select([sql.star()], sql.table(f"{typed}_copy")), f"{typed}_table")
            self.define(typed, sql.select([sql.star()], sql.table(f"{typed}_table")))
            return self._read_typed(Found(findings), name, reading, verbatim)
        return self._load(prepared, name, reading)

    def _read_typed(self, found: Found, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        able = [c for c, kind in self.schema(typed_name(name)) if kind is Kind.TEXT and not verbatim(c)]
        return read_typed(self, self._connection, name, found, able, self._source, reading)

    def _load(self, counted: Text, name: str, reading: Reading) -> Found:
        """Parse a text into the table of ``name``, strictly.

        On a wrong cell find it, and refuse it or leave it out.
        """
        check_names(self._source, [n for _, _, n in text.columns_of(counted)])
        self._reading = counted.rows
        if places := text.find_dates(counted, undecided=True):
            self._create_view(counted, all_text=True)
            counted, _ = text.decide_dates(counted, places, reading, self.fetch, text.TEXT_VIEW, numbered=False)
        counted = text.look_at_cells(counted)
        self._create_view(counted)
        if reading.in_place and not counted.rejected and counted.path.stat().st_size > LEFT_IN_PLACE:
            return self._leave_in_place(counted, name)
        rejected: list[RejectedRow] = list(counted.rejected)
        unread: tuple[errors.UnreadCells, ...] = ()
        try:
            self._create_table(text.select_all_values(counted, text.TEXT_VIEW), f"__c_file_{name}")
            read = self._count_rows(f"__c_file_{name}")
        except duckdb.Error as error:
            (counted, more, _, unread), read = self._load_slowly(counted, name, reading, error)
            rejected += more
        if read != counted.rows:
            if counted.dialect == CANONICAL and counted.skip == 0:
                raise errors.uncounted(counted.name, read, counted.rows)
            self._drop_table(f"__c_file_{name}")
            return self._load(rewrite(counted, counted.start, self._spill, reading.on_bad_rows), name, reading)
        self._number_rows(name, [n for _, _, n in text.columns_of(counted)])
        self._finite.add(name)
        self._schemas.pop(name, None)
        rejected.sort(key=lambda row: row.line or 0)
        found = Found((*counted.findings, *findings_of(counted, rejected)), tuple(rejected))
        return replace(found, unread_cells=unread, notations=text.notations_of(counted))

    def _leave_in_place(self, counted: Text, name: str) -> Found:
        """Make a view of a large text, and ``name_some`` of some rows."""
        self._load(take_some_rows(counted, self._spill), f"{name}_some", Reading())
        days = text.find_days(counted, text.TEXT_VIEW, self.fetch)
        filled = {text.raw_name(i): n for i, c, n in text.columns_of(counted) if cells.is_as_written(c)}
        self._create_view(counted, view=(view := f"{text.TEXT_VIEW}_{name}"), filled=filled)
        self.define(name, text.select_strictly(counted, view, days).select(sql.named(sql.null(), ROW)))
        self._finite.add(name)
        told = (*counted.findings, *findings_of(counted, ()))
        return Found(told, (), counted.rows, f"{name}_some", filled=tuple(filled.values()))

    def _load_slowly(
        self, counted: Text, name: str, reading: Reading, error: duckdb.Error
    ) -> tuple[text.CheckedCells, int]:
        """Load a text cell by cell; return what its cells show, and the row count."""
        if isinstance(error, duckdb.OutOfMemoryException) or not text.columns_to_check(counted):
            raise reading_error(counted.name, error) from error
        counted = self._stage_rows(counted, reading)
        read = self._count_rows(text.STAGE)
        checked = text.check_cells(counted, text.STAGE, reading, self.fetch)
        values = text.select_values(checked.text, text.STAGE, where=checked.where)
        try:
            self._create_table(values, f"__c_file_{name}")
        except duckdb.Error as again_error:
            raise reading_error(counted.name, again_error) from again_error
        self._drop_table(text.STAGE)
        return checked, read

    def _create_view(
        self, counted: Text, *, all_text: bool = False, view: str = text.TEXT_VIEW, filled: Collection[str] = ()
    ) -> None:
        """Make ``view`` the view of a text's columns, c0 and on.

        Numbers are parsed, the rest stays text; an empty one is NULL in those that are to be ``filled``.
        """
        if self._allowed is None and self._memory is None:
            self._connection.execute(f"SET memory_limit = '{text.memory_for(counted)}MB'")
        types = {text.raw_name(i): "VARCHAR" if all_text else cells.csv_type(c) for i, c in enumerate(counted.columns)}
        relation = self._connection.read_csv(
            self._make_readable(counted.path),
            auto_detect=False,
            header=False,
            skiprows=counted.skip,
            delimiter=counted.dialect.delimiter,
            quotechar='"',
            escapechar='"',
            columns=types,
            na_values=[""],  # with more words here, the words would be emptied in columns of text too
            force_not_null=[c for c, t in types.items() if t == "VARCHAR" and c not in filled],
            max_line_size=8 * LONGEST_CELL,
            buffer_size=BUFFER_BYTES,  # or sixteen times the longest line
            lineterminator=duckdb.CSVLineTerminator.LINE_FEED if counted.feeds_only else None,  # or guessed
        )
        relation.create_view(view, replace=True)

    def _stage_rows(self, counted: Text, reading: Reading) -> Text:
        """Return a text whose rows are staged, rewritten where DuckDB takes it for another dialect."""
        try:
            self._create_view(counted, all_text=True)
            self._create_table(sql.select([sql.star()], sql.table(text.TEXT_VIEW)), text.STAGE)
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException) or counted.origin is not None:
                raise reading_error(counted.name, error) from error
            return self._stage_rows(rewrite(counted, counted.start, self._spill, reading.on_bad_rows), reading)
        return counted

    def _create_table(self, query: sql.Node, name: str) -> None:
        with interruptible():
            self._connection.sql(sql.render(query, self.dialect)).create(name)

    def _count_rows(self, name: str) -> int:
        return int(self.fetch(sql.select([sql.named(sql.count(), "n")], sql.table(name)))["n"][0])

    def _drop_table(self, name: str) -> None:
        self._connection.execute(f"DROP TABLE {cells.quote(name)}")

    def _define_parts(self, parts: ParquetParts, name: str) -> Found:
        """Make the relation ``name`` of Parquet files; return which columns were a frame's index, and the order."""
        paths = parts.paths
        readable = [self._make_readable(path, [p.resolve() for p in paths]) for path in paths]
        offset, selects, columns, self._undecoded = 0, [], list[str](), True
        try:
            for i, (path, plain) in enumerate(zip(paths, readable, strict=True)):
                parquet.check_file(self._connection, plain, path, parts.name)
                view = self._connection.read_parquet(plain, file_row_number=True)
                schema = {c: str(t) for c, t in zip(view.columns, view.types, strict=True) if c != "file_row_number"}
                if i == 0:
                    columns, first = list(schema), schema
                parquet.check_alike(parts.name, path.name, first, schema)
                view.create_view(f"__c_part_{name}_{i}")
                row = sql.add(sql.column("file_row_number"), sql.whole(offset + 1))
                held = [sql.named(values_of(c, first[c]), c) for c in columns]
                nodes = [*held, *parquet.partition_of(parts, i, columns), sql.named(row, ROW)]
                selects.append(sql.select(nodes, sql.table(f"__c_part_{name}_{i}")))
                offset += self._count_rows(f"__c_part_{name}_{i}") if len(paths) > 1 else 0
            check_names(self._source, [*columns, *(c for c, _ in next(iter(parts.partitions), ()))])
            self.define(name, cells.union_all(selects))
            kept = self._connection.table_function("parquet_kv_metadata", [readable[0]]).project("key, value")
            index = parquet.named_index(kept.fetchall(), columns)
            texts = [c for c in columns if first[c] == "VARCHAR"]
            if texts and self.fetch(parquet.long_cells(texts, name))["n"][0]:
                parquet.check_sizes(parts.name, texts, self.fetch(parquet.text_sizes(texts, name)))
            in_order = parquet.comes_in_order(self._connection, readable)
        except (duckdb.Error, RuntimeError, UnicodeError) as error:  # the last two: names that are not UTF-8
            raise reading_error(parts.name, error) from error
        return Found(index=index, in_order=in_order)

    # ── what may be opened ───────────────────────────────────────────────────────────────────────────────────────

    def _make_readable(self, path: Path, together: Sequence[Path] = ()) -> str:
        """Return a name under which DuckDB may open a file."""
        path = path.resolve()
        if self._allowed is None:
            self._lock([path, *together])
        if path.is_relative_to(self._spill) or path in (self._allowed or ()):
            return cells.escape_pattern(str(path))
        inside = self._spill / f"source-{len(list(self._spill.iterdir()))}{path.suffix.lower()[:12]}"
        shutil.copyfile(path, inside)
        return str(inside)

    def _lock(self, paths: Sequence[Path]) -> None:
        """Close the database to all but these files and its folder."""
        self._allowed = {p for p in paths if not p.is_relative_to(self._spill)}
        close_off(self._connection, self._allowed, self._spill)

    def _copy_frame(self, source: Source, name: str) -> Found:
        """Make the relation ``name`` a copy of a frame."""
        if self._allowed is None:
            self._lock([])
        frame = copy_frame(source, self._connection, f"__c_file_{name}")
        check_names(self._source, frame.names)
        self._number_rows(name, frame.names)
        return Found(index=frame.index, unread=frame.unread)

    def _number_rows(self, name: str, columns: Sequence[str]) -> None:
        """Make the relation ``name`` of its table, with the numbers of the rows, which DuckDB calls rowid."""
        table, called = f"__c_file_{name}", {c: c for c in columns}
        for c in [c for c in columns if c.casefold() == "rowid"]:
            called[c] = f"__c_{c}"
            self._connection.execute(f"ALTER TABLE {cells.quote(table)} RENAME COLUMN {cells.quote(c)} TO {called[c]}")
        relation = self._connection.table(table)
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        same = all(c == n and is_itself(types[n]) for c, n in called.items())
        nodes = [sql.star()] if same else [sql.named(values_of(n, types[n]), c) for c, n in called.items()]
        row = sql.named(sql.add(sql.column("rowid"), sql.whole(1)), ROW)
        self.define(name, sql.select([*nodes, row], sql.table(table)))

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def schema(self, name: str) -> list[tuple[str, Kind]]:
        """Return names and kinds of a relation's columns, without ``__c_row``."""
        if name not in self._schemas:
            relation = self._connection.table(name)
            self._schemas[name] = kinds_of(relation.columns, relation.types, finite=name in self._finite)
        return list(self._schemas[name])

    def define(self, name: str, query: sql.Node) -> None:
        """Make the relation ``name`` a view of a query."""
        self._schemas.pop(name, None)
        self._run(query, lambda rendered: self._connection.sql(rendered).create_view(name))

    def keep(self, name: str, query: sql.Node) -> None:
        """Make relation ``name`` a table of a query's present result."""
        self._schemas.pop(name, None)
        self._connection.execute(f"DROP TABLE IF EXISTS {cells.quote(name)}")
        with timed(self.passes, "table"):
            self._run(query, lambda rendered: self._connection.sql(rendered).create(name))

    def fetch(self, query: sql.Node) -> Columns:
        """Return a small result: one array a column.

        NaN for NULL in numbers, None in text.
        """
        with timed(self.passes, "query"):
            columns = self._run(query, lambda rendered: self._connection.execute(rendered).fetchnumpy())
        return {name: unmask(column) for name, column in columns.items()}

    def deliver(self, query: sql.Node, target: Target) -> None:
        """Write a result to a file.

        The same rows give the same bytes for any threads.
        """
        # The spill folder is the one place that DuckDB may write to; from there the file is moved.
        inside = self._spill / f"written.{target.format}"
        with timed(self.passes, "file"):
            self._run(statement(query, inside, target), lambda said: write(self._connection, said, inside, target))
        try:
            inside.chmod(0o600)
            shutil.move(inside, target.path)
        except OSError as error:
            inside.unlink(missing_ok=True)
            raise errors.cannot_write(str(target.path), error.strerror or "") from error

    def versions(self) -> dict[str, str]:
        """Return the versions of what the numbers passed through."""
        return versions_of("duckdb", "numpy", "sqlglot")

    def watch(self) -> Callable[[], Work | None]:
        """Return what tells another thread how far the query is that runs now."""
        work.measure(self._connection)
        return lambda: None if (share := work.share_done(self._connection)) is None else Work(share, self._reading)

    def relation(self, query: sql.Node) -> Any:
        """Return a lazy DuckDB relation, for people who go on in DuckDB."""
        return self._connection.sql(sql.render(query, self.dialect))

    def _run(self, query: sql.Node, action: Any) -> Any:
        rendered = sql.render(query, self.dialect)
        try:
            with interruptible():
                return action(rendered)
        except duckdb.OutOfMemoryException as error:
            raise errors.out_of_memory(first_line(error)) from error
        except duckdb.Error as error:
            if is_full(error):
                raise errors.temporary_full(str(self._spill.parent)) from error
            if self._undecoded and not isinstance(error, OUR_MISTAKES):
                raise errors.damaged(self._source, "its data cannot be decoded") from error
            if isinstance(error, duckdb.IOException):
                raise errors.AccessError(f"The engine cannot read or write: {first_line(error)}.") from error
            raise errors.engine_refused(first_line(error), rendered) from error

    def close(self) -> None:
        """Close the database and remove the spill folder."""
        self._connection.close()
        self._folder.close()

"""DuckDB inside the process: the default engine, and the only place that imports duckdb."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from coterie import errors, sql
from coterie.engines.duckdb import cells
from coterie.engines.duckdb import text as loading
from coterie.engines.duckdb.parquet import check_alike, check_once, check_sizes, text_sizes
from coterie.engines.duckdb.refusals import first_line, reading_error
from coterie.engines.duckdb.types import kind_of
from coterie.engines.engine import ROW, Caps, Columns, Source, Target, filled
from coterie.engines.kinds import Kind
from coterie.reading import (
    CANONICAL,
    LONGEST_CELL,
    DatabaseTable,
    ParquetParts,
    Reading,
    RejectedRow,
    Text,
    choose_table,
    findings_of,
    make_spill_folder,
    prepare,
    rewrite,
    take_some_rows,
)

ROW_GROUP = 122_880
LEFT_IN_PLACE = 1 << 26
TEXT_VIEW, STAGE = "__c_text", "__c_stage"
OUR_MISTAKES = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


class DuckDB:
    """One private database in memory with its own spill folder; nothing is shared between two engines.

    Parameters
    ----------
    threads : how many threads a query may use; None: as many as the machine has.
    memory : limit such as ``"4GB"``; None: what a text of its size needs, else DuckDB's own (80 % of the machine).
    temp_dir : where the spill folder is made (0700, removed on ``close``); None: the system's.

    Notes
    -----
    From the first source on, the database can open nothing but that source and its own spill folder, loads no
    extension and takes no settings; results are written in the spill folder and then moved to their place.
    """

    dialect = "duckdb"
    caps = Caps(rows=True, wide=True, files=True)

    def __init__(self, threads: int | None = None, memory: str | None = None, temp_dir: Path | None = None) -> None:
        self.scans = 0
        self.threads, self._bounded = threads or 0, memory is not None
        self._spill = make_spill_folder(temp_dir)
        self._finalizer = weakref.finalize(self, shutil.rmtree, self._spill, ignore_errors=True)
        self._allowed: set[Path] | None = None
        self._source = "the source"
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
            self._finalizer()
            raise errors.bad_option(
                "--memory or --threads", memory or threads, "a size such as 4GB, a count"
            ) from error

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read_file(self, path: Path, name: str, *, verbatim: Callable[[str], bool], reading: Reading) -> Source:
        """Make the relation ``name`` of a file: Parquet stays in place, the rest is parsed once into a table."""
        self.scans += 1
        self._source = path.name
        prepared = prepare(path, self._spill, reading, verbatim, self._unpack_zstd)
        if isinstance(prepared, ParquetParts):
            return self._define_parts(prepared, name)
        if isinstance(prepared, DatabaseTable):
            return self._copy_table(prepared, name)
        return self._load(prepared, name, reading)

    def _load(self, text: Text, name: str, reading: Reading) -> Source:
        """Parse a text into the table of ``name``, strictly; on a wrong cell find it, and refuse it or leave it out."""
        if places := loading.undecided(text):
            self._view(text, all_text=True)
            asked = None if text.whole else self.fetch(loading.largest_parts(places, TEXT_VIEW))
            text = loading.with_orders(text, places, asked)
        self._view(text)
        if reading.in_place and not text.rejected and text.path.stat().st_size > LEFT_IN_PLACE:
            return self._left_in_place(text, name)
        rejected: list[RejectedRow] = list(text.rejected)
        try:
            self._table(loading.typed(text, TEXT_VIEW), f"__c_file_{name}")
            read = self._rows(f"__c_file_{name}")
        except duckdb.Error as error:
            text, more, read = self._slowly(text, name, reading, error)
            rejected += more
        if read != text.rows:
            if text.dialect == CANONICAL and text.skip == 0:
                raise errors.uncounted(text.name, read, text.rows)
            self._drop(f"__c_file_{name}")
            return self._load(rewrite(text, text.start, self._spill, reading.on_bad_rows), name, reading)
        self._number_rows(name, sql.add(sql.column("rowid"), sql.whole(1)), [n for _, _, n in loading.kept(text)])
        rejected.sort(key=lambda row: row.line or 0)
        return Source((*text.findings, *findings_of(text, rejected)), tuple(rejected))

    def _left_in_place(self, text: Text, name: str) -> Source:
        """Make ``name`` a view of a large text and ``name_some`` a table of rows from all over it."""
        self._view(text, view=f"{TEXT_VIEW}_{name}")
        self.define(name, loading.typed(text, f"{TEXT_VIEW}_{name}").select(sql.named(sql.null(), ROW)))
        self._load(take_some_rows(text, self._spill), f"{name}_some", Reading())
        return Source((*text.findings, *findings_of(text, ())), (), text.rows, f"{name}_some")

    def _slowly(
        self, text: Text, name: str, reading: Reading, error: duckdb.Error
    ) -> tuple[Text, list[RejectedRow], int]:
        """Load a text all of whose cells are looked at one by one; what was refused, and how many rows there were."""
        if isinstance(error, duckdb.OutOfMemoryException) or not loading.checked(text):
            raise reading_error(text.name, error) from error
        try:
            self._view(text, all_text=True)
            self._table(sql.select([sql.star()], sql.table(TEXT_VIEW)), STAGE)
        except duckdb.Error as again_error:
            raise reading_error(text.name, again_error) from again_error
        read = self._rows(STAGE)
        text, problems = loading.judged_again(text, self.fetch(loading.wrong_cells(text, STAGE)))
        if problems and reading.on_bad_rows == "error":
            row, count, column, kind = problems[0]
            raise errors.bad_value(text.name, row, column, loading.WANTED[kind], count) from error
        rejected: list[RejectedRow] = []
        where = None
        if problems:
            got = self.fetch(loading.wrong_rows(text, STAGE))
            rejected = loading.refused(text, got)
            where = sql.negate(loading.any_wrong(text))
        try:
            self._table(loading.typed(text, STAGE, lenient=True, where=where), f"__c_file_{name}")
        except duckdb.Error as again_error:
            raise reading_error(text.name, again_error) from again_error
        self._drop(STAGE)
        return text, rejected, read

    def _view(self, text: Text, *, all_text: bool = False, view: str = TEXT_VIEW) -> None:
        """Make ``view`` the view of a text's columns c0, c1, …: numbers and ISO dates parsed, the rest as text."""
        if self._allowed is None and not self._bounded:
            self._connection.execute(f"SET memory_limit = '{loading.memory_for(text)}MB'")
        types = {loading.raw(i): "VARCHAR" if all_text else cells.csv_type(c) for i, c in enumerate(text.columns)}
        relation = self._connection.read_csv(
            self._readable(text.path),
            auto_detect=False,
            header=False,
            skiprows=text.skip,
            delimiter=text.dialect.delimiter,
            quotechar='"',
            escapechar='"',
            columns=types,
            na_values=[""],  # with more words here, the words would be emptied in columns of text too
            force_not_null=[c for c, t in types.items() if t == "VARCHAR"],
            max_line_size=8 * LONGEST_CELL,
            lineterminator=duckdb.CSVLineTerminator.LINE_FEED if text.feeds_only else None,  # or guessed
        )
        relation.create_view(view, replace=True)

    def _table(self, query: sql.Node, name: str) -> None:
        self._connection.sql(sql.render(query, self.dialect)).create(name)

    def _rows(self, name: str) -> int:
        return int(self.fetch(sql.select([sql.named(sql.count(), "n")], sql.table(name)))["n"][0])

    def _drop(self, name: str) -> None:
        self._connection.execute(f"DROP TABLE {cells.quoted(name)}")

    def _define_parts(self, parts: ParquetParts, name: str) -> Source:
        """Make the relation ``name`` of Parquet files, in the order of their names."""
        paths = parts.paths
        readable = [self._readable(path, [p.resolve() for p in paths]) for path in paths]
        offset, selects, columns, self._undecoded = 0, [], list[str](), True
        try:
            for i, (path, plain) in enumerate(zip(paths, readable, strict=True)):
                view = self._connection.read_parquet(plain, file_row_number=True)
                schema = {c: str(t) for c, t in zip(view.columns, view.types, strict=True) if c != "file_row_number"}
                if i == 0:
                    columns, first = list(schema), schema
                described = self._connection.table_function("parquet_schema", [plain]).project("name, num_children")
                check_once(described.fetchall())
                check_alike(parts.name, path.name, first, schema)
                view.create_view(f"__c_part_{name}_{i}")
                row = sql.add(sql.column("file_row_number"), sql.whole(offset + 1))
                nodes = [*map(sql.column, columns), sql.named(row, ROW)]
                selects.append(sql.select(nodes, sql.table(f"__c_part_{name}_{i}")))
                offset += self._rows(f"__c_part_{name}_{i}") if len(paths) > 1 else 0
            self._check_names(columns)
            self.define(name, cells.in_order(selects))
            if texts := [c for c in columns if first[c] == "VARCHAR"]:
                check_sizes(parts.name, texts, self.fetch(text_sizes(texts, name)))
        except (duckdb.Error, RuntimeError, UnicodeError) as error:  # the last two: names that are not UTF-8
            raise reading_error(parts.name, error) from error
        return Source()

    def _copy_table(self, stored: DatabaseTable, name: str) -> Source:
        """Make the relation ``name`` a copy of a DuckDB file's table."""
        copy = self._spill / "copied.parquet"
        try:
            other = duckdb.connect(str(stored.path), read_only=True, config={"autoload_known_extensions": "false"})
        except duckdb.Error as error:
            raise reading_error(stored.name, error) from error
        try:
            tables = [row[0] for row in other.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
            tables += [
                r[0] for r in other.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
            ]
            table, findings = choose_table(stored.name, tables, stored.table, "--table")
            other.table(cells.quoted(table)).to_parquet(str(copy))
        except duckdb.Error as error:
            raise reading_error(stored.name, error) from error
        finally:
            other.close()
        return replace(self._define_parts(ParquetParts(stored.name, (copy,)), name), findings=findings)

    def _unpack_zstd(self, path: Path) -> Iterator[bytes]:
        """Give what a zstd file holds, some thousand lines at a time."""
        try:
            lines = self._connection.read_csv(
                self._readable(path), compression="zstd", auto_detect=False, header=False, delimiter="\x1f",
                quotechar="", escapechar="", columns={"line": "VARCHAR"}, max_line_size=8 * LONGEST_CELL,
                null_padding=False,
            )  # fmt: skip
            lines.create_view(TEXT_VIEW, replace=True)
            cursor = self._connection.execute(f"FROM {TEXT_VIEW}")
            while some := cursor.fetchmany(10_000):
                yield "".join(f"{line or ''}\n" for (line,) in some).encode()
        except duckdb.Error as error:
            raise reading_error(path.name, error) from error

    # ── what may be opened ───────────────────────────────────────────────────────────────────────────────────────

    def _readable(self, path: Path, together: Sequence[Path] = ()) -> str:
        """Return a name for the file that is no pattern, and let DuckDB open this file and nothing else."""
        path = path.resolve()
        if self._allowed is None:
            self._lock([path, *together])
        if path.is_relative_to(self._spill) or path in (self._allowed or ()):
            return cells.no_pattern(str(path))
        inside = self._spill / f"source-{len(list(self._spill.iterdir()))}{path.suffix.lower()[:12]}"
        shutil.copyfile(path, inside)
        return str(inside)

    def _lock(self, paths: Sequence[Path]) -> None:
        """Close the database to everything but these files and the spill folder, for good."""
        # Parquet's statistics leave NaN out; DuckDB concludes that `isnan` is never true.
        self._connection.execute("SET disabled_optimizers = 'statistics_propagation'")
        self._allowed = {p for p in paths if not p.is_relative_to(self._spill)}
        named = sorted({name for p in self._allowed for name in (str(p), cells.no_pattern(str(p)))})
        self._connection.execute(cells.setting("allowed_paths", named or [f"{self._spill}/nothing"]))
        self._connection.execute(cells.setting("allowed_directories", [f"{self._spill}/"]))
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def read_frame(self, frame: Any, name: str) -> None:
        """Make the relation ``name`` a copy of a frame, so that later changes of the frame do not matter."""
        self.scans += 1
        self._source = "the frame"
        if self._allowed is None:
            self._lock([])
        try:
            relation = self._relation(frame)
            relation.create(f"__c_file_{name}")
        except duckdb.Error as error:
            raise reading_error("the frame", error) from error
        self._number_rows(name, sql.add(sql.column("rowid"), sql.whole(1)), relation.columns)

    def _relation(self, frame: Any) -> Any:
        root = type(frame).__module__.split(".")[0]
        parquet = str(self._spill / "frame.parquet")
        if root == "pandas":
            return self._connection.from_df(frame)
        if root == "pyarrow":
            return self._connection.from_arrow(frame)
        if root == "polars":
            (frame.collect() if hasattr(frame, "collect") else frame).write_parquet(parquet)
            return self._connection.read_parquet(parquet)
        if root in ("duckdb", "_duckdb"):
            frame.to_parquet(parquet)
            return self._connection.read_parquet(parquet)
        raise errors.unknown_frame(f"{root} {type(frame).__name__}")

    def _number_rows(self, name: str, row: sql.Node, columns: list[str]) -> None:
        self._check_names(columns)
        query = sql.select([*map(sql.column, columns), sql.named(row, ROW)], sql.table(f"__c_file_{name}"))
        self.define(name, query)

    def _check_names(self, columns: Sequence[str]) -> None:
        reserved = [c for c in columns if c.startswith("__c_")]
        if reserved:
            raise errors.reserved_columns(reserved)
        if not columns:
            raise errors.empty_source(self._source)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def schema(self, name: str) -> list[tuple[str, Kind]]:
        """Return the names and kinds of a relation's columns in order, without ``__c_row``."""
        relation = self._connection.table(name)
        return [(c, kind_of(str(t))) for c, t in zip(relation.columns, relation.types, strict=True) if c != ROW]

    def define(self, name: str, query: sql.Node) -> None:
        """Make the relation ``name`` a view of a query."""
        self._run(query, lambda text: self._connection.sql(text).create_view(name))

    def keep(self, name: str, query: sql.Node) -> None:
        """Make the relation ``name`` a table of a query's result as it is now."""
        self._run(query, lambda text: self._connection.sql(text).create(name))

    def fetch(self, query: sql.Node) -> Columns:
        """Return a small result: one array a column, NaN for NULL in numbers, None in text."""
        self.scans += 1
        columns = self._run(query, lambda text: self._connection.execute(text).fetchnumpy())
        return {name: filled(column) for name, column in columns.items()}

    def deliver(self, query: sql.Node, target: Target) -> None:
        """Write a result of any size to a file; the same rows give the same bytes for any threads."""
        self.scans += 1
        # The spill folder is the one place that DuckDB may write to; from there the file is moved.
        inside = self._spill / f"written.{target.format}"

        def to_file(text: str) -> None:
            result = self._connection.sql(text)
            if target.format == "csv":
                result.to_csv(str(inside), header=True)
            else:
                result.to_parquet(str(inside), compression="zstd", row_group_size=ROW_GROUP, overwrite=True)

        self._run(query, to_file)
        try:
            inside.chmod(0o600)
            shutil.move(inside, target.path)
        except OSError as error:
            inside.unlink(missing_ok=True)
            raise errors.cannot_write(str(target.path), error.strerror or "") from error

    def versions(self) -> dict[str, str]:
        """Return the versions of what the numbers passed through."""
        from importlib.metadata import version
        from platform import python_version

        return {"python": python_version(), **{name: version(name) for name in ("duckdb", "numpy", "sqlglot")}}

    def relation(self, query: sql.Node) -> Any:
        """Return a lazy DuckDB relation over the query, for people who go on in DuckDB."""
        return self._connection.sql(sql.render(query, self.dialect))

    def _run(self, query: sql.Node, action: Any) -> Any:
        text = sql.render(query, self.dialect)
        try:
            return action(text)
        except duckdb.OutOfMemoryException as error:
            raise errors.out_of_memory(first_line(error)) from error
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except duckdb.Error as error:
            if self._undecoded and not isinstance(error, OUR_MISTAKES):
                raise errors.damaged(self._source, "its data cannot be decoded") from error
            if isinstance(error, duckdb.IOException):
                raise errors.AccessError(f"The engine cannot read or write: {first_line(error)}.") from error
            raise errors.engine_refused(first_line(error), text) from error

    def close(self) -> None:
        """Close the database and remove the spill folder."""
        self._connection.close()
        self._finalizer()

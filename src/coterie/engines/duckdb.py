"""DuckDB inside the process: the default engine, and the only place that imports duckdb."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from coterie import errors, sql
from coterie.engines.engine import Columns, Reading, filled

# Boolean is not among them: "Yes" and "No" are answers that people want to read back, not TRUE and FALSE.
CSV_TYPES = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"]
MISSING_WORDS = ["", "NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "None"]
ROW_GROUP = 122_880
GLOB_CHARACTERS = set("*?[]{}")
DELIMITED = {".csv", ".tsv", ".txt"}
JSON = {".json", ".jsonl", ".ndjson"}


class DuckDB:
    """One private database in memory with its own spill folder; nothing is shared between two engines.

    Parameters
    ----------
    threads : how many threads a query may use; None: as many as the machine has.
    memory : limit such as ``"4GB"``; None: DuckDB's own (80 % of the machine).
    temp_dir : where the spill folder is made (0700, removed on ``close``); None: the system's.
    """

    dialect = "duckdb"

    def __init__(self, threads: int | None = None, memory: str | None = None, temp_dir: Path | None = None) -> None:
        self.scans = 0
        self._spill = Path(tempfile.mkdtemp(prefix="coterie-", dir=temp_dir))
        self._finalizer = weakref.finalize(self, shutil.rmtree, self._spill, ignore_errors=True)
        settings = {
            "temp_directory": str(self._spill),
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
            raise errors.bad_option("--memory or --threads", memory or threads, "a size such as 4GB, a count") from error

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def read_file(self, path: Path, name: str, *, verbatim: Callable[[str], bool], reading: Reading) -> None:
        """Make the relation ``name`` of a file: Parquet stays where it is, text is parsed once into a table."""
        ending = path.suffix.lower()
        if ending not in DELIMITED | JSON | {".parquet"}:
            raise errors.unknown_kind(path.name)
        self.scans += 1
        plain = self._without_glob(path)
        try:
            if ending == ".parquet":
                view = self._connection.read_parquet(plain, file_row_number=True)
                view.create_view(f"__c_file_{name}")
                row = sql.add(sql.column("file_row_number"), sql.whole(1))
                self._number_rows(name, row, [c for c in view.columns if c != "file_row_number"])
                return
            relation = self._csv(plain, verbatim, reading) if ending in DELIMITED else self._connection.read_json(plain)
            relation.create(f"__c_file_{name}")
        except duckdb.Error as error:
            raise reading_error(path.name, error) from error
        self._number_rows(name, sql.add(sql.column("rowid"), sql.whole(1)), relation.columns)

    def _csv(self, plain: str, verbatim: Callable[[str], bool], reading: Reading) -> Any:
        options: dict[str, Any] = {
            "header": reading.header,
            "na_values": MISSING_WORDS,
            "ignore_errors": reading.on_bad_rows == "skip",
            "auto_type_candidates": CSV_TYPES,
        }
        given = {
            "sep": reading.delimiter,
            "decimal": reading.decimal,
            "encoding": reading.encoding,
            "skiprows": reading.skip_rows,
        }
        options.update({key: value for key, value in given.items() if value is not None})
        sniffed = self._connection.read_csv(plain, **options)
        # An empty cell is the only missing value in a text column: there, "NA" may be Namibia and "None" an answer.
        words = [c for c, t in zip(sniffed.columns, sniffed.types, strict=True) if str(t) == "VARCHAR" or verbatim(c)]
        if not words:
            return sniffed
        forced = {c: "VARCHAR" for c in sniffed.columns if verbatim(c)}
        return self._connection.read_csv(plain, dtype=forced or None, force_not_null=words, **options)

    def _without_glob(self, path: Path) -> str:
        """Return a path to the same file that DuckDB cannot take for a pattern."""
        if not GLOB_CHARACTERS & set(str(path)):
            return str(path)
        link = self._spill / f"source{path.suffix.lower()}"
        link.unlink(missing_ok=True)
        link.symlink_to(path.resolve())
        return str(link)

    def read_frame(self, frame: Any, name: str) -> None:
        """Make the relation ``name`` a copy of a frame, so that later changes of the frame do not matter."""
        self.scans += 1
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
        reserved = [c for c in columns if c.startswith("__c_")]
        if reserved:
            raise errors.reserved_columns(reserved)
        query = sql.select([*map(sql.column, columns), sql.named(row, "__c_row")], sql.table(f"__c_file_{name}"))
        self.define(name, query)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def schema(self, name: str) -> list[tuple[str, str]]:
        """Return the names and DuckDB types of a relation's columns, in order."""
        relation = self._connection.table(name)
        return [(c, str(t)) for c, t in zip(relation.columns, relation.types, strict=True)]

    def define(self, name: str, query: sql.Node) -> None:
        """Make the relation ``name`` a view of a query."""
        self._run(query, lambda text: self._connection.sql(text).create_view(name))

    def fetch(self, query: sql.Node) -> Columns:
        """Return a small result: one array a column, NaN for NULL in numbers, None in text."""
        self.scans += 1
        columns = self._run(query, lambda text: self._connection.execute(text).fetchnumpy())
        return {name: filled(column) for name, column in columns.items()}

    def write(self, query: sql.Node, path: Path) -> None:
        """Write a result of any size to a Parquet file; the same rows give the same bytes for any threads."""
        self.scans += 1

        def to_file(text: str) -> None:
            relation = self._connection.sql(text)
            relation.to_parquet(str(path), compression="zstd", row_group_size=ROW_GROUP, overwrite=True)

        self._run(query, to_file)

    def write_csv(self, query: sql.Node, path: Path) -> None:
        """Write a result of any size to a CSV file."""
        self.scans += 1
        self._run(query, lambda text: self._connection.sql(text).to_csv(str(path), header=True))

    def versions(self) -> dict[str, str]:
        """Return the versions of what the numbers passed through."""
        import sys

        import numpy
        import sqlglot

        return {
            "python": ".".join(map(str, sys.version_info[:3])),
            "duckdb": duckdb.__version__,
            "numpy": numpy.__version__,
            "sqlglot": sqlglot.__version__,
        }

    def relation(self, query: sql.Node) -> Any:
        """Return a lazy DuckDB relation over the query, for people who go on in DuckDB."""
        return self._connection.sql(sql.render(query, self.dialect))

    def _run(self, query: sql.Node, action: Any) -> Any:
        text = sql.render(query, self.dialect)
        try:
            return action(text)
        except duckdb.OutOfMemoryException as error:
            raise errors.out_of_memory(first_line(error)) from error
        except duckdb.IOException as error:
            raise errors.AccessError(f"The engine cannot read or write: {first_line(error)}.") from error
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except duckdb.Error as error:
            raise errors.engine_refused(first_line(error), text) from error

    def close(self) -> None:
        """Close the database and remove the spill folder."""
        self._connection.close()
        self._finalizer()


def first_line(error: BaseException) -> str:
    """Return what DuckDB said, without the lines of data that it quotes after it."""
    return errors.shown(str(error).splitlines()[0], 200)


def reading_error(name: str, error: duckdb.Error) -> errors.CoterieError:
    """Return coterie's word for what DuckDB met in a file; values that DuckDB quotes are left out."""
    message = str(error)
    line = re.search(r"(?:CSV Error on Line|Line): ?(\d+)", message)
    column = re.search(r"(?:Column name: |column \"?)([^\n\"]+)", message)
    if isinstance(error, duckdb.OutOfMemoryException):
        return errors.out_of_memory(first_line(error))
    if column and ("onver" in message or "cast" in message):
        wanted = re.search(r"type '?([A-Z]+)'?", message)
        kind = {"BIGINT": "a number", "DOUBLE": "a number"}.get(wanted.group(1) if wanted else "", "of the column's type")
        return errors.bad_value(name, int(line.group(1)) if line else None, column.group(1), kind)
    if line:
        reason = re.search(r"(Expected Number of Columns: \d+ Found: \d+|unterminated quote|quoted|[Uu]nicode)", message)
        return errors.bad_rows(name, f"Line {line.group(1)}: {reason.group(1) if reason else 'cannot be parsed'}.")
    if isinstance(error, duckdb.IOException):
        return errors.unreadable(name, "the system refuses it, or it is not the kind of file that its name says")
    return errors.not_a_table(name, first_line(error), "Check the file, or name its --delimiter and --encoding.")


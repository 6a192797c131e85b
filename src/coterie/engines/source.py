"""What the user gave to be read: a file, several files under one name, a frame in memory, or a database."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

from coterie import errors, sql
from coterie.doors import distinct, pattern
from coterie.engines.address import Address
from coterie.reading import Reading, is_pattern

HASHED_UP_TO = 100_000_000
ADDRESS = pattern(r"([A-Za-z][A-Za-z0-9+.-]+):(?=/|[a-z0-9+]+:/|[^/]*=|[^/.]*$)")  # a path has lost one of two slashes
FAR = pattern(r"[A-Za-z][A-Za-z0-9+.-]+://")
PIPE_IT = "Name a file, or give - and pipe the data in."


class Trace(TypedDict):
    """One file as it was when it was read."""

    size: int
    mtime_ns: int
    inode: int
    sha256: str | None


class Traces(TypedDict):
    """Several files as they were, by name, and their size in all."""

    size: int
    files: dict[str, Trace]


Fingerprint = Trace | Traces


@distinct
class Source:
    """What the user gave, and what it is called; neither a frame nor a database has a path.

    A path may stand for several files: a folder, or a pattern. ``names`` are what the columns of a matrix are called;
    ``table`` or ``query`` says what is read of a database. ``beside`` is a file of coterie's own, which is read beside
    the engine wherever that is.
    """

    name: str
    path: Path | None = None
    frame: Any = None
    names: tuple[str, ...] | None = None
    address: Address | None = None
    table: str | None = None
    query: str | None = None
    beside: bool = False

    @classmethod
    def of(
        cls, given: Any, names: tuple[str, ...] | None = None, table: str | None = None, query: str | None = None
    ) -> Source:
        """Return the source that a path, an address or a frame is; a file is there, regular, not empty and readable.

        Parameters
        ----------
        names : what the columns are called where the source is a matrix.
        table, query : what is read of a database; of a file ``Reading`` says it.

        Raises
        ------
        InputError : a file is missing, empty, or not a regular one (a pipe would never end).
        AccessError : the system refuses to open it.
        """
        if isinstance(given, Source):
            return given
        if not isinstance(given, str | os.PathLike):
            kind = type(given).__module__.split(".")[0]
            return cls("columns" if kind == "builtins" else f"{kind} frame", frame=given, names=names)
        if (address := address_in(given)) is not None:
            if table is not None and query is not None:
                raise errors.table_and_query()
            name = "the query" if query is not None else table or address.database or address.place
            return cls(name, address=address, table=table, query=query)
        if query is not None:
            raise errors.query_of_a_file()
        path = Path(given)
        _check(path)
        return cls(path.name, path)

    def fingerprint(self, *, digest: bool = True) -> Fingerprint | None:
        """Return what tells whether a file, or each of several, is still the one that was read.

        Size, time of change and inode; and with ``digest`` the SHA-256 up to 100 MB, all files together. What is no
        file, such as a pipe, cannot be looked at twice and is always the same. Frames and databases have none.

        Raises
        ------
        InputError : there is no such file.
        AccessError : it cannot be read.
        """
        path, most = self.path, HASHED_UP_TO if digest else -1
        if path is None:
            return None
        try:
            if is_pattern(path):
                named = sorted(p for p in path.parent.glob(path.name) if p.is_file())
                if not named:
                    raise errors.missing_source(str(path))
                traces = {p.name: _trace(p, most) for p in named}
                return {"size": sum(p.stat().st_size for p in named), "files": traces}
            if not path.is_dir():
                return _trace(path, most)
            held = sorted(p for p in path.rglob("*") if p.is_symlink() or not p.is_dir())
            size = sum(p.stat().st_size for p in held)
            limit = most if size <= most else -1
            return {"size": size, "files": {p.relative_to(path).as_posix(): _trace(p, limit) for p in held}}
        except FileNotFoundError as error:
            raise errors.missing_source(str(path)) from error
        except OSError as error:
            raise errors.unreadable(str(path), error.strerror or str(error)) from error


def address_in(given: object) -> Address | None:
    """Return the address of a database that a source is, or names; None: it is no database."""
    if isinstance(given, Source):
        return given.address
    return Address.of(os.fspath(given)) if isinstance(given, str | Path) else None


def by_engine(engine: str, given: str | None, table: str | None, query: str | None) -> Source:
    """Return what the engine of an address reads: a table, a query, or a folder that it sees.

    Parameters
    ----------
    given : the folder; None: a table or a query is named, or the one table that there is.

    Raises
    ------
    InputError : the engine is none, or does not read files.
    """
    address = Address.of(engine)
    if address is None:
        raise errors.bad_address("it begins as none", "sc://host:15002 or local[*]")
    if given is None or address_in(given) == address:
        return Source.of(engine, table=table, query=query)
    if address.server != "spark" or address_in(given) is not None:
        raise errors.two_databases()
    if table is not None or query is not None:
        raise errors.bad_option("--table or --query", table or query, "left out beside a folder")
    if FAR.match(given):
        return replace(Source.of(engine, query=sql.render(_folder(given), "spark")), name=Path(given).stem)
    return replace(Source.of(given), address=address)


def _folder(url: str) -> sql.Node:
    return sql.select([sql.star()], sql.table(url, "parquet"))


def choose_rows(given: Any, reading: Reading | None, options: Any) -> tuple[Any, Reading]:
    """Return a source and how it is read, where ``table`` or ``query`` among the options say which rows.

    They are taken out of the options.
    """
    table, query, reading = options.pop("table", None), options.pop("query", None), reading or Reading()
    if address_in(given) is not None and not isinstance(given, Source):
        return Source.of(given, table=table or reading.table, query=query), reading
    if query is not None:
        raise errors.query_of_a_file()
    return given, reading if table is None else replace(reading, table=table)


def _check(path: Path) -> None:
    """Make sure that a file is there, regular, not empty and readable; several files are looked at when read."""
    if "\0" in str(path):
        raise errors.missing_source(str(path))
    if (address := ADDRESS.match(str(path))) and not os.path.lexists(path):
        raise errors.remote_source(address[1].lower())
    try:
        if path.is_dir() or is_pattern(path):
            return
        if not stat.S_ISREG(path.stat().st_mode):
            raise errors.not_a_table(path.name, "it is not a regular file", PIPE_IT)
        with path.open("rb") as file:
            if not file.read(1):
                raise errors.empty_source(path.name)
    except FileNotFoundError as error:
        raise errors.missing_source(str(path)) from error
    except errors.InputError:
        raise
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise errors.missing_source(str(path)) from error
        raise errors.unreadable(str(path), error.strerror or "") from error


def _trace(path: Path, hashed_up_to: int) -> Trace:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return {"size": 0, "mtime_ns": 0, "inode": 0, "sha256": None}
    digest = None
    if status.st_size <= hashed_up_to:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "inode": status.st_ino, "sha256": digest}

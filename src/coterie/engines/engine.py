"""What coterie needs of an engine.

It runs SQL where the data live and returns small results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from coterie.doors import frozen
from coterie.engines.frame import Unread
from coterie.engines.kinds import Kind
from coterie.engines.passes import Pass
from coterie.engines.source import Source
from coterie.errors import UnreadCells
from coterie.findings import Finding
from coterie.reading import Notation, Reading
from coterie.sql import Node

ROW = "__c_row"
Columns = dict[str, NDArray[Any]]


@frozen
class Found:
    """What reading a source left behind.

    Findings, and rows that were left out or repaired (line, reason, kept).

    ``rows`` is their number where it was counted on the way; ``some`` the relation of some rows, where the text was
    left in place. ``index`` names the columns that were the index of a frame; ``unread`` are columns of a frame that
    the relation lacks; ``unread_cells`` are values that are there, cannot be read, and are missing in the relation;
    ``notations`` is how columns are written that are not as programs write them; ``in_order`` says that what is written
    of each row comes in the rows' order by itself; ``filled`` are columns of texts none of which is empty but missing.
    """

    findings: tuple[Finding, ...] = ()
    rejected: tuple[tuple[int | None, str, bool], ...] = ()
    rows: int | None = None
    some: str | None = None
    index: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    unread_cells: tuple[UnreadCells, ...] = ()
    notations: Mapping[str, Notation] = field(default_factory=dict)
    in_order: bool = False
    filled: tuple[str, ...] = ()


@frozen
class Caps:
    """What this engine can do, and not every engine can.

    ``rows``: what it read has a column ``__c_row``, the row's number in the source from 1 on, and a result is delivered
    in that order; without it rows have no order, and every table needs an id. ``wide``: sums of whole numbers have 128
    bits; without it they must fit into 64. ``files``: it reads files by itself; without it they are read for it.
    ``keeps``: what is computed of each row can be kept, in order; without it every query computes it again.
    ``texts``: it reads the dates that texts say; without it whoever keeps the data casts them.
    """

    rows: bool
    wide: bool
    files: bool
    keeps: bool
    texts: bool = True


@frozen
class Target:
    """A file to deliver a result to, and how it is written.

    In CSV, texts that a spreadsheet would take for formulas get an apostrophe before them, unless it is ``raw``.
    ``parts`` is how many rows it gets, where it may as well be a folder of that name with parts of them. ``levels`` are
    all the texts of columns that have but a few: Parquet keeps them the same, at a part of the cost.
    """

    path: Path
    format: Literal["parquet", "csv"] = "parquet"
    raw: bool = False
    parts: int | None = None
    levels: Mapping[str, Sequence[str]] | None = None


@frozen
class Work:
    """How far a query is that runs now.

    ``rows`` is how many it goes over, where that is known.
    """

    share: float
    rows: int | None = None


class Engine(Protocol):
    """A few verbs over named relations.

    A relation is a table or a view that the engine holds under a name: the columns of its source under their exact
    names, each of one ``Kind``, and ``__c_row`` where the engine numbers rows (``Caps.rows``). Names that begin with
    ``__c_`` are coterie's own, and a source that has one is refused. An engine knows SQL as a tree, its own types and
    its own files; it knows no statistics.
    """

    dialect: str
    caps: Caps
    temp_dir: Path | None  # where what does not fit into memory goes; None: the system's temporary folder
    threads: int  # that may be used; 0: as many as the machine has
    passes: list[Pass]  # queries over the data so far, printed with -v

    def read(self, source: Source, name: str, reading: Reading, verbatim: Callable[[str], bool]) -> Found:
        """Make the relation ``name`` of a source.

        Columns of a file whose name is ``verbatim`` stay text to the letter.
        """

    def schema(self, name: str) -> list[tuple[str, Kind]]:
        """Return names and kinds of a relation's columns, without ``__c_row``."""

    def define(self, name: str, query: Node) -> None:
        """Make the relation ``name`` a view of a query."""

    def keep(self, name: str, query: Node) -> None:
        """Make relation ``name`` a table of a query's present result."""

    def fetch(self, query: Node) -> Columns:
        """Return a small result: one array a column.

        NaN for NULL in numbers, None in text.
        """

    def deliver(self, query: Node, target: Target) -> None:
        """Write a result to a file, in the source's order."""

    def relation(self, query: Node) -> Any:
        """Return a query's result as the engine's own table."""

    def versions(self) -> dict[str, str]:
        """Return the versions of what the numbers passed through."""

    def watch(self) -> Callable[[], Work | None]:
        """Return what tells another thread how far the query is that runs now."""

    def close(self) -> None:
        """Let go of everything, temporary files first."""


class Publisher(Protocol):
    """Where every customer's segment stands in a database, once the run's folder is published."""

    def prepare(self, *, overwrite: bool) -> None:
        """Make sure that it can be made, before any row is read.

        Raises
        ------
        InputError : no such schema; something stands there, and is not a run's own or not to be replaced.
        AccessError : the user may not make anything there.
        """

    def is_published(self, manifest: Mapping[str, Any]) -> bool:
        """Say whether the segments of a run's manifest stand there."""

    @property
    def stands(self) -> Mapping[str, str]:
        """Where the segments stand, as a manifest says it."""

    def store(self, query: Node, sizes: Mapping[int | None, int]) -> None:
        """Make the table or view of every customer's segment, which nobody sees yet.

        Parameters
        ----------
        sizes : how many customers were counted in each segment, and in none.

        Raises
        ------
        InputError : in the table there are others, for the customers were changed meanwhile.
        """

    def publish(self, digest: str) -> None:
        """Show it under its name, marked with the digest of the run's manifest."""

    def close(self) -> None:
        """Remove what was made and not published."""


def unmask(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column without a mask.

    NaN where a number is missing, None where anything else is.
    """
    if not isinstance(column, np.ma.MaskedArray):
        return column
    numeric = column.dtype.kind in "iuf"
    values = np.array(column.data, dtype=np.float64 if numeric else object)
    values[np.ma.getmaskarray(column)] = np.nan if numeric else None
    return values


def round_off(x: float) -> float:
    """Return a number to twelve significant digits.

    What is published of an engine's sums is rounded once, when it is made: engines round their doubles in orders of
    their own, and agree on fewer than seventeen digits.

    >>> round_off(0.1 + 0.2), round_off(1234567.0 / 7)
    (0.3, 176366.714286)
    """
    return float(f"{x:.12g}")

"""What the engine needs of Spark: ``spark.sql``, answers as Arrow, and a tag by which a query is cancelled."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from coterie import errors, sql
from coterie.engines.database.driver import Held
from coterie.engines.database.into import Into, Sort
from coterie.engines.database.waiting import AGAIN, GRACE
from coterie.engines.duckdb.fetched import Answer
from coterie.engines.frame import check_names
from coterie.engines.passes import versions_of
from coterie.engines.spark import refusals
from coterie.engines.spark.session import Session
from coterie.engines.spark.types import held_of
from coterie.sql import Node

MOST_COLUMNS = 500  # Spark takes more, and plans a query of them in the square of their number
TITLE = "Spark"
NO_TABLE = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "PARSE_SYNTAX_ERROR", "INVALID_IDENTIFIER")
FRAME = "__c_frame"


def _new_tag() -> str:
    return f"coterie-{os.urandom(6).hex()}"


class SparkDriver:
    """A session of Spark, and the DataFrames that it is asked about."""

    dialect, title, widest = "spark", TITLE, MOST_COLUMNS

    def __init__(self, session: Session) -> None:
        self.session, self._spark = session, session.spark
        self._frames: dict[str, Any] = {}
        self._tag = _new_tag()
        self._seconds, self._late = 0.0, False

    # ── what may be read ─────────────────────────────────────────────────────────────────────────────────────────

    def tables(self, asked: str | None = None) -> dict[str, tuple[str, ...]]:
        """Return the tables and views of the current database; of another one too, where a name says which."""
        catalog, found = self._spark.catalog, dict[str, tuple[str, ...]]()
        other = (asked or "").rpartition(".")[0]
        for database in [None, other] if other and catalog.databaseExists(other) else [None]:
            for name in (t.name for t in catalog.listTables(database) if not t.isTemporary):
                found[f"{database}.{name}" if database else name] = (name, database or "")
        return found

    def place_of_frame(self, frame: Any) -> Node:
        """Return what stands behind FROM for a DataFrame."""
        name = f"{FRAME}{len(self._frames)}__"
        self._frames[name] = frame
        return sql.table(name)

    def place_of_folder(self, path: str) -> Node:
        """Return what stands behind FROM for a folder of Parquet."""
        return self._place(self._spark.read.parquet(path))

    def place_of_table(self, name: str) -> Node | None:
        """Return what stands behind FROM for a table of the catalog; None: there is none."""
        try:
            frame = self._spark.table(name)
            frame.schema  # noqa: B018 - Connect looks for the table only now
        except Exception as error:
            if refusals.condition_of(error) in NO_TABLE:
                return None
            raise
        return self._place(frame)

    def _place(self, frame: Any) -> Node:
        """Make a view of a session of our own, which remembers the files that there are now."""
        if not self.session.own:
            return self.place_of_frame(frame)
        name = f"__c_view{os.urandom(6).hex()}"
        frame.createOrReplaceTempView(name)
        return sql.table(name)

    def columns(self, relation: Node) -> Sequence[Held]:
        """Return the columns of what stands behind FROM, without reading a row of it."""
        fields = self.frame(sql.render(sql.select([sql.star()], relation.copy(), limit=0), self.dialect)).schema.fields
        check_names([field.name for field in fields])
        return [held_of(field) for field in fields]

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def frame(self, text: str) -> Any:
        """Return a query as a DataFrame."""
        read = {name: frame for name, frame in self._frames.items() if f"`{name}`" in text}
        if not read:
            return self._spark.sql(text)
        text = text.replace("{", "{{").replace("}", "}}")
        for name in read:
            text = text.replace(f"`{name}`", f"{{{name}}}")
        return self._spark.sql(text, **read)

    def ask(self, text: str, kinds: Callable[[], Mapping[str, str]] = dict) -> Answer:
        """Return the answer to a query, all of it."""
        with self.running():
            return Answer(self.frame(text).toArrow().__arrow_c_stream__())

    def reads(self, path: str, words: str) -> bool:
        """Say whether a file that was just written is there for Spark too."""
        try:
            return [row[0] for row in self._spark.read.text(path).collect()] == [words]
        except Exception as error:
            if refusals.is_sparks(error):
                return False
            raise

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run what is asked for within: it can be cancelled, and it ends in time."""
        mark, unmark, _ = self._tags
        tag = self._tag
        mark(tag)
        over, self._late = threading.Event(), False
        clock = threading.Thread(target=self._end, args=(over,), daemon=True)
        try:
            if self._seconds:
                clock.start()
            yield
        except Exception as error:
            if self._late:
                raise errors.too_slow(self._seconds) from error
            raise
        finally:
            over.set()
            if self._late:
                clock.join(GRACE)  # or what is asked next is cancelled
                self._follow()
            with suppress(Exception):  # a server that is gone keeps no tags
                unmark(tag)

    def _end(self, over: threading.Event) -> None:
        """Cancel what runs when its time is up, until it has ended: what has not begun yet does not hear of it."""
        if over.wait(self._seconds):
            return
        self._late = True
        while not over.is_set():
            self.cancel()
            over.wait(AGAIN)

    def _follow(self) -> None:
        """Go on to cancel what bears the tag for a while, and tag what comes next otherwise.

        A part of a query that was cancelled, such as the query inside it, may begin after its end.
        """
        old, self._tag = self._tag, _new_tag()
        stop = self._tags[2]

        def follow() -> None:
            until = time.monotonic() + GRACE
            while time.monotonic() < until:
                with suppress(Exception):
                    stop(old)
                time.sleep(AGAIN)

        threading.Thread(target=follow, daemon=True).start()

    def cancel(self) -> None:
        """Stop the query that runs now, on the server too."""
        with suppress(Exception):
            if self.session.own:
                self._spark.interruptAll()
            else:
                self._tags[2](self._tag)

    @property
    def _tags(self) -> tuple[Callable[[str], Any], Callable[[str], Any], Callable[[str], Any]]:
        """Return what marks the queries of a thread, what no longer does, and what stops those that are marked.

        A session's own marks are a thread's own where Spark runs in this process: another thread stops nothing by them.
        """
        if type(self._spark).__module__.startswith("pyspark.sql.connect"):
            return self._spark.addTag, self._spark.removeTag, self._spark.interruptTag
        context = self._spark.sparkContext
        return context.addJobTag, context.removeJobTag, context.cancelJobsWithTag

    def limit(self, seconds: float) -> None:
        """Let no query take longer."""
        self._seconds = seconds

    def begin_into(self, place: Sequence[str], sort: Sort) -> Into:
        """Refuse to write: a folder of Parquet is what Spark leaves."""
        raise errors.only_read(TITLE)

    def versions(self) -> dict[str, str]:
        """Return the versions of Spark and Python."""
        return {"spark": str(self._spark.version), **versions_of("pyspark")}

    def explain(self, error: Exception, text: str) -> Exception:
        """Return coterie's word for what went wrong with a query."""
        return refusals.explain(error, text, self.session.place)

    def close(self) -> None:
        """Let go of the session."""
        self._frames.clear()
        with suppress(Exception):  # it may be gone already
            self.session.close()

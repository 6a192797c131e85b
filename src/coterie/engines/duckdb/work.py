"""How far the query is that a database answers now."""

from __future__ import annotations

from contextlib import suppress

import duckdb


def measure(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a database know how far its queries are; one that is closed off takes no settings, and tells nothing."""
    with suppress(duckdb.Error):
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")


def share_done(connection: duckdb.DuckDBPyConnection) -> float | None:
    """Return the share of the present query that is done; None: nobody knows."""
    with suppress(duckdb.Error):  # the database was closed meanwhile
        done = connection.query_progress()
        return done / 100 if done > 0 else None
    return None

"""Time zones: the names that DuckDB knows, and instants as the clocks of one show them."""

from __future__ import annotations

import duckdb

from coterie import errors, sql
from coterie.engines.engine import ROW, Engine
from coterie.engines.kinds import Kind
from coterie.reading import DateForm, Notation

SHORT = {"CET", "EET", "EST", "GMT", "HST", "MET", "MST", "PRC", "ROC", "ROK", "UCT", "UTC", "WET"}
NOT_IANA = ("SystemV/", "US/Pacific-New", "Canada/East-Saskatchewan")  # names of the library that DuckDB asks


def check_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Refuse a name that is no IANA time zone's.

    Raises
    ------
    InputError : it names the nearest one.
    """
    told = connection.table_function("pg_timezone_names", []).project("name").fetchall()
    names = {name for (name,) in told if (len(name) > 3 or name in SHORT) and not name.startswith(NOT_IANA)}
    if zone not in names:
        raise errors.unknown_zone(zone, sorted(names))


def show_instants(engine: Engine, typed: str, zone: str) -> tuple[str, dict[str, Notation]]:
    """Return a relation whose instants are times of a zone's clocks, and the columns that held them."""
    schema = engine.schema(typed)
    instants = [c for c, kind in schema if kind is Kind.INSTANT]
    if not instants:
        return typed, {}
    shown = {c: sql.at_zone(sql.column(c), zone) if c in instants else sql.column(c) for c in [*dict(schema), ROW]}
    name = f"{typed}_zoned"
    engine.define(name, sql.select([sql.named(node, c) for c, node in shown.items()], sql.table(typed)))
    return name, {c: Notation(forms=(DateForm.YEAR_FIRST,), zone=zone) for c in instants}

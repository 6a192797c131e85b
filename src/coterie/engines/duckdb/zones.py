"""Instants as the clocks of a time zone show them."""

from __future__ import annotations

from coterie import sql
from coterie.engines.engine import ROW, Engine
from coterie.engines.kinds import Kind
from coterie.reading import DateForm, Notation


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

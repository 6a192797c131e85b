"""Customers in a file: made of purchases, or scored as they are."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from coterie import errors, sql
from coterie.doors import frozen
from coterie.engines import Engine, Reading, Source, Target, judge_unread
from coterie.options import Options
from coterie.purchases.customer_base import WRITTEN, customers_of_log
from coterie.purchases.facts import Delivered
from coterie.purchases.log import CustomersAlready
from coterie.purchases.rfm import MEASURES, RfmRules, Scale, scored_sql
from coterie.purchases.roles import Purchases
from coterie.purchases.scoring import rfm_scale
from coterie.reading import Spill
from coterie.table import ROWS, read


@frozen
class Wanted:
    """What is to be written, and where.

    ``seed`` picks the customers whose quantiles cut the scores.
    """

    target: Target
    rules: RfmRules
    with_scores: bool = False
    seed: int = 0


def deliver(source: Path | Source, engine: Engine, options: Purchases, reading: Reading, wanted: Wanted) -> Delivered:
    """Write the customers of a log; return what was found.

    A source that has the three measures of RFM and no dates is a table of customers already, and is scored as it is.
    The caller makes the file whole or not at all.
    """
    base = None
    with closing(Spill(engine.temp_dir)) as spill:
        try:
            base = customers_of_log(source, engine, options, reading, spill.path / WRITTEN)
            table = base.table
        except CustomersAlready:
            table = read(source, engine, Options(id=options.customer), reading)
            judge_unread(table.name, table.unread, {c.column for c in table.unread})  # all that is read is written
        scored = rfm_scale(table, wanted.rules, seed=wanted.seed)
        scale = scored[0] if scored is not None and wanted.with_scores else None
        if base is not None and scale is None and wanted.target.format == "parquet":
            shutil.move(spill.path / WRITTEN, wanted.target.path)  # they are on the disk already, as they are wanted
        else:
            write(engine, wanted.target, scale)
    made = None if base is None else base.facts
    return Delivered(table.rows, made, None if scored is None else scored[1], table.findings)


def write(engine: Engine, target: Target, scale: Scale | None = None) -> None:
    """Write the customers read last, scored where a scale is given."""
    names = [name for name, _ in engine.schema(ROWS)]
    if scale is None:
        query = sql.select([sql.column(name) for name in names], sql.table(ROWS))
    else:
        added = [f"rfm_{m}" for m in (*MEASURES, "segment")]
        if twice := sorted(set(added) & {name.casefold() for name in names}):
            raise errors.name_collision(twice)
        query = scored_sql(ROWS, scale, names)
    engine.deliver(query, target)

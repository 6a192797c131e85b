"""The verb that writes a run as SQL."""

from __future__ import annotations

from pathlib import Path

import click

from coterie import errors
from coterie.cli.console import Talk
from coterie.cli.group import verb


@verb("coterie sql customers-segments --dialect postgres --table crm.customers --out segments.sql")
@click.argument("run")
@click.option("--dialect", metavar="NAME", required=True, help="duckdb, mysql, postgres, spark or sqlite.")
@click.option("--table", metavar="NAME", default="customers", help='The customers\' table, such as crm."my table".')
@click.option("--view", metavar="NAME", help="Create a view of this name instead of a SELECT alone.")
@click.option("--id", metavar="COLUMN", help="The table's column that identifies a customer (that of the run).")
@click.option("--out", metavar="FILE", help="File to write, instead of standard output.")
@click.option("--overwrite", is_flag=True, help="Replace an older file.")
def sql(run: str, out: str | None, overwrite: bool, talk: Talk, **asked: str | None) -> int:
    """Write the whole assignment of a run as one SELECT.

    It goes from raw columns to id, segment, name, margin and confidence, for the SQL of a warehouse. Its head says
    which columns the table must have, and whether the dialect is executed in coterie's tests.
    """
    from coterie import scoring, segmentation
    from coterie.runs import one_file

    wanted = scoring.Wanted(**{name: value for name, value in asked.items() if value is not None})
    text = scoring.write_statement(segmentation.load(run).record, wanted)
    content = {"dialect": wanted.dialect, "out": out, "sql": text}
    if out is None:
        talk.result("coterie.sql/1", content, text.removesuffix("\n"))
        return 0
    one_file.write_text(Path(out), text, overwrite=overwrite)
    talk.receipt("coterie.sql/1", content, f"SQL {errors.shown(out, 200)}")
    return 0

"""Verbs that take a run to where customers are: sql, typing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from coterie import errors
from coterie.cli.console import LONGEST, Talk
from coterie.cli.flags import READING, RUNNING, engine_of, path_of, paths_in, reading_of
from coterie.cli.group import verb
from coterie.options import Settings, split_names


@verb("coterie sql customers-segments --dialect postgres --table crm.customers --out segments.sql")
@click.argument("run")
@click.option("--dialect", metavar="NAME", required=True, help="Such as postgres, snowflake, spark, tsql.")
@click.option("--table", metavar="NAME", help='The table of the customers (or purchases), such as crm."my table".')
@click.option("--transactions", is_flag=True, help="The table has purchases; make the customers of them first.")
@click.option("--as-of", metavar="DATE|today", help="Recency counts to this day (that of the run).")
@click.option("--view", metavar="NAME", help="Create a view of this name instead of a SELECT alone.")
@click.option("--dbt", is_flag=True, help="Write a model of dbt and its schema.yml into the folder --out.")
@click.option("--id", metavar="COLUMN", help="The table's column that identifies a customer (that of the run).")
@click.option("--rules", is_flag=True, help="Write the small tree that retells the segments instead, as one CASE.")
@click.option("--out", metavar="FILE", help="File to write, instead of standard output; with --dbt a folder.")
@click.option("--overwrite", is_flag=True, help="Replace older files.")
def sql(run: str, dbt: bool, rules: bool, out: str | None, overwrite: bool, talk: Talk, **asked: Any) -> int:
    """Write the whole assignment of a run as one SELECT.

    It goes from raw columns, or from purchases, to id, segment, name, margin and confidence, for the SQL of a
    warehouse. Its head says which columns the table must have, and whether the dialect is executed in coterie's tests.
    """
    from coterie import scoring, segmentation
    from coterie.runs import one_file

    wanted = scoring.Wanted(**asked)
    if dbt and (wanted.view is not None or out is None):
        raise errors.InputError("--dbt writes files into a folder.", do="Name it with --out, and leave --view out.")
    record = segmentation.load(run).record
    text = (scoring.write_rules if rules else scoring.write_statement)(record, wanted)
    if rules and record.model.tree is not None and (warned := scoring.caution(record.model.tree)):
        talk.remark(warned)
    content = {"dialect": wanted.dialect, "out": out, "sql": text}
    if out is None:
        talk.result("coterie.sql/1", content, text.removesuffix("\n"), whole=True)
        return 0
    if dbt:
        files = scoring.dbt_files(record, wanted, text, rules=rules)
        one_file.write_texts(Path(out), files, overwrite=overwrite, read=[Path(run)])
    else:
        one_file.write_text(Path(out), text, overwrite=overwrite, read=[Path(run)])
    talk.receipt("coterie.sql/1", content, f"SQL {errors.shown(out, LONGEST)}")
    return 0


@verb("coterie typing customers-segments --source customers.csv --most 2 --out questions", READING, RUNNING)
@click.argument("run")
@click.option("--columns", type=split_names, metavar="A,B,C", help="Columns to ask for.")
@click.option("--most", type=click.IntRange(1, 20), metavar="N", help="How many columns to choose at most (3).")
@click.option("--source", metavar="FILE", help="The customers of the run, or others with the same columns.")
@click.option("--dialect", metavar="NAME", default="duckdb", help="What rules.sql is written in (duckdb).")
@click.option("--out", metavar="DIR", help="Folder for tree.txt, rules.sql and worksheet.html.")
@click.option("--overwrite", is_flag=True, default=None, help="Replace older files of these names.")
def typing(
    run: str,
    columns: tuple[str, ...] | None,
    most: int | None,
    source: str | None,
    dialect: str,
    settings: Settings,
    talk: Talk,
) -> int:
    """Find the few columns that tell the segments.

    For those who lack the columns that formed the segments: golden questions, as a small tree. How often it agrees is
    measured on customers that it was not found on.
    """
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.runs import one_file
    from coterie.scoring import TypingFacts

    if columns is not None and most is not None:
        raise errors.InputError("--columns names the columns, --most has them chosen.", do="Leave one of them out.")
    found, path = segmentation.load(run), None if source is None else path_of(source, settings)
    if path is None:
        raise errors.no_customers()
    with closing(engine_of(settings, path)) as engine:
        talk.begin("typing", engine)
        told = found.typing(
            columns, most=most or 3, source=path, reading=reading_of(settings), id=settings.id, engine=engine
        )
    written = told.files(dialect)
    if settings.out is not None:
        read = paths_in(path, Path(run))
        one_file.write_texts(Path(settings.out), written, overwrite=bool(settings.overwrite), read=read)
    if told.caution is not None:
        talk.remark(told.caution)
    facts = {f.name: to_json(getattr(told, f.name)) for f in fields(TypingFacts) if f.name != "features"}
    talk.result("coterie.typing/1", {"run": run, "out": settings.out, **facts}, str(told))
    return 0

"""The verbs that make a result, use it and check it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coterie import errors
from coterie.cli.console import LONGEST, Talk, terminal_width
from coterie.cli.flags import (
    OUTPUT,
    PURCHASES,
    RAW,
    READING,
    RUNNING,
    SHAPING,
    SOURCE,
    engine_of,
    file_of,
    options_of,
    path_of,
    paths_in,
    purchases_of,
    reading_of,
    rules_of,
    source_of,
    stem_of,
    target_of,
)
from coterie.cli.group import verb
from coterie.cli.results import INTO, NOWHERE, Asked, open_result
from coterie.options import SHOP_CUSTOMERS, VERDICTS, Settings, Strength

if TYPE_CHECKING:
    from coterie.engines import Engine, Publisher, Source
    from coterie.runs import RunFolder
    from coterie.segmentation import Segmentation

DEMO_OUT, SHOP_OUT = "coterie-demo", "coterie-demo-shop"
BROKEN, BELOW = 2, 6
PRINTED = ("options", "verdict", "choice", "segments", "findings", "sample", "model")


# ── making segments ───────────────────────────────────────────────────────────────────────────────────────────────


@verb("coterie segment customers.csv --value revenue", SOURCE, PURCHASES, READING, SHAPING, OUTPUT, INTO, RUNNING)
@click.option("--transactions", is_flag=True, default=None, help="SOURCE is a log of purchases, not of customers.")
@click.option("--holdout-from", metavar="DATE", help="Judge the segments by what is bought from this day on.")
def segment(into: str | None, view: str | None, settings: Settings, talk: Talk) -> int:
    """Segment the customers of a file: one row a customer.

    Reads CSV, TSV, Parquet, JSON and JSON lines, and writes a folder with the report, every customer's segment, the
    profile and the record (SOURCE-segments/ unless --out names another).
    """
    from coterie.purchases import PurchaseOptions

    source = source_of(settings)
    given = [name for name in PurchaseOptions.__annotations__ if getattr(settings, name) is not None]
    if given and not settings.transactions:
        raise errors.InputError(f"--{given[0].replace('_', '-')} is about purchases.", do="Add --transactions.")
    out = Path(settings.out or f"{stem_of(source, settings)}-segments")
    return _segment_into(out, lambda folder, engine: source, settings, talk, source=source, asked=Asked(into, view))


@verb("coterie demo -k 4 --overwrite", SHAPING, OUTPUT, RUNNING)
@click.option("--shop", is_flag=True, help="Simulate a shop's purchases with planted behaviors instead.")
@click.option("--customers", type=click.IntRange(100, 100_000_000), metavar="N", help="Customers of the shop (4000).")
def demo(shop: bool, customers: int | None, settings: Settings, talk: Talk) -> int:
    """Segment the tutorial's 300 customers, or a simulated shop's.

    Both are simulated here, and kept beside the result: in coterie-demo/, and with --shop in coterie-demo-shop/.
    """
    from coterie import simulate

    def write_tutorial(folder: RunFolder, engine: Engine) -> Path:
        return folder.write_text("customers.csv", simulate.as_csv(simulate.tutorial()))

    def write_shop(folder: RunFolder, engine: Engine) -> Path:
        purchases, truth = folder.file("purchases.parquet"), folder.file("truth.parquet")
        simulate.shop(engine, purchases, truth, customers=customers or SHOP_CUSTOMERS)
        return purchases

    if settings.engine is not None:
        raise errors.bad_option("--engine", settings.engine, "left out: a demo makes its customers in this process")
    out = Path(settings.out or (SHOP_OUT if shop else DEMO_OUT))
    if shop:
        return _segment_into(out, write_shop, replace(settings, transactions=True), talk)
    return _segment_into(out, write_tutorial, settings, talk)


def _segment_into(
    out: Path,
    find: Callable[[RunFolder, Engine], Path | Source],
    settings: Settings,
    talk: Talk,
    *,
    source: Path | Source | None = None,
    asked: Asked = NOWHERE,
) -> int:
    """Segment the customers that ``find`` gives into a run folder.

    ``source`` must stay as it is meanwhile.
    """
    options, reading = options_of(settings), reading_of(settings)
    with open_result(out, source, settings, talk, asked) as (folder, engine, into):
        from coterie.segmentation import stages

        talk.begin("read", engine)
        rules, found, base = rules_of(settings), find(folder, engine), None
        if settings.transactions:
            talk.begin("customers")
            from coterie.purchases import customer_base

            kept = folder.file("customers.parquet")
            base = customer_base.customers_of_log(found, engine, purchases_of(settings), reading, kept)
        run = stages.segment(
            found, options, reading=reading, engine=engine, progress=talk.stages, purchases=base, rfm=rules
        )
        talk.begin("write", rows=run.record.sample.rows)
        shown = not settings.no_points
        run.save(folder, csv=bool(settings.csv), raw_csv=bool(settings.raw_csv), points=shown, into=into)
    show(run, out, talk, into=into)
    for name in ("rfm_cuts", "rfm_rules") if run.record.sample.rfm is None else ():
        if getattr(settings, name) is not None:
            flag = f"--{name.replace('_', '-')}"
            talk.remark(f"{flag} changes nothing: recency, frequency or money is missing.")
    return judge(run, settings.fail_under, talk)


def show(
    run: Segmentation,
    out: Path,
    talk: Talk,
    *,
    changed: Mapping[str, int] | None = None,
    into: Publisher | None = None,
) -> None:
    """Print a run's result, for people or as JSON.

    Parameters
    ----------
    changed : of a refreshed run, how many customers are in another segment, by kind; None where nobody is followed.
    """
    from coterie.record import to_json
    from coterie.report import terminal

    talk.warn(run.record.findings)
    renewed = run.record.lineage.renewal is not None
    schema = "coterie.refresh/1" if renewed else "coterie.segment/1"
    if talk.as_json:
        record = to_json(run.record)
        stands = {} if into is None else {"into": dict(into.stands)}
        more = {"lineage": to_json(run.record.lineage), "changes": changed} if renewed else {}
        content = {"out": str(out), **stands, **{part: record[part] for part in PRINTED}, **more}
        talk.receipt(schema, content, "")
    elif not talk.quiet:
        segments = str(out / "segments.parquet") if into is None else into.stands["table"]
        written = {"report": str(out / "report.html"), "segments": segments}
        written |= {} if changed is None else {"changes": str(out / "changes.parquet")}
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        text = terminal.show(
            run.record,
            source=run.former().name,
            written=written,
            seconds=talk.seconds,
            changed=changed,
            width=terminal_width(),
            color=color,
        )
        talk.receipt(schema, {}, text)


def judge(run: Segmentation, least: Strength | None, talk: Talk) -> int:
    """Return the exit code that the verdict deserves.

    It is to be at least ``least``, where that is asked for.
    """
    found: str = run.verdict.counts_as or "missing"
    strength: dict[str, int] = {code: i for i, code in enumerate(VERDICTS)}
    if least is None or strength.get(found, -1) >= strength[least]:
        return 0
    talk.remark(f"The verdict is {found}, below --fail-under {least}.")
    return BELOW


# ── customers of purchases ────────────────────────────────────────────────────────────────────────────────────────


@verb(
    "coterie customers orders.csv --as-of 2026-01-31 --rfm --out customers.csv",
    SOURCE,
    PURCHASES,
    READING,
    RUNNING,
    (RAW,),
)
@click.option("--rfm", is_flag=True, default=None, help="Write the R-F-M scores and the named segment too.")
@click.option("--out", metavar="FILE", help="Parquet or CSV file to write (SOURCE-customers.parquet).")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older file.")
def customers(settings: Settings, talk: Talk) -> int:
    """Turn purchases into customers: how recently, how often, for how much.

    SOURCE has one row a purchase, or one a line of an order. Columns that no option names are found by their names.
    """
    from coterie.purchases import delivery
    from coterie.record import to_json
    from coterie.report import terminal_rfm
    from coterie.runs import one_file

    source = source_of(settings)
    out = file_of(settings, f"{stem_of(source, settings)}-customers.parquet")
    replacing = one_file.replacing(out, overwrite=bool(settings.overwrite), read=paths_in(source))
    with closing(engine_of(settings, source)) as engine, replacing as beside:
        talk.begin("customers", engine)
        wanted = delivery.Wanted(
            target_of(out, beside, settings),
            rules_of(settings),
            bool(settings.rfm),
            seed=settings.seed or 0,
        )
        made = delivery.deliver(source, engine, purchases_of(settings), reading_of(settings), wanted)
    talk.warn(made.findings)
    facts = to_json(made)
    text = terminal_rfm.show(made, out=str(out), seconds=talk.seconds, width=terminal_width())
    talk.receipt("coterie.customers/1", {"out": str(out), **facts}, text)
    return 0


# ── using a run ───────────────────────────────────────────────────────────────────────────────────────────────────


@verb("coterie assign customers-segments new-customers.csv --out new-segments.csv", READING, RUNNING, (RAW,))
@click.argument("run")
@click.argument("source", required=False)
@click.option("--out", metavar="FILE", help="Parquet or CSV file to write (RUN-assigned.parquet).")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older file.")
@click.option("--allow-duplicate-ids", is_flag=True, default=None, help="Take every row as a customer of its own.")
@click.option("--check-ids", is_flag=True, help="Compare all ids of more than 2 million rows, not only some.")
@click.option("--why", is_flag=True, help="Add the two columns that speak most for each segment: why_1, why_2.")
def assign(run: str, source: str | None, check_ids: bool, why: bool, settings: Settings, talk: Talk) -> int:
    """Give new customers the segments of a run."""
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.runs import one_file
    from coterie.scoring import read_new_customers, write_assignments

    out = file_of(settings, f"{Path(run).resolve().name}-assigned.parquet")
    found, path = segmentation.load(run), path_of(source, settings)
    replacing = one_file.replacing(out, overwrite=bool(settings.overwrite), read=paths_in(path, Path(run)))
    with closing(engine_of(settings, path)) as engine, replacing as beside:
        talk.begin("read", engine)
        table = read_new_customers(
            found.record,
            path,
            engine,
            reading_of(settings),
            settings.id,
            allow_duplicate_ids=bool(settings.allow_duplicate_ids),
            check_ids=check_ids,
            only_formed=True,
        )
        talk.stages("read", f"{table.rows:,} customers")
        talk.begin("assign", rows=table.rows)
        write_assignments(found.record, table, target_of(out, beside, settings), why=why)
    talk.warn(table.findings)
    content = {"out": str(out), "rows": table.rows, "findings": to_json(table.findings)}
    lost = sum(f.count for f in table.findings if (f.code, f.column) == ("COT106", None))
    those = f"{table.rows - lost:,} of {table.rows:,}" if lost else f"{table.rows:,}"
    text = f"{those} customers assigned in {talk.seconds:.1f} s: {errors.shown(out, LONGEST)}"
    talk.receipt("coterie.assign/1", content, text)
    return 0


@verb("coterie report customers-segments --no-points --out for-the-board.html")
@click.argument("run")
@click.option("--out", metavar="FILE", help="File to write (RUN-report.html).")
@click.option("--overwrite", is_flag=True, help="Replace an older file.")
@click.option("--no-points", is_flag=True, help="Leave single customers off the map.")
def report(run: str, out: str | None, overwrite: bool, no_points: bool, talk: Talk) -> int:
    """Write the report of a run again, as one HTML file."""
    from coterie import segmentation

    target = Path(out or f"{Path(run).resolve().name}-report.html")
    segmentation.load(run).report(target, points=not no_points, overwrite=overwrite)
    content = {"out": str(target), "bytes": target.stat().st_size}
    talk.receipt("coterie.report/1", content, f"report {errors.shown(target, LONGEST)}")
    return 0


@verb("coterie verify customers-segments")
@click.argument("run")
def verify(run: str, talk: Talk) -> int:
    """Check every file of a run against its manifest."""
    from coterie.runs import manifest

    problems = manifest.verify(Path(run))
    for problem in problems:
        talk.remark(f"{errors.quoted(problem.file)}: {problem.what}")
    listed = [{"file": problem.file, "reason": problem.what} for problem in problems]
    content = {"run": run, "whole": not problems, "problems": listed}
    if talk.as_json or not problems:
        text = f"{errors.shown(run, LONGEST)} is whole: every file is as it was written."
        talk.receipt("coterie.verify/1", content, text)
    return BROKEN if problems else 0

"""The command line: one short function a verb, which reads the options, calls the library and shows the result."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coterie import errors
from coterie import options as config
from coterie.cli.by_hand import examples, merge, name
from coterie.cli.console import Talk, print_json, terminal_width
from coterie.cli.data import check, rule
from coterie.cli.flags import (
    engine_of,
    output_options,
    purchase_options,
    purchases_of,
    reading_of,
    reading_options,
    rules_of,
    running_options,
    settings_of,
    shaping_options,
    talking_options,
)
from coterie.cli.group import Interrupted as Interrupted  # noqa: PLC0414 - the program's other half looks here for them
from coterie.cli.group import Verbs
from coterie.cli.group import fail as fail  # noqa: PLC0414

if TYPE_CHECKING:
    from coterie.engines import Target
    from coterie.segmentation import Segmentation

DEMO_OUT = "coterie-demo"
BROKEN, BELOW = 2, 6
PRINTED = ("options", "verdict", "choice", "segments", "findings", "sample", "model")


# ── what every verb shares ────────────────────────────────────────────────────────────────────────────────────────


def _one_file(settings: Mapping[str, Any], default: str) -> Path:
    """Return the Parquet or CSV file to write, which must not be there unless it may be replaced."""
    out = Path(settings.get("out") or default)
    if out.suffix.lower() not in (".parquet", ".csv"):
        raise errors.bad_option("--out", out, "a file that ends in .parquet or .csv")
    if out.exists() and not settings.get("overwrite"):
        raise errors.InputError(f"{errors.quoted(out)} exists.", do="Pass --overwrite or another --out.")
    return out


def _target(beside: Path, out: Path) -> Target:
    """Return the file beside OUT that an engine writes, in the format that OUT's name asks for."""
    from coterie.engines import Target

    return Target(beside, "csv" if out.suffix.lower() == ".csv" else "parquet")


def _show(run: Segmentation, out: Path, talk: Talk, scans: int) -> None:
    """Print the result of a run: the table for people, or one JSON object."""
    from coterie.record import to_json

    talk.done()
    talk.warn(run.findings)
    if talk.verbose:
        print(f"{scans} queries over the data", file=sys.stderr)
    if talk.as_json:
        record = to_json(run.record)
        print_json("coterie.segment/1", {"out": str(out), **{part: record[part] for part in PRINTED}})
    elif not talk.quiet:
        from coterie.report import terminal

        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        width = terminal_width()
        written = {"report": str(out / "report.html"), "segments": str(out / "segments.parquet")}
        source = run.source_name or ""
        record = to_json(run.record)
        print(terminal.show(record, source=source, written=written, seconds=talk.seconds, width=width, color=color))


# ── the verbs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="coterie", prog_name="coterie")
def cli() -> None:
    """Turn customers into segments that a business can trust, name and act on."""


@cli.command(epilog="Example: coterie segment customers.csv --value revenue")
@click.argument("source", required=False)
@click.option("--transactions", is_flag=True, default=None, help="SOURCE is a log of purchases, not of customers.")
@click.option("--holdout-from", metavar="DATE", help="Judge the segments by what is bought from this day on.")
@purchase_options
@reading_options
@shaping_options
@output_options
@running_options
def segment(source: str | None, **flags: Any) -> int:
    """Segment the customers of a file: one row a customer.

    Reads CSV, TSV, Parquet, JSON and JSON lines, and writes a folder with the report, every customer's segment, the
    profile and the record (SOURCE-segments/ unless --out names another).
    """
    settings = settings_of({**flags, "input": source})
    if not settings.get("input"):
        raise errors.no_source()
    path = Path(settings["input"])
    given = [name for name in config.PURCHASES if settings.get(name) is not None]
    if given and not settings.get("transactions"):
        raise errors.InputError(f"--{given[0].replace('_', '-')} is about purchases.", do="Add --transactions.")
    return _segment_into(Path(settings.get("out") or f"{path.stem}-segments"), path, settings, Talk(flags))


@cli.command(epilog="Example: coterie demo -k 4 --overwrite")
@click.option("--shop", is_flag=True, help="Simulate a shop's purchases with planted behaviors instead.")
@click.option("--customers", type=click.IntRange(100, 100_000_000), metavar="N", help="Customers of the shop (4000).")
@shaping_options
@output_options
@running_options
def demo(**flags: Any) -> int:
    """Segment the tutorial's 300 customers, simulated, into coterie-demo/."""
    settings = settings_of(flags)
    if flags["shop"]:
        settings |= {"transactions": True, "shop": flags["customers"] or config.SHOP_CUSTOMERS}
    return _segment_into(Path(settings.get("out") or DEMO_OUT), None, settings, Talk(flags))


def _segment_into(out: Path, source: Path | None, settings: Mapping[str, Any], talk: Talk) -> int:
    """Segment a file (None: the simulated customers, kept beside the result) into a run folder."""
    from coterie import simulate
    from coterie.engines import Source
    from coterie.runs import open_run

    options = config.made(settings)
    given = None if source is None else Source.of(source)
    with open_run(out, overwrite=bool(settings.get("overwrite")), source=given) as folder:
        from coterie import stages
        from coterie.purchases import customer_base

        engine = engine_of(settings)
        try:
            read_from, base, rules = source, None, rules_of(settings)
            if settings.get("shop"):
                read_from = folder.file("purchases.parquet")
                simulate.shop(engine, read_from, folder.file("truth.parquet"), customers=settings["shop"])
            elif source is None:
                read_from = folder.write_text("customers.csv", simulate.as_csv(simulate.tutorial()))
            if settings.get("transactions"):
                log = (read_from, engine, purchases_of(settings), reading_of(settings))
                base = customer_base.customers_of_log(*log, folder.file("customers.parquet"))
            run = stages.segment(
                read_from, options, reading=reading_of(settings), engine=engine, progress=talk.stage,
                purchases=base, rfm=rules,
            )  # fmt: skip
            run.write(folder, csv_too=bool(settings.get("csv")), points=not settings.get("no_points"))
            scans = engine.scans
        finally:
            engine.close()
    _show(run, out, talk, scans)
    for option in config.SCORING if run.record.sample.rfm is None else ():
        if settings.get(option) is not None:
            flag = f"--{option.replace('_', '-')}"
            print(f"{flag} changes nothing: recency, frequency or money is missing.", file=sys.stderr)
    return _judged(run, settings.get("fail_under"))


def _judged(run: Segmentation, least: str | None) -> int:
    """Return the exit code that the verdict deserves where somebody asked for a verdict of at least ``least``."""
    if least is None:
        return 0
    if least not in config.VERDICTS:
        raise errors.bad_option("--fail-under", least, f"one of {', '.join(config.VERDICTS[1:])}")
    strength = {code: i for i, code in enumerate(config.VERDICTS)}
    if strength.get(run.verdict.code or "", -1) >= strength[least]:
        return 0
    print(f"The verdict is {run.verdict.code or 'missing'}, below --fail-under {least}.", file=sys.stderr)
    return BELOW


@cli.command(epilog="Example: coterie customers orders.csv --as-of 2026-01-31 --rfm --out customers.csv")
@click.argument("source", required=False)
@purchase_options
@click.option("--rfm", is_flag=True, default=None, help="Write the R-F-M scores and the named segment too.")
@click.option("--out", metavar="FILE", help="Parquet or CSV file to write (SOURCE-customers.parquet).")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older file.")
@reading_options
@running_options
def customers(source: str | None, **flags: Any) -> int:
    """Turn purchases into customers: how recently, how often and for how much each one buys.

    SOURCE has one row a purchase, or one a line of an order. Columns that no option names are found by their names.
    """
    from coterie.purchases import delivery
    from coterie.record import to_json
    from coterie.report import terminal_rfm
    from coterie.runs import one_file

    talk, settings = Talk(flags), settings_of({**flags, "input": source})
    if not settings.get("input"):
        raise errors.no_source()
    path = Path(settings["input"])
    out = _one_file(settings, f"{path.stem}-customers.parquet")
    engine = engine_of(settings)
    try:
        with one_file.replacing(out) as beside:
            wanted = delivery.Wanted(
                _target(beside, out), rules_of(settings), bool(settings.get("rfm")),
                seed=settings.get("seed") or 0, temp_dir=settings.get("temp_dir"),
            )  # fmt: skip
            made = delivery.deliver(path, engine, purchases_of(settings), reading_of(settings), wanted)
    finally:
        engine.close()
    talk.done()
    talk.warn(made.findings)
    if talk.as_json:
        print_json("coterie.customers/1", {"out": str(out), **to_json(made)})
    elif not talk.quiet:
        print(terminal_rfm.show(to_json(made), out=str(out), seconds=talk.seconds, width=terminal_width()))
    return 0


@cli.command(epilog="Example: coterie assign customers-segments new-customers.csv --out new-segments.csv")
@click.argument("run")
@click.argument("source")
@click.option("--out", metavar="FILE", help="Parquet or CSV file to write (RUN-assigned.parquet).")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older file.")
@reading_options
@running_options
def assign(run: str, source: str, **flags: Any) -> int:
    """Give new customers their segments, prepared as the ones that formed the segments were."""
    from coterie import segmentation
    from coterie.new_customers import read_new_customers
    from coterie.record import to_json
    from coterie.runs import one_file

    talk = Talk(flags)
    settings = settings_of(flags)
    out = _one_file(settings, f"{Path(run).name}-assigned.parquet")
    found = segmentation.load(run)
    engine = engine_of(settings)
    try:
        table = read_new_customers(found.record, Path(source), engine, reading_of(settings), settings.get("id"))
        talk.stage("read", f"{table.rows:,} customers")
        with one_file.replacing(out) as beside:
            found.write_assignments(table, _target(beside, out))
    finally:
        engine.close()
    talk.done()
    talk.warn(table.findings)
    if talk.as_json:
        print_json("coterie.assign/1", {"out": str(out), "rows": table.rows, "findings": to_json(table.findings)})
    elif not talk.quiet:
        print(f"{table.rows:,} customers assigned in {talk.seconds:.1f} s: {errors.shown(out, 200)}")
    return 0


@cli.command(epilog="Example: coterie report customers-segments --no-points --out for-the-board.html")
@click.argument("run")
@click.option("--out", metavar="FILE", help="File to write (RUN-report.html).")
@click.option("--no-points", is_flag=True, help="Leave single customers off the map.")
@talking_options
def report(run: str, out: str | None, no_points: bool, **flags: Any) -> int:
    """Write the report of a run again, as one HTML file that needs nothing else."""
    from coterie import segmentation

    target = Path(out or f"{Path(run).name}-report.html")
    html = segmentation.load(run).report(target, points=not no_points)
    talk = Talk(flags)
    if talk.as_json:
        print_json("coterie.report/1", {"out": str(target), "bytes": len(html.encode())})
    elif not talk.quiet:
        print(f"report {errors.shown(target, 200)}")
    return 0


@cli.command(epilog="Example: coterie verify customers-segments")
@click.argument("run")
@talking_options
def verify(run: str, **flags: Any) -> int:
    """Check every file of a run against its manifest."""
    from coterie.runs import manifest

    talk, problems = Talk(flags), manifest.verify(Path(run))
    if talk.as_json:
        listed = [{"file": p.file, "reason": p.what} for p in problems]
        print_json("coterie.verify/1", {"run": run, "whole": not problems, "problems": listed})
    elif not problems and not talk.quiet:
        print(f"{errors.shown(run, 200)} is whole: every file is as it was written.")
    for problem in problems:
        print(f"{errors.quoted(problem.file)}: {problem.what}", file=sys.stderr)
    return BROKEN if problems else 0


for verb in (check, rule, examples, name, merge):
    cli.add_command(verb)

"""The command line: one short function a verb, which reads the options, calls the library and shows the result."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coterie import __version__, config, errors
from coterie.flags import output_options, purchase_options, reading_options, running_options, shaping_options
from coterie.talk import Talk, print_json, terminal_width

if TYPE_CHECKING:
    from coterie.engines import Engine, Reading
    from coterie.segmentation import Segmentation

DEMO_OUT = "coterie-demo"
USAGE, BELOW = 2, 6


# ── what every verb shares ────────────────────────────────────────────────────────────────────────────────────────


def fail(error: errors.CoterieError) -> int:
    """Print an error, at most three lines, and return its exit code."""
    print("\n".join(str(error).splitlines()[:3]), file=sys.stderr)
    return error.exit_code


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C in a verb; click would print an empty line about it."""


class Verbs(click.Group):
    """The group of verbs; wrong usage ends with exit code 2 and one line of help."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a verb; click's own complaints become coterie's."""
        try:
            return super().main(*args, **kwargs)
        except click.exceptions.Exit as ended:
            return ended.exit_code
        except click.Abort as aborted:
            raise KeyboardInterrupt from aborted
        except click.NoSuchOption as wrong:
            guess = f" Did you mean {wrong.possibilities[0]}?" if wrong.possibilities else ""
            what = f"There is no option {errors.quoted(wrong.option_name)}.{guess}"
            return fail(errors.InputError(what, do=_help(wrong)))
        except click.UsageError as wrong:
            return fail(errors.InputError(errors.shown(wrong.format_message(), 200), do=_help(wrong)))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an interruption passes by click."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interruption:
            raise Interrupted from interruption

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the verb, or say which one was probably meant."""
        if args and self.get_command(ctx, args[0]) is None:
            guess = errors.nearest(args[0], self.list_commands(ctx))
            meant = f" Did you mean {guess}?" if guess else ""
            raise click.UsageError(f"There is no verb {errors.quoted(args[0])}.{meant}", ctx)
        return super().resolve_command(ctx, args)


def _help(wrong: click.UsageError) -> str:
    path = wrong.ctx.command_path if wrong.ctx else "coterie"
    return f"See {path} --help."


def _settings(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of every voice, lists split and k read."""
    named = {name: value for name, value in flags.items() if name in config.SETTINGS}
    for name in ("features", "describe"):
        if isinstance(named.get(name), str):
            named[name] = [part.strip() for part in named[name].split(",") if part.strip()]
    if isinstance(named.get("k"), str) and named["k"] != "auto":
        named["k"] = int(named["k"]) if named["k"].lstrip("-").isdigit() else named["k"]
    file = flags.get("config")
    return config.settings(named, os.environ, Path(file) if file else None)


def _one_file(settings: Mapping[str, Any], default: str) -> Path:
    """Return the Parquet or CSV file to write, which must not be there unless it may be replaced."""
    out = Path(settings.get("out") or default)
    if out.suffix.lower() not in (".parquet", ".csv"):
        raise errors.bad_option("--out", out, "a file that ends in .parquet or .csv")
    if out.exists() and not settings.get("overwrite"):
        raise errors.InputError(f"{errors.quoted(out)} exists.", do="Pass --overwrite or another --out.")
    return out


def _reading(settings: Mapping[str, Any]) -> Reading:
    from coterie.engines import Reading

    return Reading(
        encoding=settings.get("encoding"),
        delimiter=settings.get("delimiter"),
        decimal=settings.get("decimal"),
        header=not settings.get("no_header", False),
        skip_rows=settings.get("skip_rows"),
        on_bad_rows=config.one_of("--on-bad-rows", settings.get("on_bad_rows", "error"), config.BAD_ROWS),
        date_order=config.one_of("--date-order", settings.get("date_order"), config.DATE_ORDERS),
        sheet=settings.get("sheet"),
        table=settings.get("table"),
        allow_incomplete=bool(settings.get("allow_incomplete")),
        time_limit=settings.get("time_limit"),
    )


def _engine(settings: Mapping[str, Any]) -> Engine:
    from coterie.engines import connect

    folder = settings.get("temp_dir")
    threads = settings.get("threads")
    if threads is not None and threads < 1:
        raise errors.bad_option("--threads", threads, "a whole number from 1")
    return connect(threads=threads, memory=settings.get("memory"), temp_dir=Path(folder) if folder else None)


def _show(run: Segmentation, out: Path, talk: Talk, scans: int) -> None:
    """Print the result of a run: the table for people, or one JSON object."""
    talk.done()
    talk.warn(run.record["findings"])
    if talk.verbose:
        print(f"{scans} queries over the data", file=sys.stderr)
    if talk.as_json:
        parts = ("options", "verdict", "choice", "segments", "findings", "sample", "model")
        print_json("coterie.segment/1", {"out": str(out), **{p: run.record[p] for p in parts}})
    elif not talk.quiet:
        from coterie import terminal

        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        width = terminal_width()
        written = {"report": str(out / "report.html"), "segments": str(out / "segments.parquet")}
        source = run.source_name or ""
        print(terminal.show(run.record, source=source, written=written, seconds=talk.seconds, width=width, color=color))


# ── the verbs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="coterie")
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
    settings = _settings({**flags, "input": source})
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
    settings = _settings(flags)
    if flags["shop"]:
        settings |= {"transactions": True, "shop": flags["customers"] or config.SHOP_CUSTOMERS}
    return _segment_into(Path(settings.get("out") or DEMO_OUT), None, settings, Talk(flags))


def _segment_into(out: Path, source: Path | None, settings: Mapping[str, Any], talk: Talk) -> int:
    """Segment a file (None: the simulated customers, kept beside the result) into a run folder."""
    from coterie import publish, simulate
    from coterie.table import checked_path

    options = config.made(settings)
    if source is not None:
        checked_path(source)
    with publish.open_run(out, overwrite=bool(settings.get("overwrite")), source=source) as folder:
        from coterie import segmentation

        engine = _engine(settings)
        try:
            read_from, purchases = source, None
            if settings.get("transactions"):
                purchases = {**settings, "keep": folder.file("customers.parquet")}
            if settings.get("shop"):
                read_from = folder.file("purchases.parquet")
                simulate.shop(engine, read_from, folder.file("truth.parquet"), customers=settings["shop"])
            elif source is None:
                read_from = folder.write_text("customers.csv", simulate.as_csv(simulate.tutorial()))
            run = segmentation.segment(
                read_from, options, reading=_reading(settings), engine=engine, progress=talk.stage, purchases=purchases
            )
            run.write(folder, csv_too=bool(settings.get("csv")), points=not settings.get("no_points"))
            scans = engine.scans
        finally:
            engine.close()
    _show(run, out, talk, scans)
    return _judged(run, settings.get("fail_under"))


def _judged(run: Segmentation, least: str | None) -> int:
    """Return the exit code that the verdict deserves where somebody asked for a verdict of at least ``least``."""
    if least is None:
        return 0
    if least not in config.VERDICTS:
        raise errors.bad_option("--fail-under", least, f"one of {', '.join(config.VERDICTS[1:])}")
    strength = {code: i for i, code in enumerate(config.VERDICTS)}
    if strength.get(run.verdict.code, -1) >= strength[least]:
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
    from coterie import customer_base, rfm_lines

    talk, settings = Talk(flags), _settings({**flags, "input": source})
    if not settings.get("input"):
        raise errors.no_source()
    path = Path(settings["input"])
    out = _one_file(settings, f"{path.stem}-customers.parquet")
    engine = _engine(settings)
    try:
        made = customer_base.deliver(path, engine, settings, _reading(settings), out)
    finally:
        engine.close()
    talk.done()
    talk.warn(made["findings"])
    if talk.as_json:
        print_json("coterie.customers/1", {"out": str(out), **made})
    elif not talk.quiet:
        print(rfm_lines.show(made, out=str(out), seconds=talk.seconds, width=terminal_width()))
    return 0


@cli.command(epilog="Example: coterie check customers.csv --ignore COT116")
@click.argument("source", required=False)
@reading_options
@click.option("--features", metavar="A,B", help="Columns to form segments with.")
@click.option("--select", default="", metavar="CODES", help="Show only these rules, such as COT101,COT2.")
@click.option("--ignore", default="", metavar="CODES", help="Leave these rules out.")
@click.option("--examples", is_flag=True, help="Show some of the values that each finding is about.")
@running_options
def check(source: str | None, **flags: Any) -> int:
    """Say what is odd about the data, worst first; nothing is fitted or written.

    Exit code 2 when something would stop a segmentation.
    """
    from coterie import checking

    settings = _settings({**flags, "input": source})
    if not settings.get("input"):
        raise errors.no_source()
    kept = {flag: checking.codes(flags[flag], f"--{flag}") for flag in ("select", "ignore")}
    engine = _engine(settings)
    try:
        path, options = Path(settings["input"]), config.made(settings)
        seen = checking.check(
            path,
            options,
            reading=_reading(settings),
            engine=engine,
            select=kept["select"],
            ignore=kept["ignore"],
            examples=flags["examples"],
        )
    finally:
        engine.close()
    if flags["as_json"]:
        print_json("coterie.check/1", checking.as_json(seen))
    else:
        print("\n".join(checking.lines(seen)))
    return 0 if seen.sound else USAGE


@cli.command(epilog="Example: coterie rule COT101")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def rule(code: str, as_json: bool) -> int:
    """Explain a rule's code: what it means, why it matters, what to do."""
    from coterie import checking

    title, why, do = checking.explained(code)
    if as_json:
        print_json("coterie.rule/1", {"code": code.upper(), "title": title.partition(" ")[2], "why": why, "do": do})
    else:
        print("\n".join((title, why, do)))
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
    from coterie import files, record, segmentation

    talk = Talk(flags)
    settings = _settings(flags)
    out = _one_file(settings, f"{Path(run).name}-assigned.parquet")
    found = segmentation.load(run)
    engine = _engine(settings)
    try:
        table = found.new_customers(Path(source), engine, reading=_reading(settings), id=settings.get("id"))
        talk.stage("read", f"{table.rows:,} customers")
        with files.replacing(out) as beside:
            found.write_assignments(table, beside, as_csv=out.suffix.lower() == ".csv")
    finally:
        engine.close()
    talk.done()
    talk.warn(record.plain(table.findings))
    if talk.as_json:
        print_json("coterie.assign/1", {"out": str(out), "rows": table.rows, "findings": record.plain(table.findings)})
    elif not talk.quiet:
        print(f"{table.rows:,} customers assigned in {talk.seconds:.1f} s: {errors.shown(out, 200)}")
    return 0


@cli.command(epilog="Example: coterie report customers-segments --no-points --out for-the-board.html")
@click.argument("run")
@click.option("--out", metavar="FILE", help="File to write (RUN-report.html).")
@click.option("--no-points", is_flag=True, help="Leave single customers off the map.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def report(run: str, out: str | None, no_points: bool, as_json: bool) -> int:
    """Write the report of a run again, as one HTML file that needs nothing else."""
    from coterie import segmentation

    target = Path(out or f"{Path(run).name}-report.html")
    html = segmentation.load(run).report(target, points=not no_points)
    if as_json:
        print_json("coterie.report/1", {"out": str(target), "bytes": len(html.encode())})
    else:
        print(f"report {errors.shown(target, 200)}")
    return 0


@cli.command(epilog="Example: coterie verify customers-segments")
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def verify(run: str, as_json: bool) -> int:
    """Check every file of a run against its manifest."""
    from coterie import manifest

    problems = manifest.verify(Path(run))
    if as_json:
        listed = [{"file": p.file, "reason": p.what} for p in problems]
        print_json("coterie.verify/1", {"run": run, "whole": not problems, "problems": listed})
    elif not problems:
        print(f"{errors.shown(run, 200)} is whole: every file is as it was written.")
    for problem in problems:
        print(f"{errors.quoted(problem.file)}: {problem.what}", file=sys.stderr)
    return USAGE if problems else 0

"""Flags that several verbs share, and the values that settings become."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coterie import errors, options, system
from coterie.options import Settings

if TYPE_CHECKING:
    from coterie.engines import Engine, Reading, Source, Target
    from coterie.purchases import Purchases, RfmRules

Flags = tuple[click.Parameter, ...]
STDIN = "-"


def _labels(context: click.Context, parameter: click.Parameter, entries: tuple[str, ...]) -> dict[str, str] | None:
    """Return what columns are called, or None where nobody says."""
    found = options.split_labels(entries)
    if isinstance(found, str):
        raise errors.bad_option("--label", found, "COLUMN=TEXT, such as MntWines='spend on wine'")
    return found or None


SOURCE: Flags = (click.Argument(["input"], required=False, metavar="[SOURCE]"),)
FORMATS: Flags = (
    click.Option(["--encoding"], metavar="NAME", help="Encoding of a text file, such as latin-1."),
    click.Option(["--delimiter"], metavar="CHAR", help="What separates the columns of a text file."),
    click.Option(["--decimal"], metavar="CHAR", help="The decimal sign of a text file, such as a comma."),
    click.Option(["--no-header"], is_flag=True, default=None, help="The first row is data already."),
    click.Option(["--skip-rows"], type=int, metavar="N", help="Lines before the header to leave out."),
    click.Option(
        ["--on-bad-rows"],
        type=click.Choice(options.BAD_ROWS),
        help="At a row that does not fit: stop, skip, or repair.",
    ),
    click.Option(["--date-order"], type=click.Choice(options.DATE_ORDERS), help="How day, month and year are ordered."),
    click.Option(["--time-zone"], metavar="ZONE", help="Zone whose days moments fall on, such as Europe/Berlin."),
    click.Option(["--sheet"], metavar="NAME", help="Sheet of a workbook."),
    click.Option(["--table"], metavar="NAME", help="Table of a database, or of an SQLite or DuckDB file."),
    click.Option(["--query"], metavar="SELECT", help="SELECT of a database to read instead of a table."),
    click.Option(["--allow-incomplete"], is_flag=True, default=None, help="Read what an unfinished Spark job left."),
    click.Option(["--time-limit"], type=float, metavar="SECONDS", help="How long reading a database may take."),
)
READING: Flags = (*FORMATS, click.Option(["--id"], metavar="COL", help="Column that identifies a customer."))
FEATURES: Flags = (
    click.Option(["--features"], type=options.split_names, metavar="A,B", help="Columns to form segments with."),
    click.Option(["--exclude"], type=options.split_names, metavar="A,B", help="Columns to leave out."),
    click.Option(
        ["--missing"],
        multiple=True,
        callback=lambda context, flag, values: values or None,
        metavar="VALUES",
        help="Values that mean missing: 98,99 everywhere, or item1=98,99 in a column.",
    ),
    click.Option(
        ["--rows-are-customers"],
        is_flag=True,
        default=None,
        help="Rows are customers, though they look like purchases.",
    ),
)
SHAPING: Flags = (
    *FEATURES,
    click.Option(
        ["--describe"], type=options.split_names, metavar="C,D", help="Columns that only describe the segments."
    ),
    click.Option(["--value"], metavar="COL", help="Column of money or other worth, summed a segment."),
    click.Option(
        ["--label", "labels"], multiple=True, metavar="COL=TEXT", callback=_labels, help="What a column is called."
    ),
    click.Option(["--currency"], metavar="CODE", help="What the money is in, such as EUR."),
    click.Option(["-k"], type=options.whole_or_text, metavar="N|auto", help="Number of segments (auto)."),
    click.Option(["--max-k"], type=int, metavar="N", help="Largest number that auto considers (10)."),
    click.Option(["--min-share"], type=float, metavar="SHARE", help="Least share of customers in a segment (0.03)."),
    click.Option(["--seed"], type=int, metavar="N", help="Picks the sample and every random number (0)."),
    click.Option(["--effort"], type=click.Choice(options.EFFORTS), help="How much is simulated and resampled."),
    click.Option(["--scale"], type=click.Choice(options.SCALES), help="auto, z (standard deviations) or none."),
    click.Option(
        ["--allow-duplicate-ids"], is_flag=True, default=None, help="Take every row as a customer of its own."
    ),
)
RAW = click.Option(["--raw-csv"], is_flag=True, default=None, help="Leave what looks like a formula as it is in CSV.")
OUTPUT: Flags = (
    click.Option(["--out"], metavar="DIR", help="Folder for the result."),
    click.Option(["--overwrite"], is_flag=True, default=None, help="Replace an older run."),
    click.Option(["--csv"], is_flag=True, default=None, help="Write segments.csv too."),
    RAW,
    click.Option(["--no-points"], is_flag=True, default=None, help="Leave single customers off the map."),
    click.Option(
        ["--fail-under"], type=click.Choice(options.VERDICTS[1:]), help="End with 6 when the verdict is weaker."
    ),
)
PURCHASES: Flags = (
    click.Option(["--customer"], metavar="COL", help="Column of the customer's id."),
    click.Option(["--date"], metavar="COL", help="Column of the purchase's date or time."),
    click.Option(["--amount"], metavar="COL", help="Column of the money; or --quantity and --price."),
    click.Option(["--quantity"], metavar="COL", help="Column of the number of pieces, times --price."),
    click.Option(["--price"], metavar="COL", help="Column of the price of a piece."),
    click.Option(["--order"], metavar="COL", help="Column of the order's id; without one every row is an order."),
    click.Option(["--category"], metavar="COL", help="Column whose favorite is found for each customer."),
    click.Option(
        ["--same-day"], type=click.Choice(options.SAME_DAY), help="A day's orders count separate, or together."
    ),
    click.Option(["--as-of"], metavar="DATE", help="Recency counts to this day (the day after the last purchase)."),
    click.Option(["--net"], is_flag=True, default=None, help="Take returns off the money."),
    click.Option(["--rfm-cuts"], type=click.Choice(options.RFM_CUTS), help="Where a tie falls: closed, or plus-one."),
    click.Option(["--rfm-rules"], metavar="FILE", help="TOML file of named RFM segments instead of the ten."),
)
RUNNING: Flags = (
    click.Option(["--engine"], metavar="URL", help="Where the data are worked on: local[*] or sc://host for Spark."),
    click.Option(["--threads"], type=int, metavar="N", help="Threads to use; the result does not depend on it."),
    click.Option(["--memory"], metavar="SIZE", help="Memory the engine may use, such as 4GB."),
    click.Option(["--temp-dir"], metavar="DIR", help="Folder for large intermediate results."),
    click.Option(["--config"], metavar="FILE", help="Configuration file instead of coterie.toml."),
)
TALKING: Flags = (
    click.Option(["--json", "as_json"], is_flag=True, help="Print the result as one JSON object."),
    click.Option(["--quiet", "-q"], is_flag=True, help="Say nothing but warnings and errors."),
    click.Option(["--verbose", "-v"], is_flag=True, help="Say more: each stage's time, each query over the data."),
)
ABOUT_PURCHASES = ("transactions", "holdout_from", "rfm")
COMMON = "Common"


def heading_of(flag: click.Parameter) -> str:
    """Return what a flag stands below in the help of its verb."""
    if flag in PURCHASES or flag.name in ABOUT_PURCHASES:
        return "Purchases"
    if flag in FORMATS:
        return "Reading"
    return "Running" if flag in (*RUNNING, *TALKING) or "--help" in flag.opts else COMMON


# ── what settings become ──────────────────────────────────────────────────────────────────────────────────────────


def source_of(settings: Settings) -> Path | Source:
    """Return the source that a verb reads.

    Raises
    ------
    InputError : nobody named one.
    """
    return path_of(settings.input or None, settings)


def path_of(source: str | None, settings: Settings) -> Path | Source:
    """Return a source: a path, or what is read of a database; None: what the options name there.

    What is piped in is kept for as long as the verb runs.

    Raises
    ------
    InputError : nobody named one.
    """
    if settings.engine is not None:
        return _by_engine(source, settings.engine, settings)
    if source is None:
        raise errors.no_source()
    return _piped(settings) if source == STDIN else _in_database(source, settings) or Path(source)


def _piped(settings: Settings) -> Path:
    from coterie.reading import Spill, spilling, write_piped

    if sys.stdin is None:
        raise errors.no_source()
    spill = Spill(_temp_dir(settings))
    click.get_current_context().call_on_close(spill.close)
    with spilling(spill.path):
        return write_piped(sys.stdin.buffer, spill.path)


def _by_engine(source: str | None, engine: str, settings: Settings) -> Source:
    """Return what an engine that was named reads: one of its tables, or a folder."""
    from coterie.engines import by_engine

    if source == STDIN:
        raise errors.only_parquet(source)
    return _hidden(by_engine(engine, source, settings.table, settings.query))


def _in_database(source: str, settings: Settings) -> Source | None:
    """Return what is read of a database; None: the source is a file."""
    if "://" in source or source.startswith("local["):
        from coterie.engines import Source, address_in

        if address_in(source) is not None:
            return _hidden(Source.of(source, table=settings.table, query=settings.query))
    if settings.query is not None:
        raise errors.query_of_a_file()
    return None


def _hidden(source: Source) -> Source:
    """Return a source whose password the list of processes does not show any more."""
    assert source.address is not None
    for secret in source.address.written_secrets:
        system.hide_argument(secret)
    return source


def paths_in(*given: Path | Source | None) -> list[Path]:
    """Return the files among sources, which nothing may be written over."""
    found = [one if one is None or isinstance(one, Path) else one.path for one in given]
    return [one for one in found if one is not None]


def stem_of(source: Path | Source, settings: Settings) -> str:
    """Return what results are called after where nobody names them."""
    if settings.input == STDIN or settings.query is not None:
        return "coterie"
    path = source if isinstance(source, Path) else source.path
    return source.name.rpartition(".")[2] if path is None else path.stem


def options_of(settings: Settings) -> options.Options:
    """Return the options that shape a segmentation."""
    given = {f.name: getattr(settings, f.name) for f in fields(options.Options)}
    if settings.labels is not None:
        given["labels"] = tuple(sorted(settings.labels.items()))
    if settings.missing is not None:
        given["missing"] = options.missing_entries(settings.missing)
    return options.Options(**{name: value for name, value in given.items() if value is not None})


def reading_of(settings: Settings) -> Reading:
    """Return how a source is read."""
    from coterie.engines import Reading

    return Reading(
        encoding=settings.encoding,
        delimiter=settings.delimiter,
        decimal=settings.decimal,
        header=not settings.no_header,
        skip_rows=settings.skip_rows,
        on_bad_rows=settings.on_bad_rows or "error",
        date_order=settings.date_order,
        time_zone=settings.time_zone,
        sheet=settings.sheet,
        table=settings.table,
        allow_incomplete=bool(settings.allow_incomplete),
        time_limit=settings.time_limit,
    )


def purchases_of(settings: Settings) -> Purchases:
    """Return how a log of purchases is read."""
    from coterie.purchases import Purchases

    given = {f.name: getattr(settings, f.name) for f in fields(Purchases)}
    return Purchases(**{"customer": settings.id, **{n: value for n, value in given.items() if value is not None}})


def rules_of(settings: Settings) -> RfmRules:
    """Return the RFM rules that are asked for."""
    from coterie.purchases import choose_rules

    return choose_rules({"rfm_cuts": settings.rfm_cuts, "rfm_rules": settings.rfm_rules}, "")


def engine_of(settings: Settings, *sources: Path | Source | None) -> Engine:
    """Return an engine for sources, with the limits that are asked for.

    Its user closes it.
    """
    from coterie.engines import engine_for

    return engine_for(*sources, threads=settings.threads, memory=settings.memory, temp_dir=_temp_dir(settings))


def _temp_dir(settings: Settings) -> Path | None:
    return Path(settings.temp_dir) if settings.temp_dir else None


def file_of(settings: Settings, default: str) -> Path:
    """Return the Parquet or CSV file to write.

    Raises
    ------
    InputError : a file of another kind.
    """
    return one_of_two(Path(settings.out or default), "--out")


def one_of_two(path: Path, flag: str) -> Path:
    """Return a path that says its format.

    Raises
    ------
    InputError : a file of another kind.
    """
    if path.suffix.lower() not in (".parquet", ".csv"):
        raise errors.bad_option(flag, path, "a file that ends in .parquet or .csv")
    return path


def target_of(out: Path, beside: Path, settings: Settings) -> Target:
    """Return the file that an engine writes, in OUT's format."""
    from coterie.engines import Target

    return Target(beside, "csv" if out.suffix.lower() == ".csv" else "parquet", bool(settings.raw_csv))

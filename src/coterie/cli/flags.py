"""Flags that several verbs share; what a flag leaves open is decided by the environment, the file, the default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coterie import errors, options

if TYPE_CHECKING:
    from coterie.engines import Engine, Reading
    from coterie.purchases import Purchases, RfmRules


def _options(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


reading_options = _options(
    click.option("--encoding", metavar="NAME", help="Encoding of a text file, such as latin-1."),
    click.option("--delimiter", metavar="CHAR", help="What separates the columns of a text file."),
    click.option("--decimal", metavar="CHAR", help="The decimal sign of a text file, such as a comma."),
    click.option("--no-header", is_flag=True, default=None, help="The first row is data already."),
    click.option("--skip-rows", type=int, metavar="N", help="Lines before the header to leave out."),
    click.option(
        "--on-bad-rows", type=click.Choice(options.BAD_ROWS), help="At a row that does not fit: stop, skip, or repair."
    ),
    click.option("--date-order", type=click.Choice(options.DATE_ORDERS), help="How day, month and year are ordered."),
    click.option("--sheet", metavar="NAME", help="Sheet of a workbook."),
    click.option("--table", metavar="NAME", help="Table of an SQLite or DuckDB file."),
    click.option("--allow-incomplete", is_flag=True, default=None, help="Read what an unfinished Spark job left."),
    click.option("--time-limit", type=float, metavar="SECONDS", help="How long reading a database may take."),
    click.option("--id", metavar="COL", help="Column that identifies a customer."),
)
talking_options = _options(
    click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object."),
    click.option("--quiet", "-q", is_flag=True, help="Say nothing but warnings and errors."),
    click.option("--verbose", "-v", is_flag=True, help="Say more: each stage's time, scans of the data."),
)
running_options = _options(
    click.option("--threads", type=int, metavar="N", help="Threads to use; the result does not depend on it."),
    click.option("--memory", metavar="SIZE", help="Memory the engine may use, such as 4GB."),
    click.option("--temp-dir", metavar="DIR", help="Folder for large intermediate results."),
    click.option("--config", metavar="FILE", help="Configuration file instead of coterie.toml."),
    talking_options,
)
shaping_options = _options(
    click.option("--features", metavar="A,B", help="Columns to form segments with."),
    click.option("--describe", metavar="C,D", help="Columns that only describe the segments."),
    click.option("--value", metavar="COL", help="Column of money or other worth, summed a segment."),
    click.option("-k", metavar="N|auto", help="Number of segments (auto)."),
    click.option("--max-k", type=int, metavar="N", help="Largest number that auto considers (10)."),
    click.option("--min-share", type=float, metavar="SHARE", help="Least share of customers in a segment (0.03)."),
    click.option("--seed", type=int, metavar="N", help="Picks the sample and every random number (0)."),
    click.option("--effort", type=click.Choice(options.EFFORTS), help="How much is simulated and resampled."),
    click.option("--scale", type=click.Choice(options.SCALES), help="auto, z (standard deviations) or none."),
    click.option("--allow-duplicate-ids", is_flag=True, default=None, help="Take every row as a customer of its own."),
)
output_options = _options(
    click.option("--out", metavar="DIR", help="Folder for the result."),
    click.option("--overwrite", is_flag=True, default=None, help="Replace an older run."),
    click.option("--csv", is_flag=True, default=None, help="Write segments.csv too."),
    click.option("--no-points", is_flag=True, default=None, help="Leave single customers off the map."),
    click.option(
        "--fail-under", type=click.Choice(options.VERDICTS[1:]), help="End with 6 when the verdict is weaker."
    ),
)
purchase_options = _options(
    click.option("--customer", metavar="COL", help="Column of the customer's id."),
    click.option("--date", metavar="COL", help="Column of the purchase's date or time."),
    click.option("--amount", metavar="COL", help="Column of the money; or --quantity and --price."),
    click.option("--quantity", metavar="COL", help="Column of the number of pieces, times --price."),
    click.option("--price", metavar="COL", help="Column of the price of a piece."),
    click.option("--order", metavar="COL", help="Column of the order's id; without one every row is an order."),
    click.option("--category", metavar="COL", help="Column whose favorite is found for each customer."),
    click.option("--same-day", type=click.Choice(options.SAME_DAY), help="A day's orders count separate, or together."),
    click.option("--as-of", metavar="DATE", help="Recency counts to this day (the day after the last purchase)."),
    click.option("--net", is_flag=True, default=None, help="Take returns off the money."),
    click.option("--rfm-cuts", type=click.Choice(options.RFM_CUTS), help="Where a tie falls: closed, or plus-one."),
    click.option("--rfm-rules", metavar="FILE", help="TOML file of named RFM segments instead of the ten."),
)


# ── what flags mean ───────────────────────────────────────────────────────────────────────────────────────────────


def settings_of(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of every voice, lists split and k read."""
    named = {name: value for name, value in flags.items() if name in options.SETTINGS}
    for name in ("features", "describe"):
        if isinstance(named.get(name), str):
            named[name] = [part.strip() for part in named[name].split(",") if part.strip()]
    if isinstance(named.get("k"), str) and named["k"] != "auto":
        named["k"] = int(named["k"]) if named["k"].lstrip("-").isdigit() else named["k"]
    file = flags.get("config")
    return options.settings(named, os.environ, Path(file) if file else None)


def reading_of(settings: Mapping[str, Any]) -> Reading:
    """Return how the settings say that a source is read."""
    from coterie.engines import Reading

    return Reading(
        encoding=settings.get("encoding"),
        delimiter=settings.get("delimiter"),
        decimal=settings.get("decimal"),
        header=not settings.get("no_header", False),
        skip_rows=settings.get("skip_rows"),
        on_bad_rows=options.one_of("--on-bad-rows", settings.get("on_bad_rows", "error"), options.BAD_ROWS),
        date_order=options.one_of("--date-order", settings.get("date_order"), options.DATE_ORDERS),
        sheet=settings.get("sheet"),
        table=settings.get("table"),
        allow_incomplete=bool(settings.get("allow_incomplete")),
        time_limit=settings.get("time_limit"),
    )


def purchases_of(settings: Mapping[str, Any]) -> Purchases:
    """Return how the settings say that a log of purchases is read."""
    from coterie.purchases import Purchases

    given = {f.name: settings[f.name] for f in fields(Purchases) if settings.get(f.name) is not None}
    return Purchases(**{"customer": settings.get("id"), **given})


def rules_of(settings: Mapping[str, Any]) -> RfmRules:
    """Return the RFM rules that the settings ask for."""
    from coterie.purchases import choose_rules

    return choose_rules({"rfm_cuts": settings.get("rfm_cuts"), "rfm_rules": settings.get("rfm_rules")}, "")


def engine_of(settings: Mapping[str, Any]) -> Engine:
    """Return an engine with the limits that the settings ask for."""
    from coterie.engines import connect

    folder = settings.get("temp_dir")
    threads = settings.get("threads")
    if threads is not None and threads < 1:
        raise errors.bad_option("--threads", threads, "a whole number from 1")
    return connect(threads=threads, memory=settings.get("memory"), temp_dir=Path(folder) if folder else None)

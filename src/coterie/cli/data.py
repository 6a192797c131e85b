"""Verbs about data: what is odd about them, and what a code means; nothing is fitted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from coterie import errors
from coterie import options as config
from coterie.cli.console import print_json
from coterie.cli.flags import engine_of, reading_of, reading_options, running_options, settings_of, talking_options

USAGE = 2


@click.command(epilog="Example: coterie check customers.csv --ignore COT116")
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

    settings = settings_of({**flags, "input": source})
    if not settings.get("input"):
        raise errors.no_source()
    kept = {flag: checking.codes(flags[flag], f"--{flag}") for flag in ("select", "ignore")}
    engine = engine_of(settings)
    try:
        path, options = Path(settings["input"]), config.made(settings)
        seen = checking.check(
            path,
            options,
            reading=reading_of(settings),
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


@click.command(epilog="Example: coterie rule COT101")
@click.argument("code")
@talking_options
def rule(code: str, **flags: Any) -> int:
    """Explain a rule's code: what it means, why it matters, what to do."""
    from coterie import checking

    title, why, do = checking.explained(code)
    if flags["as_json"]:
        print_json("coterie.rule/1", {"code": code.upper(), "title": title.partition(" ")[2], "why": why, "do": do})
    else:
        print("\n".join((title, why, do)))
    return 0

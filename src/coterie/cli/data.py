"""Verbs about data: what is odd, and what a code means."""

from __future__ import annotations

from contextlib import closing

import click

from coterie.cli.console import Talk
from coterie.cli.flags import FEATURES, READING, RUNNING, SOURCE, engine_of, options_of, reading_of, source_of
from coterie.cli.group import verb
from coterie.options import Settings

UNSOUND = 2


@verb("coterie check customers.csv --ignore COT116", SOURCE, READING, FEATURES, RUNNING)
@click.option("--select", default="", metavar="CODES", help="Show only these rules, such as COT101,COT2.")
@click.option("--ignore", default="", metavar="CODES", help="Leave these rules out.")
@click.option("--examples", is_flag=True, help="Show some of the values that each finding is about.")
def check(select: str, ignore: str, examples: bool, settings: Settings, talk: Talk) -> int:
    """Say what is odd about the data; nothing is fitted or written.

    The worst comes first. Exit code 2 when something would stop a segmentation.
    """
    from coterie.cli import findings_text
    from coterie.segmentation import checking

    source = source_of(settings)
    kept, left_out = findings_text.read_list(select, "--select"), findings_text.read_list(ignore, "--ignore")
    with closing(engine_of(settings, source)) as engine:
        talk.begin("check", engine)
        seen = checking.check(
            source,
            options_of(settings),
            reading=reading_of(settings),
            engine=engine,
            select=kept,
            ignore=left_out,
            examples=examples,
        )
    talk.result("coterie.check/1", findings_text.as_json(seen), "\n".join(seen.lines))
    return 0 if seen.sound else UNSOUND


@verb("coterie rule COT101")
@click.argument("code")
def rule(code: str, talk: Talk) -> int:
    """Explain a code: what it means, why it matters, what to do."""
    from coterie.cli import findings_text

    found = findings_text.find_code(code)
    content = {"code": found.code, "title": found.title, "why": found.why, "do": found.do}
    talk.result("coterie.rule/1", content, findings_text.explain(found))
    return 0

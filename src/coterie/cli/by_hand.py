"""Verbs for a finished run: look at customers, give names, merge segments."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coterie import errors
from coterie.cli.console import LONGEST, Talk
from coterie.cli.flags import FORMATS, READING, RUNNING, engine_of, path_of, paths_in, reading_of
from coterie.cli.group import verb
from coterie.options import Settings

if TYPE_CHECKING:
    from coterie.segmentation import Segmentation


@verb('coterie name customers-segments 3 "Weekend families"')
@click.argument("run")
@click.argument("segment")
@click.argument("text", required=False)
@click.option("--clear", is_flag=True, help="Take a name that was given back.")
def name(run: str, segment: str, text: str | None, clear: bool, talk: Talk) -> int:
    """Give a segment, by number or letter, a name of your own.

    The name made from its numbers stays beside it. Writes the run's next record into RUN; the history is kept.
    """
    if (text is None) != clear:
        raise errors.InputError("A name is missing, or there is one too many.", do="Give a name, or --clear.")
    return _by_hand(run, lambda found: found.name(segment, text), "coterie.name/1", talk)


@verb("coterie merge customers-segments 3 4", READING, RUNNING)
@click.argument("run")
@click.argument("first")
@click.argument("second")
@click.option("--source", metavar="FILE", help="The customers of the run, to measure the new segment on them.")
def merge(run: str, first: str, second: str, source: str | None, settings: Settings, talk: Talk) -> int:
    """Make one segment of two, named by number or letter.

    It gets a number that was never used. Customers are assigned as before. Writes the run's next record into RUN; the
    history is kept. What only the customers themselves can tell of the new segment is left open without --source.
    """
    reading, path = reading_of(settings), None if source is None else path_of(source, settings)
    with closing(engine_of(settings, path)) as engine:

        def change(found: Segmentation) -> Segmentation:
            return found.merge(first, second, source=path, reading=reading, id=settings.id, engine=engine)

        return _by_hand(run, change, "coterie.merge/1", talk)


def _by_hand(run: str, change: Callable[[Segmentation], Segmentation], schema: str, talk: Talk) -> int:
    """Put a run's next record in the place of the one before."""
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.runs import open_run

    out = Path(run)
    if not out.is_dir():
        raise errors.not_a_run(run, "there is no such folder")
    with open_run(out, overwrite=True) as folder:
        changed = change(segmentation.load(out))
        changed.save(folder)
    lineage = changed.record.lineage
    talk.receipt(
        schema,
        {"out": run, "segments": to_json(changed.segments), "lineage": to_json(lineage)},
        f"{errors.shown(lineage.history[-1], LONGEST)}\nreport {errors.shown(out / 'report.html', LONGEST)}",
    )
    return 0


@verb("coterie examples customers-segments customers.csv --segment A", READING, RUNNING)
@click.argument("run")
@click.argument("source")
@click.option("--segment", metavar="ID", help="Only this one, by number or letter.")
@click.option("--ids", is_flag=True, help="Say who they are.")
def examples(run: str, source: str, segment: str | None, ids: bool, settings: Settings, talk: Talk) -> int:
    """Show typical and borderline customers of each segment; nothing is written.

    They are three typical and two borderline ones. SOURCE is the file that was segmented, or another with the same
    columns. Ids are shown with --ids only.
    """
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.report import terminal_examples

    found, reading, path = segmentation.load(run), reading_of(settings), path_of(source, settings)
    with closing(engine_of(settings, path)) as engine:
        talk.begin("examples", engine)
        shown = found.examples(segment, ids=ids, source=path, reading=reading, id=settings.id, engine=engine)
    text = "\n".join(terminal_examples.lines(found.record, shown))
    talk.result("coterie.examples/1", {"run": run, "examples": to_json(shown)}, text)
    return 0


@verb("coterie why customers-segments customers.csv --id 17", FORMATS, RUNNING)
@click.argument("run")
@click.argument("source")
@click.option(
    "--id", "who", metavar="X", required=True, help="Who: the customer's id, or the row's number without one."
)
@click.option("--id-column", "id", metavar="COL", help="Column that identifies a customer.")
@click.option("--out", metavar="FILE", help="SVG file to draw the columns into.")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older file.")
def why(run: str, source: str, who: str, settings: Settings, talk: Talk) -> int:
    """Say what puts a customer into a segment, column by column.

    And the least change that would lead into the next segment. The answer holds no id and no personal data.
    """
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.runs import one_file
    from coterie.scoring import Reasons

    out = None if settings.out is None else Path(settings.out)
    if out is not None and out.suffix.lower() != ".svg":
        raise errors.bad_option("--out", out, "a file that ends in .svg")
    found, reading, path = segmentation.load(run), reading_of(settings), path_of(source, settings)
    with closing(engine_of(settings, path)) as engine:
        talk.begin("why", engine)
        told = found.why(path, who, reading=reading, id_column=settings.id, engine=engine)
    if out is not None:
        one_file.write_text(out, told.svg(), overwrite=bool(settings.overwrite), read=paths_in(path, Path(run)))
        talk.stages("drawn", str(out))
    facts = {f.name: to_json(getattr(told, f.name)) for f in fields(Reasons)}
    talk.result("coterie.why/1", {"run": run, "out": settings.out, **facts}, str(told))
    return 0

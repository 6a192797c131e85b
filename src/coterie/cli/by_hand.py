"""Verbs for a finished run: look at examples, give names, merge segments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coterie import errors
from coterie.cli.console import Talk, print_json
from coterie.cli.flags import engine_of, reading_of, reading_options, running_options, settings_of, talking_options

if TYPE_CHECKING:
    from coterie.segmentation import Segmentation


@click.command(epilog='Example: coterie name customers-segments 3 "Weekend families"')
@click.argument("run")
@click.argument("segment")
@click.argument("text", required=False)
@click.option("--clear", is_flag=True, help="Take a name that was given back.")
@talking_options
def name(run: str, segment: str, text: str | None, clear: bool, **flags: Any) -> int:
    """Give a segment a name of your own; SEGMENT is its number or letter.

    The name made from its numbers stays beside it. Writes the run's next record into RUN; the history is kept.
    """
    if (text is None) != clear:
        raise errors.InputError("A name is missing, or there is one too many.", do="Give a name, or --clear.")
    return _by_hand(run, lambda found: found.name(segment, text), "coterie.name/1", Talk(flags))


@click.command(epilog="Example: coterie merge customers-segments 3 4")
@click.argument("run")
@click.argument("first")
@click.argument("second")
@click.option("--source", metavar="FILE", help="The customers of the run, to measure the new segment on them.")
@reading_options
@talking_options
def merge(run: str, first: str, second: str, source: str | None, **flags: Any) -> int:
    """Make one segment of two, named by number or letter; it gets a number that was never used.

    Customers are assigned as before. Writes the run's next record into RUN; the history is kept. What only the
    customers themselves can tell of the new segment is left open without --source.
    """
    settings, engine = settings_of(flags), engine_of({})
    reading, id = reading_of(settings), settings.get("id")

    def change(found: Segmentation) -> Segmentation:
        return found.merge(first, second, source=source, reading=reading, id=id, engine=engine)

    try:
        return _by_hand(run, change, "coterie.merge/1", Talk(flags))
    finally:
        engine.close()


def _by_hand(run: str, change: Callable[[Segmentation], Segmentation], schema: str, talk: Talk) -> int:
    """Put the next record of a run in the place of the one before, and say what became of it."""
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.runs import open_run

    out = Path(run)
    if not out.is_dir():
        raise errors.not_a_run(run, "there is no such folder")
    with open_run(out, overwrite=True) as folder:
        made = change(segmentation.load(out))
        made.write(folder)
    if talk.as_json:
        print_json(schema, {"out": run, "segments": to_json(made.segments), "lineage": to_json(made.record.lineage)})
    elif not talk.quiet:
        print(errors.shown(made.record.lineage.history[-1], 400))
        print(f"report {errors.shown(out / 'report.html', 200)}")
    return 0


@click.command(epilog="Example: coterie examples customers-segments customers.csv --segment A")
@click.argument("run")
@click.argument("source")
@click.option("--segment", metavar="ID", help="Only this one, by number or letter.")
@click.option("--ids", is_flag=True, help="Say who they are.")
@reading_options
@running_options
def examples(run: str, source: str, segment: str | None, ids: bool, **flags: Any) -> int:
    """Show three typical and two borderline customers of each segment; nothing is written.

    SOURCE is the file that was segmented, or another with the same columns. Ids are shown with --ids only.
    """
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.report import terminal_examples

    talk, settings, engine = Talk(flags), settings_of(flags), engine_of(flags)
    try:
        found = segmentation.load(run)
        reading, id = reading_of(settings), settings.get("id")
        shown = found.examples(segment, ids=ids, source=source, reading=reading, id=id, engine=engine)
    finally:
        engine.close()
    if talk.as_json:
        print_json("coterie.examples/1", {"run": run, "examples": to_json(shown)})
    else:
        print("\n".join(terminal_examples.lines(found.record, shown)))
    return 0

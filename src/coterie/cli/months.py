"""Verbs for the months after: a run on new customers, two runs compared."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from coterie import errors, options
from coterie.cli.console import LONGEST, Talk
from coterie.cli.flags import (
    OUTPUT,
    READING,
    RUNNING,
    engine_of,
    one_of_two,
    path_of,
    paths_in,
    reading_of,
    stem_of,
    target_of,
)
from coterie.cli.group import verb
from coterie.cli.results import INTO, Asked, open_result
from coterie.cli.verbs import judge, show
from coterie.options import Settings

if TYPE_CHECKING:
    from coterie.evidence import Start


@verb("coterie refresh customers-segments customers-february.csv", READING, OUTPUT, INTO, RUNNING)
@click.argument("run")
@click.argument("source", required=False)
@click.option("-k", type=options.whole_or_text, metavar="N|auto", help="Number of segments (as many as before).")
@click.option("--warm", is_flag=True, help="Keep the former centers, whatever a fresh start would bring.")
@click.option("--cold", is_flag=True, help="Start afresh, and tell the segments again afterwards.")
def refresh(
    run: str,
    source: str | None,
    warm: bool,
    cold: bool,
    into: str | None,
    view: str | None,
    settings: Settings,
    talk: Talk,
) -> int:
    """Segment the customers of now so that segments stay who they are.

    Columns are prepared as in RUN. Segments keep id, letter, color and name; the record says which were kept, split,
    merged, new or retired, and changes.parquet who is in another one. Writes SOURCE-segments/ unless --out names
    another.
    """
    from coterie import segmentation
    from coterie.runs import changes

    if warm and cold:
        raise errors.InputError("--warm and --cold exclude each other.", do="Give one of them, or none.")
    start: Start = "warm" if warm else "cold" if cold else "auto"
    path, reading = path_of(source, settings), reading_of(settings)
    out = Path(settings.out or f"{'coterie' if source == '-' else stem_of(path, settings)}-segments")
    before = segmentation.load(run)
    k: int | Literal["auto"] | None = settings.k  # type: ignore[assignment]  # refresh says what is wrong with it
    with open_result(out, path, settings, talk, Asked(into, view)) as (folder, engine, publisher):
        from coterie.segmentation import renewal

        talk.begin("read", engine)
        found = renewal.refresh(
            before, path, k=k, start=start, id=settings.id, reading=reading, engine=engine, progress=talk.stages
        )
        talk.begin("write", rows=found.record.sample.rows)
        shown = not settings.no_points
        found.save(folder, csv=bool(settings.csv), raw_csv=bool(settings.raw_csv), points=shown, into=publisher)
    changed = None
    if found.changes is not None:
        with closing(engine_of(settings)) as files:
            changed = changes.count(files, out / changes.CHANGES)
    show(found, out, talk, changed=changed, into=publisher)
    return judge(found, settings.fail_under, talk)


@verb("coterie compare customers-segments customers-february-segments --out compared.html", READING, RUNNING)
@click.argument("old")
@click.argument("new")
@click.option("--source", metavar="CUSTOMERS", help="The customers of NEW: tells who moved from lines that moved.")
@click.option("--old-source", metavar="CUSTOMERS", help="The customers of OLD: measures all columns together.")
@click.option("--out", metavar="FILE", help="Page to write, as one HTML file.")
@click.option("--changes", metavar="FILE", help="Parquet or CSV file of who is in another segment.")
@click.option("--overwrite", is_flag=True, default=None, help="Replace older files.")
@click.option("--raw-csv", is_flag=True, default=None, help="Leave what looks like a formula as it is in CSV.")
def compare(
    old: str, new: str, source: str | None, old_source: str | None, changes: str | None, settings: Settings, talk: Talk
) -> int:
    """Say what changed between two runs, and whether to form segments again.

    OLD and NEW are run folders. The advice is assign (go on), review or refit, with reasons.
    """
    from coterie.record import to_json
    from coterie.report import comparison_page
    from coterie.runs import one_file
    from coterie.segmentation import comparison

    replace = bool(settings.overwrite)
    if changes is not None:
        one_of_two(Path(changes), "--changes")
        if settings.out and Path(settings.out).resolve() == Path(changes).resolve():
            raise errors.bad_option("--changes", changes, "another file than --out")
    given, before = (None if one is None else path_of(one, settings) for one in (source, old_source))
    read = paths_in(given, before, Path(old), Path(new))
    with closing(engine_of(settings, given, before)) as engine, ExitStack() as files:
        page = settings.out and files.enter_context(
            one_file.replacing(Path(settings.out), overwrite=replace, read=read)
        )
        with errors.calling(flags=True, out="changes"):
            moved = changes and files.enter_context(one_file.replacing(Path(changes), overwrite=replace, read=read))
        talk.begin("compare", engine)
        found = comparison.compare(
            old, new, source=given, old_source=before, reading=reading_of(settings), engine=engine
        )
        if page:
            page.write_text(found.report(), encoding="utf-8", newline="")
        if changes and moved:
            found.write_changes(target_of(Path(changes), moved, settings))
    content = {"old": old, "new": new, "out": settings.out, "changes": changes, **to_json(found.facts)}
    text = "\n".join(errors.shown(line, LONGEST) for line in comparison_page.lines(found.facts))
    talk.result("coterie.compare/1", content, text)
    return 0

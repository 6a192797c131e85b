"""Verbs for campaigns: lists of members, and what came of them."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

import click

from coterie import errors, options
from coterie.cli.console import LONGEST, Talk
from coterie.cli.flags import READING, RUNNING, engine_of, path_of, paths_in, reading_of
from coterie.cli.group import verb
from coterie.options import Settings


@verb("coterie audience customers-segments --holdout 0.1 --key spring --out spring", READING, RUNNING)
@click.argument("run")
@click.option("--segment", metavar="ID", multiple=True, help="Only this one, by number or letter; may be repeated.")
@click.option("--source", metavar="FILE", help="The run's customers, whose columns stand beside the ids.")
@click.option("--columns", type=options.split_names, metavar="A,B", help="Columns of --source to write.")
@click.option("--hash", metavar="COL", help="Column to write as SHA-256, trimmed and in small letters.")
@click.option("--holdout", type=float, metavar="SHARE", help="Share of each segment that gets nothing, such as 0.1.")
@click.option("--key", metavar="TEXT", help="What picks the holdout: the same key, the same customers.")
@click.option("--key-file", metavar="FILE", help="File that holds the key.")
@click.option("--without-borderline", is_flag=True, help="Leave out who is borderline between two segments.")
@click.option("--allow-small", is_flag=True, help="Write lists of fewer than ten members too.")
@click.option("--format", type=click.Choice(["csv", "parquet"]), default="csv", help="Of the lists (csv).")
@click.option("--out", metavar="DIR", help="Folder for the lists (RUN-audience).")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older audience.")
def audience(
    run: str, source: str | None, columns: tuple[str, ...] | None, settings: Settings, talk: Talk, **given: object
) -> int:
    """Write lists of the members of segments, for a campaign.

    A file a segment; with --holdout some customers get nothing, so that `coterie lift` can tell what the campaign
    brought. The same key (or COTERIE_KEY) holds the same customers out next month.
    """
    from coterie import segmentation
    from coterie.cli import campaign_text
    from coterie.record import to_json
    from coterie.runs import AudienceOptions

    out = Path(settings.out or f"{Path(run).resolve().name}-audience")
    beside = None if source is None else path_of(source, settings)
    wanted = AudienceOptions(
        **{name: value for name, value in given.items() if value not in (None, ())},  # type: ignore[typeddict-item]
        source=beside,
        columns=columns or (),
        key=settings.key,
        key_file=settings.key_file,
        overwrite=bool(settings.overwrite),
        id=settings.id,
        reading=reading_of(settings),
    )
    with closing(engine_of(settings, beside)) as engine:
        talk.begin("audience", engine)
        made = segmentation.load(run).audience(out, engine=engine, **wanted)
    for note in made.notes:
        talk.remark(errors.shown(note, LONGEST))
    content = {"out": str(out), "audience": to_json(made.facts), "notes": list(made.notes)}
    talk.receipt("coterie.audience/1", content, campaign_text.show_audience(made))
    return 0


@verb("coterie lift customers-segments results.csv --audience spring --outcome revenue", READING, RUNNING)
@click.argument("run")
@click.argument("results")
@click.option("--audience", "folder", metavar="DIR", required=True, help="The audience that the campaign went to.")
@click.option("--outcome", metavar="COL", help="Column of outcomes; without it, who has a row has converted.")
@click.option(
    "--only-listed", is_flag=True, help="Leave out who has no outcome in RESULTS; without it his outcome is 0."
)
@click.option("--out", metavar="FILE", help="Page to write, as one HTML file.")
@click.option("--overwrite", is_flag=True, default=None, help="Replace an older file.")
def lift(
    run: str,
    results: str,
    folder: str,
    outcome: str | None,
    only_listed: bool,
    settings: Settings,
    talk: Talk,
) -> int:
    """Say what a campaign brought: members against held-out customers.

    RESULTS has one or more rows a customer, of members and of held-out customers alike. In all and per segment, with
    95% intervals.
    """
    from coterie import segmentation
    from coterie.record import to_json
    from coterie.report import lift_page, terminal_lift
    from coterie.runs import audience as audiences
    from coterie.runs import one_file
    from coterie.segmentation import campaign

    source, reading = path_of(results, settings), reading_of(settings)
    with closing(engine_of(settings, source)) as engine, ExitStack() as files:
        made = audiences.read(Path(folder))
        if not campaign.belongs(made, segmentation.load(run).record):
            raise errors.other_run(folder, run)
        out = settings.out and Path(settings.out)
        read = paths_in(source, Path(run), Path(folder))
        page = out and files.enter_context(one_file.replacing(out, overwrite=bool(settings.overwrite), read=read))
        talk.begin("lift", engine)
        found = campaign.lift(
            made, source, outcome=outcome, id=settings.id, only_listed=only_listed, reading=reading, engine=engine
        )
        if page:
            page.write_text(lift_page.render(found), encoding="utf-8", newline="")
    for caution in found.cautions:
        talk.remark(errors.shown(caution, LONGEST))
    talk.result(
        "coterie.lift/1", {"audience": folder, "out": settings.out, "lift": to_json(found)}, terminal_lift.show(found)
    )
    return 0

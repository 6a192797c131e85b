"""Where a verb's result goes: a run folder, and the segments in a database where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from coterie import errors
from coterie.cli.console import LONGEST, Talk
from coterie.cli.flags import Flags, engine_of
from coterie.doors import frozen
from coterie.options import Settings

if TYPE_CHECKING:
    from coterie.engines import Engine, Publisher, Source
    from coterie.runs import RunFolder

INTO: Flags = (
    click.Option(["--into"], metavar="TABLE", help="Table of the database to write the segments to."),
    click.Option(["--view"], metavar="NAME", help="View of the database that gives the segments."),
)


@frozen
class Asked:
    """The table or the view that the segments are to stand in."""

    into: str | None = None
    view: str | None = None


NOWHERE = Asked()


class Opened(NamedTuple):
    """A run folder in the making, the engine, and where the segments stand if not in the folder."""

    folder: RunFolder
    engine: Engine
    into: Publisher | None


@contextmanager
def open_result(
    out: Path, source: Path | Source | None, settings: Settings, talk: Talk, asked: Asked = NOWHERE
) -> Iterator[Opened]:
    """Open a run folder and an engine; with a table or view all that could forbid it is looked at first."""
    from coterie.engines import Source
    from coterie.runs import open_run

    given, overwrite = None if source is None else Source.of(source), bool(settings.overwrite)
    if asked.into is not None and asked.view is not None:
        raise errors.table_and_view()
    with ExitStack() as held:
        if (name := asked.into or asked.view) is None:
            folder = held.enter_context(open_run(out, overwrite=overwrite, source=given))
            yield Opened(folder, held.enter_context(closing(engine_of(settings, source))), None)
            return
        from coterie.engines import begin_into
        from coterie.scoring import parts_of

        engine = held.enter_context(closing(engine_of(settings, given)))
        option = "--into" if asked.into else "--view"
        into = held.enter_context(closing(begin_into(engine, parts_of(name, option), view=asked.view is not None)))

        def is_published(manifest: Mapping[str, Any]) -> bool:
            found = into.is_published(manifest)
            if found:
                shown = errors.shown(out, LONGEST)
                talk.remark(f"An earlier run was killed between its table and its folder: {shown} is finished now.")
            return found

        folder = held.enter_context(open_run(out, overwrite=overwrite, source=given, is_published=is_published))
        into.prepare(overwrite=overwrite)
        yield Opened(folder, engine, into)

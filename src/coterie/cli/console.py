"""What a verb says: stages and findings on stderr, results on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from coterie import errors

if TYPE_CHECKING:
    from coterie.engines import Engine, Pass
    from coterie.findings import Finding
    from coterie.segmentation import progress

LONGEST = 4_000  # characters of one line: more is no text of coterie's


class Talk:
    """The voice of a verb, and the time since it began."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, as_json: bool = False) -> None:
        self.quiet, self.verbose, self.as_json = quiet, verbose, as_json
        self.started = time.perf_counter()
        self._passes: Sequence[Pass] = ()
        self._told, self._begun = 0, ""
        self._stages: progress.Stages | None = None

    @property
    def stages(self) -> progress.Stages:
        """What hears of each stage: lines, or at a terminal one that says what runs."""
        if self._stages is None:
            from coterie.segmentation import progress

            screen = None if self.quiet or self.verbose else progress.find_screen()
            self._stages = progress.Stages(self.stage if screen is None else None, screen)
        return self._stages

    def begin(self, stage: str, engine: Engine | None = None, *, rows: int | None = None) -> None:
        """Say at a terminal what runs from now on, and how far the engine is in it; its queries are told as it ends."""
        self._begun, self._passes = stage, self._passes if engine is None else engine.passes
        if self._stages is None and not sys.stderr.isatty():
            return  # and nothing is imported for it
        if engine is not None:
            self.stages.watch(engine)
        self.stages.begin(stage, rows=rows)

    def close(self) -> None:
        """Take away the line that says what runs, and tell the queries that no stage told."""
        self._tell_passes(self._begun)
        if self._stages is not None:
            self._stages.close()

    def stage(self, name: str, found: str) -> None:
        """Say what a stage found, as a line."""
        if self.quiet:
            return
        self._tell_passes(name)
        took = f" ({self.seconds:.2f} s)" if self.verbose else ""
        tell(f"{name}: {errors.shown(found, LONGEST)}{took}")

    def _tell_passes(self, stage: str) -> None:
        """Say what the queries of a stage cost that were not told yet; only where more is to be said."""
        if self.quiet or not self.verbose:
            return
        from coterie import words

        new, self._told = self._passes[self._told :], len(self._passes)
        for one in new:
            left = "" if one.rows is None else f"; {words.plural(one.rows, 'row')} left the database"
            tell(f"  {stage}, {one.what}: {one.cpu:.2f} s of CPU in {one.wall:.2f} s{left}")

    def warn(self, findings: Sequence[Finding] = ()) -> None:
        """Name findings that want attention."""
        from coterie.findings import told_once

        for told in told_once(f for f in findings if f.level == "warning"):
            place = f" {errors.listed(told.columns)}" if told.columns else ""
            self.remark(f"{told.code}{place}: {errors.shown(f'{told.text}; {told.done}', LONGEST)}")

    def remark(self, text: str) -> None:
        """Say what nobody may miss, however quiet the verb is."""
        if self._stages is not None:
            self._stages.hide()
        tell(fold(text) if sys.stderr.isatty() else text)

    def result(self, schema: str, content: Mapping[str, object], text: str, *, whole: bool = False) -> None:
        """Print what was asked for: lines, or one JSON object.

        At a terminal lines that are too wide are folded, unless they are to stay ``whole``; elsewhere each stays in
        one piece, for the programs that read it.

        Raises
        ------
        AccessError : standard output is closed, or takes no more.
        """
        self.close()
        if sys.stdout is None:
            raise errors.cannot_print("it is closed")
        try:
            shown = fold(text) if not whole and sys.stdout.isatty() else text
            print(json_text(schema, content) if self.as_json else shown, flush=True)
        except BrokenPipeError:
            raise  # the reader has enough
        except OSError as error:
            raise errors.cannot_print(error.strerror or str(error)) from error

    def receipt(self, schema: str, content: Mapping[str, object], text: str) -> None:
        """Print what was done and where it is, unless quiet."""
        if self.as_json or not self.quiet:
            self.result(schema, content, text)

    @property
    def seconds(self) -> float:
        """Seconds since the verb began."""
        return time.perf_counter() - self.started


def tell(text: str) -> None:
    """Print on stderr what the work does not depend on."""
    with suppress(OSError):  # a full disk, or a terminal that has gone
        print(text, file=sys.stderr, flush=True)


def fold(text: str) -> str:
    """Return lines that fit the terminal; what goes on stands below its beginning."""
    width = terminal_width()
    if all(len(line) <= width // 2 for line in text.splitlines()):  # however wide its characters are
        return text
    from coterie.report import cells

    return "\n".join(part for line in text.splitlines() for part in cells.wrap_on(line, width))


def terminal_width() -> int:
    """Return how many characters a line of the terminal holds."""
    import shutil

    return shutil.get_terminal_size((100, 40)).columns


def json_text(schema: str, content: Mapping[str, object]) -> str:
    """Return one JSON object, with its form's name and version.

    >>> json_text("coterie.verify/1", {"whole": True})
    '{"schema": "coterie.verify/1", "whole": true}'
    """
    import json

    plain = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    return json.dumps({"schema": schema, **content}, ensure_ascii=not plain, allow_nan=False)

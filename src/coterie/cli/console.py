"""What a verb says: stages and findings on stderr, results on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from coterie import errors
from coterie.findings import told_once

if TYPE_CHECKING:
    from coterie.findings import Finding


class Talk:
    """The voice of a verb, and the time since it began."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, as_json: bool = False) -> None:
        self.quiet, self.verbose, self.as_json = quiet, verbose, as_json
        self.started = time.perf_counter()
        self.live = sys.stderr.isatty() and not verbose

    def stage(self, name: str, found: str) -> None:
        """Say what a stage found.

        On a terminal it takes the place of the last one, elsewhere it is a line.
        """
        if self.quiet:
            return
        took = f" ({self.seconds:.2f} s)" if self.verbose else ""
        line = f"{name}: {errors.shown(found, 160)}{took}"
        tell(f"\r\x1b[2K{line}" if self.live else line, end="" if self.live else "\n")

    def warn(self, findings: Sequence[Finding] = ()) -> None:
        """Clear the line of stages; name findings that want attention."""
        if self.live and not self.quiet:
            tell("\r\x1b[2K", end="")
        for told in told_once(f for f in findings if f.level == "warning"):
            place = f" {errors.listed(told.columns)}" if told.columns else ""
            self.remark(f"{told.code}{place}: {errors.shown(f'{told.text}; {told.done}', 300)}")

    def remark(self, text: str) -> None:
        """Say what nobody may miss, however quiet the verb is."""
        tell(text)

    def result(self, schema: str, content: Mapping[str, object], text: str) -> None:
        """Print what was asked for: lines, or one JSON object.

        Raises
        ------
        AccessError : standard output is closed, or takes no more.
        """
        if sys.stdout is None:
            raise errors.cannot_print("it is closed")
        try:
            print(json_text(schema, content) if self.as_json else text, flush=True)
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


def tell(text: str, end: str = "\n") -> None:
    """Print on stderr what the work does not depend on."""
    with suppress(OSError):  # a full disk, or a terminal that has gone
        print(text, end=end, file=sys.stderr, flush=True)


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

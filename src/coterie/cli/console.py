"""What a verb says while it works: stages and findings on stderr, results on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from coterie import errors
from coterie.findings import Finding


class Talk:
    """What is said on stderr while a verb works: a line a stage, findings that want attention, and the time."""

    def __init__(self, flags: Mapping[str, Any]) -> None:
        self.quiet, self.verbose, self.as_json = flags["quiet"], flags["verbose"], flags["as_json"]
        self.started = time.perf_counter()
        self.live = sys.stderr.isatty() and not self.verbose

    def stage(self, name: str, found: str) -> None:
        """Say what a stage found: on a terminal in place of the last one, elsewhere as a line."""
        if self.quiet:
            return
        took = f" ({self.seconds:.2f} s)" if self.verbose else ""
        line = f"{name}: {errors.shown(found, 160)}{took}"
        print(f"\r\x1b[2K{line}" if self.live else line, end="" if self.live else "\n", file=sys.stderr, flush=True)

    def done(self) -> None:
        """Clear the line of stages."""
        if self.live and not self.quiet:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)

    def warn(self, findings: Sequence[Finding]) -> None:
        """Name the findings that want attention, with their rule codes."""
        for finding in findings:
            if finding.level == "warning":
                place = f" {errors.quoted(finding.column)}" if finding.column is not None else ""
                text = errors.shown(f"{finding.text}; {finding.done}", 300)
                print(f"{finding.code}{place}: {text}", file=sys.stderr)

    @property
    def seconds(self) -> float:
        """Seconds since the verb began."""
        return time.perf_counter() - self.started


def terminal_width() -> int:
    """Return how many characters a line of the terminal holds."""
    import shutil

    return shutil.get_terminal_size((100, 40)).columns


def print_json(schema: str, content: Mapping[str, Any]) -> None:
    """Print one object with the name and version of its form."""
    import json

    print(json.dumps({"schema": schema, **content}, ensure_ascii=False, allow_nan=False))

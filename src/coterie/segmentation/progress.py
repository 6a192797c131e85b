"""What runs now, how far it is and what came of it, for whoever listens.

A stage that is done is told to the logger ``coterie`` and to the function that somebody gave. Where somebody looks on,
at a terminal or in a notebook, a line says what runs; it is written over again and again, and gone in the end.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol

from coterie.engines import Engine, Work
from coterie.report import progress_line

PATIENCE = 2.0  # seconds between two reports of one stage to a function or the logger
TICK, AT_ONCE = 0.1, 0.3  # seconds between two looks at what runs, and what is over before anybody has looked
LOGGER = logging.getLogger("coterie")

Progress = Callable[[str, str], None]  # stage, what it found


class Screen(Protocol):
    """Where a line can be written over."""

    def show(self, text: str) -> None:
        """Write a text in the place of the last one."""

    def width(self) -> int:
        """Return how many characters a line holds."""


class Stages:
    """The stages of one piece of work; calling it says what one of them found.

    Parameters
    ----------
    told : hears of each stage when it is done, and of a long one every two seconds.
    screen : where a line says what runs; None: nobody looks on.
    """

    def __init__(self, told: Progress | None = None, screen: Screen | None = None) -> None:
        self._told, self._screen = told, screen
        self._doing, self._rows = progress_line.Doing(""), None if screen is None else 0
        self._started = self._passing = self._drawn = self._said = time.monotonic()
        self._work: Callable[[], Work | None] | None = None
        self._ended, self._lock = threading.Event(), threading.RLock()
        self._ticker: threading.Thread | None = None
        self._shown = False

    def __enter__(self) -> Stages:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __call__(self, stage: str, found: str) -> None:
        """Say what a stage found."""
        LOGGER.info("%s: %s", stage, found)
        if self._told is not None:
            self.hide()
            self._told(stage, found)

    def watch(self, engine: Engine) -> None:
        """Look at an engine's queries, if anybody looks on."""
        self._work = None if self._screen is None else engine.watch()

    def begin(self, stage: str, *, rows: int | None = None) -> None:
        """Say what runs from now on, and over how many rows."""
        self._said = time.monotonic()
        if self._screen is None:
            return
        with self._lock:
            self._doing, self._passing = progress_line.Doing(stage, rows=rows), time.monotonic()
        if self._ticker is None and not self._ended.is_set():
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            self._ticker.start()

    def step(self, what: str, done: int, total: int) -> None:
        """Say how far the stage is."""
        now = time.monotonic()
        if now - self._said >= PATIENCE:
            self._said = now
            self(self._doing.stage or "decide", f"{what}, {done:,} of {total:,}")
        if self._screen is not None:
            with self._lock:
                at = (what, done, total) if done < total else ("", 0, 0)  # what comes after it has not said so yet
                self._doing = replace(self._doing, what=at[0], done=at[1], total=at[2])
            self._draw()  # the kernel holds Python's lock while it works: nothing ticks then

    def hide(self) -> None:
        """Take the line away; it comes back while work goes on."""
        with self._lock:
            if self._shown and self._screen is not None:
                self._screen.show("")
                self._shown = False

    def close(self) -> None:
        """Take the line away for good."""
        self._ended.set()
        with self._lock:
            self.hide()
            self._screen = None

    def _tick(self) -> None:
        while not self._ended.wait(TICK):
            work = self._work() if self._work is not None else None
            with self._lock:
                if work is not None and work.share < (self._doing.share or 0.0):
                    self._passing = time.monotonic()  # another query began
                share, rows = (work.share, work.rows or self._doing.rows) if work else (None, self._doing.rows)
                self._doing = replace(self._doing, share=share, rows=rows)
            self._draw()

    def _draw(self) -> None:
        now = time.monotonic()
        if now - self._started < AT_ONCE or now - self._drawn < TICK / 2:
            return
        with self._lock:
            if self._screen is None or self._ended.is_set():
                return
            self._drawn, width = now, self._screen.width()
            line = progress_line.draw(self._doing, now - self._started, width, here=now - self._passing)
            self._screen.show(line)
            self._shown = True


def stages_of(progress: Progress | Stages | None) -> Stages:
    """Return the stages that a function hears of; without one, a line where somebody looks on."""
    if isinstance(progress, Stages):
        return progress
    return Stages(progress, None if progress is not None else find_screen())


def find_screen() -> Screen | None:
    """Return the notebook or the terminal that somebody looks at; None: nobody does."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and hasattr(shell, "kernel"):
        return _Notebook()
    try:
        seen = sys.stderr.isatty()
    except (AttributeError, ValueError):  # no stream, or a closed one
        return None
    return _Terminal() if seen and os.environ.get("TERM") != "dumb" else None


class _Terminal:
    """The last line of a terminal."""

    def show(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal has gone
            sys.stderr.write(f"\r\x1b[2K{text}")
            sys.stderr.flush()

    def width(self) -> int:
        with suppress(OSError, ValueError):
            if "COLUMNS" not in os.environ:
                return os.get_terminal_size(sys.stderr.fileno()).columns - 1
        return shutil.get_terminal_size().columns - 1  # a full line would move the cursor on to the next


class _Notebook:
    """An output of a notebook's cell, of text alone."""

    def __init__(self) -> None:
        self._output: Any = None

    def show(self, text: str) -> None:
        display: Any = sys.modules["IPython"].display.display  # this is its notebook

        shown = {"text/plain": text}
        if self._output is None:
            self._output = display(shown, raw=True, display_id=True)
        else:
            self._output.update(shown, raw=True)

    def width(self) -> int:
        return 100

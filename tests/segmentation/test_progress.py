"""What runs, how far it is and what came of it: to a function, a logger, and whoever looks on."""

from __future__ import annotations

import logging
import time
from typing import Any

import pandas as pd
import pytest

import coterie
from coterie import simulate
from coterie.engines import Work, connect
from coterie.report import progress_line
from coterie.report.progress_line import Doing
from coterie.segmentation import progress
from coterie.segmentation.progress import Stages


class Screen:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, text: str) -> None:
        self.lines.append(text)

    def width(self) -> int:
        return 60


def test_a_stage_that_is_done_is_told_to_the_function_and_to_the_logger(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[tuple[str, str]] = []
    with caplog.at_level(logging.INFO, "coterie"), Stages(lambda *said: heard.append(said)) as say:
        say("read", "3 customers")
    assert heard == [("read", "3 customers")]
    assert [(r.name, r.levelname, r.getMessage()) for r in caplog.records] == [("coterie", "INFO", "read: 3 customers")]


def test_a_run_tells_its_stages_to_the_logger_alone(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO, "coterie"):
        coterie.segment(pd.DataFrame(simulate.tutorial()), k=3, max_k=4, effort="quick")
    assert [r.getMessage().partition(":")[0] for r in caplog.records] == ["read", "check", "decide", "profile"]
    assert capsys.readouterr() == ("", "")


def test_the_line_follows_the_work_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AT_ONCE", 0.0)
    screen = Screen()
    with Stages(None, screen) as say:
        say.begin("decide")
        for i in range(1, 8):
            say.step("resamples", i, 20)
            time.sleep(0.1)
        say.hide()
    assert any("resamples" in line and " of 20 " in line for line in screen.lines)
    assert screen.lines[-1] == ""


def test_the_speed_is_of_the_query_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AT_ONCE", 0.0)

    class Engine:
        def watch(self) -> Any:
            return lambda: Work(0.5, 1_000_000)

    screen = Screen()
    with Stages(None, screen) as say:
        say.watch(Engine())  # type: ignore[arg-type]
        say.begin("read")
        time.sleep(0.35)
    assert any("50%" in line and "rows/s" in line for line in screen.lines)


def test_an_engine_tells_how_far_a_query_is_before_and_after_it() -> None:
    engine = connect(threads=1)
    look = engine.watch()
    assert look() is None
    engine.close()
    assert look() is None


@pytest.mark.parametrize("width", range(10, 120, 9))
def test_the_line_fits_and_says_first_what_runs(width: int) -> None:
    for doing in (Doing("decide", "groupless tables", 40, 199), Doing("read", share=0.4, rows=10**8), Doing("write")):
        line = progress_line.draw(doing, 12.3, width, here=2.0)
        assert len(line) <= width
        assert line.startswith(doing.stage)


def test_a_notebook_shows_the_line_as_text_in_an_output_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    IPython = pytest.importorskip("IPython")
    monkeypatch.setattr(IPython, "get_ipython", type("Shell", (), {"kernel": None}))
    shown: list[dict[str, str]] = []

    class Output:
        def update(self, data: dict[str, str], raw: bool) -> None:
            shown.append(data)

    def display(data: dict[str, str], raw: bool, display_id: bool) -> Output:
        shown.append(data)
        return Output()

    monkeypatch.setattr(IPython.display, "display", display)
    screen = progress.find_screen()
    assert screen is not None
    screen.show("read")
    screen.show("")
    assert shown == [{"text/plain": "read"}, {"text/plain": ""}]

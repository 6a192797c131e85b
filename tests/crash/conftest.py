"""What the crash tests share: a run folder in the making, without the statistics around it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coterie.publish import open_run


def write_run_folder(out: Path, text: str) -> None:
    with open_run(out, overwrite=True) as run:
        run.write_text("run.json", text)
        run.write_text("charts/map.svg", "<svg/>")
        run.file("segments.csv").write_text("id,segment\n1,1\n")
        run.commit({"coterie": "0.1.0"})


@pytest.fixture
def write_run() -> Callable[[Path, str], None]:
    return write_run_folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"

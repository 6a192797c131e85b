"""What the tests share: the real data files where they are at hand, and the tutorial's table."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from coterie import simulate

# A shell's background jobs ignore interruptions, and so would every program that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files with published answers; their licences keep them out of this repository."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data files are not at hand")
    return REAL_DATA


@pytest.fixture(scope="session")
def tutorial_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's customers as a file."""
    path = tmp_path_factory.mktemp("tutorial") / "customers.csv"
    path.write_text(simulate.as_csv(simulate.tutorial()))
    return path

"""What a run takes is in the size of the data: not of its longest text, not more than in proportion to its columns."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

ENOUGH = 300_000  # kilobytes


def peak(*arguments: str) -> int:
    """Return the most memory, in kilobytes, that a run of the program takes."""
    process = os.posix_spawn(sys.executable, [sys.executable, "-m", "coterie", *arguments], os.environ)
    _, status, usage = os.wait4(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return usage.ru_maxrss


@pytest.mark.parametrize("size", [20_000, 60_000])
def test_one_long_text_takes_no_more_room_than_itself(size: int, tmp_path: Path) -> None:
    r = np.random.default_rng(0)
    x, city = np.round(r.normal(size=(20_000, 2)), 4), r.choice(["Oslo", "Rome"], 20_000)
    notes = [f"called on day {i}" for i in range(20_000)]
    notes[777], city[778] = "w" * size, "v" * 4
    rows = (f"c{i},{a},{b},{note},{town}\n" for i, ((a, b), note, town) in enumerate(zip(x, notes, city, strict=True)))
    (tmp_path / "t.csv").write_text("id,x,y,note,city\n" + "".join(rows))
    out = ("--out", str(tmp_path / "out"), "--effort", "quick", "--quiet")
    assert peak("segment", str(tmp_path / "t.csv"), "--id", "id", *out) < ENOUGH

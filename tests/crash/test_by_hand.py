"""A name or a merge, killed at any time: the run as it was or the next record, whole, and nothing in between."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coterie.runs.manifest import verify
from crash.killing import ended, kill_after, start, timed

VERBS = {"name": ("name", "out", "A", "Weekend families"), "merge": ("merge", "out", "A", "B")}


@pytest.mark.parametrize("verb", list(VERBS))
def test_killed_at_any_time(
    verb: str, program: Any, tmp_path: Path, points: int, record_property: Callable[[str, object], None]
) -> None:
    folder, kept = program.folder, tmp_path / "kept"
    assert program.run("-k", "3") == (0, "")
    shutil.copytree(program.out, kept)
    old = (kept / "run.json").read_bytes()
    seconds = timed(folder, *VERBS[verb])
    new = (program.out / "run.json").read_bytes()
    assert new != old
    torn, was_old = 0, 0
    for i in range(points):
        shutil.rmtree(program.out)
        shutil.copytree(kept, program.out)
        kill_after(seconds * (i + 0.5) / points, folder, *VERBS[verb])
        found = (program.out / "run.json").read_bytes()
        torn += verify(program.out) != () or found not in (old, new)
        was_old += found == old
        assert ended(start(folder, "name", "out", "C", f"Try {i}")) == 0
        assert os.listdir(folder) == ["out"], "the next verb did not clear away what the killed one left"
    record_property("places", points)
    record_property("torn", torn)
    assert torn == 0
    assert was_old > 0  # some were killed before they were done


def test_a_run_that_somebody_writes_is_in_use(program: Any) -> None:
    assert program.run("-k", "3") == (0, "")
    paused = program.paused("-k", "4", "--overwrite")
    try:
        refused = start(program.folder, *VERBS["name"])
        _, said = refused.communicate(timeout=60)
        assert refused.returncode == 5
        assert b"in use by another run" in said
    finally:
        paused.send_signal(signal.SIGCONT)
        program.finish(paused)
    assert verify(program.out) == ()

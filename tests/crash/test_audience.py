"""An audience, killed at any time: the older one or the new one, whole, and nothing in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coterie.runs.manifest import verify
from crash.killing import ended, kill_after, start, timed

ASK = ("audience", "out", "--allow-small", "--out", "lists", "--quiet")
OLD, NEW = (*ASK, "--holdout", "0.1", "--key", "old"), (*ASK, "--holdout", "0.4", "--key", "new", "--overwrite")


def test_killed_at_any_time(program: Any, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    folder, kept, points = program.folder, tmp_path / "kept", 20
    assert program.run("-k", "3") == (0, "")
    assert ended(start(folder, *OLD)) == 0
    lists = folder / "lists"
    shutil.copytree(lists, kept)
    old = (kept / "manifest.json").read_bytes()
    seconds = timed(folder, *NEW)
    new = (lists / "manifest.json").read_bytes()
    assert new != old
    torn, was_old = 0, 0
    for i in range(points):
        shutil.rmtree(lists, ignore_errors=True)  # the killed one may have left none
        if i % 2:
            shutil.copytree(kept, lists)
        kill_after(seconds * (i + 0.5) / points, folder, *NEW)
        if lists.exists():
            found = (lists / "manifest.json").read_bytes()
            torn += verify(lists) != () or found not in (old, new)
            was_old += found == old
        else:
            torn += i % 2  # the older one was lost
    assert ended(start(folder, *NEW)) == 0
    assert sorted(os.listdir(folder)) == ["lists", "out"], "the next verb did not clear away what killed ones left"
    record_property("places", points)
    record_property("torn", torn)
    assert torn == 0
    assert was_old > 0

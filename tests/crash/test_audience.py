"""An audience, killed at any time: the older one or the new one, whole, and nothing in between."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coterie.runs.manifest import verify

ASK = ("audience", "out", "--allow-small", "--out", "lists", "--quiet")
OLD, NEW = (*ASK, "--holdout", "0.1", "--key", "old"), (*ASK, "--holdout", "0.4", "--key", "new", "--overwrite")


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COTERIE_")}
    environment = {**ours, "TMPDIR": str(folder.parent)}
    command = [sys.executable, "-m", "coterie", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def test_killed_at_any_time(program: Any, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    folder, kept, points = program.folder, tmp_path / "kept", 20
    assert program.run("-k", "3") == (0, "")
    assert ended(start(folder, *OLD)) == 0
    lists = folder / "lists"
    shutil.copytree(lists, kept)
    old = (kept / "manifest.json").read_bytes()
    started = time.perf_counter()
    assert ended(start(folder, *NEW)) == 0
    seconds = time.perf_counter() - started
    new = (lists / "manifest.json").read_bytes()
    assert new != old
    torn, was_old = 0, 0
    for i in range(points):
        shutil.rmtree(lists, ignore_errors=True)  # the killed one may have left none
        if i % 2:
            shutil.copytree(kept, lists)
        process = start(folder, *NEW)
        time.sleep(seconds * (i + 0.5) / points)
        process.send_signal(signal.SIGKILL)
        ended(process)
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

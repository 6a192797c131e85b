"""A refresh or a comparison, killed at any time: what stood there stays, or the new one is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from coterie.runs.manifest import verify
from months import four

NAMES = ("february", "january", "january.csv")


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COTERIE_")}
    environment = {**ours, "TMPDIR": str(folder.parent)}
    command = [sys.executable, "-m", "coterie", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> int:
    process.communicate(timeout=300)
    return process.returncode


def january(folder: Path) -> None:
    four(1, 20).to_csv(folder / "january.csv", index=False)
    options = ("--id", "customer_id", "-k", "4", "--effort", "quick", "--max-k", "4")
    assert ended(start(folder, "segment", "january.csv", "--out", "january", *options)) == 0


def test_a_refresh_killed_at_any_time(
    tmp_path: Path, points: int, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    january(folder)
    words = ("refresh", "january", "january.csv", "--out", "february", "--overwrite")
    started = time.perf_counter()
    assert ended(start(folder, *words)) == 0
    seconds = time.perf_counter() - started
    record = (folder / "february" / "run.json").read_bytes()
    torn = 0
    for i in range(points):
        process = start(folder, *words)
        time.sleep(seconds * (i + 0.5) / points)
        process.send_signal(signal.SIGKILL)
        ended(process)
        whole = verify(folder / "february") == () and verify(folder / "january") == ()
        torn += not whole or (folder / "february" / "run.json").read_bytes() != record
        torn += duckdb.read_parquet(str(folder / "february" / "changes.parquet")).fetchall() != []
    record_property("killed", points)
    record_property("torn", torn)
    assert torn == 0
    assert ended(start(folder, "name", "february", "A", "Weekend families")) == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted(NAMES), "the next verb clears away what killed ones left"


def test_a_comparison_killed_at_any_time(
    tmp_path: Path, points: int, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    january(folder)
    assert ended(start(folder, "refresh", "january", "january.csv", "--out", "february")) == 0
    words = ("compare", "january", "february", "--source", "january.csv", "--overwrite")
    words = (*words, "--out", "page.html", "--changes", "who.parquet")
    started = time.perf_counter()
    assert ended(start(folder, *words)) == 0
    seconds = time.perf_counter() - started
    kept = {name: (folder / name).read_bytes() for name in ("page.html", "who.parquet")}
    torn = 0
    for i in range(points):
        process = start(folder, *words)
        time.sleep(seconds * (i + 0.5) / points)
        process.send_signal(signal.SIGKILL)
        ended(process)
        torn += any((folder / name).read_bytes() != content for name, content in kept.items())
    record_property("killed", points)
    record_property("torn", torn)
    assert torn == 0
    assert ended(start(folder, *words)) == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted((*NAMES, "page.html", "who.parquet"))
